"""Find the ink of a page as sharply as its digits need."""

import numpy as np
from scipy import ndimage

from skdigits._center._ink import find_ink
from skdigits._reader._patches import find_patches, usual_height

# Height of a digit, in pixels, that leaves gaps between neighbours to see.
_DIGIT_HEIGHT = 48


def find_page_ink(picture):
    """Return how much ink there is, and how many of the picture's pixels make one.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)

    Returns
    -------
    ink : ndarray of shape (height // scale, width // scale), or None
        From 0, paper, to 1; None if the picture is blank.
    scale : int
    """
    ink = find_ink(picture)
    longest = np.argmax(picture.shape[:2])
    if ink is None:
        return None, 1
    shrunk_by = round(picture.shape[longest] / ink.shape[longest])
    height = shrunk_by * usual_height(find_patches(ink))
    scale = int(np.clip(height // _DIGIT_HEIGHT, 1, shrunk_by))
    if scale < shrunk_by:
        ink = _sharpen(_average(picture.astype(np.float32), scale), ink)
    return ink, scale


def _average(picture, n):
    """Average a picture over squares of n × n pixels."""
    height, width = (side // n for side in picture.shape[:2])
    blocks = picture[: height * n, : width * n].reshape(height, n, width, n, -1)
    return blocks.mean(axis=(1, 3))


def _sharpen(picture, ink):
    """Find the ink again in more pixels, where ink was found in few.

    Paper and pen have at each place the colours that they had around it there; ink is
    how far a pixel has gone from one to the other.
    """
    few = _resize(picture, ink.shape)
    paper, pen = (
        _resize(_blur(few, weight), picture.shape) for weight in (ink == 0, ink > 0.8)
    )
    contrast = pen - paper
    square = (contrast**2).sum(axis=2)
    found = ((picture - paper) * contrast).sum(axis=2) / np.maximum(square, 1e-12)
    near = _resize(ink[..., np.newaxis], picture.shape)[..., 0] > 0.02
    return np.clip(found, 0, 1) * near


def _blur(picture, weight):
    """Blur the pixels that have a weight over the whole picture."""
    sigma = max(weight.shape) / 24
    sums = ndimage.gaussian_filter(picture * weight[..., np.newaxis], (sigma, sigma, 0))
    weights = ndimage.gaussian_filter(weight.astype(float), sigma)[..., np.newaxis]
    mean = picture[weight].mean(axis=0)
    # Far from all of them, their mean.
    return (sums + 1e-6 * mean) / (weights + 1e-6)


def _resize(picture, shape):
    factors = [new / old for new, old in zip(shape[:2], picture.shape)]
    return ndimage.zoom(picture, (*factors, 1), order=1, mode="nearest", grid_mode=True)
