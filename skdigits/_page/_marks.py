"""The marks of a page: components of ink, with their log-odds of being a digit."""

import numpy as np

from skdigits._ink._detector import find_log_odds
from skdigits._ink._framing import frame_ink

# Pixels: marks with a shorter longer side than `_LEAST_PIXELS` get the log-odds
# `_SPECK_LOG_ODDS`.
_LEAST_PIXELS, _SPECK_LOG_ODDS = 8, -9.0

# Fraction of the largest height: if no mark is likely a digit, the marks above it set
# the usual height.
_TALL_MARK = 1 / 3

# Usual heights: higher marks may be handwriting beside print. Capital letters are about
# 1.5 times as high as most letters. With 1.5, more digits by hand are found, and twice
# as many false ones, with 3, fewer: benchmarks/README.md.
_TALL = 2


def see(patches):
    """Frame each component, and compute its log-odds of being a digit.

    Specks are not framed, and get the log-odds `_SPECK_LOG_ODDS`.

    Parameters
    ----------
    patches : list of Patch

    Returns
    -------
    marks : list of Patch
        With their log-odds and images.
    """
    marks = [patch._replace(log_odds=_SPECK_LOG_ODDS) for patch in patches]
    large = [i for i, mark in enumerate(marks) if max(mark.ink.shape) >= _LEAST_PIXELS]
    if large:
        images = np.stack([frame_ink(marks[i].ink) for i in large])
        for i, image, log_odds in zip(large, images, find_log_odds(images)):
            marks[i] = marks[i]._replace(log_odds=log_odds, image=image)
    return marks


def usual_height(marks):
    """Return the median height of the likely digits or, if none are, of tall marks."""
    heights = np.array([mark.height for mark in marks])
    likely = np.array([mark.log_odds > 0 for mark in marks])
    return np.median(
        heights[likely if likely.any() else heights > _TALL_MARK * heights.max()]
    )


def find_tall(marks):
    """List the marks that are more than `_TALL` times as high as usual."""
    height = usual_height(marks) if marks else 0
    return [mark for mark in marks if mark.height > _TALL * height]
