import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skdigits import FirstLayerDisplay, LossCurveDisplay


def test_displays_find_the_network_of_a_pipeline_or_a_search(
    fitted, image_pipeline, image_search
):
    best = image_search.best_estimator_
    for estimator, network in [
        (fitted, fitted),
        (image_pipeline, image_pipeline[-1]),
        (image_search, best[-1]),
        (make_pipeline(StandardScaler(), image_search), best[-1]),
    ]:
        weights = FirstLayerDisplay.from_estimator(estimator).weights
        np.testing.assert_array_equal(weights.reshape(25, 64).T, network.coefs_[0])
        losses = LossCurveDisplay.from_estimator(estimator).loss_curve
        assert losses == network.loss_curve_


@pytest.mark.parametrize("display", [LossCurveDisplay, FirstLayerDisplay])
@pytest.mark.parametrize(
    "estimator",
    [
        MLPClassifier(),
        make_pipeline(StandardScaler(), MLPClassifier()),
        GridSearchCV(MLPClassifier(), {}),
    ],
    ids=["classifier", "pipeline", "search"],
)
def test_an_unfitted_estimator_raises_not_fitted_error(display, estimator):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        display.from_estimator(estimator)


def test_a_search_without_refit_raises_not_fitted_error(digits):
    X, y = digits
    tree = DecisionTreeClassifier(max_depth=2)
    search = GridSearchCV(tree, {}, refit=False).fit(X, y)
    with pytest.raises(NotFittedError, match=r"GridSearchCV.*refit=False"):
        LossCurveDisplay.from_estimator(search)


@pytest.mark.parametrize(
    ("display", "missing"),
    [(LossCurveDisplay, "loss_curve_"), (FirstLayerDisplay, "coefs_")],
)
def test_the_error_names_the_attribute_that_is_missing(display, missing, digits):
    X, y = digits
    pipe = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=2))
    with pytest.raises(AttributeError, match=f"DecisionTree.*has no {missing}"):
        display.from_estimator(pipe.fit(X, y))
