"""Predict ink or paper for each pixel, by a small network."""

import numpy as np
from scipy.special import expit

from skdigits._network._forward import compute_logits
from skdigits._weights import load_weights

# Probabilities of ink: below `_PAPER` a pixel is paper, above `_FULL` it is full ink.
_PAPER, _FULL = 0.5, 0.85


def find_ink(measured):
    """Find how much light ink there is at each pixel.

    Parameters
    ----------
    measured : Measured
        Of a picture with light ink; for dark ink, of the inverted picture.

    Returns
    -------
    ink : ndarray of shape (height, width), float32
        0 is paper, 1 is full ink.
    """
    p = ink_probability(measured)
    return np.clip((p - _PAPER) / (_FULL - _PAPER), 0, 1)


def ink_probability(measured):
    """Predict the probability of light ink at each pixel."""
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
