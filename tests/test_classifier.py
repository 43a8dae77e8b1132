import copy
import json
import os
import pickle
import random
import re
import subprocess
import sys
import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
from conftest import assert_same_network
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline

from skdigits import DigitMLPClassifier, FirstLayerDisplay, Flatten
from skdigits._training._optimizer import OptimizerSettings
from skdigits._training._program import _compiled_program

# Training


def test_it_learns_the_bundled_digits(digits):
    clf = DigitMLPClassifier(epochs=10, random_state=0)
    assert cross_val_score(clf, *digits, cv=3).mean() > 0.9


def test_the_loss_curve_is_the_mean_cross_entropy_of_each_epoch(digits):
    """A rate too small to move anything leaves the loss of the initial weights."""
    X, y = digits
    clf = DigitMLPClassifier(epochs=3, learning_rate=1e-30, random_state=0).fit(X, y)
    expected = -clf.predict_log_proba(X)[np.arange(len(y)), y].mean()
    np.testing.assert_allclose(clf.loss_curve_, expected, rtol=1e-5)
    assert clf.n_iter_ == 3


def test_the_loss_goes_down(fitted):
    assert np.all(np.diff(fitted.loss_curve_) < 0)
    assert fitted.n_iter_ == len(fitted.loss_curve_) == 5


@pytest.mark.parametrize("rescale", [True, False])
def test_rescale_gives_pixels_of_255_and_of_1_the_same_network(digits, rescale):
    X, y = digits
    X = X.astype(np.float64)
    clf = DigitMLPClassifier(epochs=2, rescale=rescale, random_state=0)
    logits = clone(clf).fit(X, y).decision_function(X)
    logits_of_255 = clone(clf).fit(X * 255, y).decision_function(X * 255)
    same = np.allclose(logits, logits_of_255, rtol=1e-6)
    assert same == rescale


def test_parameters_may_be_small_integers_of_numpy(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=np.int8(100), batch_size=np.uint8(40))
    clf.set_params(random_state=0).fit(X, y)
    plain = DigitMLPClassifier(epochs=100, batch_size=40, random_state=0).fit(X, y)
    np.testing.assert_array_equal(clf.coefs_[0], plain.coefs_[0])


def test_hidden_layers_have_the_given_sizes(digits):
    clf = DigitMLPClassifier((7, 6, 5), epochs=1).fit(*digits)
    shapes = [coef.shape for coef in clf.coefs_]
    assert shapes == [(64, 7), (7, 6), (6, 5), (5, 10)]
    assert [len(b) for b in clf.intercepts_] == [7, 6, 5, 10]


def test_one_hidden_layer_may_be_a_number(digits):
    networks = [
        DigitMLPClassifier(sizes, epochs=1, random_state=0).fit(*digits)
        for sizes in ((5,), 5, np.array(5))
    ]
    assert_same_network(networks[0], networks[1])
    assert_same_network(networks[0], networks[2])


@pytest.mark.parametrize("sizes", [(), [], np.array([], int)], ids=str)
def test_without_a_hidden_layer_it_is_softmax_regression(digits, sizes):
    X, y = digits[0] / 16, digits[1]
    parameters = {"weight_decay": 0, "learning_rate": 0.02, "rescale": False}
    clf = DigitMLPClassifier(sizes, epochs=400, random_state=0, **parameters)
    clf.fit(X[:300], y[:300])
    assert [w.shape for w in clf.coefs_] == [(64, 10)]
    logits = X @ clf.coefs_[0] + clf.intercepts_[0]
    np.testing.assert_allclose(clf.decision_function(X), logits)
    regression = LogisticRegression(C=np.inf, max_iter=5000).fit(X[:300], y[:300])
    assert (clf.predict(X) == regression.predict(X)).mean() > 0.93
    assert clf.score(X[300:], y[300:]) > 0.85
    FirstLayerDisplay.from_estimator(clf)


def test_a_parameter_changed_after_fit_does_not_change_predictions(fitted, digits):
    X, _ = digits
    clf = copy.deepcopy(fitted).set_params(activation="tanh")
    np.testing.assert_array_equal(clf.predict_proba(X), fitted.predict_proba(X))


PLAIN = {
    "learning_rate": 1e-3,
    "learning_rate_schedule": "constant",
    "weight_decay": 0,
    "ema_momentum": None,
}


