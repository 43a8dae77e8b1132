"""Find a digit's ink by rules or, if these find no digit, by a trained network."""

import numpy as np

from skdigits._ink._candidates import BY_RULES, Candidate, find_learnt
from skdigits._ink._detector import log_odds
from skdigits._ink._framing import frame_ink
from skdigits._ink._rules import find_ink

# The detector's log-odds: above it, the ink found by rules is used without a search.
# With 0, framing a framed digit again can change it: the first time by rules, the
# second time by learnt ink.
_DIGIT = -1.0


def find_candidates(picture):
    """Find ink by rules and, unless it looks like a digit, learnt candidates.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)
        Grey, grey and alpha, RGB or RGBA.

    Returns
    -------
    candidates : list of Candidate
        In the order in which they were tried. Ink found by rules comes first; its
        log-odds are the detector's.
    """
    ink = find_ink(picture)
    if ink is None:
        return find_learnt(picture)
    image = frame_ink(ink)
    by_rules = Candidate(BY_RULES, ink, image, log_odds(image[np.newaxis])[0], ink)
    return [by_rules, *(find_learnt(picture) if by_rules.log_odds < _DIGIT else ())]


def choose(candidates):
    """Return the candidate that is the digit, or None if the picture is blank."""
    by_rules = next((each for each in candidates if each.way == BY_RULES), None)
    learnt = [each for each in candidates if each.way != BY_RULES]
    likeliest = max(learnt, key=lambda each: each.log_odds, default=None)
    if likeliest is not None and likeliest.log_odds > 0:
        return likeliest
    return by_rules
