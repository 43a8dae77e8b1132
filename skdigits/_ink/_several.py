"""Detect several digits in a picture where one is expected."""

import warnings

import numpy as np
from scipy import ndimage

from skdigits._ink._components import weigh_components
from skdigits._ink._detector import find_log_odds
from skdigits._ink._framing import BOX, SIZE, frame_ink, frame_whole

# Fractions of the longest component's longer side: shorter components are loose bars or
# the dots of dotted paper. A component at the picture's edge, such as part of a
# neighbouring digit in a form, must be longer to count.
_LEAST_SIDE, _LEAST_AT_EDGE = 0.6, 0.8

# Fraction of its width: a component that is less high is a line, not a digit. So is one
# that crosses the picture from edge to edge, unless all do, as in a tight crop.
_LINE_ASPECT = 1 / 3

# A component less wide than the fraction `_THIN` of its height is a stroke. If strokes
# in one column reach over more than `_TALL_LINE` times the longest other component's
# side, they are parts of a line, such as a form's or a margin's. This reads 3 more of
# 250 tablet pictures. 1.15 reads 4 more, but takes a 1 that is a fifth higher than its
# neighbour for a line.
_THIN, _TALL_LINE = 1 / 5, 1.3

# Largest number of components that are tested, the heaviest first.
_MOST_TESTED = 8

# Largest number of pictures that a warning names.
_NAMED = 5


def frame_digit(candidate, size, box):
    """Frame a candidate; if its page holds several digits, frame all of them together.

    Parameters
    ----------
    candidate : Candidate
    size, box : int
        As in `frame_ink`.

    Returns
    -------
    image : ndarray of shape (size, size), uint8
    is_several : bool
    """
    together = find_several(candidate.page)
    if together is not None:
        return frame_whole(together, size, box), True
    if (size, box) == (SIZE, BOX):
        return candidate.image, False
    return frame_ink(candidate.ink, size, box), False


def find_several(ink):
    """Find the digits, if there are several.

    There are several digits if the detector accepts at least two components, each by
    itself, but rejects all large components joined into one image. It accepts the
    joined parts of a broken digit.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        The ink of the whole picture; 0 is paper, 1 is full ink.

    Returns
    -------
    together : ndarray of shape (height, width), or None
        The ink of all components that are large enough to be digits; None if there are
        not several digits.
    """
    labels, mass = weigh_components(ink)
    if len(mass) <= 2:
        return None
    boxes = ndimage.find_objects(labels)
    shapes = np.array([[side.stop - side.start for side in box] for box in boxes])
    sides = shapes.max(axis=1)
    is_line = shapes[:, 0] < _LINE_ASPECT * shapes[:, 1]
    crosses = (shapes == ink.shape).any(axis=1)
    if not crosses[~is_line & (sides >= _LEAST_SIDE * sides.max())].all():
        is_line |= crosses
    sides[is_line | _find_tall_lines(boxes, shapes, is_line)] = 0
    touches = [
        any(side.start == 0 or side.stop == m for side, m in zip(box, ink.shape))
        for box in boxes
    ]
    least = np.where(touches, _LEAST_AT_EDGE, _LEAST_SIDE)
    large = np.flatnonzero((sides > 0) & (sides >= least * sides.max())) + 1
    if len(large) < 2:
        return None
    large = large[np.argsort(mass[large])[::-1]]
    together = np.where(np.isin(labels, large), ink, 0)
    images = [frame_whole(together)]
    for label in large[:_MOST_TESTED]:
        box = boxes[label - 1]
        images.append(frame_ink(np.where(labels[box] == label, ink[box], 0)))
    log_odds = find_log_odds(np.stack(images))
    return together if log_odds[0] < 0 and (log_odds[1:] > 0).sum() > 1 else None


def _find_tall_lines(boxes, shapes, is_line):
    """Find the components that are parts of vertical lines, whole or broken.

    Parameters
    ----------
    boxes : list of (slice, slice)
    shapes : ndarray of shape (n_components, 2)
        Heights and widths.
    is_line : ndarray of shape (n_components,), bool
        Components that are lines for other reasons.

    Returns
    -------
    is_tall_line : ndarray of shape (n_components,), bool
    """
    is_stroke = shapes[:, 1] < _THIN * shapes[:, 0]
    is_tall_line = np.zeros(len(boxes), bool)
    other = shapes[~is_stroke & ~is_line].max(initial=0)
    if other < _LEAST_SIDE * shapes[is_stroke].max(initial=0):
        return is_tall_line  # no digit, only specks beside ones
    columns = np.array([(box[1].start + box[1].stop) / 2 for box in boxes])
    rows = np.array([(box[0].start, box[0].stop) for box in boxes])
    for column, width in zip(columns[is_stroke], shapes[is_stroke, 1]):
        group = is_stroke & (np.abs(columns - column) <= width)
        if np.ptp(rows[group]) > _TALL_LINE * other:
            is_tall_line |= group
    return is_tall_line


class SeveralDigitsWarning(UserWarning):
    """Pictures hold several digits where one is expected."""


def warn_of_several(indices):
    """Warn that the pictures with these indices hold several digits."""
    if not indices:
        return
    named = ", ".join(map(str, indices[:_NAMED]))
    if len(indices) > _NAMED:
        named += f" and {len(indices) - _NAMED} more"
    plural = "s" if len(indices) > 1 else ""
    warnings.warn(
        f"Several digits in picture{plural} {named}, where one is expected. "
        f"split_digits cuts a picture into pictures of one digit each.",
        SeveralDigitsWarning,
        stacklevel=3,
    )
