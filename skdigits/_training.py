"""The training program: many steps of Adam in one compiled call.

Keras's `model.fit` spends a millisecond or more of Python on a step whose arithmetic
takes a tenth of that. Here a whole block of steps is one program, compiled by XLA: a
`tf.while_loop` over the batches of the block whose body is a pure function of its
state, over a `keras.Sequential` called statelessly. Weights, moments, learning rate and
number of steps are all tensors, so one program serves every fit of the same shape, and
fits in several threads share nothing but the program.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np

from skdigits._batches import block_dtype, empty_block
from skdigits._network import build_network, unpack
from skdigits._optimizer import (
    OptimizerState,
    initial_state,
    make_settings,
    update,
)
from skdigits._tensorflow import (
    DEVICE,
    interrupts_held_back,
    load_tensorflow,
    quiet_stderr,
    refuse_after_fork,
)

# Each program holds a graph and its machine code.
_MAX_PROGRAMS = 32
_PROGRAMS_LOCK = threading.Lock()


class ProgramShape(NamedTuple):
    """All that a program is compiled for; two fits that agree in it share one."""

    layer_sizes: tuple[int, ...]
    activation: str
    batch_size: int
    X_dtype: str
    dtype: str


class TrainingProgram:
    """A compiled function that trains on one block of batches."""

    def __init__(self, tf, function):
        self._tf = tf
        self._function = function

    def __call__(self, state, block, input_scale, settings):
        """Take the block's steps.

        Parameters
        ----------
        state : OptimizerState
        block : Block
        input_scale : scalar in the precision of the fit
            X is multiplied by it.
        settings : OptimizerSettings

        Returns
        -------
        state : OptimizerState
        loss : tensor of shape ()
            Weighted sum of the cross-entropies of the block's rows.
        """
        with self._tf.device(DEVICE):
            return self._function(state, block, input_scale, settings)

    @property
    def n_traces(self):
        """How often the function was traced; once serves every fit of its shape."""
        return self._function.experimental_get_tracing_count()


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
    program : TrainingProgram

    Raises
    ------
    RuntimeError
        If this process was forked from one that has such a program.
    """
    refuse_after_fork()
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
@interrupts_held_back()
def _compiled_program(shape):
    """Trace and compile the program of this shape."""
    tf, _ = load_tensorflow()
    with tf.device(DEVICE):
        model = build_network(shape.layer_sizes, shape.activation, shape.dtype)
    train_step = _make_train_step(tf, model, shape)

    @tf.function(autograph=False, jit_compile=True)
    def train_block(state, block, input_scale, settings):
        def take_step(i, state, loss):
            batch = (block.X[i], block.y[i], block.weight[i], block.n_rows[i])
            state, step_loss = train_step(state, batch, input_scale, settings)
            return i + 1, state, loss + step_loss

        _, state, loss = tf.while_loop(
            cond=lambda i, state, loss: i < block.n_steps,
            body=take_step,
            loop_vars=(tf.constant(0), state, tf.zeros((), shape.dtype)),
        )
        return state, loss

    # No step of an empty block: the program is compiled here, once, while other fits
    # of its shape wait for it at the lock.
    program = TrainingProgram(tf, train_block)
    with quiet_stderr():
        program(
            initial_state(np.zeros(model.count_params(), shape.dtype)),
            empty_block(
                shape.layer_sizes[0], shape.batch_size, shape.X_dtype, shape.dtype
            ),
            np.zeros((), shape.dtype),
            make_settings(0.0),
        )
    return program


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

    def train_step(state, batch, input_scale, settings):
        X, y, weight, n_rows = batch
        X = tf.cast(X, dtype) * input_scale
        loss, gradient = loss_and_gradient(state.weights, X, y, weight, n_rows)
        return update(tf, state, gradient, settings), loss

    return train_step


def run_epochs(
    program, state, input_scale, settings, epoch_blocks, n_rows, first_epoch, epochs
):
    """Train epoch by epoch, yielding after each.

    Parameters
    ----------
    program : TrainingProgram
    state : OptimizerState
    input_scale : float
        X is multiplied by it.
    settings : OptimizerSettings
    epoch_blocks : callable
        Takes an epoch's number and gives its blocks. It is called for an epoch while
        the one before still runs.
    n_rows : int
        Rows of an epoch.
    first_epoch : int
        Number of the first epoch.
    epochs : int

    Yields
    ------
    loss : float
        Mean over the epoch's rows of their weighted cross-entropies, each taken before
        the step that its batch makes.
    state : OptimizerState
        After the epoch, as NumPy arrays.
    """
    input_scale = np.asarray(input_scale, state.weights.dtype)
    numbers = range(first_epoch, first_epoch + epochs)
    blocks = chain.from_iterable(map(epoch_blocks, numbers))
    with ThreadPoolExecutor(max_workers=1) as preparer:
        loss, rows_done = 0.0, 0
        for block in _one_ahead(blocks, n_rows, preparer):
            with interrupts_held_back():
                state, block_loss = program(state, block, input_scale, settings)
                loss += float(block_loss)
            rows_done += block.y.size
            if rows_done >= n_rows:
                with interrupts_held_back():
                    arrays = OptimizerState(*map(np.asarray, state))
                yield loss / n_rows, arrays
                loss, rows_done = 0.0, 0


def _one_ahead(blocks, n_rows, preparer):
    """Yield the blocks, each prepared while the program runs on the one before.

    Fits whose epochs are one block each start no thread.
    """
    block = next(blocks)
    if n_rows <= block.y.size:
        yield block
        yield from blocks
        return
    while block is not None:
        with interrupts_held_back():
            coming = preparer.submit(next, blocks, None)
        yield block
        with interrupts_held_back():
            block = coming.result()
