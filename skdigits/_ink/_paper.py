"""Estimate the paper without its ink, under any illumination."""

import numpy as np
from scipy import ndimage

from skdigits._ink._pixels import shrink

# Pixels of the longer side: a picture with at most this many is not taken for a photo.
SMALL = 64

# Pixels of the longer side of the copy in which the paper is estimated.
_COARSE = 128

# Fraction of the ink's level: a picture with more noise is smoothed, at most
# `MOST_SMOOTHINGS` times.
MUCH_NOISE, MOST_SMOOTHINGS = 0.08, 6

# Fraction of the picture: the ink of a tightly cropped digit covers more.
_MUCH_INK = 0.2

# Illumination is normalised down to 40 % of the brightest paper; below that, dividing
# would amplify noise.
DARKEST_PAPER = 0.4


def measure_contrast(grey, sign=None):
    """Measure how much each pixel differs from the paper around it.

    Paper is the morphological closing of the picture [1]_, with a window slightly wider
    than the strokes: it fills the strokes and keeps the edges of shadows.

    Parameters
    ----------
    grey : ndarray of shape (height, width)

    sign : {1, -1}, optional
        Whether the ink is dark (1) or light, if that is known.

    Returns
    -------
    contrast : ndarray of shape (height, width)
        The paper is zero; ink is positive.

    level : float
        Contrast of the ink.

    noise : float
        Standard deviation of the paper.

    scale : ndarray of shape (height, width), or int
        Grey per unit of contrast: the illumination for dark ink, -1 for light ink.

    References
    ----------
    .. [1] Soille, P. (2003). Morphological Image Analysis, 2nd edition, chapter 4.
    """
    coarse = shrink(grey[..., np.newaxis], _COARSE)[..., 0]
    window, sign = _measure_strokes(coarse, sign)
    coarse_paper = _estimate_paper(sign * coarse, window)
    rows, columns = (
        np.arange(n) * m // n for n, m in zip(grey.shape, coarse_paper.shape)
    )
    paper = coarse_paper[np.ix_(rows, columns)]
    contrast = paper - sign * grey
    scale = sign
    if sign > 0 and coarse_paper.min() > 0:
        scale = np.maximum(paper / coarse_paper.max(), DARKEST_PAPER)
        contrast /= scale
    for i in range(MOST_SMOOTHINGS + 1):
        if i > 0:
            contrast = ndimage.gaussian_filter(contrast, 0.7)
        contrast, noise = _set_paper_to_zero(contrast)
        highest = contrast.max()
        level = _median(contrast[contrast > highest / 2]) if highest > 0 else 0
        if noise <= MUCH_NOISE * level:
            break
    return contrast, level, noise, scale


def mark_edge(shape, width):
    """Mark the pixels nearest to the picture's edge."""
    edge = np.ones(shape, dtype=bool)
    width = max(1, width)
    edge[width:-width, width:-width] = False
    return edge


def _measure_strokes(grey, sign):
    """Find a window wider than the strokes, and whether the ink is dark (1) or light.

    In a small picture, the median of the edge is paper. In a photo, strokes are thinner
    than the gaps between them, and sharper than the edges of shadows: the closing of
    dark strokes and the opening of light ones are compared at the sharp edges.
    """
    if max(grey.shape) <= SMALL:
        contrast = grey - _median(grey[mark_edge(grey.shape, min(grey.shape) // 16)])
        sign = 1 if (contrast * np.abs(contrast)).sum() < 0 else -1
        return max(16, max(grey.shape) // 3), sign
    n = max(grey.shape)
    smooth = ndimage.gaussian_filter(grey, n / 256)
    sharpness = ndimage.sobel(smooth, 0) ** 2 + ndimage.sobel(smooth, 1) ** 2
    sharpness = (sharpness - 5 * _median(sharpness)).clip(0)  # without noise
    sharpness = ndimage.maximum_filter(sharpness, 3)  # also inside thin strokes
    windows = np.array([n // part for part in (24, 12, 8, 4)])
    dark = np.array([(sharpness * (_close(smooth, w) - smooth)).sum() for w in windows])
    light = [(sharpness * (_close(-smooth, w) + smooth)).sum() for w in windows]
    gain = dark - light
    if sign is None:
        sign = 1 if (gain / windows).max() >= (-gain / windows).max() else -1
    # The window beyond which the sharp edges hardly gain contrast.
    enough = sign * gain >= 0.85 * (sign * gain).max()
    window = max(1.5 * windows[enough.argmax()], n / 32)
    return int(window) | 1, sign


def _close(grey, window):
    """Fill dark strokes that are narrower than the window."""
    return ndimage.grey_closing(grey, (window, window), mode="nearest")


def _estimate_paper(grey, window):
    """Fill dark strokes, also those that touch the picture's edge.

    Outside the picture, the paper is extrapolated from the pixels at the edge, after
    strokes that cross the edge are filled.
    """
    padded = np.pad(grey, 1, mode="edge")
    for side in (padded[0], padded[-1], padded[:, 0], padded[:, -1]):
        n = len(side)
        if side.min() < side.max():
            smooth = ndimage.uniform_filter1d(side, max(1, n // 32), mode="nearest")
            length = min(max(n // 2, 8), 4 * window) + 1
            # In a tiny picture, a digit may reach the corners.
            wide = np.pad(smooth, length, mode="edge" if n > 16 else "maximum")
            filled = ndimage.grey_closing(wide, length)[length:-length]
            side[:] = filled - np.percentile(filled - smooth, 25)  # minus the noise
    padded = np.pad(padded, window, mode="edge")
    filled = ndimage.grey_dilation(padded, (window, window))
    # Wider, so that the edge of a shadow does not count as bright paper.
    wide = window + 2 if max(grey.shape) > SMALL else window
    filled = ndimage.grey_erosion(filled, (wide, wide))
    return filled[window + 1 : -window - 1, window + 1 : -window - 1]


def _set_paper_to_zero(contrast):
    """Subtract what noise adds to the paper, and measure the noise.

    Ink may cover most of the picture, or most of its edge, but not both, unless the
    digit is cropped tightly: then one corner is still paper.
    """
    middle, noise = np.inf, np.inf
    step = -(-max(contrast.shape) // _COARSE)
    some = contrast[::step, ::step]
    parts = [some, some[mark_edge(some.shape, min(some.shape) // 16)]]
    ink = some > contrast.max() / 2
    tight = max(contrast.shape) > SMALL and ink.mean() > _MUCH_INK
    if tight and ndimage.label(ink)[1] <= 2:  # not squared paper
        height, width = (max(1, n // 8) for n in some.shape)
        for rows in (some[:height], some[-height:]):
            parts += [rows[:, :width], rows[:, -width:]]
    for part in parts:
        median = _median(part)
        middle = min(middle, median)
        noise = min(noise, 1.4826 * _median(np.abs(part - median)))
    return contrast - middle, noise


def _median(values):
    """Return the upper median; NumPy's takes five times as long for few values."""
    return np.partition(values, values.size // 2, axis=None)[values.size // 2]
