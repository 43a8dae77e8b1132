"""The digits of a page, by rules or by learnt ink, whichever look more like digits."""

import warnings

import numpy as np

from skdigits._ink._choice import choose, find_candidates
from skdigits._ink._detector import log_odds
from skdigits._ink._several import find_several
from skdigits._page._digits import PageDigits, find_learnt
from skdigits._reader._by_rules import find_by_rules

# Pixels of the longer side: a picture with at most this many is read as one digit if it
# looks like one, or if fewer than two are found in it.
_SMALL = 64

# The detector's log-odds of each digit are clipped to `_LEAST` and `_MOST`, then
# summed. Learnt ink is chosen if its sum exceeds that of the rules by more than
# `_MORE`.
_LEAST, _MOST, _MORE = -2.0, 5.0, 3.0

_TURNED = (
    "The page was turned by {} degrees counterclockwise to read it: the images are "
    "upright, the boxes are those of the page before the turn."
)


def find_digits(picture):
    """Find the digits of a page.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Returns
    -------
    digits : PageDigits
    """
    if max(picture.shape[:2]) > _SMALL:
        return _find_all(picture)
    digit = choose(find_candidates(picture))
    whole = _take_whole(digit, picture.shape[:2])
    if _measure(whole) > 0 and find_several(digit.page) is None:
        return whole
    digits = _find_all(picture)
    return digits if len(digits.images) > 1 else whole


def _find_all(picture):
    digits = find_by_rules(picture)
    learnt, n_turns = find_learnt(picture)
    if _measure(learnt) <= _measure(digits) + _MORE:
        return digits
    if n_turns:
        warnings.warn(_TURNED.format(90 * n_turns), stacklevel=4)
    return learnt


def _measure(digits):
    """Measure how much the images look like digits."""
    if not digits.images:
        return 0
    return np.clip(log_odds(np.stack(digits.images)), _LEAST, _MOST).sum()


def _take_whole(digit, shape):
    """Return a small picture as one digit, or as blank if the digit is None."""
    digits = [digit] if digit is not None else []
    return PageDigits(
        [digit.image for digit in digits],
        np.array([(0, 0, *shape)] * len(digits), int).reshape(-1, 4),
        np.zeros(len(digits), int),
        np.array([digit.log_odds for digit in digits]),
    )
