"""Rows held out of training, and the score on them."""

import math

import numpy as np
from sklearn.model_selection import train_test_split

from skdigits._forward import compute_logits

_BLOCK_ROWS = 1024


def hold_out(rows, codes, classes, fraction, rng):
    """Choose rows to hold out, as many of each class as it has a share.

    Parameters
    ----------
    rows : ndarray of int
    codes : ndarray of shape (n_samples,)
        Index of each row's class.
    classes : ndarray of shape (n_classes,)
    fraction : float
        How much of the rows to hold out.
    rng : numpy.random.Generator

    Returns
    -------
    training, held_out : ndarray of int
        The rows, in their order.

    Raises
    ------
    ValueError
        If a class has a single row, or the held-out or the other rows are fewer than
        the classes.
    """
    present, counts = np.unique(codes[rows], return_counts=True)
    instead = "or give rows of their own as fit(..., X_val=, y_val=)"
    if counts.min() < 2:
        (rarest,) = classes[present[[counts.argmin()]]].tolist()
        raise ValueError(
            f"early_stopping holds out rows of every class, but class "
            f"{rarest!r} has one row only. Give more rows, "
            f"{instead}."
        )
    n_held_out = math.ceil(fraction * len(rows))
    if min(n_held_out, len(rows) - n_held_out) < len(present):
        raise ValueError(
            f"early_stopping holds out rows of every class, but "
            f"validation_fraction={fraction} parts {len(rows)} rows into "
            f"{len(rows) - n_held_out} for training and {n_held_out} held out, and "
            f"there are {len(present)} classes. Set another validation_fraction, "
            f"{instead}."
        )
    training, held_out = train_test_split(
        rows,
        test_size=n_held_out,
        stratify=codes[rows],
        random_state=int(rng.integers(2**31 - 1)),
    )
    return np.sort(training), np.sort(held_out)


class HeldOutRows:
    """Rows that score a network.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
    codes : ndarray of shape (n_samples,)
        Index of each row's class.
    weight : ndarray of shape (n_samples,)
    rows : ndarray of int
        The rows of X that are held out.
    """

    def __init__(self, X, codes, weight, rows):
        self._X = X
        self._codes = codes
        self._weight = weight
        self._rows = rows

    def accuracy(self, coefs, intercepts, activation):
        """Compute the weighted part of the rows that are told right.

        Parameters
        ----------
        coefs : list of ndarray of shape (units before, units)
        intercepts : list of ndarray of shape (units,)
        activation : {"relu", "tanh", "logistic", "identity"}

        Returns
        -------
        accuracy : float
            In [0, 1].
        """
        right = total = 0.0
        for start in range(0, len(self._rows), _BLOCK_ROWS):
            rows = self._rows[start : start + _BLOCK_ROWS]
            logits = compute_logits(self._X[rows], coefs, intercepts, activation)
            weight = self._weight[rows]
            # An overflow is no answer, and thus a wrong one.
            answered = np.isfinite(logits).all(axis=1)
            told = logits.argmax(axis=1) == self._codes[rows]
            right += weight[answered & told].sum()
            total += weight.sum()
        return float(right / total)
