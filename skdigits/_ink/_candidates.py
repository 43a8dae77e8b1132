"""The few inks that a picture may hold; a small network chooses the digit."""

from typing import NamedTuple

import numpy as np

from skdigits._ink._components import FAINT, Patch, choose_components
from skdigits._ink._detector import log_odds
from skdigits._ink._features import Measured, measure, measure_quality
from skdigits._ink._framing import frame_ink
from skdigits._ink._grey import enlarge, scale_and_shrink, to_grey
from skdigits._ink._network import find_ink
from skdigits._network._forward import compute_logits
from skdigits._weights import load_weights

# Pixels of the longer side for the network that finds ink: larger pictures are averaged
# down, smaller ones enlarged.
LONGEST, LEAST = 160, 96

# A picture of at most so many pixels on the longer side may be its own ink: a pixel is
# nearly as wide as a stroke. It is tried first if the paper is as flat as scanned and
# drawn digits have it: patterned paper, as of cheques, has more noise, in units of the
# contrast.
_SMALL, _FLAT = 64, 0.005

# Pixels of a digit that averaging down leaves too small: it is looked at again, with
# paper on each side, as a part of its size.
_FEW_PIXELS, _MARGIN = 28, 0.5

# Log-odds that end the search; less for grey levels, as ink that is learnt has softer
# edges. Between 3 and 1.5: the first reads patterned paper better, the second greys
# and scans, faster; table in benchmarks/README.md.
_SURE, _SURE_OF_GREY = 2.0, 0.0

# Range of the grey levels, of white at 1, below which a picture is blank: four of 256.
LEAST_CONTRAST = 1 / 64

# Percentiles of the grey levels that are paper, and of the darker half of ink that are
# full ink. A digit covers at most nine tenths of its own box.
_PAPER, _FULL = 10, 75

# How ink is found: the learnt ones in the order in which they are tried.
WAYS = (
    "grey levels",
    "learnt ink, closer",
    "learnt ink",
    "learnt ink, inverted",
    "grey levels, inverted",
    "rules",
)
_GREY, _CLOSER, _LEARNT, _LEARNT_INVERTED, _GREY_INVERTED, BY_RULES = range(len(WAYS))


class Candidate(NamedTuple):
    """Some ink that may be the digit.

    Attributes
    ----------
    way : int
        How it was found: an index of `WAYS`.
    ink : ndarray of shape (height, width)
        From 0 to 1, without the paper around it.
    image : ndarray of shape (28, 28), uint8
    log_odds : float
        That it is the picture's digit, and not another component, residue or light.
    page : ndarray of shape (height, width)
        All the ink of the picture.
    """

    way: int
    ink: np.ndarray
    image: np.ndarray
    log_odds: float
    page: np.ndarray


class Found(NamedTuple):
    """What one way to find ink found.

    Attributes
    ----------
    way : int
        An index of `WAYS`.
    ink : ndarray of shape (height, width)
        From 0 to 1.
    patches : list of Patch
        What may be the digit, cut out of the ink.
    quality : tuple of float
        As from `measure_quality`.
    measured : Measured or None
        The numbers of the picture, if the ink was learnt.
    page : ndarray of shape (height, width) or None
        All the ink of the picture, where `ink` is that of a part.
    """

    way: int
    ink: np.ndarray
    patches: list[Patch]
    quality: tuple[float, float]
    measured: Measured | None = None
    page: np.ndarray | None = None


def find_learnt(picture):
    """Find candidates until one is surely the digit.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Returns
    -------
    candidates : list of Candidate
        In the order in which they were tried.
    """
    candidates: list[Candidate] = []
    for found in find_inks(picture):
        if not found.patches:
            continue
        inks = [patch.ink for patch in found.patches]
        images = np.stack([frame_ink(ink) for ink in inks])
        evidence = describe(found, log_odds(images))
        coefs, intercepts = load_weights("chooser")
        logits = compute_logits(evidence, coefs, intercepts, "relu")
        odds = logits[:, 1] - logits[:, 0]
        page = found.ink if found.page is None else found.page
        candidates += [
            Candidate(found.way, *each, page) for each in zip(inks, images, odds)
        ]
        if odds.max() > (_SURE_OF_GREY if found.way == _GREY else _SURE):
            break
    return candidates


