"""CenterDigit: frames any picture of a digit as MNIST's images are framed."""

from numbers import Integral
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions

from skdigits._image_step import ImageStepMixin
from skdigits._ink._candidates import choose, find_candidates
from skdigits._ink._several import frame_digit, warn_of_several
from skdigits._one_thread import one_blas_thread
from skdigits._pictures import check_pictures
from skdigits._public import public
from skdigits._types import Array, Pictures


@public
class CenterDigit(ImageStepMixin, BaseEstimator):
    """Frame each picture of a digit as MNIST's images are framed.

    A network that was trained on MNIST reads only digits framed like MNIST's: white on
    black, scaled to fit 20 × 20 pixels, with the centre of mass in the middle of
    28 × 28. `CenterDigit` takes pictures that are dark on light or light on dark, grey
    or in colour, of any size, with the digit anywhere, uneven illumination, plain,
    ruled or squared paper, and some noise. MNIST's own images stay nearly unchanged.

    There is nothing to learn: `transform` needs no `fit`.

    Parameters
    ----------
    size : int, default=28
        Height and width of the result, in pixels.

    box : int, default=20
        Longer side of the scaled digit, in pixels; at most `size`.

    on_blank : {"raise", "keep"}, default="raise"
        What to do with a picture without a digit: raise a ValueError that gives its
        index, or return a black image.

    See Also
    --------
    split_digits : Cuts a picture of several digits into one image for each.
    Flatten : Reshapes the images into rows, for a classifier.

    Notes
    -----
    A picture is projected onto the colour in which the ink differs most from the paper.
    Pictures of more than 160 pixels a side are downscaled; a digit that is small
    afterwards is processed again at a higher resolution.

    If much of a small picture is paper of one grey level, as in scanned digits, or if a
    large picture has no noise, like a drawing made on a screen, its grey levels are
    taken as the ink. Otherwise a small network classifies each pixel as ink or paper,
    from morphological closings and openings [1]_, blurs and slopes around it. It was
    trained on drawn pictures of patterned, folded, ruled and squared paper, forms and
    bad illumination. Dark ink, light ink, its strongest strokes alone, single
    components and the grey levels of small pictures are all candidates, tried until one
    is surely a digit. Another network, trained on the same drawings, rates the
    candidates; the less sure `load_digit_reader` is of a candidate's digit, the lower
    the rating.

    The digit is scaled by area averaging. Strokes that were enlarged, or are thinner or
    thicker than MNIST's, are redrawn at MNIST's width.

    A picture of several digits, such as a page, is framed as one image, with a
    UserWarning; `load_digit_detector` rejects that image. Slant is kept, as in MNIST.

    The result has three dimensions, which no data frame holds, so `set_output` has no
    effect.

    References
    ----------
    .. [1] Soille, P. (2003). Morphological Image Analysis, 2nd edition, chapter 4.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import CenterDigit
    >>> page = np.full((120, 90, 3), 255, dtype=np.uint8)  # white
    >>> page[20:80, 50:56] = [0, 0, 128]  # a 1 in blue ink
    >>> CenterDigit().transform([page]).shape
    (1, 28, 28)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "size": [Interval(Integral, 1, None, closed="left")],
        "box": [Interval(Integral, 1, None, closed="left")],
        "on_blank": [StrOptions({"raise", "keep"})],
    }

    def __init__(
        self,
        size: int = 28,
        box: int = 20,
        on_blank: Literal["raise", "keep"] = "raise",
    ) -> None:
        self.size = size
        self.box = box
        self.on_blank = on_blank

    def transform(self, X: Pictures) -> Array:
        """Frame each picture.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width) or \
                (n_samples, height, width, channels), or list of pictures
            Pictures of one digit each. A list may mix paths, Pillow pictures and arrays
            of any sizes and channels. One channel is grey, two grey and alpha, three
            RGB, four RGBA. Booleans, integers or floats of any range. Files and Pillow
            pictures are rotated as their EXIF says. Pillow reads PNG, JPEG and many
            other formats, and HEIC if pillow-heif is installed.

        Returns
        -------
        images : ndarray of shape (n_samples, size, size), uint8
            White (255) on black (0).

        Raises
        ------
        ValueError
            If X is not as described, or if a picture is blank and `on_blank` is
            "raise".
        TypeError
            If X is sparse.
        OSError
            If a file does not exist or permission to read it is denied.
        ImportError
            If X holds a file and Pillow, or another package for its format, is missing.

        Warns
        -----
        UserWarning
            If pictures hold several digits: cut them with `split_digits`.

        Examples
        --------
        >>> import numpy as np
        >>> from skdigits import CenterDigit
        >>> page = np.full((120, 90), 255, dtype=np.uint8)
        >>> page[20:80, 50:56] = 0
        >>> image = CenterDigit().transform([page])[0]
        >>> image.shape, int(image.max())
        ((28, 28), 255)
        """
        self._validate_params()
        self._check_box()
        size, box = int(self.size), int(self.box)
        images, several = [], []
        with one_blas_thread():
            for i, picture in enumerate(check_pictures(X)):
                digit = choose(find_candidates(picture))
                if digit is not None:
                    image, is_several = frame_digit(digit, size, box)
                elif self.on_blank == "keep":
                    image, is_several = np.zeros((size, size)), False
                else:
                    raise ValueError(
                        f"Picture {i} is blank: no ink stands out from its paper. With "
                        f'on_blank="keep" such pictures become black images.'
                    )
                images.append(image)
                if is_several:
                    several.append(i)
        warn_of_several(several)
        return np.array(images, dtype=np.uint8)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["uint8"]
        return tags

    def _check(self, X):
        self._check_box()
        for _ in check_pictures(X):
            pass

    def _check_box(self):
        if self.box > self.size:
            raise ValueError(
                f"box must be at most size. Got box={self.box} and size={self.size}."
            )
