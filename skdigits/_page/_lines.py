"""Sort marks into lines, and group the marks of each line."""

import numpy as np

from skdigits._ink._components import Patch


def sort_into_lines(marks, height):
    """Sort marks into lines from top to bottom, each from left to right.

    From left to right, each mark is added to the line whose last mark is nearest in
    height on the page, so that lines may slope. Marks less than half as tall as a digit
    are added afterwards, to the line of the nearest mark.
    """
    lines: list[list[Patch]] = []
    low = [mark for mark in marks if mark.height < height / 2]
    high = [mark for mark in marks if mark.height >= height / 2]
    for mark in sorted(high, key=lambda mark: mark.left):
        steps = [_step(line[-1], mark) for line in lines]
        if steps and min(steps) < 0.5:
            lines[int(np.argmin(steps))].append(mark)
        else:
            lines.append([mark])
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
    """Group the marks that may be parts of one digit; return their indices."""
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


def _step(a, b):
    """Measure the distance of two marks' middle rows, in units of the larger height."""
    return abs(a.middle - b.middle) / max(a.height, b.height)
