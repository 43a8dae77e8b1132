"""The training program: many steps of Adam in one compiled call.

Keras's `model.fit` spends a millisecond or more of Python on a step whose arithmetic
takes a tenth of that. Here a whole block of steps is one program, compiled by XLA: a
`tf.while_loop` over the batches of the block whose body is a pure function of its
state, over a `keras.Sequential` called statelessly. Weights, moments, learning rate and
number of steps are all tensors, so one program serves every fit of the same shape, and
fits in several threads share nothing but the program.
"""

import math
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from skdigits._batches import block_dtype, empty_block
from skdigits._network import build_network, unpack, weight_shapes
from skdigits._tensorflow import load_tensorflow, quiet_stderr

# Adam's constants, as Keras has them: Kingma and Ba, "Adam: a method for stochastic
# optimization", 2015, with Keras's epsilon.
_BETA_1 = 0.9
_BETA_2 = 0.999
_EPSILON = 1e-7

# Each program holds a graph and its machine code, a few MB.
_MAX_PROGRAMS = 32
_PROGRAMS_LOCK = threading.Lock()


class TrainingState(NamedTuple):
    """What a step reads and what it leaves for the next; tensors or NumPy arrays.

    Attributes
    ----------
    weights : shape (n_weights,)
        All weights, flat, in Keras's order.
    momentum, velocity : shape (n_weights,)
        Adam's running means of the gradient and of its square.
    step : shape ()
        Steps taken so far.
    """

    weights: Any
    momentum: Any
    velocity: Any
    step: Any


class Hyperparameters(NamedTuple):
    """The numbers that a fit chooses.

    Attributes
    ----------
    learning_rate : shape (), float32
    input_scale : shape (), in the precision of the fit
        X is multiplied by it.
    """

    learning_rate: Any
    input_scale: Any


class ProgramShape(NamedTuple):
    """All that a program is compiled for; two fits that agree in it share one."""

    layer_sizes: tuple[int, ...]
    activation: str
    batch_size: int
    X_dtype: str
    dtype: str


def initial_state(weights):
    """State before the first step, with the given flat vector of weights."""
    zeros = np.zeros_like(weights)
    return TrainingState(weights, zeros, zeros, np.zeros((), weights.dtype))


def make_hyperparameters(learning_rate, input_scale, dtype):
    """Give the numbers the types that the program takes them in."""
    return Hyperparameters(
        learning_rate=np.asarray(learning_rate, np.float32),
        input_scale=np.asarray(input_scale, dtype),
    )


def training_program(layer_sizes, activation, batch_size, X_dtype, dtype):
    """Return the program that trains on one block of batches.

    Parameters
    ----------
    layer_sizes : tuple of int
        Features, hidden units, ..., output units.
    activation : str
        Of the hidden layers.
    batch_size : int
    X_dtype : dtype
        Of the X given to `fit`.
    dtype : dtype
        The precision of the fit, float32 or float64.

    Returns
    -------
    program : callable
        ``(state, block, hyperparameters) -> (state, loss)``, where `loss` is the
        weighted sum of the cross-entropies of the block's rows.
    """
    shape = ProgramShape(
        layer_sizes=layer_sizes,
        activation=activation,
        batch_size=batch_size,
        X_dtype=block_dtype(X_dtype, dtype).name,
        dtype=np.dtype(dtype).name,
    )
    with _PROGRAMS_LOCK:
        return _compiled_program(shape)


@lru_cache(maxsize=_MAX_PROGRAMS)
def _compiled_program(shape):
    """Trace and compile the program of this shape."""
    tf, _ = load_tensorflow()
    model = build_network(shape.layer_sizes, shape.activation, shape.dtype)
    train_step = _make_train_step(tf, model, shape)

    @tf.function(autograph=False, jit_compile=True)
    def train_block(state, block, hyperparameters):
        def take_step(i, state, loss):
            batch = (block.X[i], block.y[i], block.weight[i], block.n_rows[i])
            state, step_loss = train_step(state, batch, hyperparameters)
            return i + 1, state, loss + step_loss

        _, state, loss = tf.while_loop(
            cond=lambda i, state, loss: i < block.n_steps,
            body=take_step,
            loop_vars=(tf.constant(0), state, tf.zeros((), shape.dtype)),
        )
        return state, loss

    # No step of an empty block: the program is compiled here, once, while other fits
    # of its shape wait for it at the lock.
    n_weights = sum(math.prod(s) for s in weight_shapes(shape.layer_sizes))
    with quiet_stderr():
        train_block(
            initial_state(np.zeros(n_weights, shape.dtype)),
            empty_block(
                shape.layer_sizes[0], shape.batch_size, shape.X_dtype, shape.dtype
            ),
            make_hyperparameters(0.0, 0.0, shape.dtype),
        )
    return train_block


