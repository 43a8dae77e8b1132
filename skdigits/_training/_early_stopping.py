"""Rows held out of training, and the score on them."""

import math

import numpy as np
from sklearn.model_selection import train_test_split

from skdigits._network._forward import compute_logits

_BLOCK_ROWS = 1024


def hold_out(rows, classes, fraction, rng):
    """Choose rows to hold out, as many of each class as it has a share.

    Parameters
    ----------
    rows : LabelledRows
    classes : ndarray of shape (n_classes,)
    fraction : float
        How much of the rows to hold out.
    rng : numpy.random.Generator

    Returns
    -------
    training, held_out : LabelledRows
        In the order that they have in X.

    Raises
    ------
    ValueError
        If a class has a single row, or the held-out or the other rows are fewer than
        the classes.
    """
    codes, n_rows = rows.codes[rows.indices], len(rows.indices)
    present, counts = np.unique(codes, return_counts=True)
    instead = "or give rows of their own as fit(..., X_val=, y_val=)"
    if counts.min() < 2:
        (rarest,) = classes[present[[counts.argmin()]]].tolist()
        raise ValueError(
            f"early_stopping holds out rows of every class, but class "
            f"{rarest!r} has one row only. Give more rows, "
            f"{instead}."
        )
    n_held_out = math.ceil(fraction * n_rows)
    if min(n_held_out, n_rows - n_held_out) < len(present):
        raise ValueError(
            f"early_stopping holds out rows of every class, but "
            f"validation_fraction={fraction} parts {n_rows} rows into "
            f"{n_rows - n_held_out} for training and {n_held_out} held out, and "
            f"there are {len(present)} classes. Set another validation_fraction, "
            f"{instead}."
        )
    training, held_out = train_test_split(
        rows.indices,
        test_size=n_held_out,
        stratify=codes,
        random_state=int(rng.integers(2**31 - 1)),
    )
    return (
        rows._replace(indices=np.sort(training)),
        rows._replace(indices=np.sort(held_out)),
    )


def accuracy(rows, coefs, intercepts, activation):
    """Compute the weighted part of the rows whose labels a network tells right.

    Parameters
    ----------
    rows : LabelledRows
    coefs : list of ndarray of shape (units before, units)
    intercepts : list of ndarray of shape (units,)
    activation : {"relu", "tanh", "logistic", "identity"}

    Returns
    -------
    accuracy : float
        In [0, 1].
    """
    right = total = 0.0
    for start in range(0, len(rows.indices), _BLOCK_ROWS):
        block = rows.indices[start : start + _BLOCK_ROWS]
        logits = compute_logits(rows.X[block], coefs, intercepts, activation)
        # An overflow is no answer, and thus a wrong one.
        answered = np.isfinite(logits).all(axis=1)
        told = logits.argmax(axis=1) == rows.codes[block]
        right += rows.weight[block][answered & told].sum()
        total += rows.weight[block].sum()
    return float(right / total)
