"""StraightenDigit: makes digits centred, upright and of one size."""

import warnings
from functools import lru_cache
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, validate_parameter_constraints

from skdigits._image_stack import check_images, map_blocks, pad
from skdigits._image_step import ImageStepMixin
from skdigits._public import public
from skdigits._types import Array
from skdigits._warp import interpolate_linearly

# Limits of the factor by which a digit is scaled.
SMALLEST_FACTOR, LARGEST_FACTOR = 0.5, 2.0

# Pixels: in small images the digit is at least this high, or as high as the image; in
# lower digits, loops close. A digit that fills the height has a standard deviation of
# 0.28 of the height over its rows; 0.2 over columns keeps the proportion of the
# defaults of `height` and `width`.
_FEWEST_PIXELS = 8
_FILLED_HEIGHT, _FILLED_WIDTH = 0.28, 0.2

# Number of images that `transform` checks for light paper.
_WATCHED_IMAGES = 256

# Pixels²: variance of ink that is spread evenly over a pixel.
PIXEL_VARIANCE = 1 / 12


@public
class StraightenDigit(ImageStepMixin, BaseEstimator):
    r"""Centre the digit in each image, make it upright and scale it to one size.

    This is moment normalisation [1]_: it removes the writers' differences in slant and
    size, which do not distinguish digits. There is nothing to learn: `transform` needs
    no `fit`.

    Parameters
    ----------
    height : float, default=5/28
        Standard deviation of the ink's rows in the result, as a fraction of the image's
        height. The digit itself is about 3.5 times as high.

    width : float, default=3.5/28
        Target for the standard deviation of the ink's columns, as a fraction of the
        image's width.

    width_exponent : float, default=0.7
        How far to go towards `width`, from 0 to 1: the width is multiplied by (target /
        measured) to this power. At 1, a one would be as wide as a zero.

    See Also
    --------
    CenterDigit : Frames any picture of a digit; the step before.
    GradientDirections : The step after.

    Notes
    -----
    Every pixel above 0 is ink; 0 is black paper, as in MNIST. With the ink's mean
    :math:`(\bar x, \bar y)` and its central second moments :math:`\mu`, a point
    :math:`(x, y)` is mapped to

    .. math::

        x' = s_x [x - \bar x - (y - \bar y) \, \mu_{xy} / \mu_{yy}],
        \quad y' = s_y (y - \bar y),

    counted from the middle of the image, where

    .. math::

        s_y = \frac{height}{\sqrt{\mu_{yy}}}, \quad
        s_x = \left(
            \frac{width}{\sqrt{\mu_{xx} - \mu_{xy}^2 / \mu_{yy}}}
        \right)^{width\_exponent},

    both limited to between 0.5 and 2. Pixels are interpolated bilinearly; beyond the
    border they are 0. Blank images stay blank. A second `transform` moves nothing by
    more than a pixel, except that it brings the width closer to `width`.

    In small images, such as those of :func:`sklearn.datasets.load_digits`, the target
    is a digit at least 8 rows high, or as high as the image if it has fewer rows,
    whatever `height` and `width` are.

    The result has three dimensions, which no data frame holds, so `set_output` has no
    effect.

    References
    ----------
    .. [1] Liu, C.-L., Nakashima, K., Sako, H. and Fujisawa, H. (2004). Handwritten
       digit recognition: investigation of normalization and feature extraction
       techniques. Pattern Recognition 37, 265-279.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skdigits import StraightenDigit
    >>> images = load_digits().images
    >>> StraightenDigit().transform(images).shape
    (1797, 8, 8)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "height": [Interval(Real, 0, None, closed="neither")],
        "width": [Interval(Real, 0, None, closed="neither")],
        "width_exponent": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(
        self,
        height: float = 5 / 28,
        width: float = 3.5 / 28,
        width_exponent: float = 0.7,
    ) -> None:
        self.height = height
        self.width = width
        self.width_exponent = width_exponent

    def transform(self, X: ArrayLike) -> Array:
        """Straighten the digit in each image.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width) or \
                (n_samples, height, width, 1)
            Grey images of one digit each, light on black: 0 is paper, and more is ink.

        Returns
        -------
        images : ndarray of shape (n_samples, height, width)
            Rounded to uint8 if X is uint8; otherwise floats.

        Raises
        ------
        ValueError
            If X is not as described.
        TypeError
            If X is sparse.

        Warns
        -----
        UserWarning
            If most pixels are nearly as light as the lightest, as in dark ink on light
            paper.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import StraightenDigit
        >>> images = load_digits().images
        >>> StraightenDigit().transform(images).shape
        (1797, 8, 8)
        """
        # Like `_validate_params`, but without inspecting the signature of `__init__`,
        # which would take a sixth of the time of one image.
        validate_parameter_constraints(
            self._parameter_constraints, vars(self), caller_name=type(self).__name__
        )
        images = self._check(X)
        _warn_of_light_paper(images)
        return map_blocks(self._straighten, images, images.shape[1:])

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        return tags

    def _check(self, X):
        images = check_images(X, self)
        if images.dtype != np.uint8 and images.min() < 0:
            raise ValueError(
                f"Negative values in data passed to {type(self).__name__}. It takes "
                f"ink of more than 0 on paper of 0, as CenterDigit makes it."
            )
        return images

    def _straighten(self, images):
        return _interpolate(images, *self._find_sources(images))

    def _find_sources(self, images):
        """Find the source of each pixel of the result, in the form for `_interpolate`.

        Parameters
        ----------
        images : ndarray of shape (n, height, width), float

        Returns
        -------
        x : ndarray of shape (n, height, width)
        y : ndarray of shape (n, height)
        """
        _, height, width = images.shape
        powers_x, powers_y = powers(width), powers(height)
        x, y = powers_x[1], powers_y[1]
        (mean_x, mean_y), (var_x, var_y), slant = _measure_ink(
            images, powers_x, powers_y
        )
        aim_x, aim_y = aim(self, height, width)
        scale_x = _limit((aim_x / np.sqrt(var_x)) ** self.width_exponent)
        scale_y = _limit(aim_y / np.sqrt(var_y))
        from_mean = y / scale_y
        row_x = mean_x + slant * from_mean
        return row_x[..., np.newaxis] + (x / scale_x)[:, np.newaxis], mean_y + from_mean

    def _pull_back(self, image, weights):
        """Turn weights of the straightened pixels into weights of the original pixels.

        The source of each pixel is held fixed: it is the one found for this image.

        Parameters
        ----------
        image, weights : ndarray of shape (height, width), float

        Returns
        -------
        weights : ndarray of shape (height, width)
        """
        x, y = self._find_sources(image[np.newaxis])
        return _interpolate_back(weights, x[0], y[0], image.shape)


def _warn_of_light_paper(images):
    """Warn if most pixels, and most corners, have at least 3/4 of the largest value.

    In images of MNIST and of scikit-learn's digits, at most 35 % of the pixels are that
    light; in inverted images, at least 63 % (MNIST) or on average 58 % (scikit-learn).
    """
    # A few values in plain Python first: the rest takes a tenth of the time of one
    # image.
    few = images[0].ravel()[:: images[0].size // 32 | 1].tolist()
    if 2 * sum(few) <= len(few) * max(few):
        return
    images = images[:_WATCHED_IMAGES]
    largest = images.max()
    light = images >= images.dtype.type(0.75 * float(largest))
    if np.count_nonzero(light) <= light.size / 2:
        return
    corners = light[:, :: light.shape[1] - 1 or 1, :: light.shape[2] - 1 or 1]
    # Images of one value have neither ink nor paper.
    if np.count_nonzero(corners) > corners.size / 2 and images.min() < largest / 2:
        warnings.warn(
            f"Most of X is nearly as light as its largest value, {largest:g}, but "
            f"StraightenDigit takes light ink on black paper. If X is dark ink on "
            f"light paper, give {largest:g} - X.",
            UserWarning,
            stacklevel=3,
        )


def aim(step, height, width):
    """Return the target deviations of columns and of rows, in pixels."""
    aim_x = max(step.width * width, _FILLED_WIDTH * min(width, _FEWEST_PIXELS))
    aim_y = max(step.height * height, _FILLED_HEIGHT * min(height, _FEWEST_PIXELS))
    return aim_x, aim_y


def _limit(factor):
    return np.minimum(np.maximum(factor, SMALLEST_FACTOR), LARGEST_FACTOR)


@lru_cache
def powers(n):
    """Return powers 0, 1 and 2 of the coordinates of n pixels, from their middle."""
    return (np.arange(n) - (n - 1) / 2) ** [[0], [1], [2]]


def _measure_ink(images, powers_x, powers_y):
    """Measure the ink of each image by its moments.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    powers_x, powers_y : ndarray of shape (3, width) and of shape (3, height)
        Powers 0, 1 and 2 of the coordinates of the columns and of the rows.

    Returns
    -------
    means : tuple of two ndarray of shape (n, 1)
        Centre of the ink, x and y; 0 in blank images.
    variances : tuple of two ndarray of shape (n, 1)
        Along x, after removing the slant, and along y; at least that of a pixel.
    slant : ndarray of shape (n, 1)
        Change of x for each row down.
    """
    moments = powers_y @ (images @ powers_x.T.astype(images.dtype))
    moments = moments[..., np.newaxis]  # [image, power of y, power of x]
    mass = moments[:, :1, :1]
    moments /= mass + (mass == 0)
    mean_x, mean_y = moments[:, 0, 1], moments[:, 1, 0]
    covariance = moments[:, 1, 1] - mean_x * mean_y
    var_y = np.maximum(moments[:, 2, 0] - mean_y**2, PIXEL_VARIANCE)
    slant = covariance / var_y
    var_x = moments[:, 0, 2] - mean_x**2 - slant * covariance
    return (mean_x, mean_y), (np.maximum(var_x, PIXEL_VARIANCE), var_y), slant


def _interpolate(images, x, y):
    """Interpolate bilinearly: first between rows, then within each row.

    All pixels of a new row come from the same two rows. `warp_affine`, which does not
    assume this, looks up four pixels for each new pixel and took 1.28 times as long for
    10,000 images.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    x : ndarray of shape (n, new_height, new_width)
        Source column of each new pixel, counted from the middle; pixels beyond the
        border are 0.
    y : ndarray of shape (n, new_height)
        Source row of each new row, counted from the middle.

    Returns
    -------
    new : ndarray of shape (n, new_height, new_width)
    """
    n, height, width = images.shape
    rows = pad(images, 1, 2).reshape(-1, width + 3)
    y = _count_from_padding(y, height)
    rows = _sample(rows, y, np.arange(n)[:, np.newaxis] * (height + 3))
    x = _count_from_padding(x, width)
    starts = np.arange(y.size).reshape(*y.shape, 1) * (width + 3)
    return _sample(rows.ravel(), x, starts)


def _interpolate_back(weights, x, y, shape):
    """Add the weight of each new pixel to the pixels that it is interpolated from.

    This is the transpose of `_interpolate`, for one image.

    Parameters
    ----------
    weights : ndarray of shape (new_height, new_width)
    x, y : ndarray of shape (new_height, new_width) and of shape (new_height,)
        As `_interpolate` takes them.
    shape : tuple of (height, width)

    Returns
    -------
    weights : ndarray of shape (height, width)
    """
    height, width = shape
    y = _count_from_padding(y, height)[:, np.newaxis]
    x = _count_from_padding(x, width)
    above, left = y.astype(np.intp), x.astype(np.intp)
    padded = np.zeros((height + 3, width + 3))
    for down, share_down in enumerate([1 - (y - above), y - above]):
        for right, share_right in enumerate([1 - (x - left), x - left]):
            places = above + down, left + right
            np.add.at(padded, places, weights * share_down * share_right)
    return padded[1:-2, 1:-2]


def _count_from_padding(positions, n_pixels):
    """Count positions from the first pixel of the padding, not from the middle."""
    return np.clip(positions + (n_pixels + 1) / 2, 0, n_pixels + 1)


def _sample(values, positions, starts):
    """Interpolate linearly between neighbours along the first axis of values.

    The positions are relative to the starts, because adding a start to them would lose
    precision.
    """
    below = positions.astype(np.intp)
    parts = (positions - below).astype(values.dtype)
    parts = parts.reshape(*parts.shape, *(1,) * (values.ndim - 1))
    below += starts
    lower = values.take(below, axis=0)
    below += 1
    return interpolate_linearly(lower, values.take(below, axis=0), parts)
