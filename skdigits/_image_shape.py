"""The height and width of an image, as a parameter or from the number of its pixels."""

import math
from numbers import Integral

import numpy as np


def check_image_shape(image_shape, n_pixels):
    """Return the height and width of images of `n_pixels` pixels.

    Parameters
    ----------
    image_shape : (int, int) or None
        Height and width; None: the images must be square.
    n_pixels : int

    Returns
    -------
    image_shape : tuple of (int, int)

    Raises
    ------
    ValueError
        If `image_shape` is not two positive integers, if its product is not `n_pixels`,
        or if it is None and `n_pixels` is not a square.
    """
    if image_shape is None:
        side = math.isqrt(n_pixels)
        if side**2 != n_pixels:
            raise ValueError(
                f"{n_pixels} pixels do not make a square image: set "
                f"image_shape=(height, width)."
            )
        return side, side
    shape = tuple(image_shape) if np.iterable(image_shape) else ()
    if len(shape) != 2 or not all(
        isinstance(side, Integral) and int(side) >= 1 for side in shape
    ):
        raise ValueError(
            f"image_shape must be (height, width), two positive integers. Got "
            f"{image_shape!r}."
        )
    height, width = map(int, shape)
    if height * width != n_pixels:
        raise ValueError(
            f"image_shape={image_shape!r} has {height * width} pixels, but each image "
            f"has {n_pixels}."
        )
    return height, width
