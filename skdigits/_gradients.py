"""The gradients of images, split by direction."""

from functools import lru_cache

import numpy as np
from scipy.special import comb

from skdigits._image_stack import map_blocks, pad

# Factors of the four planes, applied after the blur. Before that, the planes of uint8
# images are multiples of 1/1024, which float32 holds exactly, so every BLAS and ONNX
# Runtime give the same bits. Divided by 4, because Sobel's sums are 4 times the
# gradients.
PLANE_FACTORS = np.array([1, 2**0.5, 1, 2**0.5]).reshape(4, 1, 1) / 4


def split_gradients(images):
    """Split the gradients of each image by direction.

    Parameters
    ----------
    images : ndarray of shape (n_images, height, width)

    Returns
    -------
    planes : ndarray of shape (n_images, 4, (height + 1) // 2, (width + 1) // 2)
        Rounded to uint8 for uint8 images; otherwise floats.
    """
    _, height, width = images.shape
    return map_blocks(_split_block, images, (4, (height + 1) // 2, (width + 1) // 2))


def pull_back(image, weights):
    """Express a weighted sum of the planes as a weighted sum of the image's pixels.

    The planes are linear in the pixels as long as each gradient keeps the two
    directions that it is split into.

    Parameters
    ----------
    image : ndarray of shape (height, width), float
    weights : ndarray of shape (4, (height + 1) // 2, (width + 1) // 2)

    Returns
    -------
    weights : ndarray of shape (height, width)
    """
    height, width = image.shape
    gx, gy = _sobel(image[np.newaxis])
    down = blur_and_halve(height, weights.dtype)
    across = blur_and_halve(width, weights.dtype)
    across_strokes, rising, along_strokes, falling = down.T @ weights @ across / 4
    diagonal = np.where((gx > 0) == (gy > 0), rising, falling) * 2**0.5
    diagonal -= across_strokes + along_strokes
    gx_is_least = np.abs(gx) <= np.abs(gy)
    of_gx = np.sign(gx) * (across_strokes + diagonal * gx_is_least)
    of_gy = np.sign(gy) * (along_strokes + diagonal * ~gx_is_least)
    # Sobel's kernels are antisymmetric: their transposes are their negatives.
    return -(_sobel(of_gx)[0] + _sobel(of_gy)[1])[0]


def _split_block(images):
    """Return the four blurred planes of each image."""
    n, height, width = images.shape
    gx, gy = _sobel(images)
    planes = np.empty((n, 4, height, width), images.dtype)
    same_sign = (gx > 0) == (gy > 0)
    gx, gy = np.abs(gx, out=gx), np.abs(gy, out=gy)
    diagonal = np.minimum(gx, gy)
    np.subtract(gx, diagonal, out=planes[:, 0])
    np.subtract(gy, diagonal, out=planes[:, 2])
    np.multiply(diagonal, same_sign, out=planes[:, 1])
    np.subtract(diagonal, planes[:, 1], out=planes[:, 3])

    down = blur_and_halve(height, images.dtype)
    across = blur_and_halve(width, images.dtype)
    blurred = down @ planes @ across.T
    blurred *= PLANE_FACTORS.astype(images.dtype)
    return blurred


def _sobel(images):
    """Return 4 times the gradients of each pixel, to the right and down."""
    padded = pad(images, 1, 1)
    across = padded[:, :, 2:] - padded[:, :, :-2]
    down = padded[:, 2:] - padded[:, :-2]
    gx = across[:, :-2] + across[:, 2:]
    gx += across[:, 1:-1]
    gx += across[:, 1:-1]
    gy = down[:, :, :-2] + down[:, :, 2:]
    gy += down[:, :, 1:-1]
    gy += down[:, :, 1:-1]
    return gx, gy


@lru_cache
def blur_and_halve(n, dtype):
    """Make the matrix ((n + 1) // 2, n) that blurs, and drops every second pixel."""
    first = 2 * np.arange((n + 1) // 2)[:, np.newaxis] - 2
    return (comb(5, np.arange(n) - first) / 32).astype(dtype)
