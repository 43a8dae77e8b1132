"""The marks of a page: components of ink with their log-odds of being a digit."""

import numpy as np

from skdigits._ink._detector import log_odds
from skdigits._ink._framing import frame_ink

# Pixels: marks with a shorter longer side than `_LEAST_PIXELS` get the log-odds
# `_NONE`.
_LEAST_PIXELS, _NONE = 8, -9.0


def see(patches):
    """Compute the log-odds that each component is a digit; specks get `_NONE`.

    Parameters
    ----------
    patches : list of Patch

    Returns
    -------
    marks : list of Patch
        With their log-odds.
    """
    odds = np.full(len(patches), _NONE)
    large = [max(patch.height, patch.width) >= _LEAST_PIXELS for patch in patches]
    if any(large):
        images = [frame_ink(patch.ink) for patch, yes in zip(patches, large) if yes]
        odds[large] = log_odds(np.stack(images))
    return [patch._replace(log_odds=o) for patch, o in zip(patches, odds)]


def usual_height(marks):
    """Return the median height of likely digits or, without any, of high marks."""
    heights = np.array([mark.height for mark in marks])
    likely = np.array([mark.log_odds > 0 for mark in marks])
    return np.median(heights[likely if likely.any() else heights > heights.max() / 3])
