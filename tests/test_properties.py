"""Properties that hold for every input; hypothesis searches for counterexamples.

The examples do not depend on chance, but on the modules that are loaded: hypothesis
also tries their constants. To search longer, for a quarter of an hour:

    HYPOTHESIS_PROFILE=long python -m pytest tests/test_properties.py
"""

import os
import traceback
from itertools import pairwise, product

import numpy as np
import pytest
from conftest import assert_same_network
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skdigits import DigitMLPClassifier, Flatten

COMMON = {
    "deadline": None,
    # Fits take longer than hypothesis expects of a test.
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}
settings.register_profile("usual", derandomize=True, max_examples=40, **COMMON)
settings.register_profile("long", max_examples=500, database=None, **COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))

# All networks have the same layers, so that all fits share a few compiled programs: one
# for each number of classes and dtype of X.
N_FEATURES = 4
HIDDEN = (3,)
TYPES = ["uint8", "int64", "bool", "float16", "float32", "float64", ">f8", "<i2"]
LABELS = [
    [0, 1, 2],
    [-7, 2**62, 2**62 + 1],
    [0.0, 1.0, 2.0],
    ["a", "b", "ça"],
    [False, True],
    np.array([3, 200, 255], np.uint8),
    np.array(["one", "two"], object),
]


def network(**parameters):
    usual = {"hidden_layer_sizes": HIDDEN, "epochs": 2, "random_state": 0}
    return DigitMLPClassifier(**usual | parameters)