def find_inks(picture):
    """Find the inks that may be a digit, one way after the other.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Yields
    ------
    found : Found
    """
    pixels = scale_and_shrink(picture, LONGEST)
    if np.ptp(pixels) < LEAST_CONTRAST:
        return
    grey = to_grey(pixels)
    quality = measure_quality(grey)
    is_small = max(grey.shape) <= _SMALL
    is_flat = quality[1] < _FLAT
    if is_small and is_flat:
        yield _as_it_is(grey, quality, _GREY)

    measured = measure(*enlarge(grey, LEAST))
    if not measured.is_light:
        measured = measured.invert()
    ink = find_ink(measured)
    patches = choose_components(ink)
    if patches and max(picture.shape[:2]) > LONGEST:
        yield from _look_closer(picture, patches[0], ink)
    yield Found(_LEARNT, ink, patches, quality, measured)

    if is_small and not is_flat:
        yield _as_it_is(grey, quality, _GREY)

    ink = find_ink(measured.invert())
    patches = choose_components(ink)
    yield Found(_LEARNT_INVERTED, ink, patches, quality, measured)

    if is_small:
        yield _as_it_is(grey, quality, _GREY_INVERTED)


def _as_it_is(grey, quality, way):
    """Take the grey levels of a picture for ink."""
    ink = stretch_grey(grey, invert=way == _GREY_INVERTED)
    return Found(way, ink, choose_components(ink)[:1], quality)


def _look_closer(picture, patch, page):
    """Find the ink of a small digit again, with all the pixels that it has."""
    longest = max(patch.height, patch.width)
    if longest >= _FEW_PIXELS:
        return
    margin = int(_MARGIN * longest)
    rows, columns = (
        slice(max(start - margin, 0) * n // m, (stop + margin) * n // m)
        for start, stop, n, m in (
            (patch.top, patch.bottom, picture.shape[0], page.shape[0]),
            (patch.left, patch.right, picture.shape[1], page.shape[1]),
        )
    )
    grey = to_grey(scale_and_shrink(picture[rows, columns], LONGEST))
    measured = measure(*enlarge(grey, LEAST))
    ink = find_ink(measured if measured.is_light else measured.invert())
    patches, quality = choose_components(ink), measure_quality(grey)
    yield Found(_CLOSER, ink, patches, quality, measured, page)


def stretch_grey(grey, invert=False):
    """Stretch the grey levels between paper and full ink.

    Parameters
    ----------
    grey : ndarray of shape (height, width)
    invert : bool, default=False
        Paper is what most of the edge shows; True for the other polarity.

    Returns
    -------
    ink : ndarray of shape (height, width)
        From 0, paper, to 1.
    """
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper_is_light = np.median(edge) > (grey.min() + grey.max()) / 2
    ink = grey if paper_is_light == invert else -grey
    ink = ink - np.percentile(ink, _PAPER)
    strong = ink[ink > ink.max() / 2]
    full = np.percentile(strong, _FULL) if ink.max() > 0 else 1
    return np.clip(ink / full, 0, 1)


def describe(found, odds):
    """Describe candidates by what tells digits from residue, light and noise.

    Parameters
    ----------
    found : Found
    odds : ndarray of shape (n_patches,)
        The detector's log-odds that its patches, framed, are digits.

    Returns
    -------
    evidence : ndarray of shape (n_patches, 14), float32
        The detector's log-odds; the mean ink where there is some; the share of all
        ink; the logarithm of the size, as a part of the picture; the number of the
        picture's edges that it touches; the median of the steepest slopes near full
        ink, as light and shade have none, and how often the picture was enlarged; the
        picture's quality; and which way it is.
    """
    height, width = found.ink.shape
    total = found.ink.sum()
    evidence = np.zeros((len(found.patches), 9 + BY_RULES), np.float32)
    evidence[:, 0] = odds
    for row, patch in zip(evidence, found.patches):
        top, left, bottom, right = patch.top, patch.left, patch.bottom, patch.right
        row[1] = patch.ink[patch.ink > FAINT].mean()
        row[2] = patch.ink.sum() / total
        row[3] = np.log(max(patch.height, patch.width) / max(height, width))
        row[4] = (top == 0) + (left == 0) + (bottom == height) + (right == width)
        if found.measured is not None:
            steepest = found.measured.steepest[top:bottom, left:right]
            row[5] = np.median(steepest[patch.ink > patch.ink.max() / 2])
            row[6] = found.measured.log_enlarged
    evidence[:, 7:9] = found.quality
    evidence[:, 9 + found.way] = 1
    return evidence
