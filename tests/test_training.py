"""The compiled program against ordinary Keras and against NumPy formulas."""

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from skdigits import DigitMLPClassifier
from skdigits._network._keras_model import build_network
from skdigits._network._layout import glorot_uniform, pack, unpack, weight_shapes
from skdigits._rows import LabelledRows
from skdigits._training._batches import block_shape, epoch_jobs
from skdigits._training._optimizer import (
    OptimizerSettings,
    cosine_steps,
    initial_state,
    step_factors,
)
from skdigits._training._program import (
    _LARGE_MATRIX,
    _compiled_program,
    train_epoch,
    training_program,
)

SIZES = (12, 9, 6, 4)
BATCH = 8


def problem(dtype, n_rows, sizes=SIZES):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, sizes[0])).astype(dtype)
    y = rng.integers(sizes[-1], size=n_rows)
    weight = rng.uniform(0.2, 3, size=n_rows)
    vector = glorot_uniform(sizes, rng, dtype)
    return X, y, weight, vector


def train(
    X,
    y,
    weight,
    vector,
    *,
    sizes=SIZES,
    activation="relu",
    lr=1e-2,
    scale=1.0,
    epochs=1,
    **settings,
):
    """Train with the compiled program, rows in the given order.

    Returns the last epoch's loss and the averaged weights, which are the weights
    themselves where no average is asked for.
    """
    dtype = vector.dtype
    shape = block_shape(X, BATCH, dtype)
    program = training_program(sizes, activation, shape)
    settings = OptimizerSettings(lr, **settings)
    rows = LabelledRows(X, y, weight, np.arange(len(X)))
    state = initial_state(vector)
    for _ in range(epochs):
        blocks = (fill_block() for fill_block in epoch_jobs(rows, shape))
        state, loss = train_epoch(program, state, blocks, scale, settings)
    return loss, state.average


@pytest.fixture(autouse=True)
def _float64_in_keras():
    """Let Keras hold the learning rate in float64."""
    import keras

    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx("float32")


def only_block(rows, dtype):
    (fill_block,) = epoch_jobs(rows, block_shape(rows.X, BATCH, dtype))
    return fill_block()


def train_with_keras(
    X,
    y,
    weight,
    vector,
    activation="relu",
    *,
    sizes=SIZES,
    lr=1e-2,
    epochs=1,
    **adam,
):
    """Train by Keras's `train_on_batch` over the same batches."""
    import keras
    import tensorflow as tf

    # Keras rounds Python's numbers to float32, but not those of other types.
    adam = {"beta_1": 0.9, "beta_2": 0.999} | adam
    for name in {"beta_1", "beta_2", "weight_decay"} & adam.keys():
        adam[name] = tf.constant(adam[name], vector.dtype)
    model = build_network(sizes, activation, vector.dtype)
    model.set_weights(unpack(vector, weight_shapes(sizes)))
    model.compile(
        keras.optimizers.Adam(lr, **adam),
        # Keras computes losses in float32 unless told otherwise.
        keras.losses.SparseCategoricalCrossentropy(
            from_logits=True, dtype=vector.dtype.name
        ),
        # To compile takes longer than a few steps.
        run_eagerly=len(X) < 100,
        jit_compile=False,
    )
    for _ in range(epochs):
        for start in range(0, len(X), BATCH):
            rows = slice(start, start + BATCH)
            model.train_on_batch(X[rows], y[rows], sample_weight=weight[rows])
    if adam.get("use_ema"):
        model.optimizer.finalize_variable_values(model.trainable_variables)
    weights = model.get_weights()
    return pack(weights[0::2], weights[1::2])


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-9), ("float32", 1e-5)])
def test_an_epoch_equals_kerass_with_a_shorter_last_batch(dtype, tolerance, activation):
    X, y, _, vector = problem(dtype, n_rows=53)
    assert len(X) % BATCH != 0
    ones = np.ones(len(X))
    _, ours = train(X, y, ones, vector, activation=activation, epochs=2)
    keras = train_with_keras(X, y, ones, vector, activation, epochs=2)
    np.testing.assert_allclose(ours, keras, rtol=0, atol=tolerance)
    assert np.abs(ours - vector).max() > 1e-2  # it did learn


