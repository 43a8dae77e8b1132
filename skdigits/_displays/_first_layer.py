"""FirstLayerDisplay: the weights of the first hidden layer, drawn as images."""

import numpy as np

from skdigits._displays._fitted_part import find_fitted_part
from skdigits._displays._images import as_images
from skdigits._displays._mosaic import draw_mosaic

# Lightness only increases, so that greyscale prints show the sign of a weight, too.
_BLUE_GREY_YELLOW = ["#00134d", "#1f5fbf", "#9a9a9a", "#ffb347", "#fff1b8"]

_COLORBAR_SPACE = 0.2  # as a fraction of the mosaic's width


class FirstLayerDisplay:
    """The weights of each unit of the first hidden layer, drawn as an image.

    Ink on bright pixels raises the unit's activation, ink on dark pixels lowers it. All
    images share one colour scale, centred on zero. Create it with `from_estimator`.

    Parameters
    ----------
    weights : ndarray of shape (n_units, height, width)
        The weight of each pixel for each unit.

    Attributes
    ----------
    im_ : matplotlib AxesImage
        The mosaic of all images.

    text_ : list of matplotlib Text
        The units' indices: unit i has the weights ``coefs_[0][:, i]``.

    colorbar_ : matplotlib Colorbar, or None

    ax_ : matplotlib Axes

    figure_ : matplotlib Figure

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

    def __init__(self, weights):
        self.weights = weights

    @classmethod
    def from_estimator(
        cls,
        estimator,
        *,
        image_shape=None,
        n_columns=None,
        cmap=None,
        colorbar=True,
        ax=None,
    ):
        """Draw the first layer of a fitted network.

        Parameters
        ----------
        estimator : estimator instance
            A fitted `DigitMLPClassifier` or scikit-learn's `MLPClassifier`, a Pipeline
            that ends in one, or a search over either. It must have `coefs_`, and its
            features must be pixels.

        image_shape : tuple of (height, width), default=None
            None means square images.

        n_columns : int, default=None
            Images in a row. None chooses the number that draws them largest.

        cmap : str or matplotlib Colormap, default=None
            A diverging colour map. None uses one from dark blue through grey to light
            yellow, which shows the sign of a weight in greyscale, too.

        colorbar : bool, default=True

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : FirstLayerDisplay

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        AttributeError
            If it has no `coefs_`.
        ValueError
            If the number of pixels does not match `image_shape`, or is no square.
        """
        first = find_fitted_part("coefs_", estimator).coefs_[0]
        display = cls(as_images(first.T, image_shape))
        return display.plot(n_columns=n_columns, cmap=cmap, colorbar=colorbar, ax=ax)

    def plot(self, *, n_columns=None, cmap=None, colorbar=True, ax=None):
        """Draw the images.

        Parameters
        ----------
        n_columns : int, default=None
            Images in a row. None chooses the number that draws them largest.

        cmap : str or matplotlib Colormap, default=None
            A diverging colour map. None uses one from dark blue through grey to light
            yellow, which shows the sign of a weight in greyscale, too.

        colorbar : bool, default=True

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : FirstLayerDisplay
        """
        import seaborn as sns

        if cmap is None:
            cmap = sns.blend_palette(_BLUE_GREY_YELLOW, as_cmap=True)
        weights = np.asarray(self.weights)
        magnitudes = abs(weights)
        # A quantile: a few extreme weights, of rarely inked pixels, would otherwise
        # wash out all others.
        limit = np.quantile(magnitudes, 0.995) or magnitudes.max() or 1
        self.im_, self.text_ = draw_mosaic(
            weights,
            [str(unit) for unit in range(len(weights))],
            right=_COLORBAR_SPACE if colorbar else 0,
            ax=ax,
            n_columns=n_columns,
            interpolation="nearest",
            cmap=cmap,
            vmin=-limit,
            vmax=limit,
        )
        self.ax_ = self.im_.axes
        self.figure_ = self.ax_.figure
        self.colorbar_ = _draw_colorbar(self.im_) if colorbar else None
        return self


def _draw_colorbar(im):
    """Draw the colour bar to the right of the mosaic, with the same height."""
    width = 1 / (1 + _COLORBAR_SPACE)  # of the mosaic, as a fraction of the axes' width
    bar_ax = im.axes.inset_axes((1.03 * width, 0, 0.03 * width, 1))
    return im.figure.colorbar(
        im, cax=bar_ax, extend="both", label="Weight of a pixel in the unit"
    )
