"""The start of a training run: a new network, or one that was trained before."""

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
        Seeds the streams of random numbers.
    scale : Scale or tuple
        Scale of the X that the network was first trained on.
    first_epoch : int
        Number of the run's first epoch, counted from the first one ever trained.
    epoch : int
        The epoch that produced the weights.
    """

    network: Network
    state: OptimizerState
    seed: tuple[int, ...]
    scale: Scale | tuple
    first_epoch: int = 1
    epoch: int = 0


def draw_state(network, seed, X_dtype):
    """Draw the weights of a new network, in float64 for float64 X, else in float32."""
    weights = glorot_uniform(network.layer_sizes, weights_rng(seed), fit_dtype(X_dtype))
    return initial_state(weights)


def fit_dtype(X_dtype):
    """Return the precision of a fit."""
    wide = X_dtype.kind == "f" and X_dtype.itemsize >= 8
    return np.float64 if wide else np.float32


def resume_state(network, coefs, intercepts, kept):
    """Return the state from which training resumes.

    Parameters
    ----------
    network : Network
    coefs, intercepts : list of ndarray
        The current weights.
    kept : tuple of ndarray or None
        The `OptimizerState` at the end of the previous training.

    Returns
    -------
    state : OptimizerState
        The kept state, if the weights are still those at the end of training. If the
        weights have changed since (pruned, say, or averaged over several networks),
        they replace those of the kept state; its moments stay.
    """
    weights = network.vector(coefs, intercepts)
    if kept is None or len(kept[0]) != len(weights):
        # At least single precision, in which training does not overflow.
        return initial_state(weights.astype(np.result_type(weights, np.float32)))
    state = OptimizerState(*kept)
    trained = [w for part in network.arrays(state.average) for w in part]
    if all(map(np.array_equal, trained, [*coefs, *intercepts])):
        return state
    weights = weights.astype(state.weights.dtype)
    return state._replace(weights=weights, average=weights)
