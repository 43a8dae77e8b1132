"""Find the ink of a page, at the resolution that its digits need."""

import numpy as np
from scipy import ndimage

from skdigits._ink._lines import remove_lines
from skdigits._ink._pixels import scale_and_shrink, to_grey
from skdigits._page._patches import find_patches
from skdigits._reader._contrast import measure_contrast, page_size
from skdigits._reader._cuts import CONNECTS

# Pixels: size of the page in the first pass, and longer side in any pass.
_FIRST_SIZE, _LONGEST_SIDE = 512, 2048

# Pixels: at this height of a digit, gaps between neighbours are still visible.
_DIGIT_HEIGHT = 48

# A page is blank if its contrast is at most `_LEAST_CONTRAST` times the largest pixel
# value, or its noise above `_MOST_NOISE` times the ink's level.
_LEAST_CONTRAST, _MOST_NOISE = 1 / 16, 1 / 8

# Pixels, and fraction of the page's size: an edge wider than both, from paper to full
# ink, is that of a shadow.
_SOFTEST_EDGE, _SOFTEST_PART = 8, 1 / 28


def find_page_ink(picture):
    """Return the ink of a page, and the side of its pixels in pixels of the picture.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Returns
    -------
    ink : ndarray of shape (height // scale, width // scale), or None
        0 is paper, 1 is full ink; None if the picture is blank.
    scale : int
    """
    shape = picture.shape[:2]
    finest = -(-max(shape) // _LONGEST_SIDE)
    coarsest = max(finest, -(-page_size(shape) // _FIRST_SIZE))
    ink = _find_ink(picture, coarsest)
    if ink is None or coarsest == finest:
        return ink, coarsest
    height = coarsest * usual_height(find_patches(ink, CONNECTS))
    scale = int(np.clip(height // _DIGIT_HEIGHT, finest, coarsest))
    return (ink if scale == coarsest else _find_ink(picture, scale)), scale


def usual_height(patches):
    """Return the median height of patches above a third of the largest height."""
    heights = np.array([patch.height for patch in patches])
    return np.median(heights[heights > heights.max() / 3])


def _find_ink(picture, scale):
    """Return the ink of a picture after averaging scale × scale pixels."""
    pixels = scale_and_shrink(picture, -(-max(picture.shape[:2]) // scale))
    grey = to_grey(pixels)
    contrast, level, noise, sign = measure_contrast(grey)
    cleaned, lines = remove_lines(contrast, noise)
    if lines.any():
        grey = grey + sign * (contrast - cleaned)
        contrast, level, noise, _ = measure_contrast(grey)
    if level <= _LEAST_CONTRAST * np.abs(pixels).max() or noise > _MOST_NOISE * level:
        return None
    faint = max(0.15 * level, 3 * noise)
    ink = np.where(_find_strokes(contrast, faint, level, lines), contrast, 0)
    if not ink.any():
        return None
    # Most of the ink becomes full ink, so a pencil's grey is as black as a pen's ink.
    full = np.percentile(ink[ink > level / 2], 75)
    return np.clip((ink - faint) / (full - faint), 0, 1)


def _find_strokes(contrast, faint, level, lines):
    """Mark the components of ink that are not stains, lines or shadows."""
    patches, n_patches = ndimage.label(contrast > faint, np.ones((3, 3)))
    numbers = np.arange(n_patches + 1)
    peak = ndimage.maximum(contrast, patches, numbers)
    # Line residue overlaps the removed lines more than a random component would.
    on_lines = ndimage.mean(lines, patches, numbers)
    kept = (peak > level / 2) & (on_lines <= 1 - 0.4 * (1 - lines.mean()))
    kept[0] = False  # the paper
    smooth = ndimage.gaussian_filter(contrast, 1.5)
    slope = np.hypot(ndimage.sobel(smooth, 0), ndimage.sobel(smooth, 1)) / 8
    softest = max(_SOFTEST_EDGE, _SOFTEST_PART * page_size(contrast.shape))
    soft = np.zeros_like(kept)
    for i, box in enumerate(ndimage.find_objects(patches), 1):
        if kept[i]:
            patch = patches[box] == i
            steepest = np.percentile(slope[box][patch], 97)
            soft[i] = smooth[box][patch].max() > softest * steepest
            # Residue of a grid runs from edge to edge.
            across = any(n == m for n, m in zip(patch.shape, patches.shape))
            kept[i] = not (across and lines.any())
    # Ink has more contrast than shadows.
    kept &= ~soft & (peak > peak[soft].max(initial=0) / 2)
    return kept[patches]
