"""Validation of what scikit-learn cannot check for us: labels, weights, arguments."""

from itertools import pairwise
from numbers import Integral

import numpy as np
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import _check_sample_weight


def check_hidden_layer_sizes(hidden_layer_sizes):
    """Return the sizes as a tuple of int, one for each hidden layer."""
    single = isinstance(hidden_layer_sizes, Integral)
    sizes = (hidden_layer_sizes,) if single else tuple(hidden_layer_sizes)
    if not sizes or not all(
        isinstance(units, Integral) and not isinstance(units, bool) and int(units) >= 1
        for units in sizes
    ):
        raise ValueError(
            f"hidden_layer_sizes must hold one positive integer for each hidden layer, "
            f"such as (25, 15). Got {hidden_layer_sizes!r}."
        )
    return tuple(int(units) for units in sizes)


def refuse_other_weights(coefs, intercepts, layer_sizes):
    """Refuse weights of other shapes than those of these layers."""
    expected = [*pairwise(layer_sizes)], [(units,) for units in layer_sizes[1:]]
    for name, weights, shapes in zip(
        ("coefs_", "intercepts_"), (coefs, intercepts), expected
    ):
        if [np.shape(w) for w in weights] != shapes:
            raise ValueError(
                f"{name} must hold arrays of the shapes {shapes} to train on. Got "
                f"{[np.shape(w) for w in weights]}."
            )


def refuse_images(X):
    """Say what to do with images, which scikit-learn calls an array of 3 dimensions."""
    shape = _outer_shape(X)
    if len(shape) > 2:
        raise ValueError(
            f"X has {len(shape)} dimensions, shape {shape}, but DigitMLPClassifier "
            f"takes one row of features for each image. Put Flatten() before it: "
            f"make_pipeline(Flatten(), DigitMLPClassifier())."
        )


def refuse_overflow(logits, X):
    """Refuse rows whose values are too large for the network's precision."""
    # Half of the largest number: the difference of two logits is a number, too.
    limit = np.finfo(logits.dtype).max / 2
    if not np.abs(logits).max() < limit:
        raise ValueError(
            f"X holds values as large as {np.abs(X).max():g}, for which the network's "
            f"outputs overflow in {logits.dtype}."
        )


def _outer_shape(X):
    """Shape of an array or of nested lists, told from the first of each."""
    if isinstance(X, list | tuple):
        return (len(X), *(_outer_shape(X[0]) if X else ()))
    return getattr(X, "shape", ())


def refuse_change(name, value, fitted):
    """Refuse to go on training with another value than the one it began with."""
    if not np.array_equal(value, fitted):
        raise ValueError(
            f"Training goes on with what it began with: {name} cannot change from "
            f"{fitted} to {value}. To begin anew, fit with warm_start=False."
        )


def check_classes(classes, fitted):
    """Return the classes that `partial_fit` is to know.

    Parameters
    ----------
    classes : array-like of shape (n_classes,) or None
        As given to `partial_fit`.
    fitted : ndarray of shape (n_classes,) or None
        Those that training began with.
    """
    if fitted is None:
        if classes is None:
            raise ValueError(
                "classes must be given at the first call of partial_fit: all labels "
                "that will ever come, such as classes=range(10)."
            )
        return np.unique(np.asarray(classes))
    if classes is not None:
        refuse_change("classes", np.unique(np.asarray(classes)), fitted)
    return fitted


def check_output_classes(classes, n_outputs):
    """Return the labels of a network's outputs, sorted, and the outputs' order so."""
    classes = np.arange(n_outputs) if classes is None else np.asarray(classes)
    labels, order = np.unique(classes, return_index=True)
    if classes.shape != (n_outputs,) or len(labels) != n_outputs:
        raise ValueError(
            f"classes must be {n_outputs} different labels, one for each output. Got "
            f"{classes}."
        )
    return labels, order


def refuse_what_needs_all_rows(early_stopping, class_weight):
    """Refuse the settings that `partial_fit`, which sees some rows, cannot follow."""
    for name, value, needs_all in (
        ("early_stopping", early_stopping, bool(early_stopping)),
        ("class_weight", class_weight, isinstance(class_weight, str)),
    ):
        if needs_all:
            raise ValueError(
                f"{name}={value!r} needs all rows, and partial_fit sees some of them: "
                f"use fit, or set {name} back to its default."
            )


def encode_labels(y, rows):
    """Find the classes of some rows.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    rows : ndarray of int
        The rows that count.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.
    codes : ndarray of shape (n_samples,), int32
        Index of each row's class; 0 for the rows that do not count.
    """
    classes, codes_of_rows = np.unique(y[rows], return_inverse=True)
    codes = np.zeros(len(y), np.int32)
    codes[rows] = codes_of_rows
    return classes, codes


def find_labels(y, classes, name):
    """Find each label among known classes.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    classes : ndarray of shape (n_classes,)
        Sorted.
    name : str
        What to call `y` where a label is unknown.

    Returns
    -------
    codes : ndarray of shape (n_samples,), int32

    Raises
    ------
    ValueError
        If a label is none of the classes.
    """
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(
            f"{name} holds labels that are not among the classes, {classes}: {unknown}."
        )
    return np.searchsorted(classes, y).astype(np.int32)


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
