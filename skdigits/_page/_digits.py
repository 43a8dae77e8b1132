"""Find the digits of a page, step by step."""

import warnings
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from skdigits._ink._candidates import choose, find_candidates
from skdigits._ink._several import find_several
from skdigits._one_thread import one_blas_thread
from skdigits._page._choose import SURE_MARK, choose_marks, merge
from skdigits._page._evidence import describe
from skdigits._page._hypotheses import Hypothesis, find_hypotheses
from skdigits._page._marks import find_tall, see
from skdigits._page._page_ink import PageInk, find_marks, list_ways, look_closer
from skdigits._page._patches import find_patches
from skdigits._page._turn import find_turns, turn_boxes_back

# Pixels of the longer side: smaller pictures are tried as one digit before they are
# split.
_MAYBE_ONE_DIGIT = 64

# Log-odds: if nothing is found in a larger picture, a candidate above it is read as the
# picture's digit, such as a single 1 that is a bar. With 1, one of 18 pictures without
# digits is read as a digit; with 0, four.
_SURE_OF_WHOLE = 1.0

# Fraction of the ink: if more is in digits, it is not searched for in another way.
_ALL_INK = 0.95

# A page is turned if it then has at least `_FEWEST` digits, with larger mean log-odds
# than before, and whose log-odds sum to `_GAIN` more. Table in benchmarks/README.md.
_GAIN, _FEWEST = 4, 4

# Pixels: a page that has fewer is read again, enlarged by each of these factors, until
# all of its marks are surely digits. In larger pages this gains nothing.
_FEW_PIXELS, _ENLARGED = 40_000, (1.25, 1.5, 2)

# Another reading, of an enlarged page or of ink found in another way, counts if the
# log-odds of its digits sum to this much more. With 0, more composed strings are
# misread, with 4, more cheques: benchmarks/README.md.
_GAIN_AGAIN = 2

_TURNED = (
    "The page was turned by {} degrees counterclockwise to read it: the images are "
    "upright, the boxes refer to the page before the turn."
)


class TurnedPageWarning(UserWarning):
    """A page was turned to read it, by the degrees that are the argument."""

    def __str__(self):
        return _TURNED.format(*self.args)


class PageDigits(NamedTuple):
    """The digits of a page, and other marks beside them, in reading order.

    Attributes
    ----------
    images : list of ndarray of shape (28, 28), uint8
        Framed as by `CenterDigit`.
    boxes : ndarray of shape (n_digits, 4), int
        Top, left, bottom and right, in pixels of the picture.
    lines : ndarray of shape (n_digits,), int
        Counted from 0.
    log_odds : ndarray of shape (n_digits,)
        Log-odds that each is a digit; negative for other marks beside digits.
    """

    images: list[np.ndarray]
    boxes: np.ndarray
    lines: np.ndarray
    log_odds: np.ndarray


def find_digits(picture):
    """Find the digits of a page, or the digit of a small picture.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Returns
    -------
    digits : PageDigits
    """
    is_small = max(picture.shape[:2]) <= _MAYBE_ONE_DIGIT
    with one_blas_thread():
        return (_find_in_small if is_small else _find_in_large)(picture)


def _find_in_small(picture):
    """Take a small picture as one digit, unless several digits are found."""
    digit = choose(find_candidates(picture))
    if digit is None:
        return _find_on_page(picture)
    if digit.log_odds > 0 and find_several(digit.page) is None:
        return _take_whole(digit, picture)
    digits = _find_on_page(picture)
    return digits if len(digits.images) > 1 else _take_whole(digit, picture)


def _find_in_large(picture):
    """Split a large picture; take it as one digit only if no digit is found."""
    digits = _find_on_page(picture)
    if digits.images:
        return digits
    digit = choose(find_candidates(picture))
    is_sure = digit is not None and digit.log_odds > _SURE_OF_WHOLE
    return _take_whole(digit, picture) if is_sure else digits


def _take_whole(digit, picture):
    box, line = np.array([(0, 0, *picture.shape[:2])]), np.zeros(1, int)
    return PageDigits([digit.image], box, line, np.array([digit.log_odds]))


