"""LossCurveDisplay: how the loss fell while a network learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from skdigits._displays._fitted_part import path_to_fitted
from skdigits._displays._layout import axes_or_new, lay_out
from skdigits._optional import needed
from skdigits._public import public

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D


class _PlotKeywords(TypedDict, total=False):
    """The keywords of `LossCurveDisplay.plot`."""

    ax: Axes | None
    loss_kw: dict[str, Any] | None
    validation_loss_kw: dict[str, Any] | None
    score_kw: dict[str, Any] | None


@public
class LossCurveDisplay:
    """The losses of each epoch, and the validation scores if there are any.

    Create it with `from_estimator` for one network, or with `from_cv_results` for a
    cross-validation: then each fold gets a pale line, and their mean a strong one.

    Parameters
    ----------
    loss_curve : array-like of shape (n_epochs,), or a list of them
        Training loss of each epoch; a list holds one curve for each fold. The folds may
        have different numbers of epochs.

    validation_loss_curve : array-like of shape (n_epochs,), or a list of them, \
            default=None
        Loss of the validation rows after each epoch. NaN leaves a gap, here and in the
        scores.

    validation_scores : array-like of shape (n_epochs,), or a list of them, default=None
        Score of the validation rows after each epoch.

    best_epoch : int or list of int, default=None
        The epoch with the best score, counted from 1.

    Attributes
    ----------
    loss_line_ : matplotlib Line2D
        With several folds, this and the next two attributes show the mean over the
        folds, up to the last epoch that all folds reached.

    validation_loss_line_ : matplotlib Line2D, or None

    score_line_ : matplotlib Line2D, or None
        Drawn in `score_ax_`.

    fold_lines_ : list of matplotlib Line2D
        The curves of each fold; empty for one network.

    best_lines_ : list of matplotlib Line2D
        A vertical line at each `best_epoch`.

    ax_ : matplotlib Axes
        The axes of the losses, with their scale on the left.

    score_ax_ : matplotlib Axes, or None
        The axes of the scores, over `ax_`, with their scale on the right.

    figure_ : matplotlib Figure

    See Also
    --------
    FirstLayerDisplay : The weights that the network has learnt.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import cross_validate
    >>> from skdigits import DigitMLPClassifier, LossCurveDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = DigitMLPClassifier(epochs=3, random_state=0)
    >>> display = LossCurveDisplay.from_estimator(clf.fit(X, y))
    >>> display.loss_line_.get_xdata()
    array([1, 2, 3])
    >>> cv_results = cross_validate(clf, X, y, cv=4, return_estimator=True)
    >>> display = LossCurveDisplay.from_cv_results(cv_results)
    >>> len(display.fold_lines_)
    4
    """

    loss_line_: Line2D
    validation_loss_line_: Line2D | None
    score_line_: Line2D | None
    fold_lines_: list[Line2D]
    best_lines_: list[Line2D]
    ax_: Axes
    score_ax_: Axes | None
    figure_: Figure

    def __init__(
        self,
        loss_curve: ArrayLike,
        *,
        validation_loss_curve: ArrayLike | None = None,
        validation_scores: ArrayLike | None = None,
        best_epoch: int | list[int] | None = None,
    ) -> None:
        self.loss_curve = loss_curve
        self.validation_loss_curve = validation_loss_curve
        self.validation_scores = validation_scores
        self.best_epoch = best_epoch

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        **keywords: Unpack[_PlotKeywords],
    ) -> Self:
        """Draw the curves that a fitted network recorded during training.

        Parameters
        ----------
        estimator : estimator instance
            A fitted `DigitMLPClassifier` or scikit-learn's `MLPClassifier`, a Pipeline
            that ends in one, or a search over either. It must have `loss_curve_`, and
            may have `validation_loss_curve_`, `validation_scores_` and `best_epoch_`.
            Scores that are only the negated validation losses, as with
            ``scoring="loss"``, are not drawn again.

        **keywords
            Keywords of `plot`: `ax`, `loss_kw`, `validation_loss_kw` and `score_kw`.

        Returns
        -------
        display : LossCurveDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        AttributeError
            If it has no `loss_curve_`, as after ``solver="lbfgs"``.

        See Also
        --------
        from_cv_results : Draws the curves of all folds.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier, LossCurveDisplay
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> display = LossCurveDisplay.from_estimator(clf)
        """
        return cls(**_curves(estimator)).plot(**keywords)

    @classmethod
    def from_cv_results(
        cls,
        cv_results: dict[str, Any],
        **keywords: Unpack[_PlotKeywords],
    ) -> Self:
        """Draw the curves that the networks of a cross-validation recorded.

        Parameters
        ----------
        cv_results : dict
            Result of ``cross_validate(..., return_estimator=True)`` with estimators
            that `from_estimator` takes.

        **keywords
            Keywords of `plot`: `ax`, `loss_kw`, `validation_loss_kw` and `score_kw`.

        Returns
        -------
        display : LossCurveDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `cv_results` holds no estimators.
        NotFittedError, AttributeError
            As in `from_estimator`.

        See Also
        --------
        from_estimator : Draws the curves of one fit.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from sklearn.model_selection import cross_validate
        >>> from skdigits import DigitMLPClassifier, LossCurveDisplay
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0)
        >>> results = cross_validate(clf, X, y, cv=3, return_estimator=True)
        >>> display = LossCurveDisplay.from_cv_results(results)
        """
        if "estimator" not in cv_results:
            raise ValueError(
                "cv_results holds no estimators to draw. Call cross_validate with "
                f"return_estimator=True. Got the keys {', '.join(cv_results)}."
            )
        folds = [_curves(estimator) for estimator in cv_results["estimator"]]
        # A search within each fold may choose early stopping in some folds only.
        curves: dict[str, Any] = {
            name: [fold[name] for fold in folds if fold[name] is not None] or None
            for name in folds[0]
        }
        return cls(**curves).plot(**keywords)

    def plot(
        self,
        *,
        ax: Axes | None = None,
        loss_kw: dict[str, Any] | None = None,
        validation_loss_kw: dict[str, Any] | None = None,
        score_kw: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        loss_kw, validation_loss_kw, score_kw : dict, default=None
            Keywords for matplotlib's `plot` of the training losses, of the validation
            losses and of the scores.

        Returns
        -------
        display : LossCurveDisplay
            The display itself, drawn.

        Examples
        --------
        >>> from skdigits import LossCurveDisplay
        >>> display = LossCurveDisplay([0.9, 0.5, 0.4]).plot()
        """
        with needed("matplotlib", "seaborn", to="draw"):
            import seaborn as sns
            from matplotlib.ticker import MaxNLocator

        colours = sns.color_palette("colorblind", 3)
        # The styles distinguish the lines in greyscale.
        loss, validation_loss, score = (
            {"color": colour, "linestyle": style, "label": label} | (keywords or {})
            for colour, style, label, keywords in zip(
                colours,
                ["-", "--", "-."],
                ["Training loss", "Validation loss", "Validation score"],
                [loss_kw, validation_loss_kw, score_kw],
            )
        )
        self.fold_lines_ = []
        # None keeps the style of axes that the user gave.
        with sns.axes_style("whitegrid" if ax is None else None):
            ax, is_new = axes_or_new(ax)
            self.ax_, self.figure_ = ax, ax.figure
            self.loss_line_ = self._draw(ax, self.loss_curve, loss)
            self.validation_loss_line_ = self._draw(
                ax, self.validation_loss_curve, validation_loss
            )
            alone = self.validation_loss_line_ is None
            ax.set(xlabel="Epoch", ylabel="Training loss" if alone else "Loss")
            ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
            self.best_lines_ = self._mark_best_epochs()
            self.score_ax_ = self.score_line_ = None
            if self.validation_scores is not None:
                self.score_ax_ = ax.twinx()
                self.score_ax_.grid(False)
                self.score_ax_.set_ylabel("Validation score")
                self.score_line_ = self._draw(
                    self.score_ax_, self.validation_scores, score
                )
            self._add_legend()
        lay_out(self.figure_, is_new, room_for_title_of=ax)
        return self

    def _draw(self, ax, curves, keywords):
        """Draw a curve, or a pale line for each of several curves and their mean."""
        if curves is None:
            return None
        curves = _as_folds(curves)
        if len(curves) == 1:
            return _plot_by_epoch(ax, curves[0], keywords)
        pale = {"alpha": 0.35, "linewidth": 1, "linestyle": "-", "label": None}
        for curve in curves:
            self.fold_lines_.append(_plot_by_epoch(ax, curve, keywords | pale))
        # Beyond the end of a fold, the mean of the others would jump.
        n_epochs = min(len(curve) for curve in curves)
        mean = np.mean([curve[:n_epochs] for curve in curves], axis=0)
        return _plot_by_epoch(ax, mean, keywords)

    def _mark_best_epochs(self):
        if self.best_epoch is None:
            return []
        epochs = np.atleast_1d(self.best_epoch)
        first, last = epochs.min(), epochs.max()
        label = f"Best epoch: {first}"
        if first < last:
            label = f"Best epochs: {first} – {last}"
        style: dict[str, Any] = {"color": "0.4", "linestyle": ":", "label": label}
        return [self.ax_.axvline(epoch, **style) for epoch in epochs]

    def _add_legend(self):
        lines = [self.loss_line_, self.validation_loss_line_, self.score_line_]
        handles = [line for line in lines if line is not None] + self.best_lines_[:1]
        n_folds = len(_as_folds(self.loss_curve))
        title = None if n_folds == 1 else f"{n_folds} folds (pale) and their mean"
        if len(handles) == 1 and title is None:
            return
        # In the upper axes: otherwise the scores' line would cross the legend. "best"
        # avoids only lines of its own axes, so these get invisible copies of the
        # others.
        top = self.score_ax_ or self.ax_
        if top is not self.ax_:
            for line in self.ax_.lines:
                top.add_artist(_unseen_copy(line))
        top.legend(handles=handles, title=title, loc="best")


def _curves(estimator):
    """Return the curves of a fitted network, as the arguments of the display."""
    network = path_to_fitted("loss_curve_", estimator)[-1]
    losses = getattr(network, "validation_loss_curve_", None)
    scores = getattr(network, "validation_scores_", None)
    if losses is not None and scores is not None:
        negated = np.array_equal(np.negative(losses), scores, equal_nan=True)
        scores = None if negated else scores
    return {
        "loss_curve": network.loss_curve_,
        "validation_loss_curve": losses,
        "validation_scores": scores,
        "best_epoch": getattr(network, "best_epoch_", None),
    }


def _as_folds(curves):
    """Return a list of curves, also for a single curve."""
    return [curves] if np.ndim(next(iter(curves), 0)) == 0 else list(curves)


def _plot_by_epoch(ax, values, keywords):
    epochs = np.arange(1, len(values) + 1)
    # A line through a single point is invisible.
    marker = "o" if np.isfinite(values).sum() == 1 else None
    (line,) = ax.plot(epochs, values, **({"marker": marker} | keywords))
    return line


def _unseen_copy(line):
    from matplotlib.lines import Line2D

    return Line2D(*line.get_data(), transform=line.get_transform(), visible=False)
