"""skdigits.onnx: skl2onnx converts the estimators; ONNX Runtime predicts the same."""

import numpy as np
import onnxruntime
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import skdigits.onnx  # noqa: F401
from skdigits import (
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    load_digit_detector,
    load_digit_reader,
)


def convert(estimator, X, **options):
    """Return the function that runs the converted estimator."""
    model = to_onnx(estimator, X[:1], options=options)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return lambda X: session.run(None, {"X": X})


def assert_same(labels, p, estimator, X, tolerance):
    np.testing.assert_array_equal(labels, estimator.predict(X))
    np.testing.assert_allclose(p, estimator.predict_proba(X), rtol=0, atol=tolerance)


@pytest.fixture(scope="module", params=["ten classes", "two classes", "names", "one"])
def problem(request, digits):
    """A fitted classifier and its rows."""
    X, y = digits
    names = np.array(list("jihgfedcba"))
    labels = {"two classes": y > 4, "names": names[y], "one": np.full(len(y), 7)}
    y = labels.get(request.param, y)
    return DigitMLPClassifier(epochs=2, random_state=0).fit(X, y), X


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
def test_the_classifier_predicts_the_same(problem, dtype):
    clf, X = problem
    X = X.astype(dtype)
    labels, p = convert(clf, X, zipmap=False)(X)
    assert p.dtype == ("float64" if dtype == "float64" else "float32")
    assert_same(labels, p, clf, X, 1e-6)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize("sizes", [(), (7, 6, 5)])
def test_networks_of_any_activation_and_depth_predict_the_same(
    digits, activation, sizes
):
    X, y = digits[0].astype(float), digits[1]
    clf = DigitMLPClassifier(sizes, activation, epochs=1, random_state=0).fit(X, y)
    labels, p = convert(clf, X, zipmap=False)(X)
    assert_same(labels, p, clf, X, 1e-9)


def test_the_activation_is_that_of_the_fitted_network(digits):
    X, y = digits[0].astype(float), digits[1]
    clf = DigitMLPClassifier(epochs=1, random_state=0).fit(X, y)
    clf.set_params(activation="tanh")  # for the next fit
    labels, p = convert(clf, X, zipmap=False)(X)
    assert_same(labels, p, clf, X, 1e-9)


def test_by_default_probabilities_come_with_their_labels(problem):
    clf, X = problem
    _, p = convert(clf, X)(X[:3])
    assert [list(row) for row in p] == [clf.classes_.tolist()] * 3
    _, *columns = convert(clf, X, zipmap="columns")(X[:3])
    np.testing.assert_allclose(
        np.transpose(columns), clf.predict_proba(X[:3]), atol=1e-6
    )


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
@pytest.mark.parametrize("shape", [(8, 8), (8, 8, 1), (28, 28), (9, 7), (6, 13)])
@pytest.mark.parametrize(
    "step",
    [StraightenDigit(), StraightenDigit(0.1, 0.3, 1), GradientDirections()],
    ids=["straighten", "straighten otherwise", "directions"],
)
def test_the_image_steps_do_the_same(step, shape, dtype):
    images = np.random.default_rng(0).integers(0, 256, (9, *shape)).astype(dtype)
    images[images < 150] = 0
    images[0] = 0  # blank
    (transformed,) = convert(step, images)(images)
    expected = step.transform(images)
    assert transformed.dtype == expected.dtype
    tolerance = {"uint8": 0, "float32": 1e-3}.get(dtype, 1e-10)
    np.testing.assert_allclose(transformed, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("load", [load_digit_reader, load_digit_detector])
def test_the_shipped_pipelines_predict_the_same(digits, load, dtype):
    pipe = load()
    images = pipe[0].transform(digits[0][:200].reshape(-1, 8, 8)).astype(dtype)
    labels, p = convert(pipe[1:], images, zipmap=False)(images)
    assert_same(labels, p, pipe[1:], images, 1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_the_reader_predicts_the_same_for_mnists_test_images(mnist, dtype):
    pipe, images = load_digit_reader()[1:], mnist[2].astype(dtype)
    assert len(images) == 10_000
    run = convert(pipe, images, zipmap=False)
    assert_same(*run(images), pipe, images, 1e-4)
    one_by_one = zip(*(run(image[np.newaxis]) for image in images))
    labels, p = map(np.concatenate, one_by_one)
    assert_same(labels, p, pipe, images, 1e-4)


@pytest.mark.parametrize("n_classes", [2, 10])
def test_it_converts_among_scikit_learns_estimators(digits, n_classes):
    X, y = digits[0].astype("f").reshape(-1, 8, 8), digits[1] % n_classes
    clf = DigitMLPClassifier(epochs=2, random_state=0)
    pipe = make_pipeline(
        Flatten(), StandardScaler(), CalibratedClassifierCV(clf, cv=2)
    ).fit(X, y)
    labels, p = convert(pipe, X, zipmap=False)(X)
    assert_same(labels, p, pipe, X, 1e-5)


def test_an_ensemble_on_parts_of_the_features_is_converted(digits):
    X, y = digits[0].astype("f"), digits[1]
    clf = DigitMLPClassifier(epochs=2, random_state=0)
    bagging = BaggingClassifier(clf, 2, max_features=0.5, random_state=0).fit(X, y)
    labels, p = convert(bagging, X, zipmap=False)(X)
    assert_same(labels, p, bagging, X, 1e-5)


def test_raw_scores_are_the_decision_function(problem):
    clf, X = problem
    _, scores = convert(clf, X, zipmap=False, raw_scores=True)(X)
    expected = clf.decision_function(X)
    if expected.ndim == 1:
        expected = np.transpose([-expected, expected])
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-5)


def test_the_raw_scores_of_a_pipeline_are_set_for_its_classifier(digits):
    """As the guide says: for the pipeline, skl2onnx ignores them."""
    reader = make_pipeline(Flatten(), DigitMLPClassifier(epochs=2, random_state=0))
    images = digits[0][:200].reshape(-1, 8, 8)
    reader.fit(images, digits[1][:200])
    options = {"zipmap": False, "raw_scores": True}
    _, p = convert(reader, images, **options)(images)
    np.testing.assert_allclose(p, reader.predict_proba(images), atol=1e-5)
    model = to_onnx(reader, images[:1], options={id(reader[-1]): options})
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    _, scores = session.run(None, {"X": images})
    expected = reader.decision_function(images)
    np.testing.assert_allclose(scores, expected, rtol=1e-5, atol=1e-5)


def test_labels_can_be_indices(problem):
    clf, X = problem
    labels, _ = convert(clf, X, zipmap=False, nocl=True)(X)
    np.testing.assert_array_equal(clf.classes_[labels], clf.predict(X))


@pytest.mark.parametrize("shape", [(None, None, 28), (28, 28), (None, 28, 28, 3)])
def test_images_of_an_unknown_size_or_in_colour_raise_value_error(shape):
    with pytest.raises(ValueError, match=r"grey images of a known size.*images\[:1\]"):
        to_onnx(StraightenDigit(), initial_types=[("X", FloatTensorType(list(shape)))])
