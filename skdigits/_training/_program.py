"""The training program: many steps of Adam in one compiled call.

Keras's `model.fit` spends a millisecond or more of Python on a step whose arithmetic
takes a tenth of that. Here a whole block of steps is one program, compiled by XLA: a
`tf.while_loop` over the batches of the block. The body of the loop is a pure function
of its state, and calls a `keras.Sequential` statelessly. Weights, moments, learning
rates and number of steps are all inputs, so one program serves every fit of the same
shape, and fits in several threads share nothing but the program.

The body is kept small: each operation that XLA does not fuse with others takes a
hundredth of a second to compile, and operations that could run in parallel are handed
from core to core, which costs more than it gains.

Each program has its own TensorFlow session, because closing a session frees its memory.
Programs compiled outside a session, 6 MB for each shape, stay in memory until the
process ends.
"""

import atexit
import math
import os
import threading
import weakref
from functools import lru_cache
from itertools import accumulate, chain, groupby, pairwise

import numpy as np

from skdigits._network._keras_model import build_network
from skdigits._network._layout import unpack, weight_shapes
from skdigits._network._tensorflow import (
    DEVICE,
    load_tensorflow,
    quiet_stderr,
    refuse_after_fork,
    with_own_settings,
)
from skdigits._signals import signals_held_back
from skdigits._training._batches import empty_block
from skdigits._training._optimizer import (
    OptimizerSettings,
    OptimizerState,
    StepFactors,
    initial_state,
    step_factors,
    update,
)

# Each program holds a graph and its machine code, about 8 MB.
_MAX_PROGRAMS = 16
_PROGRAMS_LOCK = threading.Lock()

