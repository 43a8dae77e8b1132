"""GradientDirections: the gradients of an image, split by direction."""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import comb
from sklearn.base import BaseEstimator

from skdigits._image_stack import check_images, map_blocks, pad
from skdigits._image_step import ImageStepMixin
from skdigits._public import public
from skdigits._types import Array

# Factors of the four planes, applied after the blur. Before that, the planes of uint8
# images are multiples of 1/1024, which float32 holds exactly, so every BLAS and ONNX
# Runtime give the same bits. Divided by 4, because Sobel's sums are 4 times the
# gradients.
PLANE_FACTORS = np.array([1, 2**0.5, 1, 2**0.5]).reshape(4, 1, 1) / 4


@public
class GradientDirections(ImageStepMixin, BaseEstimator):
    r"""Turn each image into four images of half its size: gradients by direction.

    The position and the direction of strokes distinguish digits better than single
    pixels do [1]_. 28 × 28 pixels become 4 × 14 × 14 values, as many as before. There
    is nothing to learn: `transform` needs no `fit`.

    See Also
    --------
    StraightenDigit : The step before.
    Flatten : Reshapes the result into rows, for a classifier.

    Notes
    -----
    Sobel's operator, divided by 4, gives the gradient of each pixel, :math:`(g_x,
    g_y)`; pixels beyond the border are 0. The parallelogram rule splits the gradient
    into components along the two nearest of eight directions 45° apart. Opposite
    directions are added, so that both sides of a stroke count as one direction. With
    :math:`m = \min(|g_x|, |g_y|)` the planes are

    0. :math:`|g_x| - m`: across, at vertical strokes,
    1. :math:`\sqrt 2 \, m` where the signs are equal: down to the right, at strokes
       like ``/``,
    2. :math:`|g_y| - m`: down, at horizontal strokes,
    3. :math:`\sqrt 2 \, m` where the signs differ: down to the left, at strokes
       like ``\``.

    Each plane is blurred by (1 5 10 10 5 1) / 32 down and across, and every second
    pixel is kept; no value exceeds the largest pixel. The result is proportional to the
    pixels: images of 0-1 and of 0-255 train the same network. The width of the blur was
    chosen by the log-loss on held-out images of MNIST; so was leaving out the square
    root that the authors take.

    The planes are not images: a classifier with ``augmentation`` raises a ValueError
    for them. Augment before this step: add images warped by `random_affine` to the
    training images.

    The result has four dimensions, which no data frame holds, so `set_output` has no
    effect.

    References
    ----------
    .. [1] Liu, C.-L., Nakashima, K., Sako, H. and Fujisawa, H. (2003). Handwritten
       digit recognition: benchmarking of state-of-the-art techniques. Pattern
       Recognition 36, 2271-2285.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import GradientDirections
    >>> stroke = np.zeros((28, 28), dtype=np.uint8)
    >>> stroke[4:24, 13:15] = 255  # vertical
    >>> planes = GradientDirections().transform([stroke])
    >>> planes.shape
    (1, 4, 14, 14)
    >>> planes[0].max(axis=(1, 2))
    array([207,  44,  19,  44], dtype=uint8)
    """

    def transform(self, X: ArrayLike) -> Array:
        """Split the gradients of each image by direction.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width) or \
                (n_samples, height, width, 1)
            Grey images.

        Returns
        -------
        planes : ndarray of shape (n_samples, 4, (height + 1) // 2, (width + 1) // 2)
            Rounded to uint8 if X is uint8; otherwise floats.

        Raises
        ------
        ValueError
            If X is not as described.
        TypeError
            If X is sparse.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import GradientDirections
        >>> images = load_digits().images
        >>> GradientDirections().transform(images).shape
        (1797, 4, 4, 4)
        """
        images = self._check(X)
        _, height, width = images.shape
        return map_blocks(_directions, images, (4, (height + 1) // 2, (width + 1) // 2))

    def _check(self, X):
        return check_images(X, self)

    def _pull_back(self, image, weights):
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


def _directions(images):
    """Return the four blurred planes of a block of images."""
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
