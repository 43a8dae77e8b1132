"""Rows of X, which may be sparse: with their labels, and as dense blocks."""

from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import issparse

# Numbers: blocks of wide rows have fewer rows.
_BLOCK_SIZE = 2**22


class LabelledRows(NamedTuple):
    """Some rows of X with their labels, to train on or to score.

    Attributes
    ----------
    X : ndarray or CSR matrix or array of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
        Index of each row's class.
    weight : ndarray of shape (n_samples,)
        Weight of each row.
    indices : ndarray of int
        The selected rows, in their order.
    """

    X: Any
    y: np.ndarray
    weight: np.ndarray
    indices: np.ndarray


def blocks(n_rows, size):
    """List the slices that cut rows into blocks of `size`; the last may be shorter."""
    return [slice(start, start + size) for start in range(0, n_rows, size)]


def limit_rows(most, n_features):
    """Return the number of rows of a block: at most `most`, fewer if rows are wide."""
    return max(1, min(most, _BLOCK_SIZE // n_features))


def take_rows(X, rows):
    """Return some rows of X as a dense array.

    Parameters
    ----------
    X : ndarray or CSR matrix or array of shape (n_samples, n_features)
    rows : slice or ndarray of int

    Returns
    -------
    block : ndarray of shape (n_rows, n_features), dtype of X
        A view of X where NumPy can make one.
    """
    block = X[rows]
    return block.toarray() if issparse(block) else block


def order_by_rows(X):
    """Copy an array whose columns, not rows, are contiguous, such as a data frame's.

    Otherwise each epoch would gather the shuffled rows number by number.
    """
    by_columns = not issparse(X) and abs(X.strides[0]) < abs(X.strides[1])
    return np.ascontiguousarray(X) if by_columns else X