@pytest.mark.parametrize(
    "change",
    [
        {"learning_rate": 2e-3},
        {"learning_rate_schedule": "cosine"},
        {"weight_decay": 1},
        {"ema_momentum": 0.99},
        {"batch_size": 64},
        {"shuffle": False},
        {"rescale": False},
        {"activation": "tanh"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_parameter_changes_the_network(digits, change):
    one, other = (
        DigitMLPClassifier(epochs=2, random_state=0, **settings).fit(*digits)
        for settings in (PLAIN, PLAIN | change)
    )
    assert np.abs(one.coefs_[1] - other.coefs_[1]).max() > 1e-4


def test_the_cosine_ends_with_the_last_epoch(digits, monkeypatch):
    settings = []

    def spy(*arguments, **keywords):
        settings.append(OptimizerSettings(*arguments, **keywords))
        return settings[-1]

    monkeypatch.setattr("skdigits._training._run.OptimizerSettings", spy)
    X, y = digits
    DigitMLPClassifier(epochs=3).fit(X[:100], y[:100])
    DigitMLPClassifier(epochs=1, learning_rate_schedule="constant").fit(X, y)
    steps = [(s.warmup_steps, s.decay_steps) for s in settings]
    assert steps == [(1, 3 * 4 - 1), (0, np.inf)]


def test_the_automatic_decay_depends_on_augmentation_alone(digits):
    for augmentation, decay in ((None, 0.1), (lambda images, rng: images, 0.02)):
        automatic, given = (
            DigitMLPClassifier(
                epochs=1, augmentation=augmentation, weight_decay=value, random_state=0
            ).fit(*digits)
            for value in ("auto", decay)
        )
        assert_same_network(automatic, given)


def test_an_average_with_momentum_zero_equals_the_last_weights(digits):
    one, other = (
        DigitMLPClassifier(epochs=1, ema_momentum=m, random_state=0).fit(*digits)
        for m in (0, None)
    )
    assert_same_network(one, other)


def test_an_attribute_set_during_fit_is_kept(digits):
    def count(images, rng):
        clf.n_blocks = getattr(clf, "n_blocks", 0) + 1
        return images

    clf = DigitMLPClassifier(epochs=3, augmentation=count)
    clf.fit(*digits)
    assert clf.n_blocks == 3


def test_a_pipeline_on_images_and_a_search_over_the_rate(digits):
    X, y = digits
    pipe = Pipeline(
        [
            ("flatten", Flatten()),
            ("clf", DigitMLPClassifier(epochs=3, random_state=0)),
        ]
    )
    search = GridSearchCV(pipe, {"clf__learning_rate": [1e-5, 1e-2]}, cv=2)
    search.fit(X.reshape(-1, 8, 8), y)
    assert search.best_params_ == {"clf__learning_rate": 1e-2}
    assert search.predict(X.reshape(-1, 8, 8)[:3]).shape == (3,)


# Labels


def test_strings_that_are_objects_become_strings_as_in_scikit_learns_network(digits):
    X, names = digits[0], np.array(list("abcdefghij"), object)
    y = names[digits[1]]
    clf = DigitMLPClassifier(epochs=1).fit(X, y, X_val=X, y_val=y)
    mlp = MLPClassifier(max_iter=300).fit(X[:20], y[:20])
    assert clf.classes_.dtype == clf.predict(X).dtype == mlp.classes_.dtype == "<U1"
    by_block = DigitMLPClassifier().partial_fit(X, y, classes=names)
    assert by_block.partial_fit(X, y, classes=names).classes_.dtype == "<U1"
    model = clf.to_keras()
    assert DigitMLPClassifier.from_keras(model, names).classes_.dtype == "<U1"
    series = DigitMLPClassifier(epochs=1).fit(X, pd.Series(y))
    assert series.predict(X).dtype == "<U1"


@pytest.mark.parametrize(
    "names",
    [
        np.array(list("abcdefghij")),
        np.array(list("abcdefghij"), dtype=object),
        np.arange(10) - 5,
        np.arange(10) * 2.0,
    ],
    ids=["str", "object", "negative", "float"],
)
def test_labels_of_any_type_are_predicted_as_given(digits, fitted, names):
    X, y = digits
    clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, names[y])
    np.testing.assert_array_equal(clf.classes_, names)
    strings = names.astype(str) if names.dtype == object else names
    assert clf.predict(X).dtype == strings.dtype
    np.testing.assert_array_equal(clf.predict(X), names[fitted.predict(X)])


def test_two_classes_have_one_decision_value_per_row(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=3, random_state=0).fit(X, y == 3)
    decision = clf.decision_function(X)
    assert decision.shape == (len(X),)
    np.testing.assert_array_equal(clf.predict(X), decision > 0)
    log_p = clf.predict_log_proba(X)
    np.testing.assert_allclose(decision, log_p[:, 1] - log_p[:, 0], atol=1e-4)


def test_one_class_alone_is_always_predicted(digits):
    X, _ = digits
    clf = DigitMLPClassifier(epochs=1).fit(X[:9], ["seven"] * 9)
    assert set(clf.predict(X)) == {"seven"}
    np.testing.assert_array_equal(clf.predict_proba(X), 1)


# Sample weights


def test_weights_in_one_batch_equal_repeated_rows(digits):
    X, y = digits[0][:20].astype(float), digits[1][:20]
    weight = np.random.default_rng(0).integers(0, 4, size=20)
    clf = DigitMLPClassifier(batch_size=100, epochs=10, random_state=0)
    weighted = clone(clf).fit(X, y, sample_weight=weight)
    repeated = clone(clf).fit(X.repeat(weight, axis=0), y.repeat(weight))
    np.testing.assert_allclose(
        weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-9
    )


def test_rows_of_weight_zero_are_ignored(digits):
    X, y = digits[0].astype(float), digits[1]
    keep = np.random.default_rng(0).random(len(X)) < 0.5
    X[~keep] += 1000  # neither in the weights nor in the scale of X
    clf = DigitMLPClassifier(epochs=2, random_state=0)
    weighted = clone(clf).fit(X, y, sample_weight=np.where(keep, 2.5, 0))
    without = clone(clf).fit(X[keep], y[keep])
    np.testing.assert_allclose(
        weighted.predict_proba(X[keep]), without.predict_proba(X[keep]), rtol=1e-9
    )


@pytest.mark.parametrize("parameters", [{}, {"class_weight": "balanced"}])
def test_a_class_keeps_its_place_where_all_its_rows_have_weight_zero(
    digits, parameters
):
    X, y = digits
    clf = DigitMLPClassifier(epochs=5, random_state=0, **parameters)
    clf.fit(X, y, sample_weight=y != 9)
    np.testing.assert_array_equal(clf.classes_, np.arange(10))
    assert clf.predict_proba(X).shape == (len(X), 10)
    assert set(clf.predict(X)) == set(range(9))
    stopping = DigitMLPClassifier(epochs=2, early_stopping=True, **parameters)
    stopping.fit(X, y, sample_weight=y != 9)
    assert len(stopping.classes_) == 10


def test_only_the_ratios_of_weights_matter(digits):
    X, y = digits[0].astype(float), digits[1]
    weight = np.random.default_rng(0).uniform(0.5, 2, size=len(X))
    clf = DigitMLPClassifier(epochs=2, random_state=0)
    one = clone(clf).fit(X, y, sample_weight=weight)
    other = clone(clf).fit(X, y, sample_weight=weight * 1e6)
    np.testing.assert_allclose(one.predict_proba(X), other.predict_proba(X), rtol=1e-6)


@pytest.mark.parametrize(
    ("dtype", "weight"), [("uint8", 1e16), ("uint8", 1e308), (float, 1e130)]
)
def test_weights_whose_gradients_overflow_in_partial_fit_raise_value_error(
    digits, dtype, weight
):
    X, y = digits[0].astype(dtype), digits[1]
    clf = DigitMLPClassifier(random_state=0)
    for _ in range(2):
        before = clf.__dict__.copy()
        with pytest.raises(ValueError, match=r"sample_weight.*divide sample_weight"):
            clf.partial_fit(X, y, range(10), np.full(len(X), weight))
        assert clf.__dict__ == before
        clf.partial_fit(X, y, range(10), np.full(len(X), weight) / weight)
    large = DigitMLPClassifier(random_state=0)
    large.partial_fit(X, y, range(10), np.full(len(X), 1e15))
    assert large.score(X, y) > 0.5


def test_weights_are_limited_by_the_precision_of_the_network(digits):
    """And not by that of the X of this call."""
    X, y = digits
    clf = DigitMLPClassifier(random_state=0).partial_fit(X, y, range(10))
    with pytest.raises(ValueError, match=r"at most .* in float32"):
        clf.partial_fit(X.astype(float), y, sample_weight=np.full(len(y), 1e30))


# Dtypes and DataFrames


@pytest.mark.parametrize(
    ("given", "computed"),
    [
        ("uint8", "float32"),
        ("int64", "float32"),
        ("bool", "float32"),
        ("float16", "float32"),
        ("float32", "float32"),
        ("float64", "float64"),
        (">f8", "float64"),
    ],
)
def test_precision_follows_x(digits, given, computed):
    X, y = digits
    clf = DigitMLPClassifier(epochs=1).fit(X.astype(given), y)
    assert {w.dtype for w in clf.coefs_ + clf.intercepts_} == {np.dtype(computed)}
    assert clf.predict_proba(X).dtype == computed


def test_a_frame_sets_feature_names_and_gives_the_same_network(digits, fitted):
    X, y = digits
    frame = pd.DataFrame(X).add_prefix("pixel_")
    clf = DigitMLPClassifier(epochs=5, random_state=0).fit(frame, pd.Series(y))
    assert list(clf.feature_names_in_) == list(frame.columns)
    assert_same_network(clf, fitted)
    with pytest.warns(UserWarning, match="feature names"):
        clf.predict(X)
    assert not hasattr(clf.fit(X, y), "feature_names_in_")


def test_arrays_are_predicted_like_lists(digits, fitted):
    """NumPy arrays of pixels skip scikit-learn's validation, lists do not."""
    X, _ = digits
    expected = fitted.predict_proba(X.tolist())
    np.testing.assert_array_equal(fitted.predict_proba(X), expected)
    one_by_one = [fitted.predict_proba(row[None].astype("f"))[0] for row in X[:20]]
    np.testing.assert_allclose(one_by_one, expected[:20], rtol=1e-4, atol=1e-7)
    with pytest.raises(ValueError, match="NaN"):
        fitted.predict(np.full((1, 64), np.nan))
    with pytest.raises(ValueError, match="0 sample"):
        fitted.predict(X[:0])


# Reproducibility


def test_the_same_random_state_gives_the_same_bits(digits, fitted):
    again = DigitMLPClassifier(epochs=5, random_state=0).fit(*digits)
    assert_same_network(again, fitted)
    assert again.loss_curve_ == fitted.loss_curve_


def test_another_random_state_gives_another_network(digits, fitted):
    other = DigitMLPClassifier(epochs=5, random_state=1).fit(*digits)
    assert not np.array_equal(other.coefs_[0], fitted.coefs_[0])
    unseeded = [DigitMLPClassifier(epochs=1).fit(*digits) for _ in range(2)]
    assert not np.array_equal(unseeded[0].coefs_[0], unseeded[1].coefs_[0])


def test_a_random_state_instance_gives_each_fit_another_network(digits):
    state = np.random.RandomState(0)
    first, second = (
        DigitMLPClassifier(epochs=1, random_state=state).fit(*digits) for _ in range(2)
    )
    assert not np.array_equal(first.coefs_[0], second.coefs_[0])


def test_another_process_gives_the_same_bits(fitted, first_fit):
    done, _ = first_fit
    assert done.stdout.strip() == joblib.hash([fitted.coefs_, fitted.intercepts_])


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="Linux only")
def test_one_core_gives_the_same_bits_as_all(run_python, capsys):
    """For batches of 32 and rows as long as MNIST's."""
    code = (
        "import joblib, numpy as np; from skdigits import DigitMLPClassifier;"
        "rng = np.random.default_rng(0);"
        "X, y = rng.integers(0, 256, (900, 784), np.uint8), rng.integers(0, 10, 900);"
        "clf = DigitMLPClassifier(epochs=2, random_state=0).fit(X, y);"
        "print(joblib.hash([clf.coefs_, clf.intercepts_]))"
    )
    on_one = "import os; os.sched_setaffinity(0, list(os.sched_getaffinity(0))[:1]);"
    exec(code)
    assert run_python("-c", on_one + code).stdout == capsys.readouterr().out


@pytest.mark.slow
def test_a_search_in_two_processes_gives_the_same_bits_as_in_one_process(digits):
    grid = {"learning_rate": [1e-3, 1e-2]}
    searches = [
        GridSearchCV(
            DigitMLPClassifier(epochs=2, random_state=0), grid, cv=2, n_jobs=n_jobs
        ).fit(*digits)
        for n_jobs in (1, 2)
    ]
    one, two = (search.cv_results_["mean_test_score"] for search in searches)
    np.testing.assert_array_equal(one, two)
    assert_same_network(*(search.best_estimator_ for search in searches))


@pytest.mark.parametrize("random_state", [None, 0])
def test_global_random_states_are_neither_read_nor_changed(digits, random_state):
    import tensorflow as tf

    def draw_from_each():
        return np.random.random(), random.random(), float(tf.random.uniform(()))

    def seed_all():
        np.random.seed(0)
        random.seed(0)
        tf.random.set_seed(0)

    # Layer sizes of no other test, so that this fit builds and compiles a program.
    clf = DigitMLPClassifier((11, 3), epochs=1, random_state=random_state)
    seed_all()
    expected = draw_from_each()
    seed_all()
    clf.fit(*digits)
    clf.predict(digits[0])
    clf.to_keras()
    assert draw_from_each() == expected
    seed_all()
    clf_again = clone(clf).fit(*digits)
    assert np.array_equal(clf.coefs_[0], clf_again.coefs_[0]) == (random_state == 0)


def test_a_search_compiles_one_program(digits):
    X, y = digits
    X, y = X[:1201], y[:1201]  # three unequal folds
    clf = DigitMLPClassifier((13,), epochs=1, random_state=0)
    rates = np.geomspace(1e-4, 1e-1, 6)
    before = _compiled_program.cache_info().misses
    GridSearchCV(clf, {"learning_rate": rates}, cv=3).fit(X, y)
    assert _compiled_program.cache_info().misses == before + 1


# Copies and files


@pytest.mark.parametrize(
    "round_trip",
    [
        lambda clf, path: pickle.loads(pickle.dumps(clf)),
        lambda clf, path: joblib.load(joblib.dump(clf, path / "clf.joblib")[0]),
        lambda clf, path: copy.deepcopy(clf),
    ],
    ids=["pickle", "joblib", "deepcopy"],
)
def test_a_round_trip_predicts_identically(fitted, digits, tmp_path, round_trip):
    X, _ = digits
    back = round_trip(fitted, tmp_path)
    np.testing.assert_array_equal(back.predict_proba(X), fitted.predict_proba(X))
    assert back.get_params() == fitted.get_params()


def test_a_clone_is_unfitted_and_fits_to_the_same_network(fitted, digits):
    unfitted = clone(fitted)
    with pytest.raises(NotFittedError):
        unfitted.predict(digits[0])
    assert_same_network(unfitted.fit(*digits), fitted)


def test_a_pickle_of_an_mnist_network_is_small(digits):
    X = np.zeros((20, 784), np.uint8)
    clf = DigitMLPClassifier(epochs=1).fit(X, np.arange(20) % 10)
    assert len(pickle.dumps(clf)) < 200_000


def test_a_subclass_with_a_required_parameter_fits_copies_and_pickles(digits):
    clf = Named("reader", epochs=2).fit(*digits)
    for copied in (copy.copy(clf), copy.deepcopy(clf), pickle.loads(pickle.dumps(clf))):
        assert copied.name == "reader"
        np.testing.assert_array_equal(copied.predict(digits[0]), clf.predict(digits[0]))


class Named(DigitMLPClassifier):
    """Has one more parameter, without a default."""

    def __init__(self, name, *, epochs=1):
        super().__init__(epochs=epochs)
        self.name = name


# Output


def test_verbose_shows_epochs_and_loss(digits, capsys):
    DigitMLPClassifier(epochs=3, verbose=1).fit(*digits)
    out = capsys.readouterr().out
    assert "3/3" in out
    assert re.search(r"loss \d\.\d{4}", out)


def test_at_verbose_0_neither_fit_nor_tensorflow_prints_anything(first_fit):
    """The one line is what the process prints itself."""
    done, _ = first_fit
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""


# Invalid input


def test_an_error_names_the_invalid_parameter(digits):
    bad = {
        "learning_rate": [-1e-3, 0, np.nan, np.inf, "fast"],
        "learning_rate_schedule": ["linear", None],
        "weight_decay": [-0.1, np.nan, None, "none"],
        "ema_momentum": [1, -0.1, "no"],
        "epochs": [0, -1, 1.5],
        "batch_size": [0, 32.0],
        "hidden_layer_sizes": [
            np.array(0),
            0,
            True,
            (25, 0),
            (25, 1.5),
            (True,),
            "ab",
            None,
        ],
        "activation": ["sigmoid", None],
        "rescale": ["yes", 2],
        "augmentation": ["rotate", 3],
        "image_shape": ["square", 28],
        "class_weight": ["even", 3],
        "early_stopping": [None, 2],
        "validation_fraction": [0, 1.0, -0.5],
        "n_iter_no_change": [0, 1.5],
        "tol": [-1e-4, None],
        "warm_start": [None, "no"],
        "shuffle": [None],
        "verbose": [-1, "no"],
        "random_state": [-1, "seed", 1.5],
    }
    for name, values in bad.items():
        for value in values:
            with pytest.raises((ValueError, TypeError), match=name) as error:
                DigitMLPClassifier(**{name: value}).fit(*digits)
            assert repr(value) in str(error.value)


def test_an_image_shape_without_dimensions_raises_value_error(digits):
    clf = DigitMLPClassifier(augmentation="affine", image_shape=np.array(8))
    with pytest.raises(ValueError, match=r"must be \(height, width\)"):
        clf.fit(*digits)


@pytest.mark.parametrize("kind", [np.asarray, np.ndarray.tolist])
def test_one_image_gets_the_advice_to_make_it_a_row(digits, kind):
    X, y = digits
    clf = DigitMLPClassifier(random_state=0).partial_fit(X, y, classes=range(10))
    image = kind(X[0].reshape(8, 8))
    message = r"give numpy.reshape\(X, \(1, -1\)\)"
    for call in (clf.predict, lambda image: clf.partial_fit(image, y[:8])):
        with pytest.raises(ValueError, match=message):
            call(image)
    assert clf.predict(np.reshape(image, (1, -1))) == clf.predict(X[:1])


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_fit_and_partial_fit_refuse_one_hot_labels(digits, method):
    X, y = digits
    with pytest.raises(ValueError, match=r"use numpy.argmax\(y, axis=1\)"):
        getattr(DigitMLPClassifier(epochs=1), method)(X, np.eye(10)[y])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_raise_value_error(digits, fitted, bad):
    X, y = digits
    X = X.astype(float)
    X[5, 5] = bad
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        DigitMLPClassifier().fit(X, y)
    with pytest.raises(ValueError, match=r"NaN|infinity"):
        fitted.predict(X)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_no_layer_hides_nan_or_infinity_among_many_rows(digits, activation, bad):
    """Many rows of floats are predicted without scikit-learn's look at them."""
    X, y = digits
    clf = DigitMLPClassifier(5, activation, epochs=1, random_state=0).fit(X, y)
    X = np.tile(X, (2, 1)).astype(np.float32)
    clf.predict(X)
    X[1500, 30] = bad
    for method in (clf.predict, clf.hidden_activations):
        with pytest.raises(ValueError, match=r"Input X contains (NaN|infinity)"):
            method(X)


@pytest.mark.parametrize("rows", [slice(None), slice(1)])
def test_values_that_overflow_in_prediction_raise_value_error(digits, fitted, rows):
    """Found by test_properties: they were predicted as NaN."""
    X = digits[0][rows] * 1e300
    for method in (
        fitted.predict,
        fitted.predict_proba,
        fitted.decision_function,
        fitted.hidden_activations,
    ):
        with pytest.raises(ValueError, match=r"as large as 1.*e\+301.* in float32"):
            method(X)


def test_other_invalid_data_raises_value_error(digits, fitted):
    X, y = digits
    clf = DigitMLPClassifier(epochs=1)
    with pytest.raises(ValueError, match=r"60 features.*expecting 64"):
        fitted.predict(X[:, :60])
    with pytest.raises(ValueError, match="1 sample"):
        clf.fit(X[:1], y[:1])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        clf.fit(X, y[:-1])
    with pytest.raises(ValueError, match="zero"):
        clf.fit(X, y, sample_weight=np.zeros(len(y)))
    with pytest.raises(ValueError, match="Negative values"):
        clf.fit(X, y, sample_weight=-np.ones(len(y)))
    with pytest.raises(ValueError, match="Unknown label type"):
        clf.fit(X, y + 0.5)
    with pytest.raises(ValueError, match="overflow"):
        clf.fit(X * 1e200, y)


@pytest.mark.parametrize("epochs", [1, 20])
def test_the_error_on_divergence_names_the_epoch_and_the_learning_rate(digits, epochs):
    X, y = digits
    clf = DigitMLPClassifier(learning_rate=1e30, rescale=False, epochs=epochs)
    with pytest.raises(
        ValueError, match=r"in epoch \d+ with learning_rate=1e\+30.*rescale=True"
    ):
        clf.fit(X, y)


def test_the_error_on_divergence_of_rescaled_rows_does_not_advise_to_rescale(digits):
    clf = DigitMLPClassifier(learning_rate=1e30, epochs=1)
    with pytest.raises(ValueError, match=r"try a smaller learning_rate\.$"):
        clf.fit(*digits)


def test_the_error_on_divergence_names_a_weight_decay_that_is_too_large(digits):
    clf = DigitMLPClassifier(weight_decay=1e6, learning_rate=1e-2)
    with pytest.raises(ValueError, match=r"weight_decay=1000000.*smaller weight_decay"):
        clf.fit(*digits)


def test_a_failed_fit_does_not_change_the_estimator(digits, fitted):
    X, y = digits
    clf = copy.deepcopy(fitted).set_params(learning_rate=1e30, rescale=False)
    before = copy.deepcopy(vars(clf))
    frame = pd.DataFrame(X[:, :10]).add_prefix("pixel_")
    with pytest.raises(ValueError, match="learning_rate"):
        clf.fit(frame, y > 4)
    assert vars(clf).keys() == before.keys()
    assert clf.n_features_in_ == 64
    np.testing.assert_array_equal(clf.classes_, np.arange(10))
    np.testing.assert_array_equal(clf.predict_proba(X), fitted.predict_proba(X))

    unfitted = DigitMLPClassifier(learning_rate=1e30, rescale=False)
    with pytest.raises(ValueError, match="learning_rate"):
        unfitted.fit(frame, y > 4)
    assert vars(unfitted) == unfitted.get_params()


def test_an_unfitted_estimator_raises_not_fitted_error(digits):
    clf = DigitMLPClassifier()
    for method in (
        clf.predict,
        clf.predict_proba,
        clf.decision_function,
        clf.hidden_activations,
    ):
        with pytest.raises(NotFittedError):
            method(digits[0])
    with pytest.raises(NotFittedError):
        clf.to_keras()


@pytest.mark.parametrize("where", ["KERAS_BACKEND", "keras.json"])
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_keras_backend_raises_value_error_with_advice(where, backend, tmp_path):
    environment = {"KERAS_BACKEND": "", "KERAS_HOME": str(tmp_path)}
    if where == "KERAS_BACKEND":
        environment["KERAS_BACKEND"] = backend
    else:
        (tmp_path / "keras.json").write_text(json.dumps({"backend": backend}))
    code = (
        "from sklearn.datasets import load_digits; from skdigits import *;"
        "DigitMLPClassifier(epochs=1).fit(*load_digits(return_X_y=True))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    last_line = done.stderr.strip().splitlines()[-1]
    assert last_line.startswith("ValueError: skdigits trains with Keras on TensorFlow")
    assert repr(backend) in last_line
    assert "KERAS_BACKEND=tensorflow" in last_line


# Pixels on another scale


def test_pixels_on_another_scale_give_a_warning(digits):
    X, y = digits
    pixels = X * np.uint8(15)
    clf = DigitMLPClassifier(epochs=1, random_state=0).fit(pixels, y)
    with pytest.warns(UserWarning, match="goes up to 1, but .* went up to 240"):
        clf.predict(pixels / 240)
    with pytest.warns(UserWarning, match="same scale"):
        clf.predict_proba(pixels[:1] / 240)
    unit = DigitMLPClassifier(epochs=1, random_state=0).fit(pixels / 240, y)
    with pytest.warns(UserWarning, match="goes up to 240, but .* went up to 1"):
        unit.predict_proba(pixels)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        unit.predict(pixels)  # labels stay right
