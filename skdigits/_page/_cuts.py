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

# Fractions of the height of the line's digits: least distance between cuts, and most
# ink that a cut may cross.
_APART, _THICKEST = 0.12, 0.6


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
    crossed, path_through = find_paths(patch.ink)
    apart = max(2, int(_APART * height))
    cuts = [
        x
        for x in find_peaks(-crossed, distance=apart)[0]
        if 2 <= x < patch.width - 2 and crossed[x] < _THICKEST * height
    ]
    return cut_along(patch, cuts, crossed, path_through)


def cut_along(patch, columns, crossed, path_through, connects=CONNECTS):
    """Cut a component along the paths through the middles of some columns.

    Parameters
    ----------
    patch : Patch
    columns : list of int
        In ascending order.
    crossed, path_through
        As from `find_paths`.
    connects : float, default=CONNECTS
        Pixels with more ink than this belong to a piece.

    Returns
    -------
    pieces : list of Piece
        From left to right.
    """
    places = np.arange(patch.width)
    is_right = [places >= path_through(x)[:, np.newaxis] for x in columns]
    is_left = [~right for right in is_right]
    crossings = [0.0, *crossed[columns], 0.0]
    pieces = []
    for start, stop, left, right in zip(
        [True, *is_right], [*is_left, True], crossings, crossings[1:]
    ):
        ink = np.where(start & stop, patch.ink, 0)
        boxes = ndimage.find_objects((ink > connects).astype(int))
        if boxes:
            rows, cols = boxes[0]
            place = patch.top + rows.start, patch.left + cols.start
            pieces.append(Piece(Patch(ink[boxes[0]], *place), left, right))
    return pieces


def find_paths(ink):
    """Find the path of least ink from top to bottom through each column's middle.

    Returns
    -------
    crossed : ndarray of shape (width,)
        Ink that the path through the column's middle crosses, in pixels, plus a small
        penalty for each step to the side.
    path : callable
        Maps a column to the path through its middle, as an array with a column for each
        row.
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
    """Find the path of least cost from the first row to each pixel of the last.

    Returns
    -------
    cost : ndarray of shape (width,)
    steps : list of ndarray of shape (width,)
        For each row but the first, the step to the side that leads to the row above.
    """
    cost, steps = ink[0].astype(float), []
    for row in ink[1:]:
        around = np.pad(cost, 1, constant_values=np.inf)
        ways = np.stack([around[1:-1], around[:-2] + 0.1, around[2:] + 0.1])
        best = ways.argmin(axis=0)
        steps.append(np.array([0, -1, 1])[best])
        cost = ways.min(axis=0) + row
    return cost, steps
