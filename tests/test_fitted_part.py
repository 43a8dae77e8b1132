import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skdigits import FirstLayerDisplay, LossCurveDisplay
from skdigits._displays._fitted_part import fitted_part_with


def test_the_network_of_a_pipeline_or_a_search_is_found(
    fitted, image_pipeline, image_search
):
    assert fitted_part_with("coefs_", fitted) is fitted
    assert fitted_part_with("coefs_", image_pipeline) is image_pipeline[-1]
    best = image_search.best_estimator_
    assert fitted_part_with("coefs_", image_search) is best[-1]
    # Pipelines and searches stand inside each other, too.
    outer = make_pipeline(StandardScaler(), image_search)
    assert fitted_part_with("coefs_", outer) is best[-1]


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
def test_what_is_not_fitted_is_called_so(display, estimator):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        display.from_estimator(estimator)


def test_a_search_that_kept_no_estimator_is_called_so(digits):
    X, y = digits
    tree = DecisionTreeClassifier(max_depth=2)
    search = GridSearchCV(tree, {}, refit=False).fit(X, y)
    with pytest.raises(NotFittedError, match=r"GridSearchCV.*refit=False"):
        LossCurveDisplay.from_estimator(search)


@pytest.mark.parametrize(
    ("display", "missing"),
    [(LossCurveDisplay, "loss_curve_"), (FirstLayerDisplay, "coefs_")],
)
def test_what_has_nothing_to_draw_is_told_what_is_missing(display, missing, digits):
    X, y = digits
    pipe = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=2))
    with pytest.raises(AttributeError, match=f"DecisionTree.*has no {missing}"):
        display.from_estimator(pipe.fit(X, y))
