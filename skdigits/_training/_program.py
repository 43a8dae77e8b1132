"""The training program: many steps of Adam in one compiled call.

Keras's `model.fit` spends a millisecond or more of Python on a step whose arithmetic
takes a tenth of that. Here a whole block of steps is one program, compiled by XLA: a
`tf.while_loop` over the batches of the block whose body is a pure function of its
state, over a `keras.Sequential` called statelessly. Weights, moments, learning rate and
number of steps are all inputs, so one program serves every fit of the same shape, and
fits in several threads share nothing but the program.

Each program has a TensorFlow session of its own, because a session gives its memory
back. TensorFlow keeps what it compiles for a call outside a session, 6 MB for each
shape, as long as the process lives.
"""

import atexit
import os
import threading
import weakref
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from skdigits._network._keras_model import build_network
from skdigits._network._layout import unpack, weight_shapes
from skdigits._network._tensorflow import (
    DEVICE,
    load_tensorflow,
    quiet_stderr,
    refuse_after_fork,
)
from skdigits._signals import signals_held_back
from skdigits._training._batches import block_dtype, empty_block
from skdigits._training._optimizer import (
    OptimizerState,
    initial_state,
    make_settings,
    update,
)

# Each program holds a graph and its machine code, about 8 MB.
_MAX_PROGRAMS = 16
_PROGRAMS_LOCK = threading.Lock()


class ProgramShape(NamedTuple):
    """What a program is compiled for: fits with the same shape share a program."""

    layer_sizes: tuple[int, ...]
    activation: str
    batch_size: int
    X_dtype: str
    dtype: str


class TrainingProgram:
    """A compiled function that trains on one block of batches."""

    def __init__(self, run):
        self._run = run

    def __call__(self, state, block, input_scale, settings):
        """Take the block's steps.

        Parameters
        ----------
        state : OptimizerState
        block : Block
        input_scale : ndarray of shape (), in the precision of the fit
            X is multiplied by it.
        settings : OptimizerSettings

        Returns
        -------
        state : OptimizerState
        loss : float
            Weighted sum of the cross-entropies of the block's rows.
        """
        with signals_held_back():
            *state, loss = self._run(*state, *block, input_scale, *settings)
        return OptimizerState(*state), float(loss)


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
@signals_held_back()
def _compiled_program(shape):
    """Trace and compile the program of this shape."""
    tf, keras = load_tensorflow()
    with tf.device(DEVICE):
        model = build_network(
            shape.layer_sizes, shape.activation, shape.dtype, _dense_by_unit(keras)
        )
    train_step = _make_train_step(tf, model, shape)

    @tf.function(autograph=False, jit_compile=True)
    def train_block(state, block, input_scale, settings):
        def take_step(i, parts, loss):
            batch = (block.X[i], block.y[i], block.weight[i], block.n_rows[i])
            parts, step_loss = train_step(parts, batch, input_scale, settings)
            return i + 1, parts, loss + step_loss

        _, parts, loss = tf.while_loop(
            cond=lambda i, parts, loss: i < block.n_steps,
            body=take_step,
            loop_vars=(tf.constant(0), _split(state, shape), tf.zeros((), shape.dtype)),
        )
        return _join(tf, parts), loss

    block = empty_block(
        shape.layer_sizes[0], shape.batch_size, shape.X_dtype, shape.dtype
    )
    arguments = (
        initial_state(np.zeros(model.count_params(), shape.dtype)),
        block,
        np.zeros((), shape.dtype),
        make_settings(0.0),
    )
    with quiet_stderr():
        program = TrainingProgram(_open_session(tf, train_block, arguments))
        # No step of an empty block: the program is compiled here, once, while other
        # fits of its shape wait for it at the lock.
        program(*arguments)
    return program


# Sessions are closed before TensorFlow is torn down at the end of the process.
atexit.register(_compiled_program.cache_clear)
_SESSIONS: weakref.WeakSet = weakref.WeakSet()


def _disown_sessions():
    """Close no session at the end of a fork: its threads are the parent's."""
    for session in _SESSIONS:
        session._session = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown_sessions)