def _make_train_step(tf, model, shape):
    """Return one step of Adam on one batch, a pure function of its arguments."""
    dtype = shape.dtype

    def loss_and_gradient(weights, X, y, weight, n_rows):
        # Cut outside the tape: the gradient of a slice is a vector as long as the
        # whole, and there would be one for every layer.
        weights = unpack(weights, shape.layer_sizes, tf)
        with tf.GradientTape() as tape:
            tape.watch(weights)
            logits, _ = model.stateless_call(weights, [], X)
            cross_entropy = tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=y, logits=logits
            )
            loss = tf.reduce_sum(weight * cross_entropy)
            # Divided by the batch's rows, not by its own sum of weights: that mean
            # would be a biased estimate of the weighted mean over all rows.
            mean_loss = loss / n_rows
        gradients = tape.gradient(mean_loss, weights)
        by_unit = [tf.reshape(tf.transpose(g), [-1]) for g in gradients]
        return loss, tf.concat(by_unit, axis=0)

    def train_step(state, batch, hyperparameters):
        X, y, weight, n_rows = batch
        X = tf.cast(X, dtype) * hyperparameters.input_scale
        loss, gradient = loss_and_gradient(state.weights, X, y, weight, n_rows)
        return adam_update(tf, state, gradient, hyperparameters.learning_rate), loss

    return train_step


def adam_update(tf, state, gradient, learning_rate):
    """Move the weights by one step of Adam, as `keras.optimizers.Adam` does."""
    step = state.step + 1
    # In float64, too, Keras rounds to float32 the learning rate and the constants whose
    # powers it takes. To do the same keeps the two equal to 1e-9 instead of 1e-6.
    learning_rate = tf.cast(learning_rate, step.dtype)
    beta_1 = tf.cast(np.float32(_BETA_1), step.dtype)
    beta_2 = tf.cast(np.float32(_BETA_2), step.dtype)
    correction = tf.sqrt(1 - tf.pow(beta_2, step)) / (1 - tf.pow(beta_1, step))
    momentum = state.momentum + (gradient - state.momentum) * (1 - _BETA_1)
    velocity = state.velocity + (tf.square(gradient) - state.velocity) * (1 - _BETA_2)
    change = learning_rate * correction * momentum / (tf.sqrt(velocity) + _EPSILON)
    return TrainingState(state.weights - change, momentum, velocity, step)


def run_epochs(program, state, hyperparameters, epoch_blocks, epochs):
    """Train epoch by epoch, yielding after each.

    Parameters
    ----------
    program : callable
        From `training_program`.
    state : TrainingState
    hyperparameters : Hyperparameters
    epoch_blocks : callable
        Called before each epoch; gives the epoch's blocks.
    epochs : int

    Yields
    ------
    epoch : int
        Counted from 1.
    loss : float
        Weighted sum of the cross-entropies of the epoch's rows, each taken before the
        step that its batch makes.
    state : TrainingState
        After the epoch.
    """
    with ThreadPoolExecutor(max_workers=1) as preparer:
        for epoch in range(1, epochs + 1):
            loss = 0.0
            for block in _one_ahead(epoch_blocks(), preparer):
                state, block_loss = program(state, block, hyperparameters)
                loss += float(block_loss)
            yield epoch, loss, state


def _one_ahead(blocks, preparer):
    """Yield the blocks, each prepared while the program runs on the one before."""
    coming = preparer.submit(next, blocks, None)
    while (block := coming.result()) is not None:
        coming = preparer.submit(next, blocks, None)
        yield block
