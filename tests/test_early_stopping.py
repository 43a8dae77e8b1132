"""Early stopping: the validation split, the score, the epochs, the weights kept."""

import numpy as np
import pytest
import sklearn
from sklearn.metrics import accuracy_score, log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skdigits import DigitMLPClassifier
from skdigits._rows import LabelledRows
from skdigits._training._evaluation import loss_and_accuracy, split_rows


@pytest.fixture(scope="module")
def stopped(digits):
    clf = DigitMLPClassifier(
        early_stopping=True, n_iter_no_change=3, epochs=60, random_state=0
    )
    return clf.fit(*digits)


# The validation split and its score


def test_the_validation_split_is_stratified_and_not_trained_on(digits):
    X, y = digits
    rows = [np.flatnonzero(y == i)[:n] for i, n in enumerate([50, 30, 20])]
    X, y = X[np.concatenate(rows)], y[np.concatenate(rows)]
    trained_on = []

    def record(images, rng):
        trained_on.extend(image.tobytes() for image in images)
        return images

    clf = DigitMLPClassifier(
        early_stopping=True, validation_fraction=0.2, epochs=1, augmentation=record
    )
    clf.fit(X, y)
    held_out = np.array([row.tobytes() not in trained_on for row in X])
    assert len(trained_on) == 80
    np.testing.assert_array_equal(np.bincount(y[held_out]), [10, 6, 4])
    assert clf.best_validation_score_ == clf.score(X[held_out], y[held_out])


def test_both_parts_of_the_split_hold_rows_of_a_rare_class(digits):
    X, y = digits[0], digits[1].copy()
    y[:2] = 10
    for random_state in range(5):
        clf = DigitMLPClassifier(
            epochs=1,
            early_stopping=True,
            scoring="neg_log_loss",  # needs all classes
            random_state=random_state,
        )
        clf.fit(X, y)
        assert np.isfinite(clf.best_validation_score_)
    _, rows = split_rows(
        LabelledRows(X, np.repeat([0, 1], [len(X) - 2, 2]), None, np.arange(len(X))),
        np.arange(2),
        0.99,
        np.random.default_rng(0),
    )
    assert np.count_nonzero(rows.indices >= len(X) - 2) == 1


def test_without_shuffling_the_rows_left_keep_their_order():
    X = np.zeros((100, 4), np.uint8)
    X[:, 0] = np.arange(100)
    trained_on = []

    def record(images, rng):
        trained_on.extend(images[:, 0, 0])
        return images

    clf = DigitMLPClassifier(
        early_stopping=True, shuffle=False, epochs=1, augmentation=record
    )
    clf.fit(X, np.arange(100) % 5)
    assert len(trained_on) == 90
    assert trained_on == sorted(trained_on)


def test_an_error_names_a_class_too_rare_to_split(digits):
    X, y = digits
    y = y.astype(str)
    y[7] = "rare"
    with pytest.raises(ValueError, match="class 'rare' has only one row"):
        DigitMLPClassifier(early_stopping=True).fit(X, y)
    with pytest.raises(ValueError, match=r"into 32 for training and 4 held out.*10 cl"):
        DigitMLPClassifier(early_stopping=True).fit(X[:36], y[20:56])


def test_rows_of_weight_zero_are_neither_held_out_nor_trained_on(digits):
    X, y = digits
    weight = np.ones(len(y))
    weight[::2] = 0
    clf = DigitMLPClassifier(early_stopping=True, epochs=3, random_state=0)
    with_weights = clf.fit(X, y, sample_weight=weight).validation_scores_
    assert with_weights == clf.fit(X[1::2], y[1::2]).validation_scores_


def test_the_score_is_the_weighted_accuracy(fitted, digits):
    X, y = digits
    rng = np.random.default_rng(0)
    weight, rows = rng.uniform(size=len(y)), rng.permutation(len(y))[:1500]
    loss, accuracy = loss_and_accuracy(
        LabelledRows(X, y, weight, rows), fitted.coefs_, fitted.intercepts_, "relu"
    )
    y, X, weight = y[rows], X[rows], weight[rows]
    expected = accuracy_score(y, fitted.predict(X), sample_weight=weight)
    assert accuracy == pytest.approx(expected, rel=1e-12)
    expected = log_loss(y, fitted.predict_proba(X), sample_weight=weight)
    assert loss == pytest.approx(expected, rel=1e-5)


