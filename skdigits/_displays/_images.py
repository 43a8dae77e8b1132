"""Images from pixels that may be given as flat rows."""

import math

from sklearn.utils import check_array

from skdigits._image_shape import check_image_shape


def as_images(pixels, image_shape=None):
    """Return pixels as an array of images.

    Parameters
    ----------
    pixels : array-like of shape (n, height * width), (n, height, width) or \
            (n, height, width, 1)

    image_shape : tuple of (height, width), default=None
        Shape of images given as rows of pixels; None means square images.

    Returns
    -------
    images : ndarray of shape (n, height, width), dtype of `pixels`

    Raises
    ------
    ValueError
        If `pixels` has another shape, or does not match `image_shape`.
    """
    pixels = check_array(
        pixels, allow_nd=True, ensure_all_finite=False, input_name="images"
    )
    if pixels.ndim == 4 and pixels.shape[3] == 1:
        pixels = pixels[..., 0]
    if pixels.ndim > 3:
        raise ValueError(
            f"Images must be rows of pixels, or of shape (n, height, width) or "
            f"(n, height, width, 1). Got shape {pixels.shape}."
        )
    if pixels.ndim == 2:
        shape = check_image_shape(image_shape, pixels.shape[1])
        return pixels.reshape(-1, *shape)
    if image_shape is not None:
        shape = check_image_shape(image_shape, math.prod(pixels.shape[1:]))
        if shape != pixels.shape[1:]:
            height, width = pixels.shape[1:]
            raise ValueError(
                f"image_shape={image_shape!r} does not fit images of {height} × "
                f"{width} pixels."
            )
    return pixels
