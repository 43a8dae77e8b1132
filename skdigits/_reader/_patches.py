"""Patches of ink, and the lines that they stand on."""

import math

import numpy as np
from scipy import ndimage

from skdigits._ink._components import Patch

# Ink, of full ink at 1, that connects: faint strokes do, blur between two does not.
CONNECTS = 0.3


def find_patches(ink):
    """Cut out all connected patches.

    Ink that is too faint to connect two patches belongs to the nearest one.
    """
    labels, n = ndimage.label(ink > CONNECTS, np.ones((3, 3)))
    if not n:
        return []
    nearest = ndimage.distance_transform_edt(
        labels == 0, return_distances=False, return_indices=True
    )
    owner = np.where(ink > 0, labels[tuple(nearest)], 0)
    patches = []
    for number, box in enumerate(ndimage.find_objects(labels), 1):
        mine = np.where(owner[box] == number, ink[box], 0)
        patches.append(Patch(mine, box[0].start, box[1].start))
    return patches


def usual_height(patches):
    """Return the median height of patches that are not low beside the highest."""
    heights = np.array([patch.height for patch in patches])
    return np.median(heights[heights > heights.max() / 3])


def join(patches):
    """Make one patch of several."""
    top, left = min(p.top for p in patches), min(p.left for p in patches)
    bottom, right = max(p.bottom for p in patches), max(p.right for p in patches)
    ink = np.zeros((bottom - top, right - left))
    for p in patches:
        part = ink[p.top - top : p.bottom - top, p.left - left : p.right - left]
        np.maximum(part, p.ink, out=part)
    return Patch(ink, top, left)


def sort_into_lines(patches, height):
    """Sort patches into lines from top to bottom, each from left to right.

    From left to right, each patch continues the line whose last patch it stands beside,
    so that lines may slope. Patches lower than half a digit are no part of that: they
    belong to the line of the patch nearest to them.
    """
    lines: list[list[Patch]] = []
    low = [patch for patch in patches if patch.height < height / 2]
    high = [patch for patch in patches if patch.height >= height / 2]
    for patch in sorted(high, key=lambda patch: patch.left):
        steps = [_step(line[-1], patch) for line in lines]
        if steps and min(steps) < 0.5:
            lines[int(np.argmin(steps))].append(patch)
        else:
            lines.append([patch])
    nearest = [
        min((_gap(patch, other), i) for i, line in enumerate(lines) for other in line)
        for patch in low
    ]
    for patch, (_, i) in zip(low, nearest):
        lines[i].append(patch)
    lines.sort(key=lambda line: np.mean([_middle(patch) for patch in line]))
    return [sorted(line, key=lambda patch: patch.left) for line in lines]


def _gap(a, b):
    """Measure the distance between two boxes."""
    down = max(a.top - b.bottom, b.top - a.bottom, 0)
    across = max(a.left - b.right, b.left - a.right, 0)
    return math.hypot(down, across)


def _step(a, b):
    """Measure how much lower or higher one patch stands, as a part of their height."""
    return abs(_middle(a) - _middle(b)) / max(a.height, b.height)


def _middle(patch):
    return (patch.top + patch.bottom) / 2
