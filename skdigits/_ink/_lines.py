"""Take the printed lines of ruled and squared paper out of a picture."""

import numpy as np
from scipy import ndimage

# Pixels above and below a line's middle that are looked at to measure its thickness.
_REACH = 10

# Where there are three lines or more, each runs over the first part of the picture, or
# over the second if it begins or ends at the picture's edge.
_WHOLE, _PIECE = 0.6, 0.2


def remove_lines(contrast, noise):
    """Take out thin lines that run across the picture; strokes on them stay.

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
        # Thick strokes join the lines that they cross, but so do thick lines.
        side = max(7, max(contrast.shape) // 32)
        cut = ndimage.grey_opening(original, (side, side)) > least
        cut = ndimage.maximum_filter(cut, 5)
    return contrast, lines


def _remove_rows(contrast, paths, lines):
    """Take out the lines along paths from left to right, and mark where they were."""
    # Beyond the edge there is paper on the other side of a line.
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
    """Return the middle rows and the columns of each line.

    A line is a run that is longer than most strokes, straight or slightly bent, outside
    of the pixels that are `cut`.
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
    if width < len(contrast) / 2:  # up to three strokes of a digit cross all of a strip
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
    """Average the rows of each column, and smooth over a part of the columns."""
    total = mass.sum(axis=0)
    y = np.where(total > 0, rows @ mass / np.maximum(total, 1e-9), otherwise)
    return ndimage.median_filter(y, max(3, len(y) // parts) | 1, mode="nearest")


def _join(left, right, tolerance):
    """Join the pieces of lines on both sides of a thick stroke that lie in line."""
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
    """Measure a line across: its strength, and the rows to the paper on both sides.

    The median over the columns does not see the strokes on the line. The strength is
    0 for what is no thin line.
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
    """Leave no more ink on a line than beside it, but for ink that is much darker."""
    stroke = np.maximum(contrast[y - above, x], contrast[y + below, x])
    for d in range(1 - above, below):
        seen = contrast[y + d, x]
        kept = np.where(seen > 2 * strength, seen, np.minimum(seen, stroke))
        contrast[y + d, x] = kept
