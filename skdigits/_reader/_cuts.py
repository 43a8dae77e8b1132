"""Cut patches of ink into digits, and put loose parts together.

Patches are cut into more pieces than there are digits, and the pieces put together
again so that each looks most like a digit to a detector: Matan, Burges, LeCun and
Denker, "Multi-digit recognition using a space displacement neural network", 1992, and
Casey and Lecolinet, "A survey of methods and strategies in character segmentation",
1996, section 4.
"""

from functools import cache

import numpy as np
from scipy import ndimage

from skdigits._ink._framing import frame_ink
from skdigits._reader._load import load_digit_detector
from skdigits._reader._patches import CONNECTS, Patch, join

# All lengths are parts of the height of the line's digits. A patch lower than the first
# is a loose part, if another is as near as the second.
_LOW, _NEAR = 0.5, 0.2

# Cuts are this far apart, and go through at most so much ink.
_LEAST_PIECE, _THICKEST = 0.12, 0.5

# A digit has at most this width, and so many pieces.
_WIDEST, _MOST_PIECES = 1.6, 6

# Logarithm of the odds that a patch is a digit, above which it is left whole.
_SURE = 3.0

# Added to the log-probability for each digit, as a letter is easily cut into ones; and
# for a loose part that belongs to no digit.
_ONE_MORE, _DROPPED = -2.0, -5.0


def cut_into_digits(line, height):
    """Turn the patches of a line into digits, one patch each.

    Parameters
    ----------
    line : list of Patch
        From left to right.
    height : float
        Of the line's digits, in pixels.

    Returns
    -------
    digits : list of Patch
        From left to right.
    """
    digits = []
    odds = log_odds(line)
    sure = [o > _SURE and p.height > _LOW * height for p, o in zip(line, odds)]
    for group in _group(line, sure, _NEAR * height):
        if len(group) == 1 and sure[group[0]]:
            digits.append(line[group[0]])
            continue
        pieces: list[Patch] = []
        for i in group:
            pieces += [line[i]] if sure[i] else _cut(line[i], height)
        pieces.sort(key=lambda p: p.left + p.right)
        digits += _put_together(pieces, height)
    return digits


def log_odds(patches):
    """Return the logarithm of the odds that each patch is a digit."""
    images = np.stack([frame_ink(p.ink, 28, 20) for p in patches])
    return _detector().decision_function(images)


@cache
def _detector():
    return load_digit_detector()[1:]  # frame_ink has centred the digits


def _group(line, sure, near):
    """Group patches that may be parts of one digit, by their places in the line."""
    groups: list[list[int]] = []
    for i, patch in enumerate(line):
        if groups:
            others = [j for j in groups[-1] if line[j].right + near > patch.left]
            # Two patches that surely are digits have nothing to do with each other.
            if others and not (sure[i] and all(sure[j] for j in others)):
                groups[-1].append(i)
                continue
        groups.append([i])
    return groups


def _cut(patch, height):
    """Cut a patch along paths from top to bottom that cross little ink."""
    crossed, paths = _find_paths(patch.ink)
    distance = max(2, int(_LEAST_PIECE * height))
    lowest = ndimage.minimum_filter1d(crossed, 2 * distance + 1, mode="nearest")
    columns = [
        x
        for x in np.flatnonzero(crossed == lowest)
        if distance <= x < patch.width - distance and crossed[x] < _THICKEST * height
    ]
    columns = [x for i, x in enumerate(columns) if not i or x - columns[i - 1] > 1]
    right_of = np.zeros(patch.ink.shape, int)
    for x in columns:
        right_of += np.arange(patch.width) >= paths(x)[:, np.newaxis]
    pieces = []
    for number in range(len(columns) + 1):
        ink = np.where(right_of == number, patch.ink, 0)
        boxes = ndimage.find_objects((ink > CONNECTS).astype(int))
        if boxes:
            rows, cols = boxes[0]
            pieces.append(
                Patch(ink[boxes[0]], patch.top + rows.start, patch.left + cols.start)
            )
    return pieces


def _find_paths(ink):
    """Find the path of least ink from top to bottom through each column's middle.

    Returns
    -------
    crossed : ndarray of shape (width,)
        Ink that the path through the column's middle crosses, in pixels, and a little
        for each step aside.
    path : callable
        From a column to the path through its middle: a column for each row.
    """
    middle = len(ink) // 2
    above, steps_up = _descend(ink[: middle + 1])
    below, steps_down = _descend(ink[middle:][::-1])

    def path(x):
        up, down = [x], [x]
        for path, steps in ((up, steps_up), (down, steps_down)):
            for step in steps[::-1]:
                path.append(path[-1] + step[path[-1]])
        return np.array(up[::-1] + down[1:])

    return above + below - ink[middle], path


def _descend(ink):
    """Find the cheapest way from the first row to each pixel of the last.

    Returns
    -------
    cost : ndarray of shape (width,)
    steps : list of ndarray of shape (width,)
        For each row but the first, the step aside to the row before.
    """
    cost, steps = ink[0].astype(float), []
    for row in ink[1:]:
        around = np.pad(cost, 1, constant_values=np.inf)
        ways = np.stack([around[1:-1], around[:-2] + 0.1, around[2:] + 0.1])
        best = ways.argmin(axis=0)
        steps.append(np.array([0, -1, 1])[best])
        cost = ways.min(axis=0) + row
    return cost, steps


def _put_together(pieces, height):
    """Put neighbouring pieces together so that the result looks most like digits."""
    n = len(pieces)
    spans = [
        (i, j)
        for i in range(n)
        for j in range(i + 1, min(i + _MOST_PIECES, n) + 1)
        if j == i + 1
        or max(p.right for p in pieces[i:j]) - min(p.left for p in pieces[i:j])
        <= _WIDEST * height
    ]
    joined = [join(pieces[i:j]) for i, j in spans]
    scores = -np.logaddexp(0, -log_odds(joined))  # log-probabilities
    best: list[tuple[float, list[Patch]]] = [(0.0, []), *[(-np.inf, [])] * n]
    for (i, j), patch, score in sorted(
        zip(spans, joined, scores), key=lambda hypothesis: hypothesis[0][1]
    ):
        choices = [(best[i][0] + score + _ONE_MORE, [*best[i][1], patch])]
        if patch.height < _LOW * height:
            choices.append((best[i][0] + _DROPPED, best[i][1]))
        best[j] = max(best[j], *choices, key=lambda choice: choice[0])
    return best[n][1]
