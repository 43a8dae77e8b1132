"""split_digits: a picture with several digits, as pictures of one each."""

import numpy as np

from skdigits._pictures import check_picture
from skdigits._public import public
from skdigits._reader._digits import find_digits
from skdigits._types import Picture


@public
def split_digits(
    picture: Picture,
) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Cut a picture with several digits into pictures of one digit each.

    Digits may have any size, slant and gaps, and touch each other; the paper, the pen
    and the light may be as for `CenterDigit`. Lines may slope a little.

    Parameters
    ----------
    picture : str, path-like, PIL.Image.Image or array-like of shape (height, width) \
            or (height, width, channels)
        A file, as for `CenterDigit`, a Pillow picture or an array. One channel is grey,
        two grey and alpha, three RGB, four RGBA. Booleans, integers or floats of any
        range.

    Returns
    -------
    images : list of ndarray of shape (28, 28), uint8
        Each digit without its neighbours, framed as by `CenterDigit`, for
        ``load_digit_reader()[1:]``. In reading order: lines from top to bottom, each
        from left to right. Empty if no ink stands out from the paper.
    boxes : ndarray of shape (n_digits, 4), int
        Top, left, bottom and right of each digit in the picture, in pixels:
        ``picture[top:bottom, left:right]``. A file or a Pillow picture is turned as its
        EXIF says, as `PIL.ImageOps.exif_transpose` does it.
    lines : ndarray of shape (n_digits,), int
        The line of each digit, counted from 0.

    Raises
    ------
    ValueError
        If the picture is not as described.
    OSError
        If there is no such file, or it may not be read.
    ImportError
        If Pillow is missing and the picture is a file, or what else its kind needs.

    Warns
    -----
    UserWarning
        If the page is turned.

    See Also
    --------
    load_digit_reader : Reads the images.
    load_digit_detector : Tells which of them are digits; other marks, such as letters,
        come back as well.

    Notes
    -----
    Ink is found by rules and by the network that `CenterDigit` uses; whichever finds
    what looks more like digits to `load_digit_detector` is taken. Connected patches of
    ink are cut along paths that cross little ink, and neighbouring pieces put together
    so that the digits become most probable [1]_: of rules' ink to the detector; of the
    learnt ink to a small network that also knows the size and place of a piece beside
    its neighbours, the gaps and cuts on its sides, and the sharpness of its ink, and
    that was trained on drawn pages of strings, tables, forms, text and scenes.

    A page that lies on its side or is upside down is turned, with a warning, if much
    more of it looks like digits then. A picture of at most 64 pixels in which fewer
    than two digits are found is taken for one digit, as by `CenterDigit`.

    References
    ----------
    .. [1] Casey, R. G. and Lecolinet, E. (1996). A survey of methods and strategies in
       character segmentation. IEEE Transactions on Pattern Analysis and Machine
       Intelligence 18, 690-706.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import load_digit_reader, split_digits
    >>> page = np.full((120, 200), 255, dtype=np.uint8)  # white
    >>> page[20:80, 50:56] = page[25:85, 110:117] = 0  # two ones
    >>> images, boxes, lines = split_digits(page)
    >>> load_digit_reader().predict(images)
    array([1, 1])
    >>> boxes
    array([[ 20,  50,  80,  56],
           [ 25, 110,  85, 117]])
    """
    digits = find_digits(check_picture(picture))
    return digits.images, digits.boxes, digits.lines