# Weights: a matrix with at least this many is a separate vector in the loop.
_LARGE_MATRIX = 2**14


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
            Factor by which X is multiplied.
        settings : OptimizerSettings

        Returns
        -------
        state : OptimizerState
        loss : float
            Weighted sum of the cross-entropies of the block's rows.
        """
        *vectors, step = state
        factors = step_factors(settings, int(step), len(block.X), state.weights.dtype)
        with signals_held_back():
            *vectors, loss = self._run(*vectors, *block, input_scale, *factors)
        state = OptimizerState._make([*vectors, step + block.n_steps])
        return state, float(loss)


def training_program(layer_sizes, activation, shape):
    """Return the program that trains on one block of batches.

    Fits with equal arguments share one program.

    Parameters
    ----------
    layer_sizes : tuple of int
        Features, hidden units, ..., output units.
    activation : str
        Activation of the hidden layers.
    shape : BlockShape

    Returns
    -------
    program : TrainingProgram

    Raises
    ------
    RuntimeError
        If this process was forked from one that has such a program.
    """
    refuse_after_fork()
    with _PROGRAMS_LOCK:
        return _compiled_program(layer_sizes, activation, shape)


@lru_cache(maxsize=_MAX_PROGRAMS)
@signals_held_back()
def _compiled_program(layer_sizes, activation, shape):
    """Trace and compile the program."""
    return with_own_settings(
        _compile, layer_sizes, activation, shape, *load_tensorflow()
    )


def _compile(layer_sizes, activation, shape, tf, keras):
    dtype = shape.dtype
    with tf.device(DEVICE):
        dense = _dense_layers(keras, shape.batch_size)
        model = build_network(layer_sizes, activation, dtype.name, dense)
    layout = _parts_of(layer_sizes)
    train_step = _make_train_step(tf, model, layout, dtype)

    @tf.function(autograph=False, jit_compile=True)
    def train_block(vectors, block, input_scale, factors):
        def take_step(i, parts, loss):
            batch = (block.X[i], block.y[i], block.weight[i], block.n_rows[i])
            step = StepFactors._make(factor[i] for factor in factors)
            parts, step_loss = train_step(parts, batch, input_scale, step)
            return i + 1, parts, loss + step_loss

        _, parts, loss = tf.while_loop(
            cond=lambda i, parts, loss: i < block.n_steps,
            body=take_step,
            loop_vars=(
                tf.constant(0),
                _split(vectors, layout),
                tf.zeros((), dtype),
            ),
        )
        return [tf.concat(vector, axis=0) for vector in zip(*parts)], loss

    state = initial_state(np.zeros(model.count_params(), dtype))
    block = empty_block(shape)
    settings, scale = OptimizerSettings(0.0), np.zeros((), dtype)
    factors = step_factors(settings, 0, len(block.X), dtype)
    with quiet_stderr():
        program = TrainingProgram(
            _open_session(tf, train_block, (state[:-1], block, scale, factors))
        )
        # An empty block has no steps: this call only compiles the program, while other
        # fits of its shape wait at the lock.
        program(state, block, scale, settings)
    return program


# Close sessions before TensorFlow is torn down at the end of the process.
atexit.register(_compiled_program.cache_clear)
_SESSIONS: weakref.WeakSet = weakref.WeakSet()


def _disown_sessions():
    """Keep a fork from closing sessions: the sessions' threads are the parent's."""
    for session in _SESSIONS:
        session._session = None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_disown_sessions)


def _open_session(tf, function, arguments):
    """Return a function that runs a TensorFlow function on NumPy arrays.

    The returned function takes and returns the arrays of all tuples as one flat
    sequence.
    """
    with tf.Graph().as_default() as graph, tf.device(DEVICE):
        inputs = tf.nest.map_structure(
            lambda array: tf.compat.v1.placeholder(array.dtype, array.shape), arguments
        )
        # Calling the function itself would not compile it after
        # `tf.config.run_functions_eagerly(True)`.
        outputs = function.get_concrete_function(*inputs)(*inputs)
    # Without this a session takes memory of every GPU.
    config = tf.compat.v1.ConfigProto(device_count={"GPU": 0})
    # XLA optimizes the graph; TensorFlow's own pass takes a tenth of a first fit.
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    session = tf.compat.v1.Session(graph=graph, config=config)
    _SESSIONS.add(session)
    inputs, outputs = tf.nest.flatten(inputs), tf.nest.flatten(outputs)
    # The public `make_callable` spends 0.8 ms of Python on each call, and small fits
    # then take a fifth longer. A version of TensorFlow may lack the private one.
    try:
        from tensorflow.core.protobuf.config_pb2 import CallableOptions

        make_callable = session._make_callable_from_options
    except (ImportError, AttributeError):
        return session.make_callable(outputs, inputs)
    return make_callable(
        CallableOptions(
            feed=[tensor.name for tensor in inputs],
            fetch=[tensor.name for tensor in outputs],
        )
    )


def _dense_layers(keras, batch_size):
    """Return the function that makes the layers of a network for training.

    A layer with fewer units than the batch has rows computes its outputs transposed:
    one row for each unit, one column for each image. With 25 units and batches of 32,
    a row has 32 values instead of 25. They fill whole vector registers, and the product
    takes a third less time.
    """

    class DenseByUnit(keras.layers.Dense):  # type: ignore[name-defined]
        def call(self, inputs):
            kernel, inputs = map(keras.ops.transpose, (self.kernel, inputs))
            bias = keras.ops.expand_dims(self.bias, 1)
            outputs = keras.ops.matmul(kernel, inputs) + bias
            return keras.ops.transpose(self.activation(outputs))

    def make_dense(units, *arguments, **options):
        kind = DenseByUnit if units < batch_size else keras.layers.Dense
        return kind(units, *arguments, **options)

    return make_dense


def _parts_of(layer_sizes):
    """Group the weights: each large matrix by itself, small neighbours together.

    Updating one vector takes less time than updating many. But joining the gradient of
    a large matrix to others would copy it.
    """

    def large(shape):
        return shape if math.prod(shape) >= _LARGE_MATRIX else None

    return [list(part) for _, part in groupby(weight_shapes(layer_sizes), large)]


def _split(vectors, layout):
    """Cut each vector into the parts of the layout; return the vectors of each part."""
    lengths = (sum(map(math.prod, shapes)) for shapes in layout)
    return [
        [vector[start:stop] for vector in vectors]
        for start, stop in pairwise(accumulate(lengths, initial=0))
    ]


def _make_train_step(tf, model, layout, dtype):
    """Return a pure function that takes one step of Adam on one batch."""

    def flatten_by_unit(matrices):
        vectors = [tf.reshape(tf.transpose(matrix), [-1]) for matrix in matrices]
        return tf.concat(vectors, axis=0)

    def loss_and_gradients(vectors, X, y, weight, n_rows):
        # Cut outside the tape: the gradient of a slice is a vector as long as the
        # whole, and there would be one for every layer.
        weights = [unpack(*part, tf) for part in zip(vectors, layout)]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            logits, _ = model.stateless_call([*chain(*weights)], [], X)
            # Not `tf.nn.sparse_softmax_cross_entropy_with_logits`, which becomes a sum
            # of other operations after `enable_op_determinism`.
            cross_entropy, _ = tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(
                features=logits, labels=y
            )
            loss = tf.reduce_sum(weight * cross_entropy)
            # Divided by the batch's number of rows: dividing by its sum of weights
            # would give a biased estimate of the weighted mean over all rows.
            mean_loss = loss / n_rows
        gradients = tape.gradient(mean_loss, weights)
        return loss, [flatten_by_unit(part) for part in gradients]

    def train_step(parts, batch, input_scale, factors):
        X, y, weight, n_rows = batch
        X = tf.cast(X, dtype) * input_scale
        weights = [part[0] for part in parts]
        loss, gradients = loss_and_gradients(weights, X, y, weight, n_rows)
        parts = [
            update(tf, part, gradient, factors)
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
        Factor by which X is multiplied.
    settings : OptimizerSettings

    Returns
    -------
    state : OptimizerState
    loss : float
        Weighted sum of the cross-entropies of all rows, each computed before the step
        of its batch.
    """
    input_scale = np.asarray(input_scale, state.weights.dtype)
    loss = 0.0
    for block in blocks:
        state, block_loss = program(state, block, input_scale, settings)
        loss += block_loss
    return state, loss
