import pickle

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from skdigits import (
    AttributionDisplay,
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    load_digit_reader,
)

IMAGES = load_digits().images


def assert_adds_up(estimator, image, labels, rtol=1e-5):
    """Assert that pixels and constant add up to the difference of two logits."""
    display = AttributionDisplay.from_estimator(estimator, image, labels=labels)
    # The softmax leaves differences of logits, as differences of logarithms.
    log_p = np.log(estimator.predict_proba([image])[0])
    first, second = (np.flatnonzero(estimator.classes_ == label)[0] for label in labels)
    difference = log_p[first] - log_p[second]
    total = display.attributions.sum() + display.constant
    assert total == pytest.approx(difference, rel=rtol, abs=rtol)
    assert f"Logit of {labels[0]} − logit of {labels[1]}" in (
        display.axes_["sum"].get_title()
    )
    return display


@pytest.mark.parametrize("labels", [(8, 3), (3, 8), (0, 9)])
def test_pixels_and_constant_add_up_to_the_difference_of_two_logits(
    fitted, mlp, image_pipeline, image_search, labels
):
    for i in range(5):
        assert_adds_up(mlp, IMAGES[i].ravel(), labels, rtol=1e-9)  # in float64
        display = assert_adds_up(fitted, IMAGES[i].ravel(), labels)
        logits = fitted.decision_function([IMAGES[i].ravel()])[0]
        total = display.attributions.sum() + display.constant
        difference = logits[labels[0]] - logits[labels[1]]
        assert total == pytest.approx(difference, rel=1e-5)
        for estimator in (image_pipeline, image_search):
            assert_adds_up(estimator, IMAGES[i], labels)


@pytest.mark.parametrize(
    "steps",
    [
        [StraightenDigit()],
        [GradientDirections()],
        [StraightenDigit(), GradientDirections()],
    ],
    ids=str,
)
@pytest.mark.parametrize("shape", [(8, 8), (9, 7), (9, 7, 1)], ids=str)
def test_attributions_add_up_behind_steps_that_are_linear_for_one_image(steps, shape):
    X = np.random.default_rng(0).random((30, *shape))
    X[:, :2] = 0
    pipe = make_pipeline(
        *steps, Flatten(), MLPClassifier((9, 6), tol=1, random_state=0)
    )
    pipe.fit(X, np.arange(30) % 3)
    for image in X[:5]:
        display = assert_adds_up(pipe, image, (2, 0), rtol=1e-9)
        np.testing.assert_array_equal(display.image, image.reshape(shape[:2]))


def test_planes_that_another_step_changed_are_not_images():
    steps = GradientDirections(), Flatten(), MaxAbsScaler()
    pipe = make_pipeline(*steps, MLPClassifier((9,), tol=1, random_state=0))
    pipe.fit(IMAGES[:30], np.arange(30) % 3)
    with pytest.raises(ValueError, match="image_shape"):
        AttributionDisplay.from_estimator(pipe, IMAGES[0])


def test_a_picture_is_explained_by_its_framed_image():
    reader = load_digit_reader()
    for picture in IMAGES[:5]:
        display = AttributionDisplay.from_estimator(reader, picture)
        framed = reader["center"].transform([picture])[0]
        np.testing.assert_array_equal(display.image, framed)
        assert_adds_up(reader[1:], framed.astype(float), display.labels)


def test_uint8_images_are_explained_as_floats():
    reader = load_digit_reader()[1:]
    framed = load_digit_reader()["center"].transform(IMAGES[:20])
    as_uint8, as_float = map(reader.decision_function, (framed, framed.astype(float)))
    assert 0 < np.abs(as_uint8 - as_float).max() < 0.2
    display = AttributionDisplay.from_estimator(reader, framed[8], labels=(8, 3))
    total = display.attributions.sum() + display.constant
    assert total == pytest.approx(as_float[8, 8] - as_float[8, 3], rel=1e-5)


def test_each_attribution_is_a_pixel_times_the_effect_of_more_ink(mlp):
    row, step = IMAGES[8].ravel(), 1e-6
    display = AttributionDisplay.from_estimator(mlp, row, labels=(8, 3))
    rows = np.vstack([row, row + step * np.eye(64)])
    log_p = mlp.predict_log_proba(rows)
    difference = log_p[:, 8] - log_p[:, 3]
    slopes = (difference[1:] - difference[0]) / step
    np.testing.assert_allclose(display.attributions.ravel(), row * slopes, atol=1e-5)


@pytest.mark.parametrize("steps", [[GradientDirections()], [StraightenDigit()], []])
def test_black_paper_adds_nothing(steps):
    pipe = make_pipeline(*steps, Flatten(), MLPClassifier((9,), tol=1, random_state=0))
    pipe.fit(IMAGES[:300], load_digits().target[:300])
    display = AttributionDisplay.from_estimator(pipe, IMAGES[8])
    assert (display.attributions[IMAGES[8] == 0] == 0).all()
    assert (display.attributions[IMAGES[8] > 0] != 0).any()


def test_the_two_likeliest_labels_are_compared_by_default(mlp):
    for row in IMAGES[:10].reshape(-1, 64):
        display = AttributionDisplay.from_estimator(mlp, row)
        likeliest = mlp.classes_[mlp.predict_proba([row])[0].argsort()[::-1]]
        assert display.labels == tuple(likeliest[:2])
        assert display.attributions.sum() + display.constant > 0


def test_labels_may_be_strings(mlp):
    names = np.array(["zero", "one", "two", *"3456789"])
    # Early stopping of scikit-learn before 1.6 takes no strings.
    clf = clone(mlp).set_params(early_stopping=False)
    clf.fit(load_digits().data, names[load_digits().target])
    assert_adds_up(clf, IMAGES[2].ravel(), ("two", "3"), rtol=1e-9)


