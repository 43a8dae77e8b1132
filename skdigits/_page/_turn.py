"""Find the quarter turns that may make a page upright."""

import numpy as np

from skdigits._ink._detector import find_log_odds
from skdigits._page._marks import usual_height

# Marks are tested if their longer side lies between `_SHORT` and `_LONG` times the
# usual height, and their sides differ by less than `_BAR` times: the residue of ruled
# lines looks like a 1 after a quarter turn. At most about `_MANY` marks are tested.
_SHORT, _LONG, _BAR, _MANY = 0.4, 2.5, 3, 60

# Fraction of the tested marks: a turn is worth reading the page again if more are then
# likely digits. Printed text looks more like digits upside down, and takes long: with
# 0.5, such a page takes 26 instead of 7 s.
_SHARE = 0.7

# Log-likelihood of a mark that is surely not a digit.
_UNLIKELY = np.log(0.01)


def find_turns(marks):
    """Find the turns after which the marks look more like digits than before.

    Parameters
    ----------
    marks : list of Patch
        Marks of the page before any turn.

    Returns
    -------
    turns : list of int
        Those of 1, 2 and 3 quarter turns, counterclockwise, that raise the likelihood
        that the marks are digits.
    """
    height = usual_height(marks)
    images = [
        mark.image
        for mark in marks
        if mark.image is not None
        and _SHORT * height < max(mark.height, mark.width) < _LONG * height
        and 1 / _BAR < mark.width / mark.height < _BAR
    ]
    if not images:
        return []
    images = images[:: max(1, len(images) // _MANY)]
    log_odds = [find_log_odds(np.rot90(images, n, axes=(1, 2))) for n in range(4)]
    likelihood = [np.maximum(-np.logaddexp(0, -o), _UNLIKELY).sum() for o in log_odds]
    return [
        n
        for n in (1, 2, 3)
        if likelihood[n] > likelihood[0] and np.mean(log_odds[n] > 0) > _SHARE
    ]


def turn_boxes_back(boxes, n_turns, shape):
    """Convert bounding boxes on a turned page to the page before the turn.

    Parameters
    ----------
    boxes : ndarray of shape (n_boxes, 4)
        Top, left, bottom and right.
    n_turns : int
        Quarter turns, counterclockwise.
    shape : tuple of int
        Height and width of the page before the turn.

    Returns
    -------
    boxes : ndarray of shape (n_boxes, 4)
    """
    for i in reversed(range(n_turns)):
        top, left, bottom, right = boxes.T
        width = shape[1 - i % 2]
        boxes = np.stack([left, width - bottom, right, width - top], axis=1)
    return boxes
