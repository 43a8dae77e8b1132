"""Sort marks into lines, and group the marks of each line."""

import numpy as np

from skdigits._ink._components import Patch

# Fraction of the usual height of the page's digits: lower marks join the line of the
# nearest mark, others find theirs from left to right.
_LOW_MARK = 0.5

# Fraction of the larger height: a mark whose middle row is at least this far from that
# of each line's last mark begins a new line.
_STEP = 0.5


def sort_into_lines(marks, height):
    """Sort marks into lines from top to bottom, each from left to right.

    From left to right, each mark is added to the line whose last mark is nearest in
    height on the page, so that lines may slope. Low marks, such as dashes, are added
    afterwards, to the line of the nearest mark.

    Parameters
    ----------
    marks : list of Patch
    height : float
        Usual height of the page's digits, in pixels.

    Returns
    -------
    lines : list of list of Patch
    """
    lines: list[list[Patch]] = []
    low = [mark for mark in marks if mark.height < _LOW_MARK * height]
    high = [mark for mark in marks if mark.height >= _LOW_MARK * height]
    middles, heights = np.zeros((2, len(high)))  # of each line's last mark
    for mark in sorted(high, key=lambda mark: mark.left):
        n = len(lines)
        steps = abs(middles[:n] - mark.middle) / heights[:n].clip(mark.height)
        i = int(steps.argmin()) if n and steps.min() < _STEP else n
        if i == n:
            lines.append([])
        lines[i].append(mark)
        middles[i], heights[i] = mark.middle, mark.height
    if not lines:
        return [[mark] for mark in marks]
    boxes = np.array([mark.box for line in lines for mark in line])
    line_of = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    nearest = [line_of[_square_gaps(mark, boxes).argmin()] for mark in low]
    for mark, i in zip(low, nearest):
        lines[i].append(mark)
    lines.sort(key=lambda line: np.mean([mark.middle for mark in line]))
    return [sorted(line, key=lambda mark: mark.left) for line in lines]


def group(line, sure, near):
    """Group the marks that may be parts of one digit.

    Parameters
    ----------
    line : list of Patch
        The marks of a line, from left to right.
    sure : list of bool
        Whether each mark is surely a digit.
    near : float
        Pixels: marks of a group are less than this far apart.

    Returns
    -------
    groups : list of list of int
        Indices of the marks.
    """
    groups: list[list[int]] = []
    for i, mark in enumerate(line):
        last = groups[-1] if groups else []
        others = [j for j in last if line[j].right + near > mark.left]
        # Two marks that are surely digits are not parts of one.
        if others and not (sure[i] and all(sure[j] for j in others)):
            last.append(i)
        else:
            groups.append([i])
    return groups


def _square_gaps(mark, boxes):
    """Measure the squared distances between a mark's box and others."""
    top, left, bottom, right = boxes.T
    down = np.maximum(mark.top - bottom, top - mark.bottom).clip(0)
    across = np.maximum(mark.left - right, left - mark.right).clip(0)
    return down**2 + across**2
