"""scikit-learn's meta-estimators and tools around the classifier, on real digits."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.inspection import DecisionBoundaryDisplay, permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    RocCurveDisplay,
    balanced_accuracy_score,
)
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
    cross_val_predict,
    learning_curve,
    train_test_split,
    validation_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import SelfTrainingClassifier

from skdigits import DigitMLPClassifier

# Each function below passes an unfitted classifier and some digits to one tool and
# returns the accuracy on rows that were not trained on.


def grid_search(clf, X, X_test, y, y_test):
    search = GridSearchCV(clf, {"epochs": [1, 10]}, cv=2).fit(X, y)
    assert search.best_params_ == {"epochs": 10}
    return search.score(X_test, y_test)


def randomized_search(clf, X, X_test, y, y_test):
    rates = {"learning_rate": [1e-6, 6e-3]}
    search = RandomizedSearchCV(clf, rates, n_iter=2, cv=2, random_state=0).fit(X, y)
    assert search.best_params_ == {"learning_rate": 6e-3}
    return search.score(X_test, y_test)


def halving_search_with_epochs_as_resource(clf, X, X_test, y, y_test):
    search = HalvingGridSearchCV(
        clf,
        {"learning_rate": [1e-6, 1e-5, 6e-3, 1e-4]},
        resource="epochs",
        min_resources=5,
        max_resources=10,
        factor=2,
        cv=2,
        random_state=0,
    ).fit(X, y)
    assert search.n_resources_ == [5, 10]
    assert search.best_params_ == {"learning_rate": 6e-3, "epochs": 10}
    return search.score(X_test, y_test)


def calibration(clf, X, X_test, y, y_test):
    calibrated = CalibratedClassifierCV(clf, cv=2).fit(X, y)
    inner = [each.estimator for each in calibrated.calibrated_classifiers_]
    assert [type(each) for each in inner] == 2 * [DigitMLPClassifier]
    p = calibrated.predict_proba(X_test)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    assert np.abs(p - inner[0].predict_proba(X_test)).max() > 0.01
    return calibrated.score(X_test, y_test)


def tuned_threshold(clf, X, X_test, y, y_test):
    """One digit against nine: 0.5 is the wrong threshold for balanced accuracy."""
    tuned = TunedThresholdClassifierCV(clf, cv=2, random_state=0).fit(X, y == 8)
    assert tuned.best_threshold_ < 0.4
    accuracy, plain = (
        balanced_accuracy_score(y_test == 8, each.predict(X_test))
        for each in (tuned, tuned.estimator_)
    )
    assert accuracy > plain
    return accuracy


def bagging(clf, X, X_test, y, y_test):
    bags = BaggingClassifier(clf, n_estimators=3, random_state=0).fit(X, y)
    networks = [each.coefs_[0] for each in bags.estimators_]
    assert len(networks) == 3
    assert not np.array_equal(networks[0], networks[1])
    return bags.score(X_test, y_test)


def voting(clf, X, X_test, y, y_test):
    voters = [("network", clf), ("neighbours", KNeighborsClassifier())]
    vote = VotingClassifier(voters, voting="soft").fit(X, y)
    p = [each.predict_proba(X_test) for each in vote.estimators_]
    np.testing.assert_allclose(vote.predict_proba(X_test), np.mean(p, axis=0))
    np.testing.assert_array_equal(p[0], clone(clf).fit(X, y).predict_proba(X_test))
    return vote.score(X_test, y_test)


def stacking(clf, X, X_test, y, y_test):
    below = [("network", clf), ("neighbours", KNeighborsClassifier())]
    stack = StackingClassifier(below, final_estimator=clone(clf), cv=2).fit(X, y)
    assert stack.stack_method_ == ["predict_proba", "predict_proba"]
    assert stack.final_estimator_.n_features_in_ == 20
    return stack.score(X_test, y_test)


def boosting(clf, X, X_test, y, y_test):
    boost = AdaBoostClassifier(clf, n_estimators=3, random_state=0).fit(X, y)
    first, second, _ = boost.estimators_
    missed = first.predict(X) != y
    unweighted = clone(second).fit(X, y)
    assert second.score(X[missed], y[missed]) > unweighted.score(X[missed], y[missed])
    return boost.score(X_test, y_test)


def one_vs_rest(clf, X, X_test, y, y_test):
    rest = OneVsRestClassifier(clf).fit(X, y)
    assert len(rest.estimators_) == 10
    assert rest.decision_function(X_test).shape == (len(X_test), 10)
    return rest.score(X_test, y_test)


def self_training(clf, X, X_test, y, y_test):
    """Two of three labels are hidden; confident predictions replace them."""
    hidden = np.where(np.arange(len(y)) % 3, -1, y)
    clf.set_params(epochs=30)
    trained = SelfTrainingClassifier(clf, threshold=0.9, max_iter=3).fit(X, hidden)
    pseudo_labelled = trained.labeled_iter_ > 0
    assert pseudo_labelled.sum() > 200
    assert (trained.transduction_ == y)[pseudo_labelled].mean() > 0.95
    np.testing.assert_array_equal(trained.classes_, range(10))
    return trained.score(X_test, y_test)


def frozen(clf, X, X_test, y, y_test):
    clf.fit(X, y)
    before = clf.predict_proba(X_test)
    calibrated = CalibratedClassifierCV(FrozenEstimator(clf)).fit(X_test, y_test)
    np.testing.assert_array_equal(clf.predict_proba(X_test), before)
    assert calibrated.calibrated_classifiers_[0].estimator.estimator is clf
    return FrozenEstimator(clf).fit(X_test[:2], y_test[:2]).score(X_test, y_test)


def cross_validated_predictions(clf, X, X_test, y, y_test):
    p = cross_val_predict(clf, X, y, cv=3, method="predict_proba")
    assert p.shape == (len(X), 10)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
    return (p.argmax(axis=1) == y).mean()


def curve_over_the_number_of_rows(clf, X, X_test, y, y_test):
    sizes, _, scores = learning_curve(
        clf, X, y, train_sizes=[40, 400], cv=3, shuffle=True, random_state=0
    )
    np.testing.assert_array_equal(sizes, [40, 400])
    few, many = scores.mean(axis=1)
    assert many > few + 0.1
    return many


def curve_over_a_parameter(clf, X, X_test, y, y_test):
    rates = [1e-6, 6e-3]
    _, scores = validation_curve(
        clf, X, y, param_name="learning_rate", param_range=rates, cv=3
    )
    slow, fast = scores.mean(axis=1)
    assert fast > slow + 0.5
    return fast


def importance_by_permutation(clf, X, X_test, y, y_test):
    clf.fit(X, y)
    importance = permutation_importance(
        clf, X_test, y_test, n_repeats=2, random_state=0
    ).importances_mean
    blank = X_test.std(axis=0) == 0
    assert blank.any()
    assert (importance[blank] == 0).all()
    assert importance.max() > 0.03
    return clf.score(X_test, y_test)


def roc_curve(clf, X, X_test, y, y_test):
    clf.fit(X, y == 3)
    display = RocCurveDisplay.from_estimator(clf, X_test, y_test == 3)
    assert display.fpr[0] == 0
    assert display.tpr[-1] == 1
    return display.roc_auc


def confusion_matrix(clf, X, X_test, y, y_test):
    clf.fit(X, y)
    display = ConfusionMatrixDisplay.from_estimator(clf, X_test, y_test)
    matrix = display.confusion_matrix
    assert matrix.shape == (10, 10)
    np.testing.assert_array_equal(matrix.sum(axis=1), np.bincount(y_test))
    return matrix.trace() / matrix.sum()


def decision_boundary(clf, X, X_test, y, y_test):
    """Three digits in the plane of their first two principal components."""
    plane = PCA(2, random_state=0).fit(X[y < 3])
    clf.set_params(epochs=30).fit(plane.transform(X[y < 3]), y[y < 3])
    points, labels = plane.transform(X_test[y_test < 3]), y_test[y_test < 3]
    display = DecisionBoundaryDisplay.from_estimator(
        clf, points, response_method="predict", grid_resolution=200
    )
    column, row = (
        np.abs(axis[:, None] - points[:, i]).argmin(axis=0)
        for i, axis in enumerate((display.xx0[0], display.xx1[:, 0]))
    )
    return (display.response[row, column] == labels).mean()


@pytest.mark.parametrize(
    "tool",
    [
        grid_search,
        randomized_search,
        halving_search_with_epochs_as_resource,
        calibration,
        tuned_threshold,
        bagging,
        voting,
        stacking,
        boosting,
        one_vs_rest,
        self_training,
        frozen,
        cross_validated_predictions,
        curve_over_the_number_of_rows,
        curve_over_a_parameter,
        importance_by_permutation,
        roc_curve,
        confusion_matrix,
        decision_boundary,
    ],
    ids=lambda tool: tool.__name__,
)
def test_scikit_learns_tools_work_with_the_classifier(tool, digits):
    X, y = digits
    split = train_test_split(X, y, train_size=600, test_size=600, random_state=0)
    clf = DigitMLPClassifier(epochs=15, random_state=0)
    assert tool(clf, *split) > 0.85


def vote_on_probabilities(clf, X, y, weight):
    voters = [("network", clf), ("regression", LogisticRegression(max_iter=2000))]
    vote = VotingClassifier(voters, voting="soft").fit(X, y, sample_weight=weight)
    return vote.predict_proba(X)


def stack_probabilities(clf, X, y, weight):
    stack = StackingClassifier([("network", clf)], LogisticRegression(), cv="prefit")
    clf.fit(X, y, sample_weight=weight)
    return stack.fit(X, y).transform(X)


def search_by_log_loss(clf, X, y, weight):
    grid = {"epochs": [1, 2]}
    search = GridSearchCV(clf, grid, cv=2, scoring="neg_log_loss", error_score="raise")
    return search.fit(X, y, sample_weight=weight).predict_proba(X)


def boost_with_weights(clf, X, y, weight):
    boost = AdaBoostClassifier(clf, n_estimators=1, random_state=0)
    return boost.fit(X, y, sample_weight=weight).predict_proba(X)


@pytest.mark.parametrize(
    "tool",
    [
        vote_on_probabilities,
        stack_probabilities,
        search_by_log_loss,
        boost_with_weights,
    ],
    ids=lambda tool: tool.__name__,
)
def test_scikit_learns_tools_keep_the_column_of_a_class_of_weight_zero(tool, digits):
    X, y = digits[0][:400], digits[1][:400]
    clf = DigitMLPClassifier(epochs=2, random_state=0)
    assert tool(clf, X, y, np.where(y == 0, 0.0, 1.0)).shape == (400, 10)
