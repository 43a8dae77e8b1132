import numpy as np
import pytest
from sklearn.utils.class_weight import compute_sample_weight

from skdigits import DigitMLPClassifier
from skdigits._validation import mean_one, weigh_classes

CLASSES = np.array(["a", "b", "c"])
CODES = np.array([0, 0, 0, 0, 1, 1, 2])


def test_balanced_is_scikit_learns():
    ours = weigh_classes("balanced", np.ones(7), CODES, CLASSES)
    np.testing.assert_allclose(ours, compute_sample_weight("balanced", CODES))


def test_balanced_counts_weights_like_repeated_rows():
    weight = np.array([1, 2, 1, 3, 1, 1, 4])
    ours = weigh_classes("balanced", weight.astype(float), CODES, CLASSES)
    repeated = compute_sample_weight("balanced", CODES.repeat(weight))
    np.testing.assert_allclose(ours, weight * repeated[np.cumsum(weight) - 1])


def test_a_dict_multiplies_by_label():
    weight = np.arange(1.0, 8)
    ours = weigh_classes({"a": 2, "c": 0.5}, weight, CODES, CLASSES)
    np.testing.assert_array_equal(ours, weight * [2, 2, 2, 2, 1, 1, 0.5])


def test_the_mean_over_the_rows_that_count_is_one():
    weight = mean_one(np.array([0, 1e300, 3e300, 7]), np.array([1, 2]))
    np.testing.assert_allclose(weight[:3], [0, 0.5, 1.5])


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


def test_bad_class_weights_are_refused(digits):
    X, y = digits
    bad = {
        "class_weight must hold finite numbers": {3: -1},
        "leaves no row": dict.fromkeys(range(10), 0),
        "not in class_weight": {"three": 2},
        "'class_weight' parameter": "even",
    }
    for message, class_weight in bad.items():
        with pytest.raises(ValueError, match=message):
            DigitMLPClassifier(class_weight=class_weight, epochs=1).fit(X, y)
