"""Find the ink of a digit by rules, for any paper, pen and illumination."""

import numpy as np
from scipy import ndimage

from skdigits._ink._lines import remove_lines
from skdigits._ink._paper import SMALL, mark_edge, measure_contrast
from skdigits._ink._pixels import scale_and_shrink, to_grey

# Pixels of the longer side: larger pictures are downscaled to `_LONGEST_SIDE`. A digit
# that then spans at most `_FEW_PIXELS` is processed again at full resolution.
_LONGEST_SIDE, _FEW_PIXELS = 320, 28

# A picture is blank if its contrast is at most `_LEAST_CONTRAST` times the largest
# pixel value, or its noise above `_MOST_NOISE` times the ink's level.
_LEAST_CONTRAST, _MOST_NOISE = 1 / 16, 0.2

# Fraction of the heaviest component's ink: components with less are specks; the loose
# bar of a 5 has more.
_SPECK = 0.03

# Fraction of its width: a digit is at least this high.
_FLAT = 1 / 3

# Pixels: `_RING` from a stroke, the contrast must fall below `_SOFT` of the stroke's,
# else the component is illumination.
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
        0 is paper, 1 is full ink; downscaled if the picture is large. None if the
        picture is blank.
    """
    ink = _find_in(picture)
    if ink is None or max(picture.shape[:2]) <= _LONGEST_SIDE:
        return ink
    (box,) = ndimage.find_objects((ink > 0).astype(int))
    longest = max(b.stop - b.start for b in box)
    if longest > _FEW_PIXELS:
        return ink
    # The digit, with a margin as wide as its longer side.
    around = tuple(
        slice(max(b.start - longest, 0) * n // m, (b.stop + longest) * n // m)
        for b, n, m in zip(box, picture.shape, ink.shape)
    )
    closer = _find_in(picture[around])
    return ink if closer is None else closer


def _find_in(picture):
    """Return the ink of a picture, downscaled if it is large; None if it is blank."""
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

    # Ink must exceed the noise, and the residue of lines and illumination.
    faint = max((0.1 if lines is None else 0.15) * level, 3 * noise)
    ink = np.where(_find_patches(contrast, faint, level, lines), contrast, 0)
    strong = ink[ink > level / 2]
    if not len(strong):
        return None
    # Most of the ink becomes full ink, so a pencil's grey is as black as a pen's ink.
    full = np.percentile(strong, 75)
    floor = faint if noise > 0 else 0
    return np.clip((ink - floor) / (full - floor), 0, 1)


def _find_patches(contrast, faint, level, lines):
    """Mark the components that are ink, not specks, stains, shadows or lines."""
    seen = contrast > faint
    patches, n_patches = ndimage.label(seen, np.ones((3, 3)))
    if n_patches == 1 and lines is None:
        return seen
    # Sum over each component; `ndimage.sum_labels` takes several times as long.
    numbers, ink = patches[seen], contrast[seen]
    mass = np.bincount(numbers, ink)
    mass[np.bincount(numbers, ink > level / 2) == 0] = 0  # a stain
    if lines is not None:
        # Drop components that overlap the removed lines, or the picture's edge, where
        # lines are cut off, more than a random component would: line residue.
        lines = lines | mark_edge(lines.shape, max(lines.shape) // 64)
        on_lines = np.bincount(numbers, lines[seen]) / np.bincount(numbers).clip(1)
        mass[on_lines > 1 - 0.4 * (1 - lines.mean())] = 0
        _drop_what_no_pen_drew(contrast, level, patches, mass[1:])
    return (mass > _SPECK * mass.max())[patches]


def _drop_what_no_pen_drew(contrast, level, patches, mass):
    """Set the mass of components that are too small or have soft edges to 0.

    Ink ends within a few pixels; illumination changes slowly.
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
