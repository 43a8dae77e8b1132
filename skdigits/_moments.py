"""Moment normalisation: makes digits centred, upright and of one size.

The docstring of `StraightenDigit` gives the formulas and their source.
"""

from functools import lru_cache

import numpy as np

from skdigits._image_stack import map_blocks, pad
from skdigits._warp import interpolate_linearly

# Defaults of `StraightenDigit`, which describes them. The networks that come with the
# package are trained on images that are straightened with these.
HEIGHT, WIDTH, WIDTH_EXPONENT = 5 / 28, 3.5 / 28, 0.7

# Limits of the factor by which a digit is scaled.
SMALLEST_FACTOR, LARGEST_FACTOR = 0.5, 2.0

# Pixels: in small images the digit is at least this high, or as high as the image; in
# lower digits, loops close. A digit that fills the height has a standard deviation of
# 0.28 of the height over its rows; 0.2 over columns keeps the proportion of the
# defaults of `height` and `width`.
_FEWEST_PIXELS = 8
_FILLED_HEIGHT, _FILLED_WIDTH = 0.28, 0.2

# Pixels²: variance of ink that is spread evenly over a pixel.
PIXEL_VARIANCE = 1 / 12


def straighten(images, height=HEIGHT, width=WIDTH, width_exponent=WIDTH_EXPONENT):
    """Straighten the digit in each image.

    Parameters
    ----------
    images : ndarray of shape (n_images, n_rows, n_columns)
        0 is paper, and more is ink.
    height, width, width_exponent : float
        The parameters of `StraightenDigit`.

    Returns
    -------
    straightened : ndarray of shape (n_images, n_rows, n_columns)
        Rounded to uint8 for uint8 images; otherwise floats.
    """

    def straighten_block(block):
        return _interpolate(block, *_find_sources(block, height, width, width_exponent))

    return map_blocks(straighten_block, images, images.shape[1:])


def pull_back(image, weights, height, width, width_exponent):
    """Turn weights of the straightened pixels into weights of the original pixels.

    The source of each pixel is held fixed: it is the one found for this image.

    Parameters
    ----------
    image, weights : ndarray of shape (n_rows, n_columns), float
    height, width, width_exponent : float
        The parameters of `StraightenDigit`.

    Returns
    -------
    weights : ndarray of shape (n_rows, n_columns)
    """
    x, y = _find_sources(image[np.newaxis], height, width, width_exponent)
    return _interpolate_back(weights, x[0], y[0], image.shape)


def _find_sources(images, height, width, width_exponent):
    """Find the source of each pixel of the result, in the form for `_interpolate`.

    Returns
    -------
    x : ndarray of shape (n_images, n_rows, n_columns)
    y : ndarray of shape (n_images, n_rows)
    """
    _, n_rows, n_columns = images.shape
    powers_x, powers_y = powers(n_columns), powers(n_rows)
    x, y = powers_x[1], powers_y[1]
    (mean_x, mean_y), (var_x, var_y), slant = _measure_ink(images, powers_x, powers_y)
    aim_x, aim_y = aim(height, width, n_rows, n_columns)
    scale_x = _limit((aim_x / np.sqrt(var_x)) ** width_exponent)
    scale_y = _limit(aim_y / np.sqrt(var_y))
    from_mean = y / scale_y
    row_x = mean_x + slant * from_mean
    return row_x[..., np.newaxis] + (x / scale_x)[:, np.newaxis], mean_y + from_mean


def aim(height, width, n_rows, n_columns):
    """Return the target deviations of columns and of rows, in pixels."""
    aim_x = max(width * n_columns, _FILLED_WIDTH * min(n_columns, _FEWEST_PIXELS))
    aim_y = max(height * n_rows, _FILLED_HEIGHT * min(n_rows, _FEWEST_PIXELS))
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
