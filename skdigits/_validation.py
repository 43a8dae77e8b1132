"""Checks of labels, weights and parameters that scikit-learn lacks.

Functions named `check_...` return the checked value; `refuse_...` only raise.
"""

from functools import lru_cache
from itertools import pairwise
from numbers import Integral, Real
from typing import Any, TypeGuard

import numpy as np
from sklearn.utils.multiclass import unique_labels
from sklearn.utils.validation import _check_sample_weight, check_array

from skdigits._types import Array


def is_plain(X: Any, sample_shape: tuple[int, ...]) -> TypeGuard[Array]:
    """Tell whether X is a numeric array whose samples have this shape.

    Such an X skips scikit-learn's validation, which takes as long as the forward pass
    of many rows: it searches for NaN, which the first layer's sums show as well. Any
    other X is validated, with scikit-learn's error messages.
    """
    return (
        type(X) is np.ndarray
        and X.shape[1:] == sample_shape
        and X.dtype.kind in "uif"
        and len(X) > 0
    )


def check_hidden_layer_sizes(hidden_layer_sizes):
    """Return the sizes as a tuple of int, one for each hidden layer."""
    if np.iterable(hidden_layer_sizes):
        sizes = tuple(hidden_layer_sizes)
    else:
        sizes = (np.asarray(hidden_layer_sizes).item(),)
    if not all(
        isinstance(units, Integral) and not isinstance(units, bool) and int(units) >= 1
        for units in sizes
    ):
        raise ValueError(
            f"hidden_layer_sizes must hold one positive integer for each hidden layer, "
            f"such as (25, 15), or () for none. Got {hidden_layer_sizes!r}."
        )
    return tuple(int(units) for units in sizes)


def refuse_other_weights(coefs, intercepts, layer_sizes):
    """Raise ValueError if the shapes of the weights do not match the layers."""
    expected = [*pairwise(layer_sizes)], [(units,) for units in layer_sizes[1:]]
    for name, weights, shapes in zip(
        ("coefs_", "intercepts_"), (coefs, intercepts), expected
    ):
        if [np.shape(w) for w in weights] != shapes:
            raise ValueError(
                f"{name} must hold arrays of the shapes {shapes} to train on. Got "
                f"{[np.shape(w) for w in weights]}."
            )


def refuse_images(X, n_features=None):
    """Raise ValueError for images, with advice that scikit-learn's message lacks.

    With the `n_features` of a fitted network, a single image of that size also raises.
    """
    shape = _outer_shape(X)
    if len(shape) == 2 and min(shape) > 1 and shape[0] * shape[1] == n_features:
        raise ValueError(
            f"X has {shape[1]} features, but DigitMLPClassifier is expecting "
            f"{n_features} features as input. For one image, of shape {shape}, give "
            f"numpy.reshape(X, (1, -1))."
        )
    if len(shape) > 2:
        raise ValueError(
            f"X has {len(shape)} dimensions, shape {shape}, but DigitMLPClassifier "
            f"takes one row of features for each image. Put Flatten() before it: "
            f"make_pipeline(Flatten(), DigitMLPClassifier())."
        )


def refuse_one_hot(y):
    """Raise ValueError for one-hot labels, and say how to convert them."""
    shape = _outer_shape(y)
    if len(shape) != 2 or shape[1] < 2:
        return
    y = np.asarray(y)
    if y.dtype.kind in "buif" and (
        np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all()
    ):
        raise ValueError(
            f"y is one-hot, shape {shape}, but DigitMLPClassifier takes one label for "
            f"each row: use numpy.argmax(y, axis=1)."
        )


def refuse_overflow(logits, X, estimator):
    """Raise ValueError for NaN, infinity and values that overflow in the network."""
    limit = _largest_logit(logits.dtype)
    if np.count_nonzero(np.abs(logits) < limit) < logits.size:
        check_array(X, accept_sparse="csr", estimator=estimator, input_name="X")
        raise ValueError(
            f"X holds values as large as {np.abs(X).max():g}, for which the network's "
            f"outputs overflow in {logits.dtype}."
        )


@lru_cache
def _largest_logit(dtype):
    """Return half the largest number, so that differences of two logits are finite."""
    return np.finfo(dtype).max / 2


def _outer_shape(X):
    """Return the shape of an array or of nested lists, judged by their first items."""
    if isinstance(X, list | tuple):
        return (len(X), *(_outer_shape(X[0]) if X else ()))
    if not hasattr(X, "shape") and hasattr(X, "__array_interface__"):  # Pillow's images
        X = np.asarray(X)
    return getattr(X, "shape", ())


def refuse_change(name, value, fitted):
    """Raise ValueError if a setting is not that of the network to train further."""
    if not np.array_equal(value, fitted):
        raise ValueError(
            f"Further training keeps the network: {name} cannot change from {fitted} "
            f"to {value}. To train a new network, call fit with warm_start=False."
        )


def check_classes(classes, fitted):
    """Check the `classes` given to `partial_fit`, and return them sorted.

    Parameters
    ----------
    classes : array-like of shape (n_classes,) or None
        As given to `partial_fit`.
    fitted : ndarray of shape (n_classes,) or None
        The classes of a fitted estimator.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted; those of the fitted estimator if `classes` is None.
    """
    if fitted is not None:
        # Equal classes need no check, which would take as long as a small block.
        if classes is not None and not np.array_equal(np.asarray(classes), fitted):
            refuse_change("classes", unique_labels(classes), fitted)
        return fitted
    if classes is None or np.size(classes) == 0:
        raise ValueError(
            f"classes must be given in the first call of partial_fit: the labels of "
            f"all blocks, such as classes=range(10). Got {classes!r}."
        )
    return unique_labels(classes)