class _Read(NamedTuple):
    """A page as read from its ink.

    Attributes
    ----------
    page : PageInk
    digits : list of Hypothesis
        As from `choose_marks`.
    """

    page: PageInk
    digits: list[Hypothesis]

    @property
    def log_odds(self):
        """The sum of the log-odds of the digits."""
        return sum(max(digit.patch.log_odds, 0) for digit in self.digits)

    @property
    def n_digits(self):
        """The number of digits."""
        return sum(digit.patch.log_odds > 0 for digit in self.digits)

    @property
    def mean_log_odds(self):
        """The mean of the log-odds of the digits."""
        return self.log_odds / max(self.n_digits, 1)

    @property
    def is_sure(self):
        """Whether there are marks, and all are surely digits."""
        sure = [digit.patch.log_odds > SURE_MARK for digit in self.digits]
        return bool(sure) and all(sure)

    @property
    def share(self):
        """The fraction of the ink that is in digits."""
        digits = [d.patch.ink.sum() for d in self.digits if d.patch.log_odds > 0]
        return sum(digits) / max(self.page.ink.sum(), 1)


def _find_on_page(picture):
    """Read the page's ink, in each way to find it until all of it is in digits."""
    first, *other_ways = list_ways(picture)
    best = _read(picture, first)
    for way in other_ways:
        if best.share > _ALL_INK:
            break
        read = _read(picture, way)
        if read.log_odds > best.log_odds + _GAIN_AGAIN:
            best = read
    page, digits = best
    if page.n_turns:
        warnings.warn(TurnedPageWarning(90 * page.n_turns), stacklevel=5)
    boxes = np.array([digit.patch.box for digit in digits]).reshape(-1, 4)
    boxes = turn_boxes_back(page.scale * boxes, page.n_turns, picture.shape[:2])
    _, lines = np.unique([digit.line for digit in digits], return_inverse=True)
    return PageDigits(
        [digit.patch.image for digit in digits],
        np.rint(boxes).clip(0, 2 * picture.shape[:2]).astype(int),
        lines.astype(int),
        np.array([digit.patch.log_odds for digit in digits]),
    )


def _read(picture, way):
    """Read a page as it is, its tall marks, and turned, if it may be upright then."""
    page, marks = find_marks(picture, way)
    upright = _read_tall(_read_digits(page, marks), marks)
    if all(mark.image is None for mark in marks):  # nothing but specks
        return upright
    upright = _enlarge(picture, way, upright)
    if len(marks) < _FEWEST:
        return upright
    turned = [_read_digits(page.turn(n_turns)) for n_turns in find_turns(marks)]
    likelier = [
        read
        for read in turned
        if read.n_digits >= _FEWEST
        and read.mean_log_odds > max(SURE_MARK, upright.mean_log_odds)
        and read.log_odds > upright.log_odds + _GAIN
    ]
    if not likelier:
        return upright
    return _enlarge(picture, way, max(likelier, key=attrgetter("log_odds")))


def _enlarge(picture, way, read):
    """If a page is small, read it again, enlarged, until all its marks are sure."""
    best, gain = read, _GAIN_AGAIN
    for factor in _ENLARGED if read.page.ink.size < _FEW_PIXELS else ():
        if best.is_sure:
            break
        again = _read_digits(look_closer(picture, read.page, way, factor))
        if again.mean_log_odds > SURE_MARK and again.log_odds > best.log_odds + gain:
            best, gain = again, 0
    return best


def _read_digits(page, marks=None):
    """List the hypotheses of a page, and choose among them.

    Without its marks, they are searched for.
    """
    marks = see(find_patches(page.ink)) if marks is None else marks
    hypotheses, lines = find_hypotheses(marks)
    if not hypotheses:
        return _Read(page, [])
    evidence = describe(hypotheses, lines, page)
    return _Read(page, choose_marks(hypotheses, evidence))


def _read_tall(read, marks):
    """Read the tall marks of a page also by themselves, as handwriting beside print.

    Among letters, digits of another size than theirs have no evidence. The tall marks
    take the place of what overlaps them, if that has more evidence.
    """
    tall = find_tall(marks)
    if all(mark.log_odds < 0 for mark in tall):
        return read
    apart = _read_digits(read.page, tall)
    if apart.mean_log_odds <= SURE_MARK:
        return read
    both = _Read(read.page, merge(apart.digits, read.digits))
    return both if both.log_odds > read.log_odds + _GAIN_AGAIN else read
