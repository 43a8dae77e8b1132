"""Ways to find ink that may be a digit: by the ink network, and from grey levels."""

from typing import NamedTuple

import numpy as np

from skdigits._ink._components import Patch, choose_components
from skdigits._ink._features import Measured, measure, measure_quality
from skdigits._ink._grey import edge_of, enlarge, scale_and_shrink, to_grey
from skdigits._ink._network import drop_faint, find_ink

# Pixels of the longer side, for the network that finds ink: larger pictures are
# downscaled to it.
LARGEST_PICTURE = 160

# Pixels of the longer side: smaller pictures are enlarged, by a whole number, to at
# least this.
SMALLEST_PICTURE = 96

# Pixels of the longer side: in pictures of at most `SMALL_PICTURE`, a pixel is nearly
# as wide as a stroke, so the grey levels themselves are a candidate. It is tried first
# if more than `_FLATNESS` of the picture is paper of one grey level, as in scanned
# digits; on patterned paper, as of cheques, less than 0.13 is.
SMALL_PICTURE, _FLATNESS = 64, 0.35

# Ratio of noise to contrast: with less, all noise is from rounding. A large picture
# without noise was drawn on a screen, or cut out.
ROUNDING = 1e-6

# Pixels of the longer side: larger pictures are downscaled to it before their grey
# levels become a candidate.
_FINE = 320

# Pixels: a digit that downscaling leaves smaller than `_FEW_PIXELS` is processed again
# at a higher resolution, with a margin of `_MARGIN` times its size on each side.
_FEW_PIXELS, _MARGIN = 28, 0.5

# Fraction of the ink: if less is strong, the strong ink is a candidate of its own. Of
# ordinary digits more is, so they cost no further candidate.
_MOST_STRONG = 0.9

# Range of the pixels, with the largest value at 1: below it, four of 256 levels, a
# picture is blank.
BLANK_RANGE = 1 / 64

# Percentile of the grey levels that is paper (a digit covers at most nine tenths of its
# bounding box), and of the ink above half its maximum that is full ink.
_PAPER_PERCENTILE, _FULL_PERCENTILE = 10, 75

# Ways to find ink. Their indices are inputs of the chooser network.
WAYS = (
    "grey levels on flat paper",
    "grey levels",
    "learnt ink, closer",
    "learnt ink",
    "learnt ink, inverted",
    "grey levels, inverted",
)
FLAT_GREY, _GREY, _CLOSER, _LEARNT, LEARNT_INVERTED, _GREY_INVERTED = range(len(WAYS))


class Found(NamedTuple):
    """The ink that one of `WAYS` found.

    Attributes
    ----------
    way : int
        An index of `WAYS`.
    ink : ndarray of shape (height, width)
        From 0 to 1.
    page : ndarray of shape (height, width)
        The ink of the whole picture: `ink`, unless that was found in a part of it.
    patches : list of Patch
        Components that may be the digit, cut out of the ink.
    quality : tuple of float
        As from `measure_quality`.
    measured : Measured or None
        The picture's features; None for grey levels.
    is_whole : bool
        False if faint ink was dropped, which may belong to the digit; no candidate then
        ends the search.
    """

    way: int
    ink: np.ndarray
    page: np.ndarray
    patches: list[Patch]
    quality: tuple[float, float]
    measured: Measured | None = None
    is_whole: bool = True