def check_output_classes(classes, n_outputs):
    """Return the sorted labels of a network's outputs, and their order."""
    classes = np.arange(n_outputs) if classes is None else np.asarray(classes)
    labels, order = np.unique(_strings(classes), return_index=True)
    if classes.shape != (n_outputs,) or len(labels) != n_outputs:
        raise ValueError(
            f"classes must be {n_outputs} different labels, one for each output. Got "
            f"{classes}."
        )
    if labels.dtype.kind == "f" and (labels != np.rint(labels)).any():
        raise ValueError(
            f"classes must be integers, strings or booleans. Got {classes}."
        )
    return labels, order


def refuse_what_needs_all_rows(early_stopping, class_weight):
    """Raise ValueError for parameters that need all rows, which `partial_fit` lacks."""
    for name, value, needs_all in (
        ("early_stopping", early_stopping, bool(early_stopping)),
        ("class_weight", class_weight, isinstance(class_weight, str)),
    ):
        if needs_all:
            raise ValueError(
                f"{name}={value!r} needs all rows, but partial_fit sees only some: "
                f"use fit, or set {name} back to its default."
            )


def encode_labels(labels, classes=None, name="y"):
    """Find the index of each label among the classes.

    Parameters
    ----------
    labels : ndarray of shape (n_samples,)
    classes : ndarray of shape (n_classes,), default=None
        Sorted; None means all labels, even those whose rows all have a weight of zero.
    name : str, default="y"
        The name of the labels in an error message.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.
    y : ndarray of shape (n_samples,), int32
        Index of each row's class.

    Raises
    ------
    ValueError
        If a label is not among the classes.
    """
    if classes is None:
        found, y = np.unique(labels, return_inverse=True)
        return _strings(found), y.astype(np.int32)
    y = np.searchsorted(classes, labels).clip(max=len(classes) - 1)
    is_unknown = classes[y] != labels
    if is_unknown.any():
        raise ValueError(
            f"{name} holds labels that are not among the classes, {classes}: "
            f"{np.unique(labels[is_unknown])}."
        )
    return classes, y.astype(np.int32)


def _strings(classes):
    """Convert strings of dtype object, such as pandas', to NumPy's dtype of strings."""
    return np.array(classes.tolist()) if classes.dtype == object else classes


def check_sample_weight(sample_weight, X):
    """Return the weight of each row of X; raise if one is negative or all are zero.

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
        raise ValueError(
            "sample_weight is zero for all rows: give at least one row a weight above "
            "zero."
        )
    return weight


def refuse_large_weights(weight, dtype):
    """Raise ValueError for weights with which squares of gradients may overflow."""
    # Its square leaves a factor of max ** 0.2 for the square of an unweighted gradient.
    limit = np.finfo(dtype).max ** 0.4
    if weight.max() > limit:
        raise ValueError(
            f"sample_weight, multiplied by class_weight, goes up to {weight.max():g}, "
            f"but partial_fit takes at most {limit:.0g} in {np.dtype(dtype)}: divide "
            f"sample_weight by a constant that brings it near 1."
        )


def weigh_classes(class_weight, weight, y, classes):
    """Multiply the weight of each row by the weight of its class.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        A dict has weights by label; labels that it lacks have weight 1. "balanced"
        gives all classes the same sum of weights.
    weight : ndarray of shape (n_samples,)
    y : ndarray of shape (n_samples,)
        Index of each row's class.
    classes : ndarray of shape (n_classes,)

    Returns
    -------
    weight : ndarray of shape (n_samples,)

    Raises
    ------
    ValueError
        If a dict has weights for labels that are not classes, while some classes have
        none, if a weight is not a finite number of 0 or more, if all products are zero,
        or if one overflows.
    """
    if class_weight is None:
        return weight
    if class_weight == "balanced":
        # scikit-learn's n_samples / (n_classes n_samples_of_class), with sums of
        # weights instead of numbers of samples. Sums of weights divided by the largest
        # cannot overflow.
        shares = weight / weight.max()
        sums = np.bincount(y, shares, minlength=len(classes))
        sums[sums == 0] = 1  # a class without weight has no row to multiply
        factors = shares.sum() / (len(classes) * sums)
    else:
        _refuse_class_weight(class_weight, classes)
        factors = np.array([float(class_weight.get(c, 1)) for c in classes.tolist()])
    with np.errstate(over="ignore"):
        weight = weight * factors[y]
    if not np.isfinite(weight).all():
        raise ValueError(
            f"sample_weight overflows when multiplied by the weights of "
            f"class_weight={class_weight!r}: divide sample_weight by a constant."
        )
    if not weight.any():
        raise ValueError(
            f"class_weight={class_weight!r} leaves no row with a weight above zero."
        )
    return weight


def _refuse_class_weight(class_weight, classes):
    """Raise ValueError for weights of unknown labels, and for invalid weights."""
    labels = classes.tolist()
    unknown = [label for label in class_weight if label not in labels]
    # As in scikit-learn, a dict that has weights for all classes may have more.
    if unknown and not class_weight.keys() >= set(labels):
        raise ValueError(
            f"class_weight has weights for labels that are not among the classes, "
            f"{classes}: {unknown}."
        )
    for value in class_weight.values():
        if not (isinstance(value, Real) and 0 <= float(value) < np.inf):
            raise ValueError(
                f"class_weight must hold finite numbers of 0 or more. Got "
                f"{class_weight!r}."
            )


def mean_one(rows):
    """Scale the weights of labelled rows so that their mean is 1."""
    weight = rows.weight / rows.weight[rows.indices].max()
    weight *= len(rows.indices) / weight[rows.indices].sum()
    return rows._replace(weight=weight)
