"""Convert a picture of any dtype, size and channels to grey of a working size."""

import numpy as np
from scipy import ndimage, sparse

from skdigits._ink._pixels import scale_white, shrink

# Pixels of the longer side of the copy from which the colour of ink is estimated:
# enough to show the strokes of a digit.
_COARSE = 128


def scale_and_shrink(picture, longest):
    """Scale the largest value to 1, and downscale a large picture.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)
        Grey, grey and alpha, RGB or RGBA.
    longest : int
        Largest number of pixels on the longer side of the result.

    Returns
    -------
    pixels : ndarray of shape (height, width, 1 or 3), float32
        Grey or RGB; transparent pixels show paper.
    """
    pixels = resample(scale_white(picture, 2 * longest - 1), longest)
    return pixels / (np.abs(pixels).max() or 1)


def resample(pixels, longest):
    """Downscale by area averaging to a longer side of at most `longest` pixels.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, channels), float
    longest : int

    Returns
    -------
    pixels : ndarray of shape (new_height, new_width, channels), float
    """
    scale = longest / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    height, width = (max(1, round(n * scale)) for n in pixels.shape[:2])
    columns = _average(pixels, height).swapaxes(0, 1)
    return _average(columns, width).swapaxes(0, 1)


def _average(rows, n):
    """Average over n parts of equal length along the first axis.

    The matrix is sparse: in a strip of 40 × 40,000 pixels, a dense one takes 11 GB.
    """
    edges = np.arange(len(rows) + 1) * (n / len(rows))
    part = edges[:-1].astype(int)  # a row lies in this part, and maybe in the next
    end = np.minimum(edges[1:], part + 1)
    covered = np.array([end - edges[:-1], edges[1:] - end], np.float32)
    parts = np.array([part, part + 1]).clip(max=n - 1)
    columns = np.tile(np.arange(len(rows)), 2)
    matrix = sparse.csr_array(
        (covered.ravel(), (parts.ravel(), columns)), shape=(n, len(rows))
    )
    return (matrix @ rows.reshape(len(rows), -1)).reshape(n, *rows.shape[1:])


def areas(n, n_scaled):
    """Return how much of each scaled pixel each of n original pixels covers.

    Returns
    -------
    covered : ndarray of shape (ceil(n_scaled), n), float32
        The matrix product with n values averages them within each scaled pixel.
    """
    edges = np.arange(n + 1) * (n_scaled / n)
    pixels = np.arange(int(np.ceil(n_scaled - 1e-9)))[:, np.newaxis]
    covered = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
    return covered.clip(0).astype(np.float32)


def to_grey(pixels):
    """Project onto the colour in which strokes differ most from the paper around them.

    Luminance cannot distinguish red from green of the same brightness.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 1 or 3), float32
        Grey or RGB, as from `scale_and_shrink`.

    Returns
    -------
    grey : ndarray of shape (height, width), float32
    """
    if pixels.shape[2] == 1:
        return pixels[..., 0]
    coarse = shrink(pixels, _COARSE)
    size = max(3, max(coarse.shape) // 8)
    detail = coarse - ndimage.uniform_filter(coarse, (size, size, 0))
    detail = detail.reshape(-1, pixels.shape[2])
    colour = np.linalg.eigh(detail.T @ detail)[1][:, -1].astype(np.float32)
    # White becomes 1, as in grey pictures.
    return pixels @ (colour / (np.abs(colour).sum() * (1 if colour.sum() >= 0 else -1)))


def edge_of(grey):
    """Return the greys along a picture's edge; those of the corners come twice."""
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])


def enlarge(grey, least):
    """Enlarge by a whole factor n, so that the longer side has at least `least` pixels.

    Returns
    -------
    grey : ndarray of shape (n height, n width)
    n : int
    """
    n = max(1, -(-least // max(grey.shape)))
    if n == 1:
        return grey, n
    return zoom(grey, n), n


def zoom(grey, factor):
    """Enlarge by a factor, with bilinear interpolation."""
    return ndimage.zoom(grey, factor, order=1, mode="nearest", grid_mode=True)
