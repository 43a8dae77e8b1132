"""LossCurveDisplay: loss and validation score of each epoch of training."""

import numpy as np

from skdigits._displays._fitted_part import find_fitted_part


class LossCurveDisplay:
    """The training loss of each epoch, and the validation scores where there are any.

    Create it with `from_estimator`.

    Parameters
    ----------
    loss_curve : array-like of shape (n_epochs,)
        Training loss of each epoch.

    validation_scores : array-like of shape (n_epochs,), default=None
        Score on the validation rows after each epoch.

    best_epoch : int, default=None
        The epoch whose weights were kept, counted from 1.

    Attributes
    ----------
    loss_line_ : matplotlib Line2D

    score_line_ : matplotlib Line2D, or None
        Drawn in `score_ax_`.

    best_line_ : matplotlib Line2D, or None
        The vertical line at `best_epoch`.

    ax_ : matplotlib Axes
        The loss, with its axis on the left.

    score_ax_ : matplotlib Axes, or None
        Twin of `ax_`: the scores, with their axis on the right.

    figure_ : matplotlib Figure

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skdigits import DigitMLPClassifier, LossCurveDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = DigitMLPClassifier(epochs=3, random_state=0).fit(X, y)
    >>> display = LossCurveDisplay.from_estimator(clf)
    >>> display.loss_line_.get_xdata()
    array([1, 2, 3])
    """

    def __init__(self, loss_curve, *, validation_scores=None, best_epoch=None):
        self.loss_curve = loss_curve
        self.validation_scores = validation_scores
        self.best_epoch = best_epoch

    @classmethod
    def from_estimator(cls, estimator, *, ax=None, loss_kw=None, score_kw=None):
        """Draw the training history of a fitted network.

        Parameters
        ----------
        estimator : estimator instance
            A fitted `DigitMLPClassifier` or scikit-learn's `MLPClassifier`, a Pipeline
            that ends in one, or a search over either. It must have `loss_curve_`, and
            may have `validation_scores_` and `best_epoch_`.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        loss_kw, score_kw : dict, default=None
            Keyword arguments of matplotlib's `plot` for the two lines.

        Returns
        -------
        display : LossCurveDisplay

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        AttributeError
            If it has no `loss_curve_`, as after ``solver="lbfgs"``.
        """
        network = find_fitted_part("loss_curve_", estimator)
        display = cls(
            network.loss_curve_,
            validation_scores=getattr(network, "validation_scores_", None),
            best_epoch=getattr(network, "best_epoch_", None),
        )
        return display.plot(ax=ax, loss_kw=loss_kw, score_kw=score_kw)

    def plot(self, *, ax=None, loss_kw=None, score_kw=None):
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        loss_kw, score_kw : dict, default=None
            Keyword arguments of matplotlib's `plot` for the two lines.

        Returns
        -------
        display : LossCurveDisplay
        """
        import matplotlib.pyplot as plt
        import seaborn as sns
        from matplotlib.ticker import MaxNLocator

        loss_colour, score_colour = sns.color_palette("colorblind", 2)
        # The caller's axes keep their own style.
        with sns.axes_style("whitegrid" if ax is None else None):
            if ax is None:
                _, ax = plt.subplots(layout="constrained")
            self.loss_line_ = _plot_by_epoch(
                ax,
                self.loss_curve,
                {"color": loss_colour, "label": "Training loss"} | (loss_kw or {}),
            )
            ax.set(xlabel="Epoch", ylabel="Training loss")
            ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
            lines = [self.loss_line_]

            self.score_ax_ = self.score_line_ = self.best_line_ = None
            if self.validation_scores is not None:
                self.score_ax_ = ax.twinx()
                self.score_ax_.grid(False)
                self.score_ax_.set_ylabel("Validation score")
                # Dashed, to differ from the loss in greyscale, too.
                self.score_line_ = _plot_by_epoch(
                    self.score_ax_,
                    self.validation_scores,
                    {
                        "color": score_colour,
                        "linestyle": "--",
                        "label": "Validation score",
                    }
                    | (score_kw or {}),
                )
                lines.append(self.score_line_)
            if self.best_epoch is not None:
                self.best_line_ = ax.axvline(
                    self.best_epoch,
                    color="0.4",
                    linestyle=":",
                    label=f"Best epoch: {self.best_epoch}",
                )
                lines.append(self.best_line_)
            if len(lines) > 1:
                # On the axes drawn last, or the score line would cross the legend. At
                # half height: losses end at the bottom and scores at the top.
                top = self.score_ax_ or ax
                top.legend(handles=lines, loc="center right")

        self.ax_ = ax
        self.figure_ = ax.figure
        return self


def _plot_by_epoch(ax, values, keywords):
    epochs = np.arange(1, len(values) + 1)
    # A line of a single point is invisible without a marker.
    marker = "o" if len(values) == 1 else None
    (line,) = ax.plot(epochs, values, **({"marker": marker} | keywords))
    return line
