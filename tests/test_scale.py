import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skdigits import (
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    random_affine,
)
from skdigits._scale import Scale, input_scale, measure_scale, warn_of_other_scale


@pytest.mark.parametrize("shape", [(2500, 30), (3, 12_000)], ids=["narrow", "wide"])
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
def test_the_scale_is_the_range_and_the_root_mean_square(dtype, shape):
    X = np.random.default_rng(0).integers(0, 255, size=shape).astype(dtype)
    scale = measure_scale(X)
    assert (scale.low, scale.high) == (X.min(), X.max())
    assert scale.rms == pytest.approx(np.sqrt(np.mean(X.astype(float) ** 2)), rel=1e-6)


def test_weights_count_like_repeated_rows():
    rng = np.random.default_rng(0)
    X, weight = rng.normal(size=(50, 7)), rng.integers(0, 4, size=50)
    repeated = measure_scale(X.repeat(weight, axis=0))
    assert measure_scale(X, weight).rms == pytest.approx(repeated.rms, rel=1e-12)


def test_a_network_fitted_on_zeros_warns_of_all_else():
    X, y = np.zeros((100, 64)), np.arange(100) % 10
    clf = DigitMLPClassifier(epochs=1, random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="the X given to fit went up to 0"):
        clf.predict_proba(load_digits().data[:3])


def test_a_blank_x_is_not_scaled():
    assert input_scale(measure_scale(np.zeros((3, 4)))) == 1


