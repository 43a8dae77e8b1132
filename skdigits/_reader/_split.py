"""split_digits: a picture with several digits, as pictures of one each."""

import numpy as np

from skdigits._ink._framing import frame_ink
from skdigits._pictures import check_picture
from skdigits._public import public
from skdigits._reader._cuts import cut_into_digits, log_odds
from skdigits._reader._ink_of_page import find_page_ink
from skdigits._reader._patches import find_patches, sort_into_lines, usual_height
from skdigits._types import Picture

# A patch smaller than this part of the usual height is a speck.
_SPECK = 0.2


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

    See Also
    --------
    load_digit_reader : Reads the images.
    load_digit_detector : Tells which of them are digits; other marks, such as letters,
        come back as well.

    Notes
    -----
    Each connected patch of ink is a digit if the detector of `load_digit_detector`
    takes it for one. Others are cut along paths that cross little ink, and neighbouring
    pieces put together, loose parts such as the bar of a 5 among them, so that the
    digits become most probable to the detector [1]_. Specks are dropped, and so is what
    the edge of the picture cuts off, if it is no digit.

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
    ink, scale = find_page_ink(check_picture(picture))
    digits, lines = _find_digits(ink) if ink is not None else ([], [])
    images = [frame_ink(patch.ink) for patch in digits]
    boxes = [(p.top, p.left, p.bottom, p.right) for p in digits]
    return images, scale * np.array(boxes, int).reshape(-1, 4), np.array(lines, int)


def _find_digits(ink):
    """Find the digits of a page in reading order, and the line of each."""
    patches = find_patches(ink)
    height = usual_height(patches)
    patches = [p for p in patches if max(p.height, p.width) > _SPECK * height]
    lines = [cut_into_digits(line, height) for line in sort_into_lines(patches, height)]
    lines = [_drop_cut_off(line, ink.shape) for line in lines]
    lines = [line for line in lines if line]
    digits = [patch for line in lines for patch in line]
    return digits, np.repeat(np.arange(len(lines)), [len(line) for line in lines])


def _drop_cut_off(line, shape):
    """Drop what the edge of the picture cuts off, if it is no digit.

    It may be the edge of a shadow, of the sheet or of a ruler.
    """
    inside = [
        min(p.top, p.left) > 0 and p.bottom < shape[0] and p.right < shape[1]
        for p in line
    ]
    return [p for p, whole in zip(line, inside) if whole or log_odds([p])[0] > 0]
