"""DigitGalleryDisplay: images with their true and predicted labels."""

from __future__ import annotations

from numbers import Integral
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import unique_labels

from skdigits._displays._images import as_images
from skdigits._displays._layout import axes_or_new, lay_out
from skdigits._displays._mosaic import draw_mosaic
from skdigits._displays._percent import percent
from skdigits._optional import needed
from skdigits._public import public
from skdigits._types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from matplotlib.text import Text


class _PlotKeywords(TypedDict, total=False):
    """The keywords of `DigitGalleryDisplay.plot`."""

    n_columns: int | None
    cmap: str | Colormap | None
    ax: Axes | None


class _Keywords(_PlotKeywords, total=False):
    """The keywords that both class methods of `DigitGalleryDisplay` take."""

    only: Literal["errors"] | None
    n_images: int
    image_shape: tuple[int, int] | None


@public
class DigitGalleryDisplay:
    """Images, each with its true and predicted label and the prediction's probability.

    Create it with `from_estimator` or `from_predictions`, which select the images.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width)
        The images to draw, row by row from the top left.

    y_true : ndarray of shape (n_images,)
        Their true labels.

    y_pred : ndarray of shape (n_images,)
        Their predicted labels.

    probability : ndarray of shape (n_images,), default=None
        Probability of each predicted label; None omits it.

    title : str, default=""
        Title of the axes. Without images, only the title is drawn.

    Attributes
    ----------
    im_ : matplotlib AxesImage, or None
        The mosaic of all images; None if there are none.

    text_ : list of matplotlib Text
        The labels. Labels of wrong predictions are bold, unless all are wrong.

    ax_ : matplotlib Axes

    figure_ : matplotlib Figure

    See Also
    --------
    ConfusionHeatmapDisplay : How often each digit is taken for another.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skdigits import DigitGalleryDisplay, DigitMLPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = DigitMLPClassifier(random_state=0).fit(X[:1000], y[:1000])
    >>> display = DigitGalleryDisplay.from_estimator(
    ...     clf, X[1000:], y[1000:], only="errors", n_images=12
    ... )
    >>> display.images.shape
    (12, 8, 8)
    >>> bool((display.y_true != display.y_pred).all())
    True
    """

    im_: AxesImage | None
    text_: list[Text]
    ax_: Axes
    figure_: Figure

    def __init__(
        self,
        images: Array,
        y_true: Array,
        y_pred: Array,
        *,
        probability: Array | None = None,
        title: str = "",
    ) -> None:
        self.images = images
        self.y_true = y_true
        self.y_pred = y_pred
        self.probability = probability
        self.title = title

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike,
        y: ArrayLike,
        **keywords: Unpack[_Keywords],
    ) -> Self:
        """Predict with a fitted classifier, and draw images with their labels.

        Parameters
        ----------
        estimator : estimator instance
            A fitted classifier, a Pipeline that ends in one, or a search over either.
            If it has no `predict_proba`, no probability is shown.

        X : array-like of shape (n_samples, height * width), \
                (n_samples, height, width) or (n_samples, height, width, 1)
            Input of the estimator, and the images to draw.

        y : array-like of shape (n_samples,)
            True labels.

        **keywords
            Keywords of `from_predictions`: `only`, `n_images`, `image_shape`,
            `n_columns`, `cmap` and `ax`.

        Returns
        -------
        display : DigitGalleryDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If X does not hold images of this shape, or another argument is invalid.

        See Also
        --------
        from_predictions : Draws predictions of any model.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitGalleryDisplay, DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> display = DigitGalleryDisplay.from_estimator(clf, X, y, only="errors")
        """
        y_pred = estimator.predict(X)
        probability = None
        if hasattr(estimator, "predict_proba"):
            columns = np.searchsorted(estimator.classes_, y_pred)
            probability = estimator.predict_proba(X)[np.arange(len(y_pred)), columns]
        return cls.from_predictions(
            y,
            y_pred,
            images=X,
            probability=probability,
            **keywords,
        )

    @classmethod
    def from_predictions(
        cls,
        y_true: ArrayLike,
        y_pred: ArrayLike,
        *,
        images: ArrayLike,
        probability: ArrayLike | None = None,
        only: Literal["errors"] | None = None,
        n_images: int = 20,
        image_shape: tuple[int, int] | None = None,
        **keywords: Unpack[_PlotKeywords],
    ) -> Self:
        """Draw images with given predictions.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.

        y_pred : array-like of shape (n_samples,)
            Predicted labels.

        images : array-like of shape (n_samples, height * width), \
                (n_samples, height, width) or (n_samples, height, width, 1)
            The images, flat or not.

        probability : array-like of shape (n_samples,), default=None
            Probability of each predicted label, such as
            ``predict_proba(X).max(axis=1)``.

        only : {None, "errors"}, default=None
            None draws the first images. "errors" draws the wrong predictions, those
            with the largest probability first.

        n_images : int, default=20
            Maximum number of images.

        image_shape : tuple of (height, width), default=None
            Shape of images given as rows of pixels; None means square images.

        **keywords
            Keywords of `plot`: `n_columns`, `cmap` and `ax`.

        Returns
        -------
        display : DigitGalleryDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `images` are not of this shape, or another argument is invalid.

        See Also
        --------
        from_estimator : Predicts with a classifier first.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitGalleryDisplay
        >>> X, y = load_digits(return_X_y=True)
        >>> display = DigitGalleryDisplay.from_predictions(y, y, images=X, n_images=10)
        """
        _refuse_invalid_selection(only, n_images)
        images = as_images(images, image_shape)
        y_true, y_pred = column_or_1d(y_true), column_or_1d(y_pred)
        check_consistent_length(images, y_true, y_pred)
        unique_labels(y_true, y_pred)  # raises if only one holds strings
        if probability is not None:
            probability = _check_probability(probability, len(images))

        candidates = np.arange(len(images))
        if only == "errors":
            candidates = candidates[y_true != y_pred]
        ranking = probability if only == "errors" else None
        if ranking is not None:
            order = np.argsort(-ranking[candidates], kind="stable")
            candidates = candidates[order]
        chosen = candidates[:n_images]
        display = cls(
            images[chosen],
            y_true[chosen],
            y_pred[chosen],
            probability=None if probability is None else probability[chosen],
            title=_title(
                len(chosen), len(candidates), len(images), only, ranking is not None
            ),
        )
        return display.plot(**keywords)

    def plot(
        self,
        *,
        n_columns: int | None = None,
        cmap: str | Colormap | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the images.

        Parameters
        ----------
        n_columns : int, default=None
            Images per row. None makes the images as large as possible.

        cmap : str or matplotlib Colormap, default=None
            Colour map from the smallest pixel value to the largest. None uses light
            grey to black, which draws MNIST's white on black as ink on paper.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : DigitGalleryDisplay
            The display itself, drawn.

        Raises
        ------
        ValueError
            If there are more or fewer labels or probabilities than images, or
            `n_columns` is not a positive integer.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitGalleryDisplay
        >>> X, y = load_digits(return_X_y=True)
        >>> display = DigitGalleryDisplay.from_predictions(y, y, images=X)
        >>> display = display.plot(n_columns=10)
        """
        with needed("matplotlib", "seaborn", to="draw"):
            import seaborn as sns

        check_consistent_length(self.images, self.y_true, self.y_pred, self.probability)
        if len(self.images) == 0:
            ax, is_new = axes_or_new(ax, (4, 1))
            ax.set_axis_off()
            ax.set_title(self.title)
            lay_out(ax.figure, is_new)
            im, self.text_ = None, []
        else:
            wrong = np.asarray(self.y_true) != np.asarray(self.y_pred)
            if cmap is None:
                cmap = sns.light_palette("black", as_cmap=True)
            # Not bold if all are wrong: the title says so.
            are_bold = wrong & ~wrong.all()
            im, self.text_ = draw_mosaic(
                np.asarray(self.images),
                list(zip(self._labels(), are_bold)),
                title=self.title,
                ax=ax,
                n_columns=n_columns,
                cmap=cmap,
            )
            ax = im.axes
        self.im_, self.ax_, self.figure_ = im, ax, ax.figure
        return self

    def _labels(self):
        lines = [
            f"true: {true}\npred: {predicted}"
            for true, predicted in zip(self.y_true, self.y_pred)
        ]
        if self.probability is None:
            return lines
        return [f"{text} ({percent(p)})" for text, p in zip(lines, self.probability)]


def _refuse_invalid_selection(only, n_images):
    if only not in (None, "errors"):
        raise ValueError(f'only must be None or "errors". Got {only!r}.')
    if not isinstance(n_images, Integral) or n_images < 1:
        raise ValueError(f"n_images must be a positive integer. Got {n_images!r}.")


def _check_probability(probability, n_images):
    probability = np.asarray(probability, dtype=float)
    if probability.shape != (n_images,):
        raise ValueError(
            f"probability must hold one value for each image, the probability of its "
            f"predicted label, such as predict_proba(X).max(axis=1). Got shape "
            f"{probability.shape} for {n_images} images."
        )
    if not ((probability >= 0) & (probability <= 1)).all():
        raise ValueError(
            f"probability must lie between 0 and 1, as predict_proba returns it. Got "
            f"{probability.min():g} to {probability.max():g}."
        )
    return probability


def _title(n_chosen, n_candidates, n_images, only, ranked):
    shown, among = _count(n_candidates, "image"), ""
    if only == "errors":
        shown = _count(n_candidates, "error")
        among = f" in {_count(n_images, 'image')}"
    if n_chosen < n_candidates:
        chosen = f"{n_chosen} surest" if ranked else f"first {n_chosen}"
        shown = f"The {chosen} of {shown}"
    return shown + among


def _count(n, noun):
    return f"{f'{n:,}' if n else 'No'} {noun}{'' if n == 1 else 's'}"
