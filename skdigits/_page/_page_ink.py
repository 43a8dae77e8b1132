"""Find the ink of a page, at the resolution that its digits need."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from skdigits._ink._features import measure_quality
from skdigits._ink._grey import enlarge, scale_and_shrink, to_grey, zoom
from skdigits._ink._network import drop_faint, find_ink
from skdigits._ink._ways import (
    BLANK_RANGE,
    LARGEST_PICTURE,
    ROUNDING,
    SMALLEST_PICTURE,
    measure_light,
    stretch_grey,
)
from skdigits._page._marks import see, usual_height
from skdigits._page._patches import find_patches

# Pixels of the shorter side in the first pass, and of the longer side in any pass. In
# strips, longer than twice their width, the longer side may be longer, but they have no
# more pixels: the features of a pixel take 112 bytes. Their longer side is at most
# `_LONGEST_STRIP`, as the features' windows reach beyond the narrowest strip.
_FIRST_SIDE, _LARGEST_PAGE, _LONGEST_STRIP = 400, 1600, 40_000

# Pixels: if the digits' usual height is less, a second pass has a higher resolution.
_DIGIT_HEIGHT = 32

# Full ink is a probability of 1, not the largest nearby: the lines of tables, which are
# fainter than digits, stay faint.
_LEAST_FULL_ON_PAGE = 1.0

# Grey level, from paper to full ink: of a page without noise, it is full ink. After
# downscaling, strokes that are one pixel wide cover about half of each pixel.
_HALF_COVERED = 0.5

# Pixels: dots closer than this are joined where strokes are thickened.
_THICK = 3


class PageInk(NamedTuple):
    """The ink of a page.

    Attributes
    ----------
    ink : ndarray of shape (height / scale, width / scale)
        0 is paper, 1 is full ink.
    steepest : ndarray of the same shape
        The steepest slope near each pixel.
    scale : float
        Side of a pixel of `ink`, in pixels of the picture.
    log_enlarged : float
        The logarithm of the factor by which the picture was enlarged.
    quality : tuple of float
        As from `measure_quality`.
    n_turns : int
        Quarter turns, counterclockwise, since it was found.
    """

    ink: np.ndarray
    steepest: np.ndarray
    scale: float
    log_enlarged: float
    quality: tuple[float, float]
    n_turns: int = 0

    def turn(self, n_turns):
        """Return the page after some quarter turns, counterclockwise."""
        ink, steepest = (np.rot90(x, n_turns) for x in (self.ink, self.steepest))
        n_turns = self.n_turns + n_turns
        return self._replace(ink=ink, steepest=steepest, n_turns=n_turns)


def list_ways(picture):
    """List the ways to find the ink of a page, each a function for `find_marks`.

    If a page has no noise, because it was drawn on a screen or made black and white,
    its grey levels come first: thin strokes that are straight, or broken into dots,
    look like ruled lines and specks to the network. Thicker, the dots join.
    """
    small = to_grey(scale_and_shrink(picture, LARGEST_PICTURE))
    _, noise = measure_quality(small)
    return [stretch, thicken, learn] if noise < ROUNDING else [learn]


def learn(grey, measured):
    """Find ink by the network, without what is faint beside the strongest strokes."""
    return drop_faint(learn_all(grey, measured), measured)


def learn_all(grey, measured):
    """Find ink by the network.

    Training uses this: the networks learn from faint marks what is not a digit.
    """
    return find_ink(measured, _LEAST_FULL_ON_PAGE)


def stretch(grey, measured):
    """Take the grey levels as ink."""
    enlarged, _ = enlarge(grey, SMALLEST_PICTURE)
    return np.minimum(stretch_grey(enlarged) / _HALF_COVERED, 1)


def thicken(grey, measured):
    """Take the grey levels as ink, one pixel wider on all sides."""
    return ndimage.maximum_filter(stretch(grey, measured), _THICK)


def find_marks(picture, way):
    """Find the ink of a page, and its marks.

    If the digits are small at a first, coarse resolution, a second pass follows at a
    finer one.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)
    way : callable
        Makes ink from the grey levels and from what `measure_light` measured.

    Returns
    -------
    page : PageInk
    marks : list of Patch
    """
    shorter, longer = sorted(picture.shape[:2])
    elongation = longer / shorter
    finest = round(_LARGEST_PAGE * max(1, (elongation / 2) ** 0.5))
    finest = min(longer, finest, _LONGEST_STRIP)
    first = min(finest, round(_FIRST_SIDE * elongation))
    page = _find_ink(picture, first, way)
    marks = see(find_patches(page.ink))
    if marks and usual_height(marks) < _DIGIT_HEIGHT and first < finest:
        closer = round(_DIGIT_HEIGHT / usual_height(marks) * first)
        page = _find_ink(picture, min(finest, closer), way)
        marks = see(find_patches(page.ink))
    return page, marks


def look_closer(picture, page, way, factor):
    """Find the ink of a page again, at a higher resolution, and turn it as before.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)
    page : PageInk
    way : callable
        As for `find_marks`.
    factor : float
        Ratio of the resolutions.

    Returns
    -------
    page : PageInk
    """
    longest = round(factor * max(page.ink.shape))
    return _find_ink(picture, longest, way).turn(page.n_turns)


def _find_ink(picture, longest, way):
    pixels = scale_and_shrink(picture, longest)
    grey = to_grey(pixels)
    quality = measure_quality(grey)
    if longest > max(grey.shape):
        grey = zoom(grey, longest / max(grey.shape))
    measured = measure_light(grey, LARGEST_PICTURE)
    ink = way(grey, measured)
    if np.ptp(pixels) < BLANK_RANGE:
        ink[:] = 0
    scale = max(picture.shape[:2]) / max(ink.shape)
    steepest = measured.steepest.copy()  # of a page, all features take 28 times as much
    return PageInk(ink, steepest, scale, measured.log_enlarged, quality)
