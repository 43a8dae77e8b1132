"""Cut components of ink into digits, and join loose parts.

Components are cut into more pieces than there are digits, and the pieces are joined so
that the detector finds the results most likely to be digits: Matan, Burges, LeCun and
Denker, "Multi-digit recognition using a space displacement neural network", 1992, and
Casey and Lecolinet, "A survey of methods and strategies in character segmentation",
1996, section 4.
"""

import numpy as np
from scipy import ndimage

from skdigits._ink import _detector
from skdigits._ink._components import Patch
from skdigits._ink._framing import frame_ink
from skdigits._page._cuts import cut_along, find_paths
from skdigits._page._hypotheses import find_spans
from skdigits._page._lines import group
from skdigits._page._patches import join

# Ink, with full ink at 1: pixels above it connect. Faint strokes do, the blur between
# two strokes does not.
CONNECTS = 0.3

# All lengths are fractions of the height of the line's digits. A component lower than
# `_LOW` is a loose part if another lies within `_NEAR`.
_LOW, _NEAR = 0.5, 0.2

# Least distance between cuts, and most ink that a cut may cross.
_LEAST_PIECE, _THICKEST = 0.12, 0.5

# Log-odds of being a digit: a component above it is not cut.
_SURE = 3.0

# Penalties on the log-probability: for each digit, because a letter is easily cut into
# ones, and for a loose part that belongs to no digit.
_ONE_MORE, _DROPPED = -2.0, -5.0


def cut_into_digits(line, height):
    """Cut and join the components of a line into digits, one patch each.

    Parameters
    ----------
    line : list of Patch
        From left to right.
    height : float
        Height of the line's digits, in pixels.

    Returns
    -------
    digits : list of Patch
        From left to right.
    """
    digits = []
    odds = log_odds(line)
    sure = [o > _SURE and p.height > _LOW * height for p, o in zip(line, odds)]
    for members in group(line, sure, _NEAR * height):
        if len(members) == 1 and sure[members[0]]:
            digits.append(line[members[0]])
            continue
        pieces: list[Patch] = []
        for i in members:
            pieces += [line[i]] if sure[i] else _cut(line[i], height)
        pieces.sort(key=lambda p: p.left + p.right)
        digits += _put_together(pieces, height)
    return digits


def log_odds(patches):
    """Return the logarithm of the odds that each patch is a digit."""
    return _detector.log_odds(np.stack([frame_ink(p.ink) for p in patches]))


def _cut(patch, height):
    """Cut a component along paths from top to bottom that cross little ink."""
    crossed, path_through = find_paths(patch.ink)
    distance = max(2, int(_LEAST_PIECE * height))
    lowest = ndimage.minimum_filter1d(crossed, 2 * distance + 1, mode="nearest")
    columns = [
        x
        for x in np.flatnonzero(crossed == lowest)
        if distance <= x < patch.width - distance and crossed[x] < _THICKEST * height
    ]
    columns = [x for i, x in enumerate(columns) if not i or x - columns[i - 1] > 1]
    pieces = cut_along(patch, columns, crossed, path_through, CONNECTS)
    return [piece.patch for piece in pieces]


def _put_together(pieces, height):
    """Join neighbouring pieces into the most probable digits."""
    n = len(pieces)
    spans = find_spans(pieces, height)
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
