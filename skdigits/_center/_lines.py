"""Take the printed lines of ruled and squared paper out of a picture."""

import numpy as np
from scipy import ndimage


def remove_lines(contrast, noise):
    """Take out thin lines that run across the picture, keep the strokes on them.

    Returns
    -------
    contrast : ndarray of shape (height, width)
    lines : ndarray of shape (height, width), bool
        Where the lines were.
    """
    lines = np.zeros(contrast.shape, dtype=bool)
    for _ in range(3):
        contrast, rows = _remove_horizontal(contrast, noise)
        turned, columns = _remove_horizontal(contrast.T, noise)
        contrast, found = turned.T, rows | columns.T
        lines |= found
        if not found.any():
            break
    return contrast, lines


def _remove_horizontal(contrast, noise):
    height, width = contrast.shape
    length, slack = max(width // 8, 16), max(width // 160, 1)
    # Straight or bent runs of a length that strokes seldom have.
    runs = ndimage.uniform_filter1d(contrast, 5, axis=1, mode="nearest")
    runs = ndimage.maximum_filter1d(runs, 2 * slack + 1, axis=0)
    runs = np.pad(runs, ((0, 0), (length, length)), mode="edge")
    runs = ndimage.grey_opening(runs, (1, length))[:, length:-length]
    patches, _ = ndimage.label(runs > max(noise, 0.04 * contrast.max()))
    boxes = ndimage.find_objects(patches)
    spans = [box[1].stop - box[1].start for box in boxes]
    long = [i for i, span in enumerate(spans) if span > 0.6 * width]
    if len(long) < 3:
        long = [i for i in long if spans[i] > 0.9 * width]
    else:  # the ends of more lines, cut off by the picture's edge
        long = [
            i
            for i, (rows, columns) in enumerate(boxes)
            if spans[i] > 0.6 * width
            or (
                spans[i] > 0.25 * width
                and (columns.start == 0 or columns.stop == width)
            )
        ]
    cleaned, lines = contrast, np.zeros(contrast.shape, dtype=bool)
    for i in long:
        path = _trace(contrast, patches, i + 1, boxes[i])
        profile, band = _profile(contrast, *path)
        if profile is None:
            continue
        cleaned = _erase(cleaned, *path, profile, band)
        y, x = path
        for d in range(-band[0], band[1] + 1):
            lines[np.clip(y + d, 0, height - 1), x] = True
    return cleaned, lines


def _trace(contrast, patches, number, box):
    inside = np.where(patches[box] == number, contrast[box].clip(0), 0)
    mass = inside.sum(axis=0) + 1e-9
    rows = np.arange(box[0].start, box[0].stop)
    y = (rows @ inside) / mass
    y = ndimage.median_filter(y, max(3, len(y) // 8) | 1, mode="nearest")
    # once more, near the path
    near = np.abs(rows[:, None] - y) <= 4
    inside = inside * near
    y2 = (rows @ inside) / (inside.sum(axis=0) + 1e-9)
    y2 = np.where(inside.sum(axis=0) > 0, y2, y)
    y = ndimage.median_filter(y2, max(3, len(y) // 16) | 1, mode="nearest")
    return np.rint(y).astype(int), np.arange(box[1].start, box[1].stop)


def _profile(contrast, y, x):
    reach = 10
    offsets = np.arange(-reach, reach + 1)
    rows = np.clip(y + offsets[:, None], 0, len(contrast) - 1)
    profile = np.median(contrast[rows, x], axis=1)
    peak = profile[reach - 1 : reach + 2].max()
    low = profile < 0.2 * peak
    above, below = np.flatnonzero(low[:reach][::-1]), np.flatnonzero(low[reach + 1 :])
    if not len(above) or not len(below) or peak <= 0:
        return None, None
    return peak, (above[0] + 1, below[0] + 1)


def _erase(contrast, y, x, peak, band):
    up, down = band
    last = len(contrast) - 1
    above = contrast[np.clip(y - up, 0, last), x]
    below = contrast[np.clip(y + down, 0, last), x]
    stroke = np.maximum(above, below)
    cleaned = contrast.copy()
    for d in range(1 - up, down):
        rows = np.clip(y + d, 0, last)
        seen = contrast[rows, x]
        cleaned[rows, x] = np.where(seen > 2 * peak, seen, np.minimum(seen, stroke))
    return cleaned
