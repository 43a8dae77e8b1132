"""Predict ink or paper for each pixel, by a small network."""

import numpy as np
from scipy import ndimage
from scipy.special import expit

from skdigits._network._forward import compute_logits
from skdigits._weights import load_weights

# Pixels: side of the window in which the largest probability is full ink, if it is at
# least `_LEAST_FULL`. A probability is about the fraction of a pixel that a stroke
# covers, and a thin stroke covers no pixel whole.
_WINDOW, _LEAST_FULL = 5, 0.5

# Fraction of the lightness of the strongest strokes, a percentile of the ink's: ink is
# faint unless strokes above that are within `_BESIDE` pixels. At 0.2 a third of the
# marks that show through paper stay, at 0.4 the pale parts of uneven pens go.
_STRONG, _STRONGEST, _BESIDE = 0.35, 98, 2

# Fractions of full ink: a pixel below `_PAPER` is paper, one above `_FULL` is full ink.
_PAPER, _FULL = 0.1, 0.9


def find_ink(measured, least_full=_LEAST_FULL):
    """Find how much light ink there is at each pixel.

    Parameters
    ----------
    measured : Measured
        Features of a picture with light ink; if the ink is dark, of the inverted
        picture.
    least_full : float
        The largest probability near a pixel counts as full ink, but at least this one.

    Returns
    -------
    ink : ndarray of shape (height, width), float32
        0 is paper, 1 is full ink.
    """
    p = ink_probability(measured)
    p /= np.maximum(ndimage.maximum_filter(p, _WINDOW), least_full)
    return np.clip((p - _PAPER) / (_FULL - _PAPER), 0, 1)


def drop_faint(ink, measured):
    """Drop marks that are faint beside the strongest strokes of the picture.

    Such marks are wiped strokes, folds, shadows, and what shows through from behind.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        As from `find_ink`.
    measured : Measured

    Returns
    -------
    ink : ndarray of shape (height, width)
    """
    is_ink = ink > 0.5
    if not is_ink.any():
        return ink
    limit = _STRONG * np.percentile(measured.lightness[is_ink], _STRONGEST)
    is_strong = is_ink & (measured.lightness > limit)
    return np.where(ndimage.maximum_filter(is_strong, 2 * _BESIDE + 1), ink, 0)


def ink_probability(measured):
    """Predict the probability of light ink at each pixel.

    Parameters
    ----------
    measured : Measured

    Returns
    -------
    probability : ndarray of shape (height, width), float32
    """
    of_pixels, of_picture = measured
    n = len(of_pixels)
    coefs, intercepts = load_weights("ink")
    # The picture's features are the same for all pixels: add them to the intercepts
    # once.
    shifted = intercepts[0] + of_picture @ coefs[0][n:]
    logits = compute_logits(
        of_pixels.reshape(n, -1).T,
        [coefs[0][:n], *coefs[1:]],
        [shifted, *intercepts[1:]],
        "relu",
    )
    return expit(logits[:, 1] - logits[:, 0]).reshape(of_pixels.shape[1:])