def test_an_epoch_with_large_matrices_equals_kerass():
    sizes = (260, 64, 270, 4)  # the first two have vectors of their own in the loop
    assert min(260 * 64, 64 * 270) >= _LARGE_MATRIX
    X, y, weight, vector = problem("float64", 21, sizes)
    _, ours = train(X, y, weight, vector, sizes=sizes)
    keras = train_with_keras(X, y, weight, vector, sizes=sizes)
    np.testing.assert_allclose(ours, keras, rtol=0, atol=1e-9)


def cosine(steps, warmup=0):
    import keras

    if not warmup:
        return keras.optimizers.schedules.CosineDecay(1e-2, steps)
    return keras.optimizers.schedules.CosineDecay(
        0.0, steps, warmup_target=1e-2, warmup_steps=warmup
    )


@pytest.mark.parametrize(
    ("ours", "kerass"),
    [
        ({"weight_decay": 0.3}, lambda: {"weight_decay": 0.3}),
        ({"decay_steps": 14}, lambda: {"lr": cosine(14)}),
        # More steps than the cosine has: the rest is at a rate of zero.
        ({"decay_steps": 9}, lambda: {"lr": cosine(9)}),
        (
            {"warmup_steps": 3, "decay_steps": 11},
            lambda: {"lr": cosine(11, warmup=3)},
        ),
        # At a momentum of 0.1 Keras's average forgets its first value, the one that
        # differs, within fourteen steps.
        ({"ema_momentum": 0.1}, lambda: {"use_ema": True, "ema_momentum": 0.1}),
        (
            {"decay_steps": 20, "weight_decay": 0.3, "ema_momentum": 0.1},
            lambda: {
                "lr": cosine(20),
                "weight_decay": 0.3,
                "use_ema": True,
                "ema_momentum": 0.1,
            },
        ),
    ],
    ids=["decay", "cosine", "cosine over", "warm-up", "average", "all"],
)
def test_schedule_decay_and_average_equal_kerass(ours, kerass):
    X, y, weight, vector = problem("float64", n_rows=53)
    _, plain = train(X, y, weight, vector, epochs=2)
    _, with_ours = train(X, y, weight, vector, epochs=2, **ours)
    with_keras = train_with_keras(X, y, weight, vector, epochs=2, **kerass())
    np.testing.assert_allclose(with_ours, with_keras, rtol=0, atol=1e-8)
    assert np.abs(with_ours - plain).max() > 1e-4


def test_the_rate_rises_over_the_first_tenth_of_a_cosine_schedule():
    settings = OptimizerSettings(1.0, **cosine_steps(1000))
    # The weight decay is proportional to the rate, and to nothing else.
    rate = step_factors(settings._replace(weight_decay=1.0), 0, 1000, "float64").decay
    np.testing.assert_allclose(rate[:100], np.arange(100) / 100)
    assert rate.argmax() == 100
    assert (np.diff(rate[100:]) < 0).all()


def test_the_average_forgets_its_first_weights_faster_than_its_momentum_says():
    """avg ← m avg + (1 - m) w with m = min(momentum, t / (9 + t)) at step t."""
    X, y, weight, vector = problem("float64", n_rows=10 * BATCH)
    program = training_program(SIZES, "relu", block_shape(X, BATCH, X.dtype))
    state, average = initial_state(vector), vector
    for t in range(1, 11):
        rows = np.arange((t - 1) * BATCH, t * BATCH)
        block = only_block(LabelledRows(X, y, weight, rows), X.dtype)
        settings = OptimizerSettings(1e-2, ema_momentum=0.5)
        state, _ = program(state, block, np.asarray(1.0), settings)
        m = min(0.5, t / (9 + t))
        average = m * average + (1 - m) * np.asarray(state.weights)
    np.testing.assert_allclose(state.average, average, rtol=0, atol=1e-12)


