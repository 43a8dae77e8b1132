"""Validation rows: their stratified split, and a network's loss and score on them."""

import math
from typing import Any, NamedTuple

import numpy as np
from sklearn.model_selection import train_test_split

from skdigits._network._forward import BLOCK_ROWS, compute_logits, log_softmax
from skdigits._rows import LabelledRows, blocks

# If logits overflow, the loss is that of a probability of 0.
_LOG_OF_NO_PROBABILITY = -np.inf


def split_rows(rows, classes, fraction, rng):
    """Hold out a stratified validation split, with rows of every class in both parts.

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
            f"only one row. Give more rows, {instead}."
        )
    n_validation = math.ceil(fraction * n_rows)
    if min(n_validation, n_rows - n_validation) < len(present):
        raise ValueError(
            f"early_stopping holds out rows of every class, but "
            f"validation_fraction={fraction} splits {n_rows} rows into "
            f"{n_rows - n_validation} for training and {n_validation} held out, and "
            f"there are {len(present)} classes. Set another validation_fraction, "
            f"{instead}."
        )
    training, validation = train_test_split(
        rows.indices,
        test_size=n_validation,
        stratify=y,
        random_state=int(rng.integers(2**31 - 1)),
    )
    # Of a class with few rows, train_test_split may put none into a part.
    training, validation = _move_lacking(rows.y, training, validation)
    validation, training = _move_lacking(rows.y, validation, training)
    return (
        rows._replace(indices=np.sort(training)),
        rows._replace(indices=np.sort(validation)),
    )


def _move_lacking(y, source, target):
    """Move one row of each class that `target` lacks from `source` to it."""
    classes, first = np.unique(y[source], return_index=True)
    moved = first[~np.isin(classes, y[target])]
    return np.delete(source, moved), np.append(target, source[moved])


class Validation(NamedTuple):
    """How to score an epoch.

    Attributes
    ----------
    rows : LabelledRows
    scorer : None, "loss" or callable
        None is the accuracy, "loss" the negated loss; a callable
        ``(coefs, intercepts) -> float`` scores weights.
    """

    rows: LabelledRows
    scorer: Any


def validate(validation, network, state):
    """Compute the loss and the score after an epoch.

    Parameters
    ----------
    validation : Validation
    network : Network
    state : OptimizerState

    Returns
    -------
    loss, score : float
    """
    coefs, intercepts = network.arrays(state.average)
    loss, accuracy = loss_and_accuracy(
        validation.rows, coefs, intercepts, network.activation
    )
    if validation.scorer is None:
        return loss, accuracy
    if validation.scorer == "loss":
        return loss, -loss
    return loss, float(validation.scorer(coefs, intercepts))


def loss_and_accuracy(rows, coefs, intercepts, activation):
    """Compute the weighted mean loss and the weighted accuracy of a network.

    Parameters
    ----------
    rows : LabelledRows
    coefs : list of ndarray of shape (units before, units)
    intercepts : list of ndarray of shape (units,)
    activation : {"relu", "tanh", "logistic", "identity"}

    Returns
    -------
    loss : float
        Mean cross-entropy in nats; infinite where logits overflow.
    accuracy : float
        In [0, 1]. A prediction that overflows counts as wrong.
    """
    total = loss = correct = 0.0
    for block in blocks(len(rows.indices), BLOCK_ROWS):
        block = rows.indices[block]
        y, weight = rows.y[block], rows.weight[block]
        logits = compute_logits(rows.X[block], coefs, intercepts, activation)
        finite = np.isfinite(logits).all(axis=1)
        logits[~finite] = 0
        log_p = log_softmax(logits)[np.arange(len(y)), y]
        log_p = np.where(finite, log_p, _LOG_OF_NO_PROBABILITY)
        total += weight.sum()
        loss -= weight @ log_p
        correct += weight[finite & (logits.argmax(axis=1) == y)].sum()
    return float(loss / total), float(correct / total)
