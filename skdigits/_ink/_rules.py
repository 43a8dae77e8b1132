"""Find the ink in a picture of a digit, whatever the paper, the pen and the light."""

import numpy as np
from scipy import ndimage

from skdigits._ink._lines import remove_lines
from skdigits._ink._paper import SMALL, mark_edge, measure_contrast
from skdigits._ink._pixels import scale_and_shrink, to_grey

# Longest side, in pixels, that is looked at: a larger photo is averaged down first. If
# that leaves the ink no more pixels than MNIST's frame has, it is looked at closer.
_LONGEST_SIDE, _FEW_PIXELS = 320, 28

# Contrast, as a part of the largest pixel value, and noise, as a part of the ink's
# level, that tell paper from ink.
_LEAST_CONTRAST, _MOST_NOISE = 1 / 16, 0.2

# A patch of ink counts if it has this part of the heaviest patch's ink: specks do not,
# the loose bar of a 5 does.
_SPECK = 0.03

# A digit is at least as high as this part of its width.
_FLAT = 1 / 3

# Pixels from full ink to paper, at most, and the part of the ink's contrast that may be
# left there.
_RING, _SOFT = 4, 0.33


def find_ink(picture):
    """Return how much ink there is at each pixel.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)
        Grey, grey and alpha, RGB or RGBA.

    Returns
    -------
    ink : ndarray of shape (height, width), or None
        From 0, paper, to 1; averaged down if the picture is large. None if the picture
        is blank.
    """
    ink = _find_in(picture)
    if ink is None or max(picture.shape[:2]) <= _LONGEST_SIDE:
        return ink
    (box,) = ndimage.find_objects((ink > 0).astype(int))
    longest = max(b.stop - b.start for b in box)
    if longest > _FEW_PIXELS:
        return ink
    # The digit, and as much paper on each side.
    around = tuple(
        slice(max(b.start - longest, 0) * n // m, (b.stop + longest) * n // m)
        for b, n, m in zip(box, picture.shape, ink.shape)
    )
    closer = _find_in(picture[around])
    return ink if closer is None else closer


def _find_in(picture):
    """Return the ink of a picture, averaged down if it is large, or None."""
    pixels = scale_and_shrink(picture, _LONGEST_SIDE)
    grey = to_grey(pixels)
    contrast, level, noise, scale = measure_contrast(grey)
    lines = None
    if max(grey.shape) > SMALL:
        cleaned, lines = remove_lines(contrast, noise)
        if lines.any():
            grey = grey + scale * (contrast - cleaned)
            sign = 1 if np.max(scale) > 0 else -1
            contrast, level, noise, _ = measure_contrast(grey, sign)
    if level <= _LEAST_CONTRAST * np.abs(pixels).max() or noise > _MOST_NOISE * level:
        return None

    # Paper is zero, unless noise, or what is left of lines and light, says otherwise.
    faint = max((0.1 if lines is None else 0.15) * level, 3 * noise)
    ink = np.where(_find_patches(contrast, faint, level, lines), contrast, 0)
    strong = ink[ink > level / 2]
    if not len(strong):
        return None
    # Most of the ink is full ink: a pencil's grey is as black as a pen's.
    full = np.percentile(strong, 75)
    floor = faint if noise > 0 else 0
    return np.clip((ink - floor) / (full - floor), 0, 1)


def _find_patches(contrast, faint, level, lines):
    """Mark the patches of ink: neither specks nor stains nor shadows nor lines."""
    seen = contrast > faint
    patches, n_patches = ndimage.label(seen, np.ones((3, 3)))
    if n_patches == 1 and lines is None:
        return seen
    # Sums over each patch; ndimage.sum_labels and its kin take several times as long.
    numbers, ink = patches[seen], contrast[seen]
    mass = np.bincount(numbers, ink)
    mass[np.bincount(numbers, ink > level / 2) == 0] = 0  # a stain
    if lines is not None:
        # More of it lies on lines, or at the edge, where lines are cut off, than chance
        # would have it: what is left of them.
        lines = lines | mark_edge(lines.shape, max(lines.shape) // 64)
        on_lines = np.bincount(numbers, lines[seen]) / np.bincount(numbers).clip(1)
        mass[on_lines > 1 - 0.4 * (1 - lines.mean())] = 0
        _drop_what_no_pen_drew(contrast, level, patches, mass[1:])
    return (mass > _SPECK * mass.max())[patches]


def _drop_what_no_pen_drew(contrast, level, patches, mass):
    """Set the mass of patches to 0 that have soft edges or are too small.

    Ink ends within a few pixels; light and shade change slowly.
    """
    n = max(contrast.shape)
    boxes = ndimage.find_objects(patches)
    height, width = np.array([[b.stop - b.start for b in box] for box in boxes]).T
    # The bar of a 5 is flat, but no digit is.
    flat = height < _FLAT * width
    mass[flat & (mass > mass[~flat].max(initial=0))] = 0
    for i in np.argsort(mass)[::-1]:
        if mass[i] <= _SPECK * mass.max():
            break
        around = tuple(slice(max(b.start - _RING, 0), b.stop + _RING) for b in boxes[i])
        seen = contrast[around]
        strong = (patches[around] == i + 1) & (seen > level / 2)
        ring = ndimage.maximum_filter(strong, 2 * _RING + 1)
        ring &= ~ndimage.maximum_filter(strong, 2 * _RING - 3)
        small = max(b.stop - b.start for b in boxes[i]) < n / 20
        if small or seen[ring].sum() > _SOFT * seen[strong].mean() * ring.sum():
            mass[i] = 0
