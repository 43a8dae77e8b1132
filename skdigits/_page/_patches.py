"""Connected components of the ink of a page."""

import numpy as np
from scipy import ndimage

from skdigits._ink._components import Patch

# Fraction of full ink: pixels above it connect. Faint strokes stay in one piece, and
# the blur between two strokes does not join them.
CONNECTS = 0.3

# Components: of more, the lowest are dropped. A page of 4,800 digits has that many, a
# halftone or a texture may have 30,000.
_MOST_COMPONENTS = 10_000


def find_patches(ink):
    """Cut out the connected components.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        0 is paper, 1 is full ink. Ink that is too faint to connect belongs to the
        nearest component.

    Returns
    -------
    patches : list of Patch
    """
    labels, n = ndimage.label(ink > CONNECTS, np.ones((3, 3)))
    if not n:
        return []
    nearest = ndimage.distance_transform_edt(
        labels == 0, return_distances=False, return_indices=True
    )
    owner = np.where(ink > 0, labels[tuple(nearest)], 0)
    boxes = ndimage.find_objects(labels)
    tallest = np.argsort([rows.start - rows.stop for rows, _ in boxes], kind="stable")
    patches = []
    for i in sorted(tallest[:_MOST_COMPONENTS]):
        rows, columns = boxes[i]
        mine = np.where(owner[boxes[i]] == i + 1, ink[boxes[i]], 0)
        patches.append(Patch(mine, rows.start, columns.start))
    return patches


def join(patches):
    """Join patches into one."""
    if len(patches) == 1:
        return patches[0]
    top, left = min(p.top for p in patches), min(p.left for p in patches)
    bottom, right = max(p.bottom for p in patches), max(p.right for p in patches)
    ink = np.zeros((bottom - top, right - left))
    for p in patches:
        part = ink[p.top - top : p.bottom - top, p.left - left : p.right - left]
        np.maximum(part, p.ink, out=part)
    return Patch(ink, top, left)
