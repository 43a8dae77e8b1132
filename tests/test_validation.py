from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.utils.class_weight import compute_sample_weight

from skdigits import DigitMLPClassifier
from skdigits._rows import LabelledRows
from skdigits._validation import (
    encode_labels,
    mean_one,
    refuse_images,
    refuse_one_hot,
    refuse_overflow,
    weigh_classes,
)

CLASSES = np.array(["a", "b", "c"])
Y = np.array([0, 0, 0, 0, 1, 1, 2])


# Overflow


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_up_to_half_of_the_largest_number_are_taken(dtype):
    largest, X = np.finfo(dtype).max, np.ones((1, 2))
    refuse_overflow(np.array([[0.45, -0.45]], dtype) * largest, X, None)
    for logits in ([0.55, 0], [0, -0.55], [np.nan, 0], [0, np.inf]):
        with pytest.raises(ValueError, match=f"overflow in {np.dtype(dtype)}"):
            refuse_overflow(np.array([logits], dtype) * largest, X, None)


# Class weights


def test_balanced_is_scikit_learns():
    ours = weigh_classes("balanced", np.ones(7), Y, CLASSES)
    np.testing.assert_allclose(ours, compute_sample_weight("balanced", Y))


def test_balanced_counts_weights_like_repeated_rows():
    weight = np.array([1, 2, 1, 3, 1, 1, 4])
    ours = weigh_classes("balanced", weight.astype(float), Y, CLASSES)
    repeated = compute_sample_weight("balanced", Y.repeat(weight))
    np.testing.assert_allclose(ours, weight * repeated[np.cumsum(weight) - 1])


def test_a_dict_multiplies_by_label():
    weight = np.arange(1.0, 8)
    ours = weigh_classes({"a": 2, "c": 0.5}, weight, Y, CLASSES)
    np.testing.assert_array_equal(ours, weight * [2, 2, 2, 2, 1, 1, 0.5])


def test_the_mean_weight_of_rows_with_weight_is_one():
    """Even if their sum overflows."""
    weight, indices = np.array([0, 5e307, 1.5e308, 7]), np.array([1, 2])
    rows = mean_one(LabelledRows(np.zeros((4, 1)), np.zeros(4), weight, indices))
    np.testing.assert_allclose(rows.weight[:3], [0, 0.5, 1.5])


def test_a_weight_may_be_any_real_number():
    half = weigh_classes({"a": Fraction(1, 2)}, np.ones(2), np.array([0, 1]), CLASSES)
    np.testing.assert_array_equal(half, [0.5, 1])


def test_weights_of_further_labels_are_ignored_if_no_class_lacks_one():
    ours = weigh_classes({"a": 2, "b": 1, "c": 3, "d": 9}, np.ones(7), Y, CLASSES)
    np.testing.assert_array_equal(ours, [2, 2, 2, 2, 1, 1, 3])


def test_weights_of_some_labels_need_these_labels():
    """As in scikit-learn: a fold without the label "d" raises, see the guide."""
    with pytest.raises(ValueError, match=r"not among the classes.*'d'"):
        weigh_classes({"a": 2, "d": 9}, np.ones(7), Y, CLASSES)


@pytest.mark.parametrize("class_weight", ["balanced", {"c": 2}])
def test_weights_that_overflow_raise_value_error(class_weight):
    with pytest.raises(ValueError, match="sample_weight overflows when multiplied"):
        weigh_classes(class_weight, np.full(7, 1e308), Y, CLASSES)


def test_large_weights_are_balanced_like_small_ones():
    large = weigh_classes("balanced", np.full(7, 1e307), Y, CLASSES)
    ones = weigh_classes("balanced", np.ones(7), Y, CLASSES)
    np.testing.assert_allclose(large / 1e307, ones)


def test_class_weight_is_sample_weight_by_class(digits):
    X, y = digits
    sample_weight = np.random.default_rng(0).uniform(0.5, 2, len(y))
    by_class = {digit: 1 + digit for digit in range(10)}
    clf = DigitMLPClassifier(epochs=2, random_state=0)
    combined = clf.fit(X, y, sample_weight * (1 + y)).predict_proba(X)
    clf.set_params(class_weight=by_class)
    ours = clf.fit(X, y, sample_weight).predict_proba(X)
    np.testing.assert_allclose(ours, combined, rtol=1e-5, atol=1e-7)


def test_a_weight_lifts_the_recall_of_its_class(digits):
    X, y = digits
    shares = [
        (
            DigitMLPClassifier(epochs=3, class_weight=w, random_state=0)
            .fit(X, y == 8)
            .predict(X)
        ).mean()
        for w in ({True: 0.02}, None, {True: 50})
    ]
    assert shares[0] < shares[1] < shares[2]


