"""Candidates for a picture's digit, and the small network that rates them."""

from typing import NamedTuple

import numpy as np

from skdigits._ink._components import describe_patch
from skdigits._ink._detector import find_certainty, find_directions, log_odds_of_rows
from skdigits._ink._framing import frame_ink
from skdigits._ink._ways import FLAT_GREY, SMALL_PICTURE, WAYS, find_inks

# Log-odds: a candidate above it ends the search; below, the next way is tried. Table in
# benchmarks/README.md.
_SURE = 2.0

# Log-odds that end the search for grey levels on flat paper. They are lower, so that a
# framed digit, framed again, stays as it is.
_SURE_OF_GREY = 0.0

# The reader's probability of the likeliest digit: below it, no candidate ends the
# search.
_CERTAIN = 0.7

# Weight of the reader's log-probability beside the log-odds in the choice.
_DOUBT = 2.0


class Candidate(NamedTuple):
    """Ink that may be the digit.

    Attributes
    ----------
    way : int
        How it was found: an index of `WAYS`.
    ink : ndarray of shape (height, width)
        Values from 0 to 1; the paper around the ink is cut off.
    image : ndarray of shape (28, 28), uint8
    log_odds : float
        Log-odds of being the picture's digit rather than another component, residue or
        illumination.
    certainty : float
        The reader's log-probability of the likeliest digit.
    page : ndarray of shape (height, width)
        All the ink of the picture.
    is_whole : bool
        False if faint ink was dropped.
    """

    way: int
    ink: np.ndarray
    image: np.ndarray
    log_odds: float
    certainty: float
    page: np.ndarray
    is_whole: bool = True

    @property
    def name(self):
        """How it was found, in words."""
        return WAYS[self.way] + ("" if self.is_whole else ", strong")

    @property
    def score(self):
        """The log-odds, lowered by the reader's doubt."""
        return self.log_odds + _DOUBT * self.certainty


def find_candidates(picture):
    """Find candidates by an ink network and grey levels, until one is surely the digit.

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
        rows = find_directions(images)
        evidence = [log_odds_of_rows(rows, "detector"), describe(found)]
        log_odds = log_odds_of_rows(np.column_stack(evidence), "chooser")
        candidates += [
            Candidate(found.way, *each, found.page, found.is_whole)
            for each in zip(inks, images, log_odds, find_certainty(rows))
        ]
        if found.is_whole and any(map(_is_sure, candidates[-len(inks) :])):
            break
    return candidates


def _is_sure(candidate):
    if candidate.way == FLAT_GREY:
        return candidate.log_odds > _SURE_OF_GREY
    return candidate.log_odds > _SURE and candidate.certainty > np.log(_CERTAIN)


def choose(candidates):
    """Return the likeliest candidate, or None if none is a digit: a blank picture.

    A small picture whose paper has one grey level is never blank: all other pixels are
    ink. Strong ink must surely be a digit: on blank pages, parts of illumination may
    look like one.
    """
    digits = [
        each
        for each in candidates
        if each.log_odds > (0 if each.is_whole else _SURE)
        or (each.way == FLAT_GREY and max(each.page.shape) <= SMALL_PICTURE)
    ]
    return max(digits, key=lambda each: each.score, default=None)


def describe(found):
    """Compute features that distinguish digits from residue, illumination and noise.

    Parameters
    ----------
    found : Found

    Returns
    -------
    evidence : ndarray of shape (n_patches, 14), float32
        For each component the mean ink of its inked pixels; its share of all ink; the
        logarithm of its size as a fraction of the picture's; the number of the
        picture's edges that it touches; the median of the steepest slopes near full
        ink, which are low for illumination; the logarithm of the picture's enlargement;
        the picture's quality; and the way, one-hot.
    """
    steepest, log_enlarged = None, 0
    if found.measured is not None:
        steepest, log_enlarged = found.measured.steepest, found.measured.log_enlarged
    way = np.arange(len(WAYS)) == found.way
    rows = []
    for patch in found.patches:
        mean_ink, *others = describe_patch(patch, found.ink.shape, steepest)
        share = patch.ink.sum() / found.ink.sum()
        log_size = np.log(max(patch.ink.shape) / max(found.ink.shape))
        numbers = [mean_ink, share, log_size, *others, log_enlarged, *found.quality]
        rows.append([*numbers, *way])
    return np.array(rows, np.float32)
