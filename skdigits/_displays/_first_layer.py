"""FirstLayerDisplay: the weights of the first hidden layer, drawn as images."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skdigits._displays._diverging import diverging_colours, draw_colorbar
from skdigits._displays._fitted_part import path_to_fitted, shape_before_flatten
from skdigits._displays._images import as_images
from skdigits._displays._layout import lay_out
from skdigits._displays._mosaic import draw_mosaic
from skdigits._public import public

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from matplotlib.text import Text

# Space for the colour bar, as a fraction of the mosaic's width.
_COLORBAR_SPACE = 0.2


@public
class FirstLayerDisplay:
    r"""The weights of each unit in the first hidden layer, drawn as an image.

    Ink on bright pixels raises the unit's activation, ink on dark pixels lowers it. All
    images share one colour scale, centred on zero. Create it with `from_estimator`.

    Parameters
    ----------
    weights : ndarray of shape (n_units, height, width) or (n_units, 4, height, width)
        The weights of each unit, for pixels or for the four planes of
        `GradientDirections`. Planes are drawn in two rows of two: strokes like ``|``
        and ``/`` above, ``—`` and ``\`` below.

    Attributes
    ----------
    im_ : matplotlib AxesImage
        The mosaic of all images.

    text_ : list of matplotlib Text
        The units' indices: unit i has the weights ``coefs_[0][:, i]``.

    colorbar_ : matplotlib Colorbar, or None

    ax_ : matplotlib Axes

    figure_ : matplotlib Figure

    See Also
    --------
    LossCurveDisplay : How the loss fell in training.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skdigits import DigitMLPClassifier, FirstLayerDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = DigitMLPClassifier(epochs=3, random_state=0).fit(X, y)
    >>> display = FirstLayerDisplay.from_estimator(clf)
    >>> display.weights.shape
    (25, 8, 8)
    """

    im_: AxesImage
    text_: list[Text]
    colorbar_: Colorbar | None
    ax_: Axes
    figure_: Figure

    def __init__(self, weights: ArrayLike) -> None:
        self.weights = weights

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        image_shape: tuple[int, ...] | None = None,
        n_columns: int | None = None,
        cmap: str | Colormap | None = None,
        colorbar: bool = True,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the first layer of a fitted network.

        Parameters
        ----------
        estimator : estimator instance
            A fitted `DigitMLPClassifier` or scikit-learn's `MLPClassifier`, a Pipeline
            that ends in one, or a search over either. It must have `coefs_`, and its
            inputs must be pixels or planes of `GradientDirections`.

        image_shape : tuple of (height, width) or (4, height, width), default=None
            None means the shape seen by `Flatten` in a Pipeline; without `Flatten`, the
            images must be square.

        n_columns : int, default=None
            Images per row. None makes the images as large as possible.

        cmap : str or matplotlib Colormap, default=None
            A diverging colour map. None uses one from dark blue through grey to light
            yellow, which shows the sign of a weight even in greyscale.

        colorbar : bool, default=True
            Whether to draw a colour bar.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : FirstLayerDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        AttributeError
            If it has no `coefs_`.
        ValueError
            If the number of pixels does not match `image_shape`, or is not a square.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier, FirstLayerDisplay
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> display = FirstLayerDisplay.from_estimator(clf, n_columns=5)
        """
        parts = path_to_fitted("coefs_", estimator)
        rows = parts[-1].coefs_[0].T
        if image_shape is None:
            image_shape = shape_before_flatten(parts, rows.shape[1])
        display = cls(_as_images_or_planes(rows, image_shape))
        return display.plot(n_columns=n_columns, cmap=cmap, colorbar=colorbar, ax=ax)

    def plot(
        self,
        *,
        n_columns: int | None = None,
        cmap: str | Colormap | None = None,
        colorbar: bool = True,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the images.

        Parameters
        ----------
        n_columns : int, default=None
            Images per row. None makes the images as large as possible.

        cmap : str or matplotlib Colormap, default=None
            A diverging colour map. None uses one from dark blue through grey to light
            yellow, which shows the sign of a weight even in greyscale.

        colorbar : bool, default=True
            Whether to draw a colour bar.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : FirstLayerDisplay
            The display itself, drawn.

        Examples
        --------
        >>> import numpy as np
        >>> from skdigits import FirstLayerDisplay
        >>> weights = np.random.default_rng(0).normal(size=(25, 8, 8))
        >>> display = FirstLayerDisplay(weights).plot(colorbar=False)
        """
        cmap = diverging_colours() if cmap is None else cmap
        weights = np.asarray(self.weights)
        magnitudes = abs(weights)
        # A quantile: a few extreme weights, of rarely inked pixels, would otherwise
        # wash out all others.
        limit = np.quantile(magnitudes, 0.995) or magnitudes.max() or 1
        are_planes = weights.ndim == 4
        is_new = ax is None
        im, self.text_ = draw_mosaic(
            _tile(weights) if are_planes else weights,
            [(str(unit), False) for unit in range(len(weights))],
            right=_COLORBAR_SPACE if colorbar else 0,
            ax=ax,
            n_columns=n_columns,
            interpolation="nearest",
            cmap=cmap,
            vmin=-limit,
            vmax=limit,
        )
        self.im_, self.ax_, self.figure_ = im, im.axes, im.axes.figure
        what = "direction (| / over — \\)" if are_planes else "pixel"
        label = f"Weight of a {what} in the unit"
        self.colorbar_ = None
        if colorbar:
            self.colorbar_ = draw_colorbar(
                self.im_, _COLORBAR_SPACE, label=label, extend="both"
            )
        lay_out(self.figure_, is_new)  # again, with the labels of the colour bar
        return self


def _as_images_or_planes(rows, shape):
    if shape is None or len(shape) != 3 or shape[0] != 4:
        return as_images(rows, shape)
    if math.prod(shape) != rows.shape[1]:
        raise ValueError(
            f"image_shape={shape!r} has {math.prod(shape)} values, but each unit has "
            f"{rows.shape[1]} weights."
        )
    return rows.reshape(-1, *shape)


def _tile(planes):
    """Lay four planes of shape (height, width) as two rows of two, with a gap."""
    planes = np.pad(planes, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    rows = [np.concatenate([planes[:, i], planes[:, i + 1]], axis=2) for i in (0, 2)]
    return np.concatenate(rows, axis=1)[:, :-1, :-1]
