"""The digits of a page whose ink is found by rules."""

import numpy as np

from skdigits._ink._framing import frame_ink
from skdigits._page._digits import PageDigits
from skdigits._page._lines import sort_into_lines
from skdigits._page._patches import find_patches
from skdigits._reader._cuts import CONNECTS, cut_into_digits, log_odds
from skdigits._reader._ink_of_page import find_page_ink, usual_height

# Fraction of the usual height: a smaller component is a speck.
_SPECK = 0.2


def find_by_rules(picture):
    """Find the digits of a page.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Returns
    -------
    digits : PageDigits
    """
    ink, scale = find_page_ink(picture)
    digits, lines = _find_digits(ink) if ink is not None else ([], [])
    boxes = np.array([patch.box for patch in digits], int)
    return PageDigits(
        [frame_ink(patch.ink) for patch in digits],
        scale * boxes.reshape(-1, 4),
        np.array(lines, int),
        log_odds(digits) if digits else np.zeros(0),
    )


def _find_digits(ink):
    """Find the digits of a page in reading order, and the line of each."""
    patches = find_patches(ink, CONNECTS)
    height = usual_height(patches)
    patches = [p for p in patches if max(p.height, p.width) > _SPECK * height]
    lines = [cut_into_digits(line, height) for line in sort_into_lines(patches, height)]
    lines = [_drop_cut_off(line, ink.shape) for line in lines]
    lines = [line for line in lines if line]
    digits = [patch for line in lines for patch in line]
    return digits, np.repeat(np.arange(len(lines)), [len(line) for line in lines])


def _drop_cut_off(line, shape):
    """Drop non-digits that touch the edge of the picture.

    They may be edges of shadows, of the sheet or of a ruler.
    """
    inside = [
        min(p.top, p.left) > 0 and p.bottom < shape[0] and p.right < shape[1]
        for p in line
    ]
    return [p for p, whole in zip(line, inside) if whole or log_odds([p])[0] > 0]