def test_an_epoch_with_sample_weights_equals_kerass():
    X, y, weight, vector = problem("float64", n_rows=53)
    _, ours = train(X, y, weight, vector)
    keras = train_with_keras(X, y, weight, vector)
    np.testing.assert_allclose(ours, keras, rtol=0, atol=1e-9)


def test_an_epoch_of_several_blocks_equals_kerass():
    X, y, _, vector = problem("float64", n_rows=128 * BATCH + 21)
    ones = np.ones(len(X))
    _, ours = train(X, y, ones, vector)
    keras = train_with_keras(X, y, ones, vector)
    np.testing.assert_allclose(ours, keras, rtol=0, atol=1e-9)


def test_a_weighted_step_equals_adam_on_the_written_out_gradient():
    """One batch, weights w: Adam's first step on d/dθ [Σ wᵢ lossᵢ / rows], in NumPy."""
    X, y, weight, vector = problem("float64", n_rows=BATCH - 1)
    W1, b1, W2, b2, W3, b3 = unpack(vector, weight_shapes(SIZES))
    a1 = X @ W1 + b1
    h1 = np.maximum(a1, 0)
    a2 = h1 @ W2 + b2
    h2 = np.maximum(a2, 0)
    z = h2 @ W3 + b3
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = -np.sum(weight * np.log(p[np.arange(len(y)), y]))
    dz = (p - np.eye(SIZES[-1])[y]) * weight[:, None] / len(X)
    da2 = dz @ W3.T * (a2 > 0)
    da1 = da2 @ W2.T * (a1 > 0)
    layers = ((X, da1), (h1, da2), (h2, dz))
    gradient = pack([x.T @ d for x, d in layers], [d.sum(axis=0) for _, d in layers])
    # Kingma and Ba, algorithm 1, at t = 1 with Keras's placing of epsilon.
    m, v = 0.1 * gradient, 0.001 * gradient**2
    alpha = 1e-2 * np.sqrt(1 - 0.999) / (1 - 0.9)
    expected = vector - alpha * m / (np.sqrt(v) + 1e-7)

    our_loss, ours = train(X, y, weight, vector, lr=1e-2)
    assert our_loss == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-14)


def test_the_input_scale_multiplies_x():
    X, y, weight, vector = problem("float64", n_rows=20)
    _, scaled_inside = train(X * 255, y, weight, vector, scale=1 / 255)
    _, scaled_before = train(X, y, weight, vector)
    np.testing.assert_allclose(scaled_inside, scaled_before, rtol=1e-9)


def test_pixels_train_like_the_same_numbers_in_float32():
    X, y, weight, vector = problem("float32", n_rows=40)
    pixels = np.clip(X * 50 + 128, 0, 255).astype(np.uint8)
    _, of_pixels = train(pixels, y, weight, vector, scale=1 / 255)
    _, of_floats = train(pixels.astype("f"), y, weight, vector, scale=1 / 255)
    np.testing.assert_allclose(of_pixels, of_floats, rtol=0, atol=1e-6)


def test_one_program_serves_all_numbers_and_any_number_of_rows():
    X, y, weight, vector = problem("float64", n_rows=2000)
    program = training_program(SIZES, "relu", block_shape(X, BATCH, X.dtype))
    before = _compiled_program.cache_info().misses
    for n_rows, lr, scale in [(3, 1e-3, 1), (100, 1e-1, 2), (2000, 3e-4, 0.1)]:
        train(X[:n_rows], y, weight, vector, lr=lr, scale=scale)
    settings = {"decay_steps": 100, "weight_decay": 0.1, "ema_momentum": 0.9}
    train(X, y, weight, vector, **settings)
    assert training_program(SIZES, "relu", block_shape(X, BATCH, X.dtype)) is program
    assert _compiled_program.cache_info().misses == before