def test_a_callable_gets_the_parameters_and_only_the_rows_held_out(digits):
    n_rows = []

    def score(estimator, X, y):
        assert estimator.get_params() == clf.get_params()
        n_rows.append(len(X))
        return accuracy_score(y, estimator.predict(X))

    clf = DigitMLPClassifier(early_stopping=True, epochs=2, random_state=0)
    expected = clf.fit(*digits).validation_scores_
    clf.set_params(scoring=score).fit(*digits)
    assert n_rows == [180, 180]
    assert clf.validation_scores_ == pytest.approx(expected, rel=1e-12)


def test_a_callable_gets_the_weights_only_if_it_takes_them_and_they_differ(digits):
    X, y = digits
    received = []

    def weighted(estimator, X, y, sample_weight=None):
        received.append(sample_weight)
        return estimator.score(X, y, sample_weight)

    def unweighted(estimator, X, y):
        return estimator.score(X, y)

    clf = DigitMLPClassifier(epochs=1, early_stopping=True)
    for score, class_weight in [
        (weighted, "balanced"),
        (unweighted, "balanced"),
        (weighted, None),
    ]:
        clf.set_params(scoring=score, class_weight=class_weight).fit(X, y)
        assert 0 <= clf.best_validation_score_ <= 1
    different, equal = received
    assert np.ptp(different) > 0
    assert equal is None
    clf.set_params(scoring="adjusted_rand_score", class_weight="balanced").fit(X, y)
    assert clf.best_validation_score_ <= 1


def test_the_first_epoch_is_the_best_if_all_scores_are_minus_infinity(digits):
    clf = DigitMLPClassifier(
        epochs=3, early_stopping=True, scoring=lambda *_: -np.inf, random_state=0
    )
    clf.fit(*digits)
    assert clf.best_epoch_ == 1
    assert clf.score(*digits) > 0.2  # trained


def test_validation_rows_that_overflow_count_as_wrong(digits):
    X, y = digits[0].astype(np.float64), digits[1]
    clf = DigitMLPClassifier(early_stopping=True, epochs=1, random_state=0)
    clf.fit(
        X[:900].astype("f"),
        y[:900],
        X_val=np.r_[X[900:], [X[900] * 1e300]],
        y_val=np.r_[y[900:], y[900]],
    )
    n_val = len(X) - 900
    expected = clf.score(X[900:], y[900:]) * n_val / (n_val + 1)
    assert clf.best_validation_score_ == pytest.approx(expected, rel=1e-12)
    assert clf.validation_loss_curve_ == [np.inf]


# The stop, and the weights kept


def test_it_stops_when_the_patience_is_exhausted(stopped):
    scores = stopped.validation_scores_
    assert len(scores) == stopped.n_iter_ == len(stopped.loss_curve_) < 60
    assert stopped.best_validation_score_ == max(scores)
    assert stopped.best_epoch_ == 1 + scores.index(max(scores))
    no_gain = [score < max(scores[:i]) + 1e-4 for i, score in enumerate(scores) if i]
    assert all(no_gain[-3:])
    assert not any(all(no_gain[i - 3 : i]) for i in range(3, len(no_gain)))


def test_a_gain_below_the_tolerance_does_not_count_but_may_be_the_best(digits):
    clf = DigitMLPClassifier(
        early_stopping=True, n_iter_no_change=3, tol=1, random_state=0
    ).fit(*digits)
    scores = clf.validation_scores_
    assert len(scores) == 1 + 3
    assert clf.best_epoch_ == 1 + scores.index(max(scores)) > 1


def test_the_first_of_equal_scores_is_the_best(digits):
    """A rate too small to move anything leaves the score of the initial weights."""
    clf = DigitMLPClassifier(
        early_stopping=True, n_iter_no_change=3, learning_rate=1e-30, random_state=0
    ).fit(*digits)
    assert len(clf.validation_scores_) == 1 + 3
    assert len(set(clf.validation_scores_)) == 1
    assert clf.best_epoch_ == 1