@pytest.mark.parametrize(
    "clf",
    [
        DigitMLPClassifier(epochs=2, random_state=0),
        MLPClassifier((9,), tol=1, random_state=0),
    ],
    ids=["ours", "scikit-learn's"],
)
@pytest.mark.parametrize("labels", [(7, 1), (1, 7)])
def test_two_classes_add_up(clf, labels, digits):
    X, y = digits
    are_two = np.isin(y, labels)
    clf = clone(clf).fit(X[are_two], y[are_two])
    assert_adds_up(clf, X[are_two][3], labels, rtol=1e-4)


@pytest.mark.parametrize(
    "changes", [{"hidden_layer_sizes": ()}, {"activation": "identity"}], ids=str
)
def test_attributions_of_networks_without_a_relu_add_up(changes, digits):
    clf = DigitMLPClassifier(epochs=2, random_state=0).set_params(**changes)
    clf.fit(*digits)
    one, two = (assert_adds_up(clf, X, (8, 3)) for X in digits[0][[8, 18]])
    assert one.constant == pytest.approx(two.constant)  # the same map for all images


def test_another_activation_raises_value_error(digits):
    clf = DigitMLPClassifier(activation="tanh", epochs=1).fit(*digits)
    with pytest.raises(ValueError, match=r"activation='tanh': .*activation='relu'"):
        AttributionDisplay.from_estimator(clf, digits[0][0])


@pytest.mark.parametrize("labels", [(1, 1), (1, 10), (1,), 3, (1, 2, 3), ("1", "2")])
def test_labels_must_be_two_of_the_classes(fitted, labels):
    with pytest.raises(ValueError, match=r"two different labels among .*Got"):
        AttributionDisplay.from_estimator(fitted, IMAGES[0].ravel(), labels=labels)


def test_other_images_and_estimators_raise_value_error(fitted):
    with pytest.raises(ValueError, match=r"one image of 64 values.*Got 49"):
        AttributionDisplay.from_estimator(fitted, IMAGES[0, :7, :7].ravel())
    regressor = MLPRegressor(hidden_layer_sizes=(3,), tol=1e9, max_iter=300)
    regressor.fit(load_digits().data[:50], np.arange(50))
    with pytest.raises(ValueError, match="must be, or end in, a classifier"):
        AttributionDisplay.from_estimator(regressor, IMAGES[0].ravel())
    with pytest.raises(NotFittedError):
        AttributionDisplay.from_estimator(DigitMLPClassifier(), IMAGES[0])


def test_a_row_takes_the_given_shape(mlp):
    row = IMAGES[8].ravel()
    display = AttributionDisplay.from_estimator(mlp, row, image_shape=(4, 16))
    np.testing.assert_array_equal(display.image, row.reshape(4, 16))
    assert AttributionDisplay.from_estimator(mlp, row).image.shape == (8, 8)
    scaled = Pipeline([("flatten", Flatten()), ("scale", MaxAbsScaler()), ("clf", mlp)])
    scaled[:-1].fit(IMAGES.reshape(-1, 4, 16))
    display = AttributionDisplay.from_estimator(scaled, row.reshape(4, 16))
    assert display.image.shape == (4, 16)
    assert display.image.max() == 1


def test_steps_that_pass_through_are_left_out(mlp):
    steps = [("flatten", Flatten()), ("scale", "passthrough"), ("none", None)]
    pipe = Pipeline([*steps, ("clf", mlp)])
    pipe[:1].fit(IMAGES)
    display = AttributionDisplay.from_estimator(pipe, IMAGES[8])
    np.testing.assert_array_equal(display.image, IMAGES[8])


def test_it_draws_into_given_axes_and_again_without_the_network(mlp):
    display = AttributionDisplay.from_estimator(mlp, IMAGES[8].ravel(), labels=(8, 3))
    again = pickle.loads(pickle.dumps(display))
    figure, axes = plt.subplots(1, 2, figsize=(10, 3))
    again.plot(ax=axes[1], cmap="vlag")
    figure.canvas.draw()
    assert again.ax_ is axes[1]
    assert again.figure_ is figure
    assert again.im_.get_cmap().name == "vlag"
    low, high = again.im_.get_clim()
    assert -low == high == np.abs(display.attributions).max()
    np.testing.assert_array_equal(again.im_.get_array(), display.attributions)
    assert again.axes_["attributions"].get_title() == "Bright: for 8. Dark: for 3"
    assert not axes[0].images


def test_a_blank_image_can_be_drawn(mlp):
    display = AttributionDisplay.from_estimator(mlp, np.zeros(64))
    display.figure_.canvas.draw()
    assert not display.attributions.any()
    assert "pixels +0.00" in display.axes_["sum"].get_title()


def test_names_of_columns_give_no_warning():
    frame, y = load_digits(return_X_y=True, as_frame=True)
    clf = DigitMLPClassifier(epochs=1, random_state=0).fit(frame, y)
    display = AttributionDisplay.from_estimator(clf, frame.to_numpy()[0])
    assert display.labels[0] == clf.predict(frame[:1])[0]
    assert hasattr(clf, "feature_names_in_")


def test_a_label_of_another_type_raises_value_error(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=1, random_state=0)
    clf.partial_fit(X, y, classes=range(20))
    with pytest.raises(ValueError, match=r"among \[0, 1, .*Got \('8', '3'\)"):
        AttributionDisplay.from_estimator(clf, X[0], labels=("8", "3"))
