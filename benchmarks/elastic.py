"""Elastic deformation: bend images a little, each in its own way."""

import numpy as np
from scipy import ndimage

# Images bent at a time: bounds the memory of their coordinates.
_BLOCK = 2000


def bend(images, rng, *, strength, knots=5):
    """Move the pixels of each image along a smooth random field.

    `StraightenDigit` undoes shifts, scales and slants, so that copies made by affine
    warps alone are much alike after it; bent ones are not.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width), uint8
        With a border of background.
    rng : numpy.random.Generator
    strength : float
        Standard deviation of the moves, in pixels, at `knots` × `knots` places; a cubic
        spline between them.
    knots : int, default=5

    Returns
    -------
    bent : ndarray of shape (n_images, height, width), uint8

    References
    ----------
    Simard, P., Steinkraus, D. and Platt, J. (2003). Best practices for convolutional
    neural networks applied to visual document analysis. ICDAR, 958-963.
    """
    n, height, width = images.shape
    across, down = _spline(knots, width), _spline(knots, height)
    columns, rows = np.arange(width), np.arange(height)[:, np.newaxis]
    bent = np.empty_like(images)
    for start in range(0, n, _BLOCK):
        block = images[start : start + _BLOCK]
        moves = rng.normal(0, strength, (len(block), 2, knots, knots))
        moves = down @ moves @ across.T
        y = np.clip(rows + moves[:, 0], 0, height - 1.001)
        x = np.clip(columns + moves[:, 1], 0, width - 1.001)
        bent[start : start + _BLOCK] = _interpolate(block, y, x)
    return bent


def _spline(knots, n):
    """Make the matrix (n, knots) that interpolates n pixels between knots."""
    return ndimage.zoom(
        np.eye(knots), (n / knots, 1), order=3, mode="nearest", grid_mode=True
    )


def _interpolate(images, y, x):
    """Interpolate bilinearly at one row and column for each pixel."""
    n, _, width = images.shape
    top, left = y.astype(np.intp), x.astype(np.intp)
    below, right = y - top, x - left
    values = images.reshape(n, -1).astype(float)
    corner = (top * width + left).reshape(n, -1)

    def at(offset):
        return np.take_along_axis(values, corner + offset, axis=1).reshape(y.shape)

    upper = at(0) * (1 - right) + at(1) * right
    lower = at(width) * (1 - right) + at(width + 1) * right
    return np.rint(upper * (1 - below) + lower * below).astype(images.dtype)
