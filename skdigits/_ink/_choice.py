"""The ink of a picture's digit: found by rules, or learnt where these find no digit."""

import numpy as np

from skdigits._ink._candidates import BY_RULES, Candidate, find_learnt
from skdigits._ink._detector import log_odds
from skdigits._ink._framing import frame_ink
from skdigits._ink._rules import find_ink

# Log-odds of the detector above which the ink that rules find is taken. With 0, the
# same digit framed twice changes: rules find it first, and then it is learnt.
_DIGIT = -1.0

# Log-odds above which a learnt candidate is taken else. Of 100 drawn blank pages of
# each kind, 99 of flash light and of squared paper stay blank, and 2.6 % of cheque
# digits are blank; with 2 all 100, and 4.9 %.
_SURE = 1.0


def find_candidates(picture):
    """Find the ink by rules and, unless that looks like a digit, learnt inks.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)
        Grey, grey and alpha, RGB or RGBA.

    Returns
    -------
    candidates : list of Candidate
        In the order in which they were tried. The log-odds of the first, by rules, are
        the detector's.
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
    if likeliest is not None and likeliest.log_odds > _SURE:
        return likeliest
    return by_rules
