"""Find the ink of a page as sharply as its digits need."""

import numpy as np
from scipy import ndimage

from skdigits._ink._lines import remove_lines
from skdigits._ink._pixels import scale_and_shrink, to_grey
from skdigits._page._patches import find_patches
from skdigits._reader._contrast import measure_contrast, page_size
from skdigits._reader._cuts import CONNECTS

# Size of a page, in pixels, that is looked at first, and the longest side at most.
_FIRST_SIZE, _LONGEST_SIDE = 512, 2048

# Height of a digit, in pixels, that leaves gaps between neighbours to see.
_DIGIT_HEIGHT = 48

# Contrast, as a part of the largest pixel value, and noise, as a part of the ink's
# level, that tell paper from ink.
_LEAST_CONTRAST, _MOST_NOISE = 1 / 16, 1 / 8

# Pixels from paper to full ink: more, if these are this part of the page, is light.
_SOFTEST_EDGE, _SOFTEST_PART = 8, 1 / 28


def find_page_ink(picture):
    """Return how much ink there is, and how many of the picture's pixels make one.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Returns
    -------
    ink : ndarray of shape (height // scale, width // scale), or None
        From 0, paper, to 1; None if the picture is blank.
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
    """Return the median height of patches that are not low beside the highest."""
    heights = np.array([patch.height for patch in patches])
    return np.median(heights[heights > heights.max() / 3])


def _find_ink(picture, scale):
    """Return the ink of a picture that is averaged over scale × scale pixels."""
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
    # Most of the ink is full ink: a pencil's grey is as black as a pen's.
    full = np.percentile(ink[ink > level / 2], 75)
    return np.clip((ink - faint) / (full - faint), 0, 1)


def _find_strokes(contrast, faint, level, lines):
    """Mark the patches of ink that are neither stains nor lines nor light and shade."""
    patches, n_patches = ndimage.label(contrast > faint, np.ones((3, 3)))
    numbers = np.arange(n_patches + 1)
    peak = ndimage.maximum(contrast, patches, numbers)
    # What is left of lines lies on them for more than chance would have it.
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
            # From edge to edge runs what is left of a grid.
            across = any(n == m for n, m in zip(patch.shape, patches.shape))
            kept[i] = not (across and lines.any())
    # Ink stands out more than light and shade do.
    kept &= ~soft & (peak > peak[soft].max(initial=0) / 2)
    return kept[patches]
