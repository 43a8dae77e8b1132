import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.model_selection import cross_validate
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdigits import DigitMLPClassifier, LossCurveDisplay


class StoppedEarly(BaseEstimator):
    """What a network that was stopped early keeps."""

    def fit(self, X=None, y=None):
        self.loss_curve_ = [2.0, 1.0, 0.5]
        self.validation_loss_curve_ = [2.1, 1.2, 1.3]
        self.validation_scores_ = [0.5, 0.9, 0.8]
        self.best_epoch_ = 2
        return self


@pytest.fixture(scope="module")
def cv_results(digits):
    """Three folds of a pipeline, stopped early after different numbers of epochs."""
    clf = DigitMLPClassifier(
        epochs=30, early_stopping=True, n_iter_no_change=2, random_state=0
    )
    pipe = make_pipeline(StandardScaler(), clf)
    return cross_validate(pipe, *digits, cv=3, return_estimator=True)


def labels(legend):
    return [text.get_text() for text in legend.get_texts()]


def test_each_epoch_has_its_loss(fitted):
    display = LossCurveDisplay.from_estimator(fitted)
    np.testing.assert_array_equal(display.loss_line_.get_xdata(), [1, 2, 3, 4, 5])
    np.testing.assert_array_equal(display.loss_line_.get_ydata(), fitted.loss_curve_)
    assert display.ax_.get_xlabel() == "Epoch"
    assert display.ax_.get_ylabel() == "Training loss"
    assert display.figure_ is display.ax_.figure
    # One line needs no legend beside the named axis.
    assert display.ax_.get_legend() is None
    assert display.validation_loss_line_ is None
    assert display.score_ax_ is display.score_line_ is None
    assert display.best_lines_ == display.fold_lines_ == []


def test_validation_scores_have_an_axis_of_their_own(mlp):
    display = LossCurveDisplay.from_estimator(mlp)
    scores = display.score_line_.get_ydata()
    np.testing.assert_array_equal(scores, mlp.validation_scores_)
    assert display.score_line_.axes is display.score_ax_
    assert display.score_ax_.get_ylabel() == "Validation score"
    assert labels(display.score_ax_.get_legend()) == [
        "Training loss",
        "Validation score",
    ]
    assert display.best_lines_ == []  # MLPClassifier does not say which it was


def test_both_losses_share_an_axis():
    display = LossCurveDisplay.from_estimator(StoppedEarly().fit())
    losses = display.validation_loss_line_.get_ydata()
    np.testing.assert_array_equal(losses, [2.1, 1.2, 1.3])
    assert display.validation_loss_line_.axes is display.loss_line_.axes
    assert display.ax_.get_ylabel() == "Loss"
    assert "Validation loss" in labels(display.score_ax_.get_legend())


def test_scores_that_are_the_negated_losses_are_not_drawn_again(digits):
    clf = DigitMLPClassifier(epochs=2, early_stopping=True, scoring="loss")
    display = LossCurveDisplay.from_estimator(clf.fit(*digits))
    assert display.validation_loss_line_ is not None
    assert display.score_line_ is display.score_ax_ is None
    assert len(labels(display.ax_.get_legend())) == 3


def test_epochs_before_a_warm_start_with_validation_rows_are_a_gap(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=2, warm_start=True, random_state=0).fit(X, y)
    clf.set_params(epochs=1).fit(X, y, X_val=X[:50], y_val=y[:50])
    display = LossCurveDisplay.from_estimator(clf)
    assert len(display.loss_line_.get_ydata()) == 3
    for line in (display.validation_loss_line_, display.score_line_):
        np.testing.assert_array_equal(np.isfinite(line.get_ydata()), [0, 0, 1])
        assert line.get_marker() == "o"  # a single point would not be seen


def test_the_best_epoch_is_marked():
    display = LossCurveDisplay.from_estimator(StoppedEarly().fit())
    (best_line,) = display.best_lines_
    assert best_line.get_xdata()[0] == 2
    assert labels(display.score_ax_.get_legend())[-1] == "Best epoch: 2"


def test_lines_differ_in_grey_too():
    display = LossCurveDisplay.from_estimator(StoppedEarly().fit())
    lines = [
        display.loss_line_,
        display.validation_loss_line_,
        display.score_line_,
        *display.best_lines_,
    ]
    assert len({line.get_linestyle() for line in lines}) == 4


