"""How much each row counts: sample weights and class weights."""

import numpy as np
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import _check_sample_weight


def check_sample_weight(sample_weight, X):
    """Return the weight of every row of X, as given: not negative, not all zero.

    Parameters
    ----------
    sample_weight : array-like of shape (n_samples,) or None
    X : ndarray of shape (n_samples, n_features)

    Returns
    -------
    weight : ndarray of shape (n_samples,), float64
    """
    weight = _check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )
    if not weight.any():
        raise ValueError("sample_weight must not be zero for all rows.")
    return weight


def weigh_classes(class_weight, weight, codes, classes):
    """Multiply the weight of every row by that of its class.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        A dict has weights by label, 1 where it has none. "balanced" gives all classes
        the same sum of weights.
    weight : ndarray of shape (n_samples,)
    codes : ndarray of shape (n_samples,)
        Index of each row's class.
    classes : ndarray of shape (n_classes,)

    Returns
    -------
    weight : ndarray of shape (n_samples,)
    """
    if class_weight is None:
        return weight
    if class_weight == "balanced":
        # scikit-learn's n_samples / (n_classes n_samples_of_class), with weights for
        # numbers of rows.
        sums = np.bincount(codes, weight, minlength=len(classes))
        return weight * (weight.sum() / (len(classes) * sums))[codes]
    factors = compute_class_weight(class_weight, classes=classes, y=classes)
    if not (np.isfinite(factors) & (factors >= 0)).all():
        raise ValueError(
            f"class_weight must hold finite numbers of 0 or more. Got {class_weight!r}."
        )
    weight = weight * factors[codes]
    if not weight.any():
        raise ValueError(
            f"class_weight={class_weight!r} leaves no row with a weight above zero."
        )
    return weight


def mean_one(weight, rows):
    """Scale the weights so that those of the given rows have a mean of 1."""
    weight = weight / weight[rows].max()
    return weight * (len(rows) / weight[rows].sum())
