"""StraightenDigit: makes digits centred, upright and of one size."""

import warnings
from numbers import Real
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, validate_parameter_constraints

from skdigits._image_stack import check_images
from skdigits._image_step import ImageStepMixin
from skdigits._moments import HEIGHT, WIDTH, WIDTH_EXPONENT, pull_back, straighten
from skdigits._public import public
from skdigits._types import Array

# Number of images that `transform` checks for light paper.
_WATCHED_IMAGES = 256


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
    border they are 0. Blank images stay blank. In images like MNIST's, a second
    `transform` moves nothing by more than a pixel, except that it brings the width
    closer to `width`, and scales digits further that the limits apply to.

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
        height: float = HEIGHT,
        width: float = WIDTH,
        width_exponent: float = WIDTH_EXPONENT,
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
        return straighten(images, self.height, self.width, self.width_exponent)

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

    def _pull_back(self, image, weights):
        """Turn weights of the straightened pixels into weights of the original ones."""
        return pull_back(image, weights, self.height, self.width, self.width_exponent)


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