def test_each_fold_has_its_lines_and_the_mean_ends_with_the_shortest(cv_results):
    networks = [estimator[-1] for estimator in cv_results["estimator"]]
    n_epochs = [network.n_iter_ for network in networks]
    assert min(n_epochs) < max(n_epochs)
    display = LossCurveDisplay.from_cv_results(cv_results)
    assert len(display.fold_lines_) == 3 * len(networks)
    for name, line in [
        ("loss_curve_", display.loss_line_),
        ("validation_loss_curve_", display.validation_loss_line_),
        ("validation_scores_", display.score_line_),
    ]:
        curves = [getattr(network, name) for network in networks]
        drawn = [fold.get_ydata().tolist() for fold in display.fold_lines_]
        assert all(curve in drawn for curve in curves)
        shortest = min(n_epochs)
        mean = sum(np.array(curve[:shortest]) for curve in curves) / len(curves)
        np.testing.assert_allclose(line.get_ydata(), mean)
        assert line.get_linewidth() > display.fold_lines_[0].get_linewidth()
    marked = [line.get_xdata()[0] for line in display.best_lines_]
    assert marked == [network.best_epoch_ for network in networks]
    legend = display.score_ax_.get_legend()
    assert legend.get_title().get_text() == "3 folds (pale) and their mean"
    assert labels(legend)[-1] == f"Best epochs: {min(marked)} – {max(marked)}"


def test_folds_have_the_colour_of_their_mean(cv_results):
    display = LossCurveDisplay.from_cv_results(cv_results, loss_kw={"color": "black"})
    colours = [line.get_color() for line in display.fold_lines_]
    assert display.loss_line_.get_color() == "black"
    assert colours.count("black") == 3
    assert colours.count(display.score_line_.get_color()) == 3


def test_folds_without_validation_rows_show_their_training_losses(digits):
    clf = DigitMLPClassifier(epochs=2, random_state=0)
    results = cross_validate(clf, *digits, cv=2, return_estimator=True)
    display = LossCurveDisplay.from_cv_results(results)
    assert len(display.fold_lines_) == 2
    assert display.validation_loss_line_ is display.score_ax_ is None


def test_curves_that_only_some_folds_have_are_drawn_for_those(fitted):
    folds = [fitted, StoppedEarly().fit()]
    display = LossCurveDisplay.from_cv_results({"estimator": folds})
    assert len(display.loss_line_.get_ydata()) == 3
    np.testing.assert_array_equal(display.score_line_.get_ydata(), [0.5, 0.9, 0.8])
    assert len(display.best_lines_) == 1


def test_cv_results_without_estimators_raise_value_error():
    with pytest.raises(ValueError, match=r"return_estimator=True\. Got .*test_score"):
        LossCurveDisplay.from_cv_results({"fit_time": [1.0], "test_score": [0.9]})


def test_the_legend_hides_no_curve():
    falling = np.linspace(1, 0, 50)
    # Beside the scores alone, it would stand in the upper right corner.
    late = np.where(falling > 0.5, np.nan, 0.95)
    display = LossCurveDisplay(
        falling, validation_loss_curve=late, validation_scores=falling
    ).plot()
    display.figure_.canvas.draw()
    box = display.score_ax_.get_legend().get_window_extent()
    for line in (
        display.loss_line_,
        display.validation_loss_line_,
        display.score_line_,
    ):
        points = line.get_transform().transform(line.get_xydata())
        assert box.count_contains(points) == 0


def test_a_single_epoch_is_seen():
    display = LossCurveDisplay([0.5]).plot()
    assert display.loss_line_.get_marker() == "o"


def test_ticks_are_whole_epochs():
    display = LossCurveDisplay([3.0, 2.0, 1.0]).plot()
    ticks = display.ax_.get_xticks()
    np.testing.assert_array_equal(ticks, ticks.round())


def test_it_is_drawn_again_without_the_network():
    display = LossCurveDisplay.from_estimator(StoppedEarly().fit())
    first = display.ax_
    again = display.plot(loss_kw={"color": "black"}, score_kw={"linewidth": 3})
    assert again is display
    assert display.ax_ is not first
    assert display.loss_line_.get_color() == "black"
    assert display.score_line_.get_linewidth() == 3
    np.testing.assert_array_equal(display.loss_line_.get_ydata(), [2.0, 1.0, 0.5])


def test_it_draws_into_given_axes():
    figure, axes = plt.subplots(1, 2)
    display = LossCurveDisplay([2.0, 1.0]).plot(ax=axes[1])
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert not axes[0].lines


def test_matplotlibs_settings_stay_as_they_were():
    before = mpl.rcParams.copy()
    LossCurveDisplay.from_estimator(StoppedEarly().fit()).figure_.canvas.draw()
    assert mpl.rcParams == before


def test_a_network_without_losses_raises_attribute_error(digits):
    mlp = MLPClassifier((3,), solver="lbfgs", max_iter=500, max_fun=10, random_state=0)
    with pytest.warns(match="lbfgs failed to converge"):
        mlp.fit(*digits)
    with pytest.raises(AttributeError, match=r"solver='lbfgs'.* has no loss_curve_"):
        LossCurveDisplay.from_estimator(mlp)
