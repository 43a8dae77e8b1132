"""CenterDigit: any picture of a digit, framed as MNIST frames it."""

from numbers import Integral
from typing import Any, ClassVar, Literal

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions

from skdigits._image_step import ImageStepMixin
from skdigits._ink._choice import choose, find_candidates
from skdigits._ink._several import frame_digit, warn_of_several
from skdigits._pictures import check_pictures
from skdigits._public import public
from skdigits._types import Array, Pictures


@public
class CenterDigit(ImageStepMixin, BaseEstimator):
    """Bring pictures of one digit each into MNIST's framing.

    A network that was trained on MNIST knows only its framing: white on black, scaled
    into 20 × 20 pixels, centred by its centre of mass in 28 × 28. This brings any
    picture into it: dark on light or light on dark, grey or in colour, of any size, the
    digit anywhere, the light uneven, on plain, ruled or squared paper, with some noise.
    MNIST's own images come back nearly as they were.

    There is nothing to learn: `transform` needs no `fit`.

    Parameters
    ----------
    size : int, default=28
        Height and width of the result, in pixels.

    box : int, default=20
        Pixels that the longer side of the digit is scaled to; at most `size`.

    on_blank : {"raise", "keep"}, default="raise"
        What to do with a picture without a digit: raise a ValueError that gives its
        index, or return a black image.

    See Also
    --------
    split_digits : Cuts a picture of several digits into pictures of one.
    Flatten : Makes rows of the images, for a classifier.

    Notes
    -----
    Ink is what is narrower than the paper beside it, and has sharp edges: the paper is
    estimated by a morphological closing [1]_ with a window a little wider than the
    strokes, in the colour in which the ink differs most, and its brightness is divided
    out. In pictures of at most 64 pixels the paper is what most of the edge shows;
    those of more than 320 are averaged down, and a digit that this leaves small is
    looked at again. Shadows, specks, dashes, and thin lines across the whole picture
    are dropped, and so is ink away from the digit. The digit's box is scaled by
    averaging over areas. Strokes that come out thinner or thicker than MNIST's, or that
    had to be enlarged, are redrawn with a usual width.

    Where that does not look like a digit to `load_digit_detector`, or finds no ink, a
    small network says of each pixel whether it is ink, from closings, openings, blurs
    and slopes around it. It was trained on drawn pictures of patterned, folded, ruled
    and squared paper, forms and bad light. Dark and light ink, one component or
    several, are candidates; another network, trained on the same drawings, chooses the
    one that most likely is the digit.

    A picture of several digits, such as a page, is framed as one, which is no digit to
    `load_digit_detector`, with a UserWarning. Slant stays as it is, as in MNIST.

    The result has three dimensions and fits into no data frame, so `set_output` changes
    nothing here.

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
            pictures are turned as their EXIF says. Pillow reads PNG, JPEG and many
            other kinds of files, and HEIC if pillow-heif is installed.

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
            If there is no such file, or it may not be read.
        ImportError
            If Pillow is missing and X holds a file, or what else its kind needs.

        Warns
        -----
        UserWarning
            If pictures hold several digits: `split_digits` cuts them into pictures of
            one.

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
        images, several = [], []
        for i, picture in enumerate(check_pictures(X)):
            digit = choose(find_candidates(picture))
            if digit is None and self.on_blank == "raise":
                raise ValueError(
                    f"Picture {i} is blank: no ink stands out from its paper. With "
                    f'on_blank="keep" such pictures become black images.'
                )
            if digit is None:
                images.append(np.zeros((self.size, self.size), np.uint8))
                continue
            image, is_several = frame_digit(digit, self.size, self.box)
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
