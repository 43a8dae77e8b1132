"""Measure how much each pixel of a page differs from the paper around it."""

import numpy as np
from scipy import ndimage

from skdigits._ink._paper import DARKEST_PAPER, MOST_SMOOTHINGS, MUCH_NOISE


def measure_contrast(grey):
    """Measure the contrast of ink, dark or light, to the paper around it.

    Paper is the morphological closing of the picture with a window a little wider than
    the strokes: Soille, Morphological Image Analysis, 2nd edition, 2003, chapter 4.

    Parameters
    ----------
    grey : ndarray of shape (height, width)

    Returns
    -------
    contrast : ndarray of shape (height, width)
        The paper is zero; ink is positive.
    level : float
        Contrast of the ink.
    noise : float
        Standard deviation of the paper.
    sign : int
        1 if the ink is darker than the paper, else -1.
    """
    window, sign = _measure_strokes(grey)
    signed = sign * grey
    for _ in range(MOST_SMOOTHINGS + 1):
        paper = _close(signed, window)
        contrast = paper - signed
        noise_adds = np.median(contrast)
        noise = 1.4826 * np.median(np.abs(contrast - noise_adds))
        contrast -= noise_adds
        if sign > 0 and paper.min() > 0:
            contrast /= np.maximum(paper / paper.max(), DARKEST_PAPER)
        highest = contrast.max()
        level = np.median(contrast[contrast > highest / 2]) if highest > 0 else 0
        if noise <= MUCH_NOISE * level:
            break
        signed = ndimage.gaussian_filter(signed, 0.7)
    return contrast, level, noise, sign


def page_size(shape):
    """Return the longer side of a page, but at most three times the shorter side."""
    return min(max(shape), 3 * min(shape))


def _measure_strokes(grey):
    """Find a window wider than the strokes, and whether the ink is dark (1) or light.

    Strokes are thinner than the gaps between them, and sharper than the edges of
    shadows: the closing of dark strokes and the opening of light ones are compared at
    the sharp edges.
    """
    step = -(-page_size(grey.shape) // 128)
    coarse = ndimage.uniform_filter(grey, step)[step // 2 :: step, step // 2 :: step]
    n = page_size(coarse.shape)
    coarse = ndimage.gaussian_filter(coarse, n / 256)
    sharpness = ndimage.sobel(coarse, 0) ** 2 + ndimage.sobel(coarse, 1) ** 2
    windows = np.array([max(2, n // part) for part in (24, 16, 12, 8, 6, 4)])
    dark = np.array([(sharpness * (_close(coarse, w) - coarse)).sum() for w in windows])
    light = [(sharpness * (_close(-coarse, w) + coarse)).sum() for w in windows]
    gain = dark - light
    sign = 1 if (gain / windows).max() >= (-gain / windows).max() else -1
    # The window beyond which the sharp edges hardly gain contrast.
    enough = sign * gain >= 0.85 * (sign * gain).max()
    window = max(1.5 * windows[enough.argmax()], n / 32) * step
    return int(window) | 1, sign


def _close(grey, window):
    """Fill dark strokes that are narrower than the window."""
    return ndimage.grey_closing(grey, (window, window), mode="nearest")