def test_a_gain_as_large_as_the_tolerance_counts(digits):
    """At a tolerance of zero, the same score is a gain."""
    clf = DigitMLPClassifier(
        early_stopping=True, n_iter_no_change=2, tol=0, epochs=5, learning_rate=1e-30
    )
    assert clf.fit(*digits).n_iter_ == 5


def test_the_weights_are_those_of_the_best_epoch(digits):
    """At a constant rate, training for that many epochs gives the same weights."""
    X, y = digits
    constant = {"learning_rate_schedule": "constant", "random_state": 0}
    early = {"early_stopping": True, "n_iter_no_change": 4, "epochs": 60}
    clf = DigitMLPClassifier(**constant, **early).fit(X, y)
    assert clf.best_epoch_ < clf.n_iter_
    again = DigitMLPClassifier(**constant, **early | {"epochs": clf.best_epoch_})
    again.fit(X, y)
    for one, other in zip(clf.coefs_, again.coefs_, strict=True):
        np.testing.assert_array_equal(one, other)
    assert again.best_validation_score_ == clf.best_validation_score_


def test_given_validation_rows_are_scored_and_all_of_x_is_trained_on(digits):
    X, y = digits
    clf = DigitMLPClassifier(early_stopping=True, epochs=4, random_state=0)
    clf.fit(X[:1500], y[:1500], X_val=X[1500:].tolist(), y_val=y[1500:])
    assert clf.best_validation_score_ == clf.score(X[1500:], y[1500:])
    plain = DigitMLPClassifier(epochs=4, random_state=0).fit(X[:1500], y[:1500])
    assert plain.loss_curve_ == clf.loss_curve_


def test_a_pipeline_transforms_the_validation_rows(digits):
    X, y = digits
    with sklearn.config_context(enable_metadata_routing=True):
        clf = DigitMLPClassifier(
            early_stopping=True, epochs=4, rescale=False, random_state=0
        ).set_fit_request(X_val=True, y_val=True)
        pipe = make_pipeline(MinMaxScaler(), clf, transform_input=["X_val"])
        pipe.fit(X[:1500], y[:1500], X_val=X[1500:], y_val=y[1500:])
    assert pipe[-1].best_validation_score_ == pipe.score(X[1500:], y[1500:])


def test_it_works_in_a_search(digits):
    clf = DigitMLPClassifier(early_stopping=True, epochs=3, random_state=0)
    search = GridSearchCV(clf, {"n_iter_no_change": [1, 2]}, cv=2).fit(*digits)
    assert search.best_estimator_.best_epoch_ <= 3


def test_without_it_there_are_no_validation_scores(stopped, digits):
    clf = DigitMLPClassifier(epochs=1).fit(*digits)
    assert not hasattr(clf, "validation_scores_")
    stopped_before = sklearn.clone(stopped).set_params(epochs=1).fit(*digits)
    stopped_before.set_params(early_stopping=False).fit(*digits)
    for name in ("validation_scores_", "best_validation_score_", "best_epoch_"):
        assert not hasattr(stopped_before, name)


def test_invalid_validation_rows_raise_value_error(digits):
    X, y = digits
    clf = DigitMLPClassifier(early_stopping=True, epochs=1)
    with pytest.raises(ValueError, match="X_val and y_val must be given together"):
        clf.fit(X, y, X_val=X)
    with pytest.raises(ValueError, match=r"60 features.*expecting 64"):
        clf.fit(X, y, X_val=X[:, :60], y_val=y)
    with pytest.raises(ValueError, match=r"y_val holds labels .* \[11\]"):
        clf.fit(X, y, X_val=X[:2], y_val=[1, 11])
    with pytest.raises(ValueError, match=r"Flatten\(\)"):
        clf.fit(X, y, X_val=X.reshape(-1, 8, 8), y_val=y)
    with pytest.raises(ValueError, match="sample_weight_val needs X_val and y_val"):
        clf.fit(X, y, sample_weight_val=np.ones(9))
    with pytest.raises(ValueError, match="Negative values"):
        clf.fit(X, y, X_val=X, y_val=y, sample_weight_val=-np.ones(len(y)))
