"""Draw ones with a flag (upstroke), for testing only: nothing is trained on them.

Independent of `drawn_hands`: straight segments between points drawn in polar
coordinates, a pen of one width, painted by Pillow at eight times the size.
"""

import math
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

from skdigits._ink._framing import frame_ink

_FINER = 8  # painted pixels to one of the picture


def draw_flagged_ones(rng, n):
    """Draw ones with a flag, a third of them with a base, as MNIST frames them.

    Returns
    -------
    images : ndarray of shape (n, 28, 28), uint8
    """
    return np.stack([frame_ink(draw_flagged_one(rng)) for _ in range(n)])


def draw_flagged_one(rng):
    """Draw a single 1; the ink is from 0 to 1."""
    size = int(rng.integers(30, 70))
    canvas = Image.new("L", (3 * size * _FINER, 2 * size * _FINER))
    painter = ImageDraw.Draw(canvas)
    pen = max(int(size * rng.uniform(0.05, 0.15) * _FINER), 1)

    leaning = math.radians(rng.uniform(-12, 28))  # to the right of upright
    foot = np.array([1.5 * size, 1.6 * size])
    apex = foot + size * np.array([math.sin(leaning), -math.cos(leaning)])
    # The flag falls to the left: degrees below the horizontal, and its length.
    below = math.radians(rng.uniform(28, 60))
    length = size * rng.uniform(0.2, 0.75)
    tip = apex + length * np.array([-math.cos(below), math.sin(below)])

    def paint(*points):
        path = [points[0]]
        for start, end in pairwise(points):
            middle = (start + end) / 2 + rng.normal(0, 0.012 * size, 2)
            path += [middle, end]
        path = [tuple(_FINER * point) for point in path]
        painter.line(path, 255, pen, "curve")
        for x, y in path[:: len(path) - 1]:  # round ends
            box = (x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2)
            painter.ellipse(box, 255)

    if rng.random() < 0.3:  # the pen is lifted between flag and stem
        paint(tip, apex + rng.normal(0, 0.02 * size, 2))
        paint(apex, foot)
    else:
        paint(tip, apex, foot)
    if rng.random() < 1 / 3:
        along = size * np.array([1, rng.normal(0, 0.1)])
        left, right = rng.uniform(0.12, 0.35, 2)
        paint(foot - left * along, foot + right * along)
    return np.asarray(canvas.reduce(_FINER), np.float64) / 255
