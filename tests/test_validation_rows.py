"""Validation rows: the loss and the score of each epoch."""

import numpy as np
import pytest
import sklearn
from sklearn.metrics import log_loss, make_scorer, recall_score
from sklearn.model_selection import GridSearchCV

from skdigits import DigitMLPClassifier

CONSTANT = {"learning_rate_schedule": "constant", "random_state": 0}


@pytest.fixture(scope="module")
def halves(digits):
    X, y = digits
    return (X[:1200], y[:1200]), {"X_val": X[1200:], "y_val": y[1200:]}


def test_each_epoch_gives_the_loss_and_the_accuracy(halves):
    train, validation = halves
    curves = DigitMLPClassifier(**CONSTANT, epochs=3).fit(*train, **validation)
    for epochs in (1, 2, 3):
        clf = DigitMLPClassifier(**CONSTANT, epochs=epochs).fit(*train)
        p = clf.predict_proba(validation["X_val"])
        assert curves.validation_loss_curve_[epochs - 1] == pytest.approx(
            log_loss(validation["y_val"], p), rel=1e-5
        )
        assert curves.validation_scores_[epochs - 1] == clf.score(*validation.values())


def test_without_early_stopping_validation_rows_change_nothing(halves):
    train, validation = halves
    plain = DigitMLPClassifier(epochs=3, random_state=0).fit(*train)
    clf = DigitMLPClassifier(epochs=3, random_state=0).fit(*train, **validation)
    np.testing.assert_array_equal(clf.coefs_[0], plain.coefs_[0])
    assert clf.best_validation_score_ == max(clf.validation_scores_)
    assert not hasattr(plain, "validation_loss_curve_")


def test_weights_of_validation_rows_count_and_rows_of_weight_zero_do_not(halves):
    train, validation = halves
    clf = DigitMLPClassifier(epochs=2, random_state=0)
    weight = np.arange(597.0) % 3
    clf.fit(*train, **validation, sample_weight_val=weight)
    p = clf.predict_proba(validation["X_val"])
    expected = log_loss(validation["y_val"], p, sample_weight=weight)
    assert clf.validation_loss_curve_[-1] == pytest.approx(expected, rel=1e-5)
    expected = clf.score(*validation.values(), sample_weight=weight)
    assert clf.validation_scores_[-1] == pytest.approx(expected)


def recall_of_eights(estimator, X, y):
    return recall_score(y == 8, estimator.predict(X) == 8)


@pytest.mark.parametrize(
    ("scoring", "scorer"),
    [
        ("accuracy", "accuracy"),
        ("neg_log_loss", "neg_log_loss"),
        ("roc_auc_ovr", "roc_auc_ovr"),
        (recall_of_eights, recall_of_eights),
        (make_scorer(recall_score, average="macro"),) * 2,
        ("loss", "neg_log_loss"),
    ],
)
def test_scoring_takes_scikit_learns_scorers_and_the_loss(halves, scoring, scorer):
    train, validation = halves
    clf = DigitMLPClassifier(epochs=2, scoring=scoring, random_state=0)
    clf.fit(*train, **validation)
    score = sklearn.metrics.check_scoring(clf, scorer)(clf, *validation.values())
    assert clf.validation_scores_[-1] == pytest.approx(score, rel=1e-5)


def test_early_stopping_follows_the_scoring(halves):
    train, validation = halves
    clf = DigitMLPClassifier(
        early_stopping=True, scoring="loss", epochs=60, n_iter_no_change=3
    ).set_params(**CONSTANT, learning_rate=0.05)
    clf.fit(*train, **validation)
    losses = clf.validation_loss_curve_
    assert clf.n_iter_ < 60
    assert clf.best_epoch_ == 1 + int(np.argmin(losses))
    assert clf.best_validation_score_ == -min(losses)
    kept = log_loss(validation["y_val"], clf.predict_proba(validation["X_val"]))
    assert kept == pytest.approx(min(losses), rel=1e-5)


def test_an_infinite_patience_runs_all_epochs_and_keeps_the_best(halves):
    train, validation = halves
    clf = DigitMLPClassifier(
        early_stopping=True, n_iter_no_change=np.inf, epochs=12, random_state=0
    ).fit(*train, **validation)
    assert clf.n_iter_ == 12
    assert clf.score(*validation.values()) == clf.best_validation_score_


def test_labels_of_any_kind_and_tables_are_scored(halves):
    pd = pytest.importorskip("pandas")
    (X, y), validation = halves
    names = np.array([f"digit {i}" for i in range(10)])
    frame = pd.DataFrame(X).add_prefix("pixel_")
    X_val = pd.DataFrame(validation["X_val"]).add_prefix("pixel_")
    clf = DigitMLPClassifier(epochs=1, scoring="balanced_accuracy", random_state=0)
    clf.fit(frame, names[y], X_val=X_val, y_val=names[validation["y_val"]])
    assert 0 < clf.validation_scores_[0] < 1
    with pytest.raises(ValueError, match="feature names"):
        clf.fit(frame, names[y], X_val=X_val[X_val.columns[::-1]], y_val=names[:9])


def test_a_score_of_nan_raises_value_error(halves):
    train, validation = halves
    clf = DigitMLPClassifier(epochs=1, scoring=lambda *_: np.nan)
    with pytest.raises(ValueError, match="scoring returned NaN"):
        clf.fit(*train, **validation)


def test_warm_starts_extend_both_curves_bit_for_bit(halves):
    train, validation = halves
    ten = DigitMLPClassifier(**CONSTANT, epochs=6).fit(*train, **validation)
    clf = DigitMLPClassifier(**CONSTANT, epochs=3, warm_start=True)
    clf.fit(*train, **validation).fit(*train, **validation)
    assert clf.validation_loss_curve_ == ten.validation_loss_curve_
    assert clf.validation_scores_ == ten.validation_scores_
    clf.fit(*train)
    assert not hasattr(clf, "validation_loss_curve_")
    clf.fit(*train, **validation)
    assert len(clf.validation_loss_curve_) == clf.n_iter_ == 12
    assert np.isnan(clf.validation_loss_curve_[:9]).all()


def test_validation_rows_are_routed_through_a_search(halves):
    (X, y), validation = halves
    with sklearn.config_context(enable_metadata_routing=True):
        clf = DigitMLPClassifier(epochs=1, random_state=0)
        clf.set_fit_request(X_val=True, y_val=True, sample_weight_val=True)
        search = GridSearchCV(clf, {"learning_rate": [1e-3, 1e-2]}, cv=2)
        search.fit(X, y, **validation, sample_weight_val=np.ones(597))
    assert len(search.best_estimator_.validation_loss_curve_) == 1
