"""Cut components of ink into more pieces than there are digits.

Casey and Lecolinet, "A survey of methods and strategies in character segmentation",
1996, section 4.
"""

from typing import NamedTuple

import numpy as np
from scipy import ndimage
from scipy.signal import find_peaks

from skdigits._ink._components import Patch
from skdigits._page._patches import CONNECTS

# Fraction of the height of the line's digits: least distance between two cuts.
_APART = 0.12

# Fraction of the height of the line's digits: a path that crosses more ink is not a
# cut.
_MOST_CROSSED = 0.6

# Pixels of ink: the cost of a step to the side. Without it, paths through paper would
# wander.
_STEP_COST = 0.1


class Piece(NamedTuple):
    """Part or all of a component.

    Attributes
    ----------
    patch : Patch
    left_cut, right_cut : float
        Ink that the cuts on its sides cross, in pixels.
    """

    patch: Patch
    left_cut: float = 0.0
    right_cut: float = 0.0


def cut(patch, height):
    """Cut a component along paths from top to bottom that cross little ink.

    Parameters
    ----------
    patch : Patch
    height : float
        Height of the line's digits, in pixels.

    Returns
    -------
    pieces : list of Piece
        From left to right.
    """
    crossed, paths = find_paths(patch.ink)
    apart = max(2, int(_APART * height))
    cuts = [
        x
        for x in find_peaks(-crossed, distance=apart)[0]
        if 2 <= x < patch.width - 2 and crossed[x] < _MOST_CROSSED * height
    ]
    number = np.ones(patch.ink.shape, int)
    for x in cuts:
        number += np.arange(patch.width) >= paths[:, [x]]
    crossings = [0.0, *crossed[cuts], 0.0]
    pieces = []
    boxes = ndimage.find_objects(np.where(patch.ink > CONNECTS, number, 0))
    for i, box in enumerate(boxes):
        if box:
            ink = np.where(number[box] == i + 1, patch.ink[box], 0)
            place = patch.top + box[0].start, patch.left + box[1].start
            pieces.append(Piece(Patch(ink, *place), *crossings[i : i + 2]))
    return pieces


def find_paths(ink):
    """Find the path of least ink from top to bottom through each column's middle.

    Returns
    -------
    crossed : ndarray of shape (width,)
        Ink that the path through the column's middle crosses, in pixels, plus
        `_STEP_COST` for each step to the side.
    paths : ndarray of shape (height, width), int
        The column, in each row, of the path through each column's middle.
    """
    middle = len(ink) // 2
    above, up = _descend(ink[: middle + 1])
    below, down = _descend(ink[middle:][::-1])
    return above + below - ink[middle], np.vstack([up, down[-2::-1]])


def _descend(ink):
    """Find the path of least cost from the first row to each pixel of the last.

    Returns
    -------
    cost : ndarray of shape (width,)
    paths : ndarray of shape (height, width), int
        The column, in each row, of the path to each pixel of the last row.
    """
    columns = np.arange(ink.shape[1])
    around = np.pad(ink[0].astype(float), 1, constant_values=np.inf)
    cost = around[1:-1]
    sources = []
    for row in ink[1:]:
        ways = np.stack([cost, around[:-2] + _STEP_COST, around[2:] + _STEP_COST])
        sources.append(columns + np.array([0, -1, 1])[ways.argmin(axis=0)])
        cost[:] = ways.min(axis=0) + row
    paths = [columns]
    for source in reversed(sources):
        paths.append(source[paths[-1]])
    return cost, np.array(paths[::-1])
