"""Remove the printed lines of ruled and squared paper from a picture."""

import numpy as np
from scipy import ndimage

# Pixels: a line's thickness is measured within this distance of its middle.
_REACH = 10

# Fractions of the picture's width: least length of a line, and of a piece that begins
# or ends at the picture's edge. With fewer than three lines, only lines across the
# whole width count.
_WHOLE, _PIECE = 0.6, 0.2


def remove_lines(contrast, noise):
    """Remove thin lines that run across the picture; keep the strokes on them.

    Parameters
    ----------
    contrast : ndarray of shape (height, width)
        The paper is zero; lines and ink are positive.

    noise : float
        Standard deviation of the paper.

    Returns
    -------
    contrast : ndarray of shape (height, width)

    lines : ndarray of shape (height, width), bool
        Where the lines were.
    """
    original, lines = contrast, np.zeros(contrast.shape, dtype=bool)
    least = max(noise, 0.04 * contrast.max())
    cut = np.zeros_like(lines)
    for _ in range(2):
        n_paths = 0
        for _ in range(2):
            paths = _find_paths(contrast, least, cut)
            n_paths += len(paths)
            contrast = _remove_rows(contrast, paths, lines).T
            lines, cut = lines.T, cut.T
        if n_paths == 0:
            break
        # A second pass cuts at thick ink, because thick strokes join the lines that
        # they cross. The first does not, because it would cut thick lines.
        side = max(7, max(contrast.shape) // 32)
        cut = ndimage.grey_opening(original, (side, side)) > least
        cut = ndimage.maximum_filter(cut, 5)
    return contrast, lines


def _remove_rows(contrast, paths, lines):
    """Remove the lines along paths from left to right, and mark where they were."""
    # With padding, a line at the edge has paper on both sides.
    padding = ((_REACH, _REACH), (0, 0))
    padded, marked = np.pad(contrast, padding), np.pad(lines, padding)
    cleaned = padded.copy()
    for y, x in paths:
        y = y + _REACH
        strength, above, below = _measure_profile(padded, y, x)
        if strength > 0:
            _erase(cleaned, y, x, strength, above, below)
            for d in range(-above, below + 1):
                marked[y + d, x] = True
    lines[:] = marked[_REACH:-_REACH]
    return cleaned[_REACH:-_REACH]


def _find_paths(contrast, least, cut):
    """Return the middle row of each line at each of its columns.

    A line is a run that is longer than most strokes, straight or slightly bent, and
    does not enter the pixels marked by `cut`.
    """
    width = contrast.shape[1]
    length, slack = max(width // 8, 16), max(width // 160, 1)
    runs = ndimage.uniform_filter1d(contrast, 5, axis=1, mode="nearest")
    runs = ndimage.maximum_filter1d(runs, 2 * slack + 1, axis=0)
    runs = ndimage.grey_opening(runs, (1, length), mode="constant")
    patches, _ = ndimage.label((runs > least) & ~cut)
    whole: list[tuple] = []
    left: list[tuple] = []
    right: list[tuple] = []
    for i, box in enumerate(ndimage.find_objects(patches)):
        start, stop = box[1].start, box[1].stop
        if stop - start > _WHOLE * width:
            kind = whole
        elif stop - start > _PIECE * width and (start == 0 or stop == width):
            kind = left if start == 0 else right
        else:
            continue
        kind.append(_trace(contrast, patches, i + 1, box))
    joined, rest = _join(left, right, tolerance=max(3, width / 60))
    paths = whole + joined
    full = [(y, x) for y, x in paths if len(x) == width]  # a 1 may be nearly as long
    if width < len(contrast) / 2:  # up to three strokes of a digit cross a strip
        return paths + rest if len(full) > 3 else []
    return paths + rest if len(paths) > 2 else full


def _trace(contrast, patches, number, box):
    """Follow the middle of a line from column to column."""
    inside = np.where(patches[box] == number, contrast[box].clip(0), 0)
    rows = np.arange(box[0].start, box[0].stop)
    y = _middle(rows, inside, len(rows) / 2 + rows[0], 8)
    near = np.abs(rows[:, np.newaxis] - y) <= 4  # without the strokes on it
    y = _middle(rows, inside * near, y, 16)
    return np.rint(y).astype(int), np.arange(box[1].start, box[1].stop)


def _middle(rows, mass, otherwise, parts):
    """Return the mean row of the mass in each column, smoothed along the columns."""
    total = mass.sum(axis=0)
    y = np.where(total > 0, rows @ mass / np.maximum(total, 1e-9), otherwise)
    return ndimage.median_filter(y, max(3, len(y) // parts) | 1, mode="nearest")


def _join(left, right, tolerance):
    """Join collinear pieces of lines on both sides of a thick stroke."""
    joined, rest, free = [], [], list(right)
    for y, x in left:
        best = None
        for other in free:
            half = len(x) // 2
            slope = np.polyfit(np.r_[x[half:], other[1]], np.r_[y[half:], other[0]], 1)
            left_over = np.polyval(slope, [x[-1], other[1][0]]) - [y[-1], other[0][0]]
            miss = np.abs(left_over).max()
            if (
                other[1][0] > x[-1]
                and miss < tolerance
                and (not best or miss < best[0])
            ):
                best = miss, other
        if best is None:
            rest.append((y, x))
            continue
        other = best[1]
        free = [piece for piece in free if piece is not other]
        columns = np.arange(x[0], other[1][-1] + 1)
        path = np.interp(columns, np.r_[x, other[1]], np.r_[y, other[0]])
        joined.append((np.rint(path).astype(int), columns))
    return joined, rest + free


def _measure_profile(contrast, y, x):
    """Measure a line's strength, and how many rows from its middle the paper begins.

    The median over the columns ignores the strokes on the line. The strength is 0 if
    the line is not thin.
    """
    offsets = np.arange(-_REACH, _REACH + 1)
    profile = np.median(contrast[y + offsets[:, np.newaxis], x], axis=1)
    strength = profile[_REACH - 1 : _REACH + 2].max()
    paper = profile < 0.2 * strength
    above = np.flatnonzero(paper[:_REACH][::-1])
    below = np.flatnonzero(paper[_REACH + 1 :])
    if not len(above) or not len(below):
        return 0, 0, 0
    above, below = above[0] + 1, below[0] + 1
    thin = above + below <= max(12, max(contrast.shape) / 16)
    return strength if thin else 0, above, below


def _erase(contrast, y, x, strength, above, below):
    """Reduce the ink on a line to that beside it, except ink that is much darker."""
    stroke = np.maximum(contrast[y - above, x], contrast[y + below, x])
    for d in range(1 - above, below):
        seen = contrast[y + d, x]
        kept = np.where(seen > 2 * strength, seen, np.minimum(seen, stroke))
        contrast[y + d, x] = kept
