import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.neural_network import MLPClassifier

from skdigits import LossCurveDisplay


class StoppedEarly(BaseEstimator):
    """Has the fitted attributes of a network with early stopping."""

    def fit(self, X=None, y=None):
        self.loss_curve_ = [2.0, 1.0, 0.5]
        self.validation_scores_ = [0.5, 0.9, 0.8]
        self.best_epoch_ = 2
        return self


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
    assert display.score_ax_ is display.score_line_ is display.best_line_ is None


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
    assert display.best_line_ is None  # MLPClassifier does not store the best epoch


def test_the_best_epoch_is_marked():
    display = LossCurveDisplay.from_estimator(StoppedEarly().fit())
    assert display.best_line_.get_xdata()[0] == 2
    assert labels(display.score_ax_.get_legend())[-1] == "Best epoch: 2"


def test_lines_differ_in_greyscale_too():
    display = LossCurveDisplay.from_estimator(StoppedEarly().fit())
    lines = [display.loss_line_, display.score_line_, display.best_line_]
    assert len({line.get_linestyle() for line in lines}) == 3


def test_it_finds_the_network_in_pipelines_and_searches(image_pipeline, image_search):
    for estimator, n_epochs in [(image_pipeline, 5), (image_search, 2)]:
        display = LossCurveDisplay.from_estimator(estimator)
        assert len(display.loss_line_.get_ydata()) == n_epochs


def test_a_single_epoch_is_visible():
    display = LossCurveDisplay([0.5]).plot()
    assert display.loss_line_.get_marker() == "o"


def test_ticks_are_at_whole_epochs():
    display = LossCurveDisplay([3.0, 2.0, 1.0]).plot()
    ticks = display.ax_.get_xticks()
    np.testing.assert_array_equal(ticks, ticks.round())


def test_it_can_be_redrawn_without_the_network():
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


def test_matplotlibs_settings_do_not_change():
    before = mpl.rcParams.copy()
    LossCurveDisplay.from_estimator(StoppedEarly().fit()).figure_.canvas.draw()
    assert mpl.rcParams == before


def test_a_network_without_losses_is_refused(digits):
    mlp = MLPClassifier((3,), solver="lbfgs", max_iter=500, max_fun=10, random_state=0)
    with pytest.warns(match="lbfgs failed to converge"):
        mlp.fit(*digits)
    with pytest.raises(AttributeError, match=r"solver='lbfgs'.* has no loss_curve_"):
        LossCurveDisplay.from_estimator(mlp)
