"""Rows of X, which may be sparse, as dense blocks."""

from scipy.sparse import issparse


def take_rows(X, rows):
    """Take some rows of X, dense.

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
