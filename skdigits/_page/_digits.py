"""Find the digits of a page by learnt ink, step by step."""

from typing import NamedTuple

import numpy as np

from skdigits._ink._framing import frame_ink
from skdigits._page._choose import choose_digits
from skdigits._page._evidence import describe
from skdigits._page._hypotheses import find_hypotheses
from skdigits._page._marks import see
from skdigits._page._page_ink import find_marks
from skdigits._page._patches import find_patches
from skdigits._page._turn import find_turn, turn_boxes_back


class PageDigits(NamedTuple):
    """The digits of a page, in reading order.

    Attributes
    ----------
    images : list of ndarray of shape (28, 28), uint8
        Framed as by `CenterDigit`.
    boxes : ndarray of shape (n_digits, 4), int
        Top, left, bottom and right, in pixels of the picture.
    lines : ndarray of shape (n_digits,), int
        Counted from 0.
    log_odds : ndarray of shape (n_digits,)
        Log-odds that each is a digit.
    """

    images: list[np.ndarray]
    boxes: np.ndarray
    lines: np.ndarray
    log_odds: np.ndarray


def find_learnt(picture):
    """Find the digits of a page by learnt ink.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Returns
    -------
    digits : PageDigits
    n_turns : int
        Quarter turns, counterclockwise, after which the page was read.
    """
    page, marks = find_marks(picture)
    n_turns = find_turn(marks)
    if n_turns:
        page = page.turn(n_turns)
        marks = see(find_patches(page.ink))
    hypotheses, lines = find_hypotheses(marks)
    digits = choose_digits(hypotheses, describe(hypotheses, lines, page))
    boxes = np.array([digit.patch.box for digit in digits]).reshape(-1, 4)
    boxes = turn_boxes_back(page.scale * boxes, n_turns, picture.shape[:2])
    _, lines = np.unique([digit.line for digit in digits], return_inverse=True)
    digits = PageDigits(
        [frame_ink(digit.patch.ink) for digit in digits],
        np.rint(boxes).astype(int),
        lines.astype(int),
        np.array([digit.patch.log_odds for digit in digits]),
    )
    return digits, n_turns
