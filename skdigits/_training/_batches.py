"""Arrange rows in batches, and batches in blocks of one shape.

The training program takes blocks ``(steps, batch_size, features)``. All blocks have the
same shape in all fits of the same width, whatever the number of rows: a short block is
padded with rows of weight zero, and `n_steps` tells how many of its batches are real.
So one compiled program serves all these fits.
"""

import math
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.sparse import issparse

from skdigits._rows import blocks, take_rows

# Steps in a block: enough to amortise the call of the program.
_MAX_STEPS = 256
# Bytes of a block: small beside the data. Neither limit may depend on the number of
# rows: the folds of one search must share one program.
_MAX_BYTES = 2**23
# Bytes: TensorFlow reads arrays with this alignment without a copy.
_ALIGNMENT = 64


class BlockShape(NamedTuple):
    """What all blocks of a fit have in common.

    Attributes
    ----------
    batch_size, n_features : int
    X_dtype : dtype
        uint8, or the precision of the fit.
    dtype : dtype
        The precision of the fit.
    """

    batch_size: int
    n_features: int
    X_dtype: np.dtype
    dtype: np.dtype

    @property
    def n_steps(self):
        """Number of batches in a block."""
        batch_bytes = self.batch_size * self.n_features * self.X_dtype.itemsize
        return max(1, min(_MAX_STEPS, _MAX_BYTES // batch_bytes))


def block_shape(X, batch_size, dtype):
    """Choose the shape of the blocks that a fit in this precision cuts X into."""
    dtype = np.dtype(dtype)
    X_dtype = X.dtype if X.dtype == np.uint8 else dtype
    return BlockShape(batch_size, X.shape[1], X_dtype, dtype)


class Block(NamedTuple):
    """Some consecutive batches, as NumPy arrays.

    Attributes
    ----------
    X : ndarray of shape (steps, batch_size, n_features)
        uint8, or the precision of the fit.
    y : ndarray of shape (steps, batch_size), int32
        Index of each row's class.
    weight : ndarray of shape (steps, batch_size)
        Each row's weight; zero where a row is only padding.
    n_rows : ndarray of shape (steps,)
        Rows of each batch that are not padding; at least 1.
    n_steps : ndarray of shape (), int32
        Batches of the block that are not padding.
    """

    X: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    n_rows: np.ndarray
    n_steps: np.ndarray


def bounded_batch_size(batch_size, n_rows):
    """Lower the compiled program's batch size if there are few rows, to save memory.

    The bound is a power of two, so that similar numbers of rows share one program.
    """
    return min(batch_size, max(1024, 1 << (n_rows - 1).bit_length()))


def empty_block(shape):
    """Make a block of a `BlockShape`: every row is padding, X holds any numbers."""
    rows = shape.n_steps, shape.batch_size
    return Block(
        X=_aligned_empty((*rows, shape.n_features), shape.X_dtype),
        y=np.zeros(rows, np.int32),
        weight=np.zeros(rows, shape.dtype),
        n_rows=np.full(shape.n_steps, shape.batch_size, shape.dtype),
        n_steps=np.zeros((), np.int32),
    )


def _aligned_empty(shape, dtype):
    """Make an array with TensorFlow's alignment, to pass it without a copy."""
    n_bytes = math.prod(shape) * dtype.itemsize
    memory = np.empty(n_bytes + _ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % _ALIGNMENT
    return memory[start : start + n_bytes].view(dtype).reshape(shape)


def epoch_jobs(rows, shape, augment=None, rngs=None):
    """Cut one epoch's rows into blocks of batches.

    Parameters
    ----------
    rows : LabelledRows
        The rows of the epoch, in training order.
    shape : BlockShape
        The last batch may be shorter; it is padded with rows of weight zero.
    augment : callable, default=None
        Changes a block's rows in place, ``(rows, rng) -> None``.
    rngs : callable, default=None
        Makes the generator given to `augment`: ``(number_of_block) -> Generator``.

    Yields
    ------
    job : callable
        ``() -> Block``: fills one block and returns it. The jobs may run in any order,
        and concurrently if `augment` may be called concurrently.
    """

    def fill_block(number, indices):
        block = empty_block(shape)
        n_rows, batch_size = len(indices), shape.batch_size
        block_X = block.X.reshape(-1, shape.n_features)[:n_rows]
        _fill(block_X, rows.X, indices)
        if augment is not None:
            augment(block_X, rngs(number))
        block.y.reshape(-1)[:n_rows] = rows.y[indices]
        block.weight.reshape(-1)[:n_rows] = rows.weight[indices]
        block.n_steps[...] = -(-n_rows // batch_size)
        last, n_last = block.n_steps - 1, (n_rows - 1) % batch_size + 1
        block.n_rows[last] = n_last
        block.X[last, n_last:] = 0  # a weight of zero does not hide NaN
        return block

    n_rows_of_block = shape.n_steps * shape.batch_size
    for number, block in enumerate(blocks(len(rows.indices), n_rows_of_block)):
        yield partial(fill_block, number, rows.indices[block])


def _fill(block, X, rows):
    """Copy rows of X, without an intermediate copy if the dtypes and layouts agree."""
    is_like_block = X.dtype == block.dtype and not issparse(X)
    if is_like_block and X.flags.c_contiguous:  # `take` would copy all of another X
        np.take(X, rows, axis=0, out=block, mode="clip")  # "raise" would make a copy
    else:
        block[...] = take_rows(X, rows)