def find_inks(picture):
    """Find ink that may be a digit, trying the `WAYS` in turn.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Yields
    ------
    found : Found
    """
    pixels = scale_and_shrink(picture, LARGEST_PICTURE)
    if np.ptp(pixels) < BLANK_RANGE:
        return
    grey = to_grey(pixels)
    quality = measure_quality(grey)
    is_small = max(grey.shape) <= SMALL_PICTURE
    is_flat = measure_flatness(grey) > _FLATNESS if is_small else quality[1] < ROUNDING
    if is_flat:
        is_large = max(picture.shape[:2]) > LARGEST_PICTURE
        fine = to_grey(scale_and_shrink(picture, _FINE)) if is_large else grey
        found = _as_it_is(fine, quality, FLAT_GREY)
        closer = _look_closer(picture, found)
        if closer is not None:
            found = _as_it_is(closer, quality, FLAT_GREY)._replace(page=found.ink)
        yield found

    measured = measure_light(grey)
    found = _learn(measured, quality, _LEARNT)
    if not is_small:
        strong = drop_faint(found.ink, measured)
        if strong.sum() < _MOST_STRONG * found.ink.sum():
            patches = choose_components(strong)
            yield found._replace(
                ink=strong, page=strong, patches=patches, is_whole=False
            )
    closer = _look_closer(picture, found)
    if closer is not None:
        part = _learn(measure_light(closer), measure_quality(closer), _CLOSER)
        yield part._replace(page=found.ink)
    yield found

    if is_small and is_flat:
        return  # the polarity is known: most of the edge is paper

    if is_small:
        yield _as_it_is(grey, quality, _GREY)

    yield _learn(measured.invert(), quality, LEARNT_INVERTED)

    if is_small:
        yield _as_it_is(grey, quality, _GREY_INVERTED)


def _as_it_is(grey, quality, way):
    """Use the grey levels of a picture as its ink."""
    ink = stretch_grey(grey, invert=way == _GREY_INVERTED)
    return Found(way, ink, ink, choose_components(ink), quality)


def measure_light(grey, length=None):
    """Measure the features of a picture, inverted if its ink is dark.

    Parameters
    ----------
    grey : ndarray of shape (height, width)
    length : int, default=None
        Largest reference length, in pixels; None means no limit.

    Returns
    -------
    measured : Measured
        Of the picture enlarged to `SMALLEST_PICTURE` pixels, if it is smaller.
    """
    grey, n = enlarge(grey, SMALLEST_PICTURE)
    measured = measure(grey, n, length)
    return measured if measured.is_light else measured.invert()


def _learn(measured, quality, way):
    """Find light ink by the network."""
    ink = find_ink(measured)
    return Found(way, ink, ink, choose_components(ink), quality, measured)


def _look_closer(picture, found):
    """Cut a small digit out of a large picture.

    Returns
    -------
    grey : ndarray of shape (height, width), or None
        None if there is no digit, or if it is large enough after downscaling.
    """
    if not found.patches or max(picture.shape[:2]) <= LARGEST_PICTURE:
        return None
    patch = found.patches[0]
    longest = max(patch.ink.shape)
    if longest >= _FEW_PIXELS:
        return None
    box = np.array(patch.box) + _MARGIN * longest * np.array([-1, -1, 1, 1])
    box *= max(picture.shape[:2]) / max(found.ink.shape)
    top, left, bottom, right = box.clip(0).astype(int)
    return to_grey(scale_and_shrink(picture[top:bottom, left:right], LARGEST_PICTURE))


def measure_flatness(grey):
    """Return the fraction of the pixels that are paper of one grey level.

    Parameters
    ----------
    grey : ndarray of shape (height, width)

    Returns
    -------
    flatness : float
        Fraction of the pixels whose difference from the median of the picture's edge is
        less than a hundredth of the range of greys.
    """
    paper = np.median(edge_of(grey))
    return np.mean(np.abs(grey - paper) < 0.01 * np.ptp(grey))


def stretch_grey(grey, invert=False):
    """Stretch the grey levels to the range from paper (0) to full ink (1).

    Parameters
    ----------
    grey : ndarray of shape (height, width)
    invert : bool, default=False
        False: paper is the median of the picture's edge. True: the other polarity.

    Returns
    -------
    ink : ndarray of shape (height, width)
        0 is paper, 1 is full ink.
    """
    paper_is_light = np.median(edge_of(grey)) > (grey.min() + grey.max()) / 2
    ink = grey if paper_is_light == invert else -grey
    ink = ink - np.percentile(ink, _PAPER_PERCENTILE)
    strong = ink[ink > ink.max() / 2]
    full = np.percentile(strong, _FULL_PERCENTILE) if ink.max() > 0 else 1
    return np.clip(ink / full, 0, 1)