def test_squares_that_overflow_raise_value_error():
    with pytest.raises(ValueError, match=r"as large as 1e\+200.*overflow"):
        input_scale(measure_scale(np.full((3, 4), 1e200)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_too_small_to_train_on_raise_value_error(dtype):
    with pytest.raises(ValueError, match=r"no value above .*e-4.* multiply X by"):
        input_scale(measure_scale(np.full((3, 4), 1e-40, dtype)))


PIXELS = Scale(low=0, high=255, rms=85)
UNIT = Scale(low=0, high=1, rms=1 / 3)
TABLE = Scale(low=-3, high=40, rms=1)
AGES = Scale(low=0, high=99, rms=45)  # two flags and an age
PRICES = Scale(low=0, high=90_000, rms=30_000)


@pytest.mark.parametrize(
    ("X", "fitted", "effect"),
    [
        (np.full((1, 4), 0.4), PIXELS, "most labels will be wrong"),
        (np.ones((1, 4)), PIXELS, "most labels will be wrong"),
        (np.full((500, 4), 100.0), UNIT, "probabilities will be too close to 0 and 1"),
        (np.full((1, 4), 255, np.uint8), UNIT, "probabilities will be too close"),
    ],
)
def test_another_scale_gives_a_warning(X, fitted, effect):
    with pytest.warns(UserWarning, match=f"{effect}.*0–255 for both, or 0–1"):
        warn_of_other_scale(X, fitted)


@pytest.mark.parametrize(
    ("X", "fitted"),
    [
        (np.zeros((1, 4)), PIXELS),  # a blank picture
        (np.full((1, 4), 3), PIXELS),  # a faint one
        (np.full((1, 4), 1.5), UNIT),  # a little out of range
        (np.full((1, 4), 0.001), UNIT),
        (np.full((1, 4), 0.001), TABLE),
        (np.full((1, 4), -300.0), UNIT),
        (np.array([[0, 1, 0]]), AGES),  # a newborn
        (np.array([[0, 1, 0]]), PRICES),  # for free
        (np.full((1, 4), 0.5), Scale(low=0, high=8, rms=4)),
    ],
)
def test_other_data_give_no_warning(X, fitted):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_other_scale(X, fitted)


@pytest.mark.parametrize(("factor", "is_other"), [(45, False), (55, True)])
def test_another_scale_differs_by_a_factor_of_50(factor, is_other):
    for X, fitted in (
        (40 / factor, Scale(low=0, high=255, rms=40)),
        (0.5 * factor, Scale(low=0, high=1, rms=0.5)),
    ):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warn_of_other_scale(np.full((1, 4), X), fitted)
        assert bool(caught) == is_other


def test_labels_give_a_warning_only_if_they_would_be_wrong():
    with pytest.warns(UserWarning, match="most labels will be wrong"):
        warn_of_other_scale(np.full((1, 4), 0.4), PIXELS, only_labels=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_other_scale(np.full((1, 4), 255), UNIT, only_labels=True)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_the_warnings_are_true(digits, activation):
    """Fitted on 0–1, given 0–255, labels stay; the other way round they do not."""
    X, y = digits
    unit, pixels = X / 16, X * (255 / 16)
    clf = DigitMLPClassifier(activation=activation, epochs=20, random_state=0)
    clf.fit(unit[:1200], y[:1200])
    accuracy = clf.score(unit[1200:], y[1200:])
    with pytest.warns(UserWarning, match="probabilities will be too close to 0 and 1"):
        certain = clf.predict_proba(pixels[1200:])
    labels = clf.classes_[certain.argmax(axis=1)]
    assert np.mean(labels == y[1200:]) > accuracy - 0.05
    assert np.mean(certain.max(axis=1)) > np.mean(
        clf.predict_proba(unit[1200:]).max(axis=1)
    )
    clf.fit(pixels[:1200], y[:1200])
    with pytest.warns(UserWarning, match="most labels will be wrong"):
        assert clf.score(unit[1200:], y[1200:]) < 0.5


@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_rows_of_weight_zero_do_not_count_in_the_range(kind):
    X, weight = np.zeros((600, 3)), np.ones(600)
    X[::2], X[1], weight[::2] = 5, -1, 0
    assert measure_scale(kind(X), weight)[:2] == (-1, 0)


def test_zeros_train_beside_larger_rows_of_weight_zero():
    X = np.zeros((6, 3))
    X[4:] = 5
    DigitMLPClassifier(epochs=1).fit(X, [0, 1] * 3, sample_weight=[1, 1, 1, 1, 0, 0])


def test_a_row_of_weight_zero_does_not_silence_the_warning(digits):
    X, y = digits[0] / 16, digits[1]
    X[0] = 255
    weight = np.arange(len(X)) > 0
    clf = DigitMLPClassifier(epochs=1).fit(X, y, sample_weight=weight)
    with pytest.warns(UserWarning, match="probabilities will be too close"):
        clf.predict_proba(X[1:] * 255)


def standardised(X):
    return StandardScaler().fit_transform(X)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda X: 16 - X, "has a mean of .* give 16 - X"),
        (lambda X: X / 8 - 1, "goes down to -1.* in the range of fit, 0 to 16"),
        (standardised, "goes down to -"),
        (lambda X: (X - X.mean()) / X.std(), "goes down to -"),
    ],
    ids=["inverted", "-1 to 1", "standardised", "as a whole"],
)
@pytest.mark.parametrize("kind", [np.asarray, np.float32, csr_array, pd.DataFrame])
def test_another_polarity_or_range_gives_a_warning(digits, change, cause, kind):
    X, y = digits[0].astype(float), digits[1]
    fit_on = pd.DataFrame(X) if kind is pd.DataFrame else X
    clf = DigitMLPClassifier(epochs=20, random_state=0).fit(fit_on, y)
    changed = kind(change(X))
    for predict in (clf.predict, clf.predict_proba):
        with pytest.warns(UserWarning, match=cause) as caught:
            predict(changed)
        assert caught[0].filename == __file__  # where the user called it
    accuracy = clf.score(fit_on, y)
    with pytest.warns(UserWarning, match="labels (will|can) be wrong"):
        assert clf.score(changed, y) < accuracy - 0.05


def test_the_step_that_the_warning_names_works(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=20, random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="most labels will be wrong.*give 16 - X"):
        clf.predict(16 - X)
    assert clf.score(16 - (16 - X), y) > 0.9
    dim = np.uint8(12 * X + 60)
    clf = DigitMLPClassifier(epochs=20, random_state=0).fit(dim, y)
    with pytest.warns(UserWarning, match=r"give 312 - X\.astype\(float\)"):
        clf.predict(np.uint8(312 - dim.astype(float)))


