"""Early stopping: what is held out, how it scores, what is kept."""

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
from skdigits._training._history import History


@pytest.fixture(scope="module")
def stopped(digits):
    clf = DigitMLPClassifier(
        early_stopping=True, n_iter_no_change=3, epochs=60, random_state=0
    )
    return clf.fit(*digits)


def split_some(codes, fraction=0.2):
    codes = np.asarray(codes)
    rng = np.random.default_rng(0)
    rows = LabelledRows(None, codes, None, np.arange(len(codes)))
    training, held_out = split_rows(rows, np.unique(codes), fraction, rng)
    return training.indices, held_out.indices


# What is held out


def test_each_class_gives_its_share():
    codes = np.repeat([0, 1, 2], [50, 30, 20])
    training, held_out = split_some(codes)
    np.testing.assert_array_equal(np.bincount(codes[held_out]), [10, 6, 4])
    np.testing.assert_array_equal(np.union1d(training, held_out), np.arange(100))
    assert not np.intersect1d(training, held_out).size


def test_a_class_too_rare_to_part_is_named(digits):
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


# When it stops, and what it keeps


def test_it_stops_after_so_many_epochs_without_a_better_score(stopped):
    scores = stopped.validation_scores_
    assert len(scores) == stopped.n_iter_ == len(stopped.loss_curve_) < 60
    assert stopped.best_validation_score_ == max(scores)
    assert stopped.best_epoch_ == 1 + scores.index(max(scores))
    stale = [score < max(scores[:i]) + 1e-4 for i, score in enumerate(scores) if i]
    assert all(stale[-3:])
    assert not any(all(stale[i - 3 : i]) for i in range(3, len(stale)))


def test_the_weights_are_those_of_the_best_epoch(stopped, digits):
    """Trained for that many epochs again, at a constant rate, they are the same."""
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


def test_rows_of_ones_own_are_scored_and_all_others_trained_on(digits):
    X, y = digits
    clf = DigitMLPClassifier(early_stopping=True, epochs=4, random_state=0)
    clf.fit(X[:1500], y[:1500], X_val=X[1500:].tolist(), y_val=y[1500:])
    assert clf.best_validation_score_ == clf.score(X[1500:], y[1500:])
    plain = DigitMLPClassifier(epochs=4, random_state=0).fit(X[:1500], y[:1500])
    assert plain.loss_curve_ == clf.loss_curve_


def test_a_pipeline_transforms_the_rows_that_are_scored(digits):
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


def test_without_it_there_are_no_scores(stopped, digits):
    clf = DigitMLPClassifier(epochs=1).fit(*digits)
    assert not hasattr(clf, "validation_scores_")
    stopped_before = sklearn.clone(stopped).set_params(epochs=1).fit(*digits)
    stopped_before.set_params(early_stopping=False).fit(*digits)
    assert not hasattr(stopped_before, "validation_scores_")
    assert not hasattr(stopped_before, "best_epoch_")


def test_bad_validation_rows_are_refused(digits):
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


# The history that it is told by


def histories(scores, tol=0.0):
    history = History.before_training("s0")
    for i, score in enumerate(scores, start=1):
        validation = None if score is None else (0.5, score)
        history = history.after_epoch(i, f"s{i}", 0.5, validation, tol)
        yield history


def test_the_first_of_equal_scores_is_the_best():
    *_, last = histories([0.1, 0.7, 0.7, 0.2])
    assert (last.best_score, last.best_epoch, last.best_state) == (0.7, 2, "s2")
    assert last.state == "s4"


def test_a_score_not_better_by_the_tolerance_is_stale_and_may_yet_be_the_best():
    *_, last = histories([0.5, 0.55, 0.7, 0.75], tol=0.1)
    assert [
        h.epochs_without_improvement for h in histories([0.5, 0.55, 0.7, 0.75], tol=0.1)
    ] == [
        0,
        1,
        0,
        1,
    ]
    assert last.best_epoch == 4


def test_without_validation_rows_the_last_state_counts_as_the_best():
    *_, last = histories([None, None])
    assert last.best_state == last.state == "s2"
    assert last.scores == last.validation_losses == ()
    assert last.epochs_without_improvement == 0


def test_held_out_rows_that_overflow_are_told_wrong():
    coefs, intercepts = [np.eye(2, dtype="f")], [np.zeros(2, "f")]
    rows = LabelledRows(
        np.array([[1e300, 1e299], [1, 0], [0, 1]]),
        np.zeros(3, int),
        np.ones(3),
        np.arange(3),
    )
    loss, accuracy = loss_and_accuracy(rows, coefs, intercepts, "relu")
    assert accuracy == pytest.approx(1 / 3)
    assert loss == np.inf