def values_of(dtype):
    """Values of a dtype whose squares neither overflow nor underflow."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        width = min(8 * dtype.itemsize, 64)
        # Nothing between zero and 1/128: X so small counts as zero and is not rescaled.
        magnitude = st.floats(1 / 128, 128, width=width)
        return st.just(0.0) | magnitude | magnitude.map(lambda x: -x)
    return npst.from_dtype(dtype) if dtype.kind == "b" else st.integers(0, 127)


@st.composite
def matrices(draw, dtypes=TYPES, n_features=N_FEATURES, min_rows=2, max_rows=12):
    """A matrix of any dtype and memory layout."""
    dtype = np.dtype(draw(st.sampled_from(dtypes)))
    shape = draw(st.integers(min_rows, max_rows)), n_features
    X = draw(npst.arrays(dtype, shape, elements=values_of(dtype)))
    return with_layout(X, draw(st.sampled_from(LAYOUTS)))


def with_layout(X, layout):
    """Copy X into another memory layout."""
    if layout == "F":
        return np.asfortranarray(X)
    if layout == "strided":
        wide = np.zeros((2 * X.shape[0], 3 * X.shape[1]), X.dtype)
        wide[::2, ::3] = X
        return wide[::2, ::3]
    if layout == "reversed":
        return X[::-1, ::-1].copy()[::-1, ::-1]
    X = X.copy()
    X.flags.writeable = layout != "read-only"
    return X


LAYOUTS = ["C", "F", "strided", "reversed", "read-only"]


@st.composite
def tables(draw, dtypes=TYPES, labels=LABELS):
    """Rows with labels."""
    X = draw(matrices(dtypes))
    labels = np.asarray(draw(st.sampled_from(labels)))
    indices = st.integers(0, len(labels) - 1)
    return X, labels[draw(npst.arrays(np.intp, len(X), elements=indices))]


def assert_predictions_agree(clf, X):
    """Assert the invariants of the predictions of any classifier."""
    p, logits, labels = clf.predict_proba(X), clf.decision_function(X), clf.predict(X)
    exact = 1e-6 if p.dtype == np.float32 else 1e-12
    assert p.shape == (len(X), len(clf.classes_))
    assert ((p >= 0) & (p <= 1)).all()
    np.testing.assert_allclose(p.sum(axis=1), 1, atol=exact)
    np.testing.assert_allclose(np.exp(clf.predict_log_proba(X)), p, atol=exact)
    assert labels.dtype == clf.classes_.dtype
    if len(clf.classes_) == 2:
        assert logits.shape == (len(X),)
        logits = np.stack([np.zeros_like(logits), logits], axis=1)
    np.testing.assert_array_equal(labels, clf.classes_[logits.argmax(axis=1)])
    # Two logits that differ in their last bit can have the same probability: then the
    # label is one of the two.
    columns = np.searchsorted(clf.classes_, labels)
    np.testing.assert_array_equal(p[np.arange(len(X)), columns], p.max(axis=1))


def same_label_unless_tied(clf, X, labels, others):
    logits = np.sort(clf.decision_function(X), axis=-1)
    if len(clf.classes_) == 2:
        tied = np.abs(logits) <= 1e-5
    else:
        tied = logits[:, -1] - logits[:, -2] <= 1e-5
    return bool(((labels == others) | tied).all())


@pytest.fixture(scope="module")
def networks():
    """A fitted network for each number of classes and precision."""
    rng = np.random.default_rng(0)
    X = rng.uniform(0, 16, (12, N_FEATURES))
    return {
        (n_classes, dtype): network().fit(X.astype(dtype), np.arange(12) % n_classes)
        for n_classes in (2, 3)
        for dtype in ("float32", "float64")
    }


@st.composite
def random_networks(draw, networks, dtypes=("float32", "float64")):
    """A fitted network with random weights, which training might never reach."""
    fitted = networks[draw(st.sampled_from([2, 3])), draw(st.sampled_from(dtypes))]
    clf = clone(fitted).set_params()
    vars(clf).update(vars(fitted))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    size = draw(st.sampled_from([0.0, 1e-9, 0.1, 1.0, 30.0]))
    clf.coefs_, clf.intercepts_ = (
        [(size * rng.normal(size=w.shape)).astype(w.dtype) for w in weights]
        for weights in (fitted.coefs_, fitted.intercepts_)
    )
    clf._activation = draw(st.sampled_from(["relu", "tanh", "logistic", "identity"]))
    return clf


# Predictions


@given(st.data())
def test_predictions_of_any_network_agree_with_each_other(networks, data):
    clf = data.draw(random_networks(networks))
    assert_predictions_agree(clf, data.draw(matrices(min_rows=1)))


@given(st.data())
def test_the_prediction_of_a_row_does_not_depend_on_other_rows(networks, data):
    clf = data.draw(random_networks(networks, dtypes=["float64"]))
    X = data.draw(matrices(min_rows=1))
    rows = data.draw(st.lists(st.integers(0, len(X) - 1), min_size=1, max_size=30))
    p, labels = clf.predict_proba(X), clf.predict(X)
    np.testing.assert_allclose(clf.predict_proba(X[rows]), p[rows], rtol=1e-7)
    assert same_label_unless_tied(clf, X[rows], clf.predict(X[rows]), labels[rows])
    for i, row in enumerate(X):
        np.testing.assert_allclose(clf.predict_proba([row])[0], p[i], rtol=1e-7)


@given(st.data())
def test_a_row_is_predicted_the_same_alone_and_among_many(networks, data):
    """Rows go through the network in blocks of 1,024."""
    clf = data.draw(random_networks(networks))
    row = data.draw(matrices(min_rows=1, max_rows=1))
    many = np.repeat(row, data.draw(st.sampled_from([1023, 1024, 1025, 2049])), axis=0)
    rtol = 1e-7 if clf.coefs_[0].dtype == np.float64 else 1e-2
    alone = clf.predict_proba(row)
    np.testing.assert_allclose(
        clf.predict_proba(many), alone.repeat(len(many), axis=0), rtol=rtol
    )


# What scikit-learn's check of finiteness sums up: infinities of both signs.
@pytest.mark.filterwarnings("ignore:invalid value encountered in reduce")
@given(
    st.data(),
    npst.arrays(
        st.sampled_from(["float32", "float64"]),
        (3, N_FEATURES),
        elements=st.floats(width=32) | st.floats(-(2.0**127), 2.0**127, width=32),
    ),
    st.sampled_from([1.0, 1e200]),
)
def test_values_of_any_magnitude_are_predicted_or_raise_value_error(
    networks, data, X, factor
):
    if X.dtype == np.float64:
        X = X * factor
    clf = data.draw(random_networks(networks))
    for rows in (X, X[:1]):
        done = result_or_refusal(clf.decision_function, rows)
        if done is not None:
            assert np.isfinite(done).all()
            assert_predictions_agree(clf, rows)


# Fits


@given(tables())
def test_fit_accepts_rows_of_any_dtype_and_labels_of_any_type(table):
    X, y = table
    clf = network().fit(X, y)
    np.testing.assert_array_equal(clf.classes_, np.unique(y))
    assert clf.n_features_in_ == N_FEATURES
    assert len(clf.loss_curve_) == clf.n_iter_ == 2
    wide = X.dtype.kind == "f" and X.dtype.itemsize == 8
    assert clf.coefs_[0].dtype == (np.float64 if wide else np.float32)
    assert_predictions_agree(clf, X)
    if len(np.unique(y)) == 1:
        assert (clf.predict_proba(X) == 1).all()


@given(tables(), st.sampled_from(LAYOUTS))
def test_the_memory_layout_makes_no_difference(table, layout):
    X, y = table
    clf, other = (
        network().fit(X, y),
        network().fit(with_layout(X, layout), y[::-1][::-1]),
    )
    assert_same_predictions(clf, other, X)


@given(tables(dtypes=["uint8"]), st.sampled_from(["int64", "float32", "<i2"]))
def test_pixels_of_another_dtype_give_the_same_network(table, dtype):
    X, y = table
    clf, other = network().fit(X, y), network().fit(X.astype(dtype), y)
    assert_same_predictions(clf, other, X)


@given(st.data(), tables(dtypes=["float64"]))
def test_integer_weights_equal_repeated_rows(data, table):
    X, y = table
    counts = data.draw(npst.arrays(np.intp, len(X), elements=st.integers(0, 2)))
    # In both fits, all rows fit in one batch.
    assume(counts.sum() >= 2)
    weighted = network().fit(X, y, sample_weight=counts)
    repeated = network().fit(X.repeat(counts, axis=0), y.repeat(counts))
    np.testing.assert_array_equal(weighted.classes_, np.unique(y))
    if len(repeated.classes_) == len(weighted.classes_):
        assert_same_predictions(weighted, repeated, X)


@given(tables(dtypes=["float64"]), st.sampled_from([255.0, 1 / 255, 1e6, 1e-6]))
def test_rescale_gives_x_and_a_multiple_the_same_network(table, factor):
    X, y = table
    one, other = network().fit(X, y), network().fit(X * factor, y)
    np.testing.assert_allclose(
        one.decision_function(X),
        other.decision_function(X * factor),
        rtol=1e-6,
        atol=1e-7,
    )


@given(tables(), st.integers(0, 2**32 - 1))
def test_the_same_random_state_gives_the_same_bits(table, random_state):
    X, y = table
    clf = network(random_state=random_state)
    one, other = clone(clf).fit(X, y), clone(clf).fit(X, y)
    assert_same_network(one, other)


@given(tables(dtypes=["float32", "uint8"]), st.data())
def test_partial_fit_accepts_blocks_of_any_size(table, data):
    X, y = table
    clf = network()
    cuts = data.draw(st.lists(st.integers(1, len(X) - 1), max_size=3))
    edges = sorted({0, *cuts, len(X)})
    # After black images, all others give a warning.
    assume(X[: edges[1]].any() or not X.any())
    for start, stop in pairwise(edges):
        clf.partial_fit(X[start:stop], y[start:stop], classes=np.unique(y))
    assert clf.n_iter_ == len(edges) - 1
    assert_predictions_agree(clf, X)


def assert_same_predictions(one, other, X):
    """Assert equal probabilities, up to rounding in the precision of the fit."""
    tolerance = 1e-6 if one.coefs_[0].dtype == np.float64 else 1e-3
    np.testing.assert_allclose(
        one.predict_proba(X), other.predict_proba(X), rtol=tolerance, atol=tolerance
    )


# Arguments of any kind


def result_or_refusal(function, *arguments, **keywords):
    """Return the result, or None if the function refuses its arguments.

    It must do so with a message, and not with an error from inside TensorFlow.
    """
    try:
        return function(*arguments, **keywords)
    except (ValueError, TypeError) as error:
        refusal = error
    assert len(str(refusal)) > 10
    files = [frame.filename for frame in traceback.extract_tb(refusal.__traceback__)]
    assert not any("/tensorflow/" in file or "/keras/" in file for file in files)
    return None


ANYTHING = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        1,
        -1,
        2,
        32,
        2**70,
        0.5,
        1.0,
        -0.5,
        1e-300,
        1e300,
        np.nan,
        np.inf,
        np.float32(0.25),
        np.int64(3),
        np.bool_(True),
        "auto",
        "balanced",
        "affine",
        "tanh",
        "constant",
        "",
        b"relu",
        (),
        (3,),
        [3],
        (2, 2),
        np.array([3]),
        (0,),
        (3.0,),
        {},
        {0: 2.0},
        {0: -1.0},
        {0: np.nan},
        {"a": 1},
        {0: 0, 1: 0, 2: 0},
        object,
        lambda *arguments: arguments[0],
        lambda *arguments: None,
        lambda *arguments: arguments[0] * np.nan,
        np.random.RandomState(0),
    ]
)
GOOD_X, GOOD_Y = np.arange(24.0).reshape(6, N_FEATURES), np.arange(6) % 3
# Without those of which some values make a fit take long, or print.
PARAMETERS = sorted(set(DigitMLPClassifier().get_params()) - {"epochs", "verbose"})


@given(st.dictionaries(st.sampled_from(PARAMETERS), ANYTHING, max_size=3))
@settings(max_examples=4 * settings().max_examples)
def test_any_parameters_fit_or_raise_an_error_with_a_message(parameters):
    clf = network(**{"image_shape": (2, 2)} | parameters)
    before = dict(vars(clf))
    if result_or_refusal(clf.fit, GOOD_X, GOOD_Y) is None:
        assert vars(clf) == before
    else:
        assert_predictions_agree(clf, GOOD_X)


WRONG_X = [
    np.zeros((0, N_FEATURES)),
    np.zeros((6, 0)),
    np.zeros(6),
    np.zeros((6, 2, 2)),
    np.zeros(()),
    np.zeros((6, N_FEATURES), complex),
    np.zeros((6, N_FEATURES), "datetime64[s]"),
    np.full((6, N_FEATURES), "one"),
    np.full((6, N_FEATURES), "1"),
    np.full((6, N_FEATURES), None),
    np.full((6, N_FEATURES), {}),
    np.full((6, N_FEATURES), np.nan),
    np.full((6, N_FEATURES), np.inf),
    np.full((6, N_FEATURES), 1e300),
    np.full((6, N_FEATURES), 2**70, object),
    np.zeros(6, [("a", int), ("b", float)]),
    [[1, 2, 3, 4], [1, 2, 3]],
    [[]],
    [],
    None,
    "X",
    7,
    {"a": 1},
    object(),
]
WRONG_Y = [
    np.zeros(5),
    np.zeros((6, 2)),
    np.zeros((6, 1, 1)),
    np.array([0, 1, np.nan, 1, 0, 1]),
    np.array([0, 1, np.inf, 1, 0, 1]),
    np.array([0.5, 1, 1, 1, 0, 1]),
    np.array([0, "a", 1, "b", None, 2], object),
    np.full(6, None),
    np.full(6, 1j),
    [],
    [[0], [1, 2]],
    None,
    "labels",
    7,
    object(),
]
WRONG_WEIGHTS = [
    np.ones(5),
    np.ones((6, 1)),
    -np.ones(6),
    np.zeros(6),
    np.full(6, np.nan),
    np.full(6, np.inf),
    np.full(6, 1e300),
    np.full(6, 1e-320),
    np.array([1, 0, 0, 0, 0, 0]),
    np.full(6, "heavy"),
    np.full(6, None),
    np.full(6, 1j),
    0,
    -1,
    2.5,
    "balanced",
]


@given(
    st.just(GOOD_X) | st.sampled_from(WRONG_X),
    st.just(GOOD_Y) | st.sampled_from(WRONG_Y),
    st.none() | st.sampled_from(WRONG_WEIGHTS),
    st.sampled_from(["fit", "partial_fit"]),
)
@settings(max_examples=4 * settings().max_examples)
def test_any_data_are_accepted_or_raise_an_error_with_a_message(X, y, weight, method):
    clf = network()
    before = dict(vars(clf))
    arguments = {"classes": range(3)} if method == "partial_fit" else {}
    fit = getattr(clf, method)
    if result_or_refusal(fit, X, y, sample_weight=weight, **arguments) is None:
        assert vars(clf) == before
    else:
        assert_predictions_agree(clf, GOOD_X)


def test_any_x_is_predicted_or_raises_an_error_with_a_message(networks):
    for clf, X in product(networks.values(), WRONG_X):
        for method in (clf.predict, clf.predict_proba, clf.decision_function):
            result_or_refusal(method, X)
        with pytest.raises(NotFittedError):
            network().predict(X)


# Flatten


@st.composite
def samples(draw):
    """Images, tables and arrays of more dimensions, in any memory layout."""
    dtypes = npst.boolean_dtypes() | npst.integer_dtypes() | npst.floating_dtypes()
    shapes = npst.array_shapes(min_dims=2, max_dims=5, min_side=1, max_side=4)
    X = draw(npst.arrays(draw(dtypes), draw(shapes)))
    axes = (0, *draw(st.permutations(range(1, X.ndim))))
    return X.transpose(axes)[:: draw(st.sampled_from([1, -1, 2]))]


@given(samples())
def test_flatten_and_its_inverse_give_the_samples_back(X):
    flatten = Flatten().fit(X)
    rows = flatten.transform(X)
    assert (rows.shape, rows.dtype) == ((len(X), X[0].size), X.dtype)
    np.testing.assert_array_equal(rows, [sample.ravel() for sample in X])
    back = flatten.inverse_transform(rows)
    assert back.dtype == X.dtype
    np.testing.assert_array_equal(back, X)
    assert len(flatten.get_feature_names_out()) == rows.shape[1]


@given(samples(), samples())
def test_flatten_raises_for_samples_of_another_shape(X, other):
    flatten = Flatten().fit(X)
    rows = result_or_refusal(flatten.transform, other)
    assert (rows is not None) == (other.shape[1:] == X.shape[1:])


def test_flatten_accepts_anything_or_raises_an_error_with_a_message():
    for X in WRONG_X:
        result_or_refusal(Flatten().fit_transform, X)