def _open_session(tf, function, arguments):
    """Return a function that runs a TensorFlow function on NumPy arrays.

    It takes and returns the arrays of all tuples, one after the other.
    """
    from tensorflow.core.protobuf.config_pb2 import CallableOptions

    with tf.Graph().as_default() as graph, tf.device(DEVICE):
        inputs = tf.nest.map_structure(
            lambda array: tf.compat.v1.placeholder(array.dtype, array.shape), arguments
        )
        outputs = function(*inputs)
    # Without this a session takes memory of every GPU.
    config = tf.compat.v1.ConfigProto(device_count={"GPU": 0})
    session = tf.compat.v1.Session(graph=graph, config=config)
    _SESSIONS.add(session)
    # Not the public `make_callable`, which spends 0.8 ms of Python on each call: small
    # fits would take a fifth longer.
    return session._make_callable_from_options(
        CallableOptions(
            feed=[tensor.name for tensor in tf.nest.flatten(inputs)],
            fetch=[tensor.name for tensor in tf.nest.flatten(outputs)],
        )
    )


def _dense_by_unit(keras):
    """Return a kind of Dense layer that computes its outputs transposed.

    Each row of them then is a unit's, for the images of the batch: rows of 32, which
    fill vector registers, instead of 25. The product takes a third less time.
    """

    class DenseByUnit(keras.layers.Dense):  # type: ignore[name-defined]
        def call(self, inputs):
            kernel, inputs = map(keras.ops.transpose, (self.kernel, inputs))
            bias = keras.ops.expand_dims(self.bias, 1)
            outputs = keras.ops.matmul(kernel, inputs) + bias
            return keras.ops.transpose(self.activation(outputs))

    return DenseByUnit


def _split(state, shape):
    """Split a state in two: that of the first matrix, and that of all other weights.

    The gradient of the first, by far the largest, then is not copied to the others.
    """
    n_first = shape.layer_sizes[0] * shape.layer_sizes[1]
    return [
        OptimizerState._make([*(vector[part] for vector in state[:-1]), state.step])
        for part in (slice(None, n_first), slice(n_first, None))
    ]


def _join(tf, parts):
    """Put the parts of a state together again."""
    *vectors, (step, _) = zip(*parts)
    return OptimizerState._make([*(tf.concat(pair, axis=0) for pair in vectors), step])


def _make_train_step(tf, model, shape):
    """Return one step of Adam on one batch, a pure function of its arguments."""
    dtype = shape.dtype
    first, *others = weight_shapes(shape.layer_sizes)

    def loss_and_gradients(parts, X, y, weight, n_rows):
        # Cut outside the tape: the gradient of a slice is a vector as long as the
        # whole, and there would be one for every layer.
        weights = unpack(parts[0], [first], tf) + unpack(parts[1], others, tf)
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
        return loss, (by_unit[0], tf.concat(by_unit[1:], axis=0))

    def train_step(parts, batch, input_scale, settings):
        X, y, weight, n_rows = batch
        X = tf.cast(X, dtype) * input_scale
        loss, gradients = loss_and_gradients(
            [part.weights for part in parts], X, y, weight, n_rows
        )
        parts = [
            update(tf, part, gradient, settings)
            for part, gradient in zip(parts, gradients)
        ]
        return parts, loss

    return train_step


def train_epoch(program, state, blocks, input_scale, settings):
    """Train for one epoch.

    Parameters
    ----------
    program : TrainingProgram
    state : OptimizerState
    blocks : iterable of Block
    input_scale : float
        X is multiplied by it.
    settings : OptimizerSettings

    Returns
    -------
    state : OptimizerState
    loss : float
        Weighted sum of the cross-entropies of all rows, each taken before the step that
        its batch makes.
    """
    input_scale = np.asarray(input_scale, state.weights.dtype)
    loss = 0.0
    for block in blocks:
        state, block_loss = program(state, block, input_scale, settings)
        loss += block_loss
    return state, loss
