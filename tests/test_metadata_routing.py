"""Metadata routing: sample weights and validation rows reach the classifier.

With weight zero, the nines do not train: the classifier predicts none.
"""

import pytest
import sklearn
from sklearn.ensemble import BaggingClassifier
from sklearn.exceptions import UnsetMetadataPassedError
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline

from skdigits import DigitMLPClassifier, Flatten


@pytest.fixture(autouse=True)
def _routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


@pytest.fixture
def images(digits):
    X, y = digits
    return X.reshape(-1, 8, 8), y, (y != 9).astype(float)


@pytest.fixture
def pipeline():
    """A pipeline whose last step requests sample weights, in `fit` and in `score`."""
    clf = DigitMLPClassifier(epochs=10, random_state=0)
    clf.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
    return Pipeline([("flatten", Flatten()), ("clf", clf)])


@pytest.fixture
def weighted_accuracy():
    """A scorer that requests weights; in scikit-learn 1.6 a pipeline's own does not."""
    return make_scorer(accuracy_score).set_score_request(sample_weight=True)


def test_weights_reach_the_classifier_in_a_pipeline(images, pipeline):
    X, y, weight = images
    pipe = pipeline.fit(X, y, sample_weight=weight)
    assert set(pipe.predict(X)) == set(range(9))
    # The nines, all predicted wrongly, have weight zero in the score, too.
    accuracy = pipe.score(X, y, sample_weight=weight)
    assert accuracy == pytest.approx(pipe.score(X[y != 9], y[y != 9]))
    assert accuracy > pipe.score(X, y) + 0.05


def test_weights_reach_every_fit_of_a_search_in_both_uses(
    images, pipeline, weighted_accuracy
):
    X, y, weight = images
    grid = {"clf__learning_rate": [1e-5, 1e-2]}
    search = GridSearchCV(pipeline, grid, cv=2, scoring=weighted_accuracy)
    search.fit(X, y, sample_weight=weight)
    assert set(search.predict(X)) == set(range(9))
    assert search.best_score_ > 0.91  # with the nines it could not exceed 0.9


def test_weights_reach_every_fold_of_a_cross_validation(
    images, pipeline, weighted_accuracy
):
    X, y, weight = images
    results = cross_validate(
        pipeline,
        X,
        y,
        cv=3,
        scoring=weighted_accuracy,
        params={"sample_weight": weight},
        return_estimator=True,
    )
    for pipe in results["estimator"]:
        assert set(pipe.predict(X)) == set(range(9))
    assert results["test_score"].mean() > 0.9


def test_weights_reach_the_members_of_an_ensemble(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=5, random_state=0)
    clf.set_fit_request(sample_weight=True)
    bags = BaggingClassifier(clf, n_estimators=2, random_state=0)
    bags.fit(X, y, sample_weight=(y != 9).astype(float))
    assert (bags.predict(X) == 9).mean() < 0.01


def test_weights_without_a_request_raise_an_error(images):
    X, y, weight = images
    pipe = Pipeline([("flatten", Flatten()), ("clf", DigitMLPClassifier(epochs=1))])
    with pytest.raises(UnsetMetadataPassedError, match="set_fit_request"):
        pipe.fit(X, y, sample_weight=weight)


def test_weights_with_a_request_of_false_are_ignored(
    images, pipeline, weighted_accuracy
):
    X, y, weight = images
    pipeline[-1].set_fit_request(sample_weight=False)
    results = cross_validate(
        pipeline,
        X,
        y,
        cv=2,
        scoring=weighted_accuracy,
        params={"sample_weight": weight},
        return_estimator=True,
    )
    assert [len(pipe.classes_) for pipe in results["estimator"]] == [10, 10]


def test_a_pipeline_flattens_the_validation_images(images):
    X, y, _ = images
    clf = DigitMLPClassifier(epochs=3, early_stopping=True, random_state=0)
    clf.set_fit_request(X_val=True, y_val=True)
    steps = [("flatten", Flatten()), ("clf", clf)]
    pipe = Pipeline(steps, transform_input=["X_val"])
    pipe.fit(X[:1200], y[:1200], X_val=X[1200:], y_val=y[1200:])
    best = pipe.score(X[1200:], y[1200:])
    assert pipe[-1].best_validation_score_ == pytest.approx(best)
