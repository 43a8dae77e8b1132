"""The images behind pixels, given flat or as images."""

import math
from numbers import Integral

from sklearn.utils import check_array


def as_images(pixels, image_shape=None):
    """Shape pixels as images.

    Parameters
    ----------
    pixels : array-like of shape (n, height * width), (n, height, width) or \
            (n, height, width, 1)

    image_shape : tuple of (height, width), default=None
        None takes rows of pixels for square images.

    Returns
    -------
    images : ndarray of shape (n, height, width), dtype of `pixels`

    Raises
    ------
    ValueError
        If `pixels` are no such images, or not of this shape.
    """
    pixels = check_array(
        pixels, allow_nd=True, ensure_all_finite=False, input_name="images"
    )
    if image_shape is not None:
        image_shape = _check_image_shape(image_shape)
    if pixels.ndim == 4 and pixels.shape[3] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim > 3:
        raise ValueError(
            f"Images must be rows of pixels, or of shape (n, height, width) or "
            f"(n, height, width, 1). Got shape {pixels.shape}."
        )
    if pixels.ndim == 2:
        image_shape = image_shape or _square(pixels.shape[1])
        if math.prod(image_shape) == pixels.shape[1]:
            return pixels.reshape(-1, *image_shape)
    if image_shape not in (None, pixels.shape[1:]):
        given = " × ".join(map(str, pixels.shape[1:]))
        raise ValueError(
            f"image_shape={image_shape} does not fit images of {given} pixels."
        )
    return pixels


def _check_image_shape(image_shape):
    shape = tuple(image_shape) if hasattr(image_shape, "__iter__") else ()
    if len(shape) != 2 or not all(
        isinstance(side, Integral) and int(side) >= 1 for side in shape
    ):
        raise ValueError(
            f"image_shape must be (height, width), two positive integers. "
            f"Got {image_shape!r}."
        )
    return tuple(map(int, shape))


def _square(n_pixels):
    side = math.isqrt(n_pixels)
    if side**2 != n_pixels:
        raise ValueError(
            f"{n_pixels} pixels make no square image: give image_shape=(height, width)."
        )
    return side, side
