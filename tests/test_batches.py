import tracemalloc

import numpy as np
import pytest
from scipy.sparse import csr_array

from skdigits._rows import LabelledRows, order_by_rows
from skdigits._training._batches import block_shape, bounded_batch_size, epoch_jobs


def blocks_of(n_rows, batch_size=4, n_features=3, order=None, X_dtype=np.uint8):
    X = np.arange(n_rows * n_features).reshape(n_rows, n_features).astype(X_dtype)
    y = np.arange(n_rows) % 10
    weight = np.arange(n_rows) + 1.0
    order = np.arange(n_rows) if order is None else order
    shape = block_shape(X, batch_size, np.float32)
    jobs = epoch_jobs(LabelledRows(X, y, weight, order), shape)
    return X, y, weight, [fill_block() for fill_block in jobs]


def real_rows(blocks, field):
    """The rows that are no padding, end to end."""
    rows = []
    for block in blocks:
        for step in range(block.n_steps):
            rows.append(getattr(block, field)[step, : int(block.n_rows[step])])
    return np.concatenate(rows)


@pytest.mark.parametrize("n_rows", [1, 3, 4, 5, 511, 512, 513, 1500])
def test_every_row_comes_once_in_the_given_order(n_rows):
    order = np.random.default_rng(0).permutation(n_rows)
    X, y, weight, blocks = blocks_of(n_rows, order=order)
    np.testing.assert_array_equal(real_rows(blocks, "X"), X[order])
    np.testing.assert_array_equal(real_rows(blocks, "y"), y[order])
    np.testing.assert_array_equal(real_rows(blocks, "weight"), weight[order])


@pytest.mark.parametrize("n_rows", [1, 5, 513])
def test_padding_has_no_weight(n_rows):
    _, _, weight, blocks = blocks_of(n_rows)
    assert sum(block.weight.sum() for block in blocks) == weight.sum()


def test_padding_of_a_batch_that_is_trained_on_holds_no_nan(monkeypatch):
    """Zero times NaN is NaN, so a weight of zero would not be enough."""
    monkeypatch.setattr(
        "skdigits._training._batches._aligned_empty",
        lambda shape, dtype: np.full(shape, np.nan, dtype),
    )
    *_, blocks = blocks_of(10, batch_size=4, X_dtype=np.float32)
    np.testing.assert_array_equal(blocks[0].X[2, 2:], 0)
    assert np.isfinite(blocks[0].X[:3]).all()


def test_the_last_batch_counts_with_its_true_size():
    *_, blocks = blocks_of(10, batch_size=4)
    assert blocks[-1].n_steps == 3
    np.testing.assert_array_equal(blocks[-1].n_rows[:3], [4, 4, 2])


def test_all_row_counts_share_one_shape():
    shapes = {
        tuple((field.shape, field.dtype) for field in block)
        for n_rows in (1, 7, 512, 1500)
        for block in blocks_of(n_rows)[-1]
    }
    assert len(shapes) == 1


def test_pixels_stay_uint8_and_other_types_take_the_precision_of_the_fit():
    assert blocks_of(5, X_dtype=np.uint8)[-1][0].X.dtype == np.uint8
    assert blocks_of(5, X_dtype=np.int64)[-1][0].X.dtype == np.float32


@pytest.mark.parametrize("n_features", [1, 3, 785])
def test_the_rows_of_a_block_are_aligned_so_that_tensorflow_does_not_copy_them(
    n_features,
):
    for block in blocks_of(1500, n_features=n_features)[-1]:
        assert block.X.ctypes.data % 64 == 0


def test_a_block_is_small_beside_the_data():
    def steps(n_features, X_dtype, dtype):
        return block_shape(np.empty((0, n_features), X_dtype), 32, dtype).n_steps

    assert steps(784, np.uint8, np.float32) == 256
    assert steps(100_000, np.int64, np.float64) == 1
    assert steps(784, np.float64, np.float64) * 32 * 784 * 8 <= 2**23


def test_a_batch_size_beyond_the_rows_costs_no_memory():
    assert bounded_batch_size(10**9, 300) == 1024
    assert bounded_batch_size(10**9, 1500) == bounded_batch_size(10**9, 1600) == 2048
    assert bounded_batch_size(32, 5) == 32


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_rows_of_another_layout_are_taken_without_copying_all(dtype):
    """Data frames give columns that are contiguous, not rows."""
    X = np.asfortranarray(np.ones((60_000, 40), dtype))
    order = np.random.default_rng(0).permutation(len(X))
    rows = LabelledRows(X, np.zeros(len(X), int), np.ones(len(X)), order)
    fill_block = next(epoch_jobs(rows, block_shape(X, 32, np.float32)))
    tracemalloc.start()
    fill_block()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < X.nbytes


def test_only_arrays_in_order_of_columns_are_copied():
    X = np.arange(20.0).reshape(4, 5)
    for same in (X, X[::2], X[:, 1:4], csr_array(X)):
        assert order_by_rows(same) is same
    ordered = order_by_rows(np.asfortranarray(X))
    assert ordered.flags.c_contiguous
    np.testing.assert_array_equal(ordered, X)
