"""The marks of a page: patches of ink as the detector sees them, in lines."""

import math
from typing import NamedTuple

import numpy as np

from skdigits._ink._components import Patch
from skdigits._ink._detector import log_odds
from skdigits._ink._framing import frame_ink

# Pixels of a mark that may be a digit, and the log-odds of smaller ones.
_LEAST_PIXELS, _NONE = 8, -9.0


class Mark(NamedTuple):
    """A patch of ink, and how much it looks like a digit.

    Attributes
    ----------
    patch : Patch
    log_odds : float
        The detector's.
    """

    patch: Patch
    log_odds: float

    @property
    def top(self):
        return self.patch.top

    @property
    def bottom(self):
        return self.patch.bottom

    @property
    def left(self):
        return self.patch.left

    @property
    def right(self):
        return self.patch.right

    @property
    def height(self):
        return self.patch.height

    @property
    def width(self):
        return self.patch.width

    @property
    def middle(self):
        return (self.top + self.bottom) / 2


def see(patches):
    """Let the detector look at each patch that is no speck."""
    odds = np.full(len(patches), _NONE)
    large = [max(patch.height, patch.width) >= _LEAST_PIXELS for patch in patches]
    if any(large):
        images = [frame_ink(patch.ink) for patch, yes in zip(patches, large) if yes]
        odds[large] = log_odds(np.stack(images))
    return [Mark(patch, o) for patch, o in zip(patches, odds)]


def usual_height(marks):
    """Return the median height of what looks like a digit, or else is not low."""
    heights = np.array([mark.height for mark in marks])
    likely = np.array([mark.log_odds > 0 for mark in marks])
    return np.median(heights[likely if likely.any() else heights > heights.max() / 3])


def sort_into_lines(marks, height):
    """Sort marks into lines from top to bottom, each from left to right.

    From left to right, each mark continues the line whose last mark it stands beside,
    so that lines may slope. Marks lower than half a digit are no part of that: they
    belong to the line of the mark nearest to them.
    """
    lines: list[list[Mark]] = []
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
    nearest = [
        min((_gap(mark, other), i) for i, line in enumerate(lines) for other in line)
        for mark in low
    ]
    for mark, (_, i) in zip(low, nearest):
        lines[i].append(mark)
    lines.sort(key=lambda line: np.mean([mark.middle for mark in line]))
    return [sorted(line, key=lambda mark: mark.left) for line in lines]


def _gap(a, b):
    """Measure the distance between two boxes."""
    down = max(a.top - b.bottom, b.top - a.bottom, 0)
    across = max(a.left - b.right, b.left - a.right, 0)
    return math.hypot(down, across)


def _step(a, b):
    """Measure how much lower or higher one mark stands, as a part of their height."""
    return abs(a.middle - b.middle) / max(a.height, b.height)
