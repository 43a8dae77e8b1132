"""split_digits: cuts a picture with several digits into pictures of one each."""

import numpy as np

from skdigits._page._digits import find_digits
from skdigits._pictures import check_picture
from skdigits._public import public
from skdigits._types import Picture


@public
def split_digits(
    picture: Picture,
) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Cut a picture with several digits into pictures of one digit each.

    Digits may have any size, slant and gaps, and may touch each other. Paper, pen and
    illumination may vary as for `CenterDigit`. Lines may slope a little.

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
        One image of each digit, without its neighbours, framed as by `CenterDigit`, for
        ``load_digit_reader()[1:]``. The images are in reading order: lines from top to
        bottom, each from left to right. The list is empty if the picture is blank.
    boxes : ndarray of shape (n_digits, 4), int
        Top, left, bottom and right of each digit in the picture, in pixels:
        ``picture[top:bottom, left:right]``. A file or a Pillow picture is first turned
        as its EXIF says, by `PIL.ImageOps.exif_transpose`.
    lines : ndarray of shape (n_digits,), int
        The line of each digit, counted from 0.

    Raises
    ------
    ValueError
        If the picture is not as described.
    OSError
        If the file does not exist or permission to read it is denied.
    ImportError
        If the picture is a file and Pillow, or another package for its format, is
        missing.

    Warns
    -----
    UserWarning
        If the page was turned to be read.

    See Also
    --------
    load_digit_reader : Reads the images.
    load_digit_detector : Rejects non-digits, such as letters: `split_digits` returns
        them too.

    Notes
    -----
    The network that `CenterDigit` uses finds the ink. If a page has no noise, as one
    drawn on a screen, its grey levels are the ink instead, if they give the digits more
    evidence. Connected components of ink are cut along paths that cross little ink, and
    neighbouring pieces are joined into the most probable digits [1]_. Two small
    networks give the probabilities: the first gets the outputs of `load_digit_detector`
    and `load_digit_reader` for a piece, the piece's size and position relative to its
    neighbours, the gaps and cuts on its sides, and the sharpness of its ink; the second
    also gets the output of the first for the rest of the line and of the page. Both
    were trained on drawn pages of strings, tables, forms, text and scenes. A long line
    of marks that mostly do not look like digits is text: nothing in it is cut or
    joined. If a page has several digits, but none surely, it has none.

    A page of fewer than 40,000 pixels, such as an amount cut out of a cheque, is read
    again enlarged by up to 2, until all of its marks are surely digits; the most
    evidence counts. A page that lies on its side or is upside down is turned, with a
    warning, if its digits are then surer. Marks of more than twice the usual height,
    such as handwriting beside print, are also read by themselves.

    If fewer than two digits are found in a picture of at most 64 pixels a side, the
    whole picture is read as one digit, as by `CenterDigit`. A larger picture without
    digits is read as one digit if the detector is sure that it is one. The box is then
    the whole picture.

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
