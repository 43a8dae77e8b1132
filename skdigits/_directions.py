"""GradientDirections: the gradients of an image, split by direction."""

from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from skdigits._gradients import pull_back, split_gradients
from skdigits._image_stack import check_images
from skdigits._image_step import ImageStepMixin
from skdigits._public import public
from skdigits._types import Array


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
    pixel is kept; for pixels of 0 or more, no value exceeds the largest pixel. The
    result is proportional to the pixels: images of 0-1 and of 0-255 train the same
    network. The width of the blur was chosen by the log-loss on held-out images of
    MNIST; so was leaving out the square root that the authors take.

    The planes are not images. Augment before this step: add images warped by
    `random_affine` to the training images. A classifier with ``augmentation``
    recognises the planes of square images of at least 7 × 7 pixels by their values, and
    raises a ValueError; other planes it would warp as images.

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
        return split_gradients(self._check(X))

    def _check(self, X):
        return check_images(X, self)

    def _pull_back(self, image, weights):
        """Turn weights of the planes into weights of the image's pixels."""
        return pull_back(image, weights)
