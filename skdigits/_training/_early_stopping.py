"""Early stopping: the validation split, and the score on it."""

import math

import numpy as np
from sklearn.model_selection import train_test_split

from skdigits._network._forward import compute_logits

_BLOCK_ROWS = 1024


def split_rows(rows, classes, fraction, rng):
    """Hold out a stratified validation split.

    Parameters
    ----------
    rows : LabelledRows
    classes : ndarray of shape (n_classes,)
    fraction : float
        Fraction of the rows to hold out.
    rng : numpy.random.Generator

    Returns
    -------
    training, validation : LabelledRows
        In the order of X.

    Raises
    ------
    ValueError
        If a class has a single row, or if either part would have fewer rows than there
        are classes.
    """
    y, n_rows = rows.y[rows.indices], len(rows.indices)
    present, counts = np.unique(y, return_counts=True)
    instead = "or give validation rows: fit(..., X_val=..., y_val=...)"
    if counts.min() < 2:
        (rarest,) = classes[present[[counts.argmin()]]].tolist()
        raise ValueError(
            f"early_stopping holds out rows of every class, but class {rarest!r} has "
            f"only one row. Add rows of this class, {instead}."
        )
    n_validation = math.ceil(fraction * n_rows)
    if min(n_validation, n_rows - n_validation) < len(present):
        raise ValueError(
            f"early_stopping holds out rows of every class, but "
            f"validation_fraction={fraction} splits {n_rows} rows into "
            f"{n_rows - n_validation} for training and {n_validation} held out, and "
            f"there are {len(present)} classes. Choose another validation_fraction, "
            f"{instead}."
        )
    training, validation = train_test_split(
        rows.indices,
        test_size=n_validation,
        stratify=y,
        random_state=int(rng.integers(2**31 - 1)),
    )
    return (
        rows._replace(indices=np.sort(training)),
        rows._replace(indices=np.sort(validation)),
    )


def accuracy(rows, coefs, intercepts, activation):
    """Compute the weighted accuracy of a network.

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
    correct_weight = total_weight = 0.0
    for start in range(0, len(rows.indices), _BLOCK_ROWS):
        block = rows.indices[start : start + _BLOCK_ROWS]
        logits = compute_logits(rows.X[block], coefs, intercepts, activation)
        # A prediction that overflows counts as wrong.
        finite = np.isfinite(logits).all(axis=1)
        correct = logits.argmax(axis=1) == rows.y[block]
        correct_weight += rows.weight[block][finite & correct].sum()
        total_weight += rows.weight[block].sum()
    return float(correct_weight / total_weight)