def test_a_class_of_weight_zero_stays_a_class(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=3, class_weight={3: 0}, random_state=0).fit(X, y)
    assert 3 in clf.classes_
    without = DigitMLPClassifier(epochs=3, random_state=0).fit(X[y != 3], y[y != 3])
    assert len(without.classes_) == 9
    assert (clf.predict(X) == 3).mean() < 0.01


def test_invalid_class_weights_raise_value_error(digits):
    X, y = digits
    bad = {
        "class_weight must hold finite numbers": {3: -1},
        "leaves no row": dict.fromkeys(range(10), 0),
        r"not among the classes, .*: \['three'\]": {"three": 2},
        r"not among the classes, .*: \['a'\]": {0: 2, "a": 1},
        r"not among the classes, .*: \[99\]": {99: 2},
        "class_weight must hold finite numbers of 0 or more": {3: "much"},
        "'class_weight' parameter": "even",
    }
    for message, class_weight in bad.items():
        with pytest.raises(ValueError, match=message):
            DigitMLPClassifier(class_weight=class_weight, epochs=1).fit(X, y)


# Images and one-hot labels


def test_every_form_of_images_gets_the_advice_to_flatten():
    images = np.zeros((3, 8, 8), np.uint8)
    pictures = [Image.fromarray(image) for image in images]
    colours = [picture.convert("RGB") for picture in pictures]
    for X, shape in (
        (images, r"3 dimensions, shape \(3, 8, 8\)"),
        (images.tolist(), r"shape \(3, 8, 8\)"),
        (list(images), r"shape \(3, 8, 8\)"),
        (pictures, r"3 dimensions, shape \(3, 8, 8\)"),
        (tuple(colours), r"4 dimensions, shape \(3, 8, 8, 3\)"),
    ):
        with pytest.raises(ValueError, match=shape + r".*Put Flatten\(\) before it"):
            refuse_images(X)


def test_images_raise_value_error_in_fit_and_in_prediction(fitted, digits):
    images = digits[0].reshape(-1, 8, 8)
    for X in (images, [Image.fromarray(image) for image in images]):
        with pytest.raises(ValueError, match=r"Put Flatten\(\) before it"):
            DigitMLPClassifier().fit(X, digits[1])
        with pytest.raises(ValueError, match=r"Put Flatten\(\) before it"):
            fitted.predict(X[:5])


def test_rows_are_not_taken_for_images():
    for X in (np.zeros((3, 64)), [[0.0] * 64] * 3, [np.zeros(64)] * 3, [], None):
        refuse_images(X)


@pytest.mark.parametrize("kind", [np.array, pd.DataFrame, np.ndarray.tolist])
@pytest.mark.parametrize("dtype", ["uint8", "float64", "bool"])
def test_one_hot_labels_get_the_advice_to_take_the_argmax(kind, dtype):
    y = kind(np.eye(10, dtype=dtype)[[3, 1, 4]])
    with pytest.raises(
        ValueError, match=r"shape \(3, 10\).*use numpy.argmax\(y, axis=1\)"
    ):
        refuse_one_hot(y)
    np.testing.assert_array_equal(np.argmax(y, axis=1), [3, 1, 4])


def test_other_labels_are_left_to_scikit_learn():
    for y in (
        [3, 1, 4],
        [[3], [1], [4]],
        np.array([[1], [1]]),
        np.array([[1, 1], [0, 1]]),
        np.array([[0.3, 0.7], [0.5, 0.5]]),
        np.array([["a", "b"], ["c", "d"]]),
        None,
    ):
        refuse_one_hot(y)


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast:RuntimeWarning")
@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ([], "classes must be given"),
        ({0, 1}, "Expected array-like"),
        ([0, 1, None], "Unknown label type"),
        ([0, 1, np.nan], "NaN"),
        ([0, 1, "a"], "Mix of label input types"),
    ],
)
def test_classes_that_are_not_labels_raise_value_error(digits, classes, message):
    X, y = digits
    with pytest.raises(ValueError, match=message):
        DigitMLPClassifier().partial_fit(X, y > 4, classes=classes)


def test_strings_are_not_taken_for_integers(digits):
    """NumPy compares the two as strings where it concatenates them."""
    X, y = digits
    classes = np.arange(20)
    clf = DigitMLPClassifier(epochs=1)
    with pytest.raises(ValueError, match="not among the classes"):
        clf.partial_fit(X, y.astype(str), classes=classes)
    with pytest.raises(ValueError, match="not among the classes"):
        clf.fit(X[:200], np.arange(200) % 20, X_val=X[:9], y_val=y[:9].astype(str))
    with pytest.raises(ValueError, match=r"not among the classes.*'5'"):
        encode_labels(np.array(["5"]), np.arange(5, 15))