@pytest.mark.parametrize(
    "change",
    [lambda X: 16 - X, lambda X: X / 8 - 1, lambda X: X / 16, lambda X: 1 - X / 16],
    ids=["dark on light", "-1 to 1", "0 to 1", "0 to 1, dark on light"],
)
def test_each_polarity_gives_a_warning_after_a_fit_on_the_other(digits, change):
    X, y = digits[0].astype(float), digits[1]
    clf = DigitMLPClassifier(epochs=2, random_state=0).fit(change(X), y)
    with pytest.warns(UserWarning, match="has a mean of"):
        clf.predict(change(16 - X))
    clf.predict(change(X))


def test_another_polarity_on_another_scale_gives_a_warning(digits):
    X, y = digits[0] / 16, digits[1]
    clf = DigitMLPClassifier(epochs=2, random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="has a mean of"):
        clf.predict(255 * (1 - X))
    clf.predict(255 * X)  # labels stay
    with pytest.warns(UserWarning, match="probabilities will be too close"):
        clf.predict_proba(255 * X)


def test_mnist_in_another_polarity_or_range_gives_a_warning(mnist):
    X, y = (mnist[0][:3000].reshape(3000, -1), mnist[1][:3000])
    clf = DigitMLPClassifier(epochs=3, random_state=0).fit(X, y)
    for other in (255 - X, X / 127.5 - 1, 1 - X / 127.5, standardised(X)):
        with pytest.warns(UserWarning, match="labels (will|can) be wrong"):
            assert clf.score(other, y) < 0.3
        for row in other[:20]:
            with pytest.warns(UserWarning, match="labels (will|can) be wrong"):
                clf.predict([row])


def test_digits_like_those_of_fit_give_no_warning(mnist):
    """Warnings are errors here."""
    X, y, X_test, _ = mnist
    bundled = load_digits()
    for images, labels, others in (
        (X[:1000], y[:1000], X_test[:1000]),
        (X[:1000], y[:1000], random_affine(X_test[:1000], rng=0)),
        (bundled.images[:500], bundled.target[:500], bundled.images[500:]),
    ):
        for steps in (
            (),
            (StraightenDigit(),),
            (StraightenDigit(), GradientDirections()),
        ):
            clf = DigitMLPClassifier(epochs=1, random_state=0)
            pipe = make_pipeline(*steps, Flatten(), clf).fit(images, labels)
            rows = pipe[:-1].transform(others)
            clf.predict_proba(rows)
            for row in rows:
                clf.predict_proba(row[np.newaxis])


def draw_table(return_X_y):
    """As many columns as images have pixels, each with its own distribution."""
    rng = np.random.default_rng(0)
    size = rng.lognormal(size=(300, 1))
    X = np.hstack([rng.normal(size=(300, 40)), size + rng.exponential(size=(300, 40))])
    return X, (size[:, 0] > 1).astype(int)


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer, draw_table])
@pytest.mark.parametrize("scaler", [None, StandardScaler(), MinMaxScaler()])
@pytest.mark.parametrize("n", [5, 20, 70])
def test_rows_of_a_table_give_no_warning(load, scaler, n):
    """Warnings are errors here, and most rows are not those of `fit`."""
    X, y = load(return_X_y=True)
    order = np.random.default_rng(n).permutation(len(X))
    X, y = X[order], y[order]
    if scaler is not None:
        X = scaler.fit(X[:n]).transform(X)
    clf = DigitMLPClassifier(epochs=1).fit(X[:n], y[:n])
    clf.predict_proba(X)
    for row in X:
        clf.predict_proba(row[np.newaxis])
    one_row = DigitMLPClassifier().partial_fit(X[:1], y[:1], classes=np.unique(y))
    for row in X:
        one_row.predict_proba(row[np.newaxis])


def test_rows_of_weight_zero_may_hold_numbers_whose_squares_overflow():
    """Found by test_properties: infinity times zero made the scale NaN."""
    X, weight = np.array([[3.0], [1e300], [4.0]]), np.array([1.0, 0.0, 1.0])
    assert measure_scale(X, weight).rms == pytest.approx(np.sqrt(12.5))