def test_padding_rows_do_not_reach_the_weights():
    """NaN in a padded row would show in any sum that it took part in."""
    X, y, weight, vector = problem("float64", n_rows=5)
    program = training_program(SIZES, "relu", block_shape(X, BATCH, X.dtype))
    settings = OptimizerSettings(1e-2)
    block = only_block(LabelledRows(X, y, weight, np.arange(5)), X.dtype)
    block.X[1:] = np.nan
    arguments = initial_state(vector), block, np.asarray(1.0), settings
    state, loss = program(*arguments)
    assert np.isfinite(loss)
    assert np.isfinite(state.weights).all()


MEMORY_OF_PROGRAMS = """
import gc
import numpy as np
import psutil
from skdigits._training._batches import block_shape
from skdigits._training._program import _compiled_program, training_program

def megabytes_after_programs(widths):
    for width in widths:
        shape = block_shape(np.zeros((1, width), np.float32), 8, np.float32)
        training_program((width, 3, 2), "relu", shape)
    _compiled_program.cache_clear()
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6

before = megabytes_after_programs(range(1, 18))  # more than are kept at once
after = megabytes_after_programs(range(18, 35))
assert after - before < 42, (before, after)
"""


@pytest.mark.slow
def test_a_program_that_is_no_longer_kept_frees_its_memory(run_python):
    """TensorFlow keeps 5 MB of each that it calls outside a session, 85 for these."""
    pytest.importorskip("psutil")
    run_python("-c", MEMORY_OF_PROGRAMS)


def test_the_number_of_programs_kept_is_bounded():
    assert _compiled_program.cache_info().maxsize == 16


def test_fits_in_threads_share_a_program_and_nothing_else():
    sizes = (5, 4, 3)  # no other test's, so that the threads meet at the compiler
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 5)), rng.integers(3, size=300)

    def fit(seed):
        program = training_program(sizes, "relu", block_shape(X, BATCH, X.dtype))
        rows = LabelledRows(X, y, np.ones(300), np.arange(300))
        rng = np.random.default_rng(seed)
        state = initial_state(glorot_uniform(sizes, rng, X.dtype))
        for _ in range(3):
            blocks = [only_block(rows, X.dtype)]
            state, _ = train_epoch(program, state, blocks, 1.0, OptimizerSettings(1e-2))
        return program, state.weights

    before = _compiled_program.cache_info().misses
    with ThreadPoolExecutor(4) as pool:
        in_threads = list(pool.map(fit, range(8)))
    for seed, (program, weights) in enumerate(in_threads):
        np.testing.assert_array_equal(weights, fit(seed)[1])
        assert program is in_threads[0][0]
    assert _compiled_program.cache_info().misses == before + 1


def test_no_thread_stays_after_a_fit_that_failed(digits):
    before = threading.active_count()
    clf = DigitMLPClassifier(
        epochs=3, batch_size=4, early_stopping=True, scoring=lambda *_: np.nan
    )  # an epoch of two blocks
    with pytest.raises(ValueError, match="NaN") as error:  # which keeps the frames
        clf.fit(*digits)
    assert threading.active_count() == before, error


@pytest.mark.parametrize("stage", ["fit", "predict"])
@pytest.mark.parametrize("in_file", [False, True])
def test_x_is_never_copied_whole(tmp_path, stage, in_file):
    """NumPy's allocations are traced; a copy in float32 would take four times X."""
    X = np.random.default_rng(0).integers(0, 256, (40_000, 400), dtype=np.uint8)
    y = np.arange(len(X)) % 10
    if in_file:
        np.save(tmp_path / "X.npy", X)
        X = np.load(tmp_path / "X.npy", mmap_mode="r")
    clf = DigitMLPClassifier(epochs=1, random_state=0).fit(X[:100], y[:100])
    tracemalloc.start()
    if stage == "fit":
        clf.fit(X, y)
    else:
        clf.predict_proba(X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < X.nbytes


def test_a_batch_size_beyond_the_rows_takes_no_memory(digits):
    X, y = digits[0][:300], digits[1][:300]
    clf = DigitMLPClassifier((3,), epochs=1, batch_size=10**6).fit(X, y)
    tracemalloc.start()
    clf.fit(X, y)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2e7
