"""Where a training run starts: new weights, or those of a network trained before."""

from typing import NamedTuple

import numpy as np

from skdigits._network._layout import Network, glorot_uniform
from skdigits._scale import Scale
from skdigits._training._optimizer import OptimizerState, initial_state
from skdigits._training._random import weights_rng


class Start(NamedTuple):
    """A network before a training run.

    Attributes
    ----------
    network : Network
    state : OptimizerState
    seed : tuple of int
        Names the streams of random numbers.
    scale : Scale
        Of the X that the network was first trained on.
    loss_curve : list of float
        Losses of the epochs before.
    validation_loss_curve, validation_scores : list of float
        Their validation losses and scores; may be shorter.
    best_epoch : int
        The epoch that the weights are from.
    """

    network: Network
    state: OptimizerState
    seed: tuple[int, ...]
    scale: Scale
    loss_curve: list[float]
    validation_loss_curve: list[float]
    validation_scores: list[float]
    best_epoch: int


def draw_state(network, seed, X_dtype):
    """Draw the weights of a new network, in float64 for float64 X, else in float32."""
    wide = X_dtype.kind == "f" and X_dtype.itemsize >= 8
    dtype = np.float64 if wide else np.float32
    return initial_state(glorot_uniform(network.layer_sizes, weights_rng(seed), dtype))


def resume_state(network, coefs, intercepts, kept):
    """Return the state that training goes on from.

    Parameters
    ----------
    network : Network
    coefs, intercepts : list of ndarray
        The weights that there are.
    kept : tuple of ndarray or None
        The `OptimizerState` that training ended with.

    Returns
    -------
    state : OptimizerState
        The kept one, if the weights are still those that training left. With weights
        from elsewhere (pruned, or averaged over several networks) they replace those of
        the kept state, and its moments stay.
    """
    weights = network.vector(coefs, intercepts)
    if kept is None or len(kept[0]) != len(weights):
        return initial_state(weights)
    state = OptimizerState(*kept)
    left = [w for part in network.arrays(state.average) for w in part]
    if all(map(np.array_equal, left, [*coefs, *intercepts])):
        return state
    weights = weights.astype(state.weights.dtype)
    return state._replace(weights=weights, average=weights)
