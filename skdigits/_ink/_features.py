"""Features of each pixel of a grey picture, from which a network predicts ink."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

from skdigits._ink._grey import edge_of

# All lengths are fractions of a reference length, the longer side of a picture of one
# digit. "What was tried for ink" in benchmarks/README.md shows what each set gains.
#
# Windows of the closings and openings: from half a thin stroke to the thickest stroke.
_WINDOWS = (1 / 40, 1 / 24, 1 / 14, 1 / 8, 1 / 5)

# Index of the window whose closing and opening are searched for straight lines, and the
# lengths of these: longer than most strokes, and longer than any.
_LINE_WINDOW, _LINES = 2, (1 / 8, 1 / 3)

# Windows of the blurs, each applied twice; a pixel is compared with each blur.
_BLURS = (0.021, 0.042, 0.106, 0.283)

# Windows of the blur before a slope, of the maximum of slopes, and of the standard
# deviation.
_SLOPE_WINDOW, _STEEPEST_WINDOW, _DEVIATION_WINDOW = 1 / 40, 1 / 25, 1 / 12

# Weights of the windows, thin ones first: on pages of print, the gaps between the lines
# are strokes for all but the thinnest windows.
_THIN = 1 / np.square(_WINDOWS[1:])

# Least contrast, with white at 1: with less, rounding to 8 bits would look like ink.
_ROUNDING_CONTRAST = 0.02

# Steps per unit of contrast: windows run over 16-bit integers, twice as fast as over
# floats. Values are clipped to ±31 units.
_STEPS = 1024
_CLIP = 31 * _STEPS


# Number of features of dark strokes, for each pixel and for the picture. There are as
# many of light strokes.
_SIDED = 9, 5

# Number of the next features, whose sign changes with the polarity. The signs of the
# others stay.
_SIGNED = 6, 3


class Measured(NamedTuple):
    """The features of a picture, in units of its contrast.

    Attributes
    ----------
    of_pixels : ndarray of shape (28, height, width), float32
        Darkness of a stroke at the pixel that is narrower than a window, for five
        windows, and of a line along rows or along columns, for two lengths; the same
        for light strokes and lines; the pixel minus each of four blurs; the grey minus
        the middle of the range, and minus the median of the picture's edge; two slopes;
        the standard deviation around the pixel; the steepest slope near it.
    of_picture : ndarray of shape (18,), float32
        The mean of dark strokes: at sharp edges for four windows, and in the whole
        picture for one; the same for light strokes; the mean grey; the median, the
        middle and the range of the greys along the picture's edge; the noise; the
        contrast; the logarithms of the reference length and of the enlargement.
    """

    of_pixels: np.ndarray
    of_picture: np.ndarray

    def invert(self):
        """Return the features of the inverted picture."""
        arrays = []
        for numbers, n, signed in zip(self, _SIDED, _SIGNED):
            dark, light, rest = np.split(numbers, [n, 2 * n])
            arrays.append(np.concatenate([light, dark, -rest[:signed], rest[signed:]]))
        return Measured(*arrays)

    @property
    def steepest(self):
        """The steepest slope near each pixel."""
        return self.of_pixels[-1]

    @property
    def lightness(self):
        """The lightness, at each pixel, of strokes of any width."""
        return self.of_pixels[_SIDED[0] + len(_WINDOWS) - 1]

    @property
    def log_enlarged(self):
        """The logarithm of the factor by which the picture was enlarged."""
        return self.of_picture[-1]

    @property
    def is_light(self):
        """Whether the strokes at sharp edges are light rather than dark."""
        n = _SIDED[1]
        dark, light = self.of_picture[: n - 1], self.of_picture[n : 2 * n - 1]
        return (light - dark) @ _THIN > 0


def measure(grey, n_enlarged=1, length=None):
    """Compute the features of each pixel and of the whole picture.

    Parameters
    ----------
    grey : ndarray of shape (height, width), float32
    n_enlarged : int, default=1
        Factor by which the picture was enlarged: enlarging softens all edges.
    length : float, default=None
        Pixels: the reference length is the longer side, but at most this; None means
        no limit.

    Returns
    -------
    measured : Measured
    """
    length = min(length or np.inf, max(grey.shape))
    smooth = _smooth(grey)
    contrast, middle = _contrast(smooth)
    grey = (smooth - middle) / contrast
    edge_low, edge_middle, edge_high = np.percentile(edge_of(grey), [10, 50, 90])
    slope = _slope(_smooth(grey))
    mean = _blur(grey, _DEVIATION_WINDOW * length)
    square_mean = _blur(grey * grey, _DEVIATION_WINDOW * length)
    dark, light = _strokes(grey, length)
    measured = [
        *dark,
        *_lines(dark[_LINE_WINDOW], length),
        *light,
        *_lines(light[_LINE_WINDOW], length),
        *(grey - _blur(grey, part * length) for part in _BLURS),
        grey,
        grey - edge_middle,
        slope,
        _slope(_blur(grey, _SLOPE_WINDOW * length)),
        np.sqrt(np.maximum(square_mean - mean**2, 0)),
        _steepest(slope, _odd(_STEEPEST_WINDOW * length)),
    ]
    of_pixels = np.empty((len(measured), *grey.shape), np.float32)
    for row, values in zip(of_pixels, measured):
        np.multiply(values, 1 / _STEPS if values.dtype == np.int16 else 1, out=row)

    sharp = np.clip(slope**2 - 5 * np.median(slope**2), 0, None)
    sharp /= sharp.sum() + 1e-6
    n = _SIDED[0]
    dark, light = (
        [*np.einsum("ij,kij->k", sharp, strokes[1:5]), strokes[3].mean()]
        for strokes in (of_pixels[:n], of_pixels[n : 2 * n])
    )
    of_picture = [
        *dark,
        *light,
        grey.mean(),
        edge_middle,
        (edge_low + edge_high) / 2,
        edge_high - edge_low,
        10 * np.median(np.abs(grey - _smooth(grey))),
        contrast,
        np.log(length),
        np.log(n_enlarged),
    ]
    return Measured(of_pixels, np.array(of_picture, np.float32))


def measure_quality(grey):
    """Measure the contrast and the noise of a grey picture.

    Returns
    -------
    log_contrast : float
    noise : float
        Ratio of the noise to the contrast.
    """
    smooth = _smooth(grey)
    contrast, _ = _contrast(smooth)
    return np.log(contrast), np.median(np.abs(grey - smooth)) / contrast


def _contrast(smooth):
    """Return the range and the middle of the greys, ignoring single bright pixels.

    Percentiles would miss a small digit on a large page.
    """
    smoother = _smooth(smooth)
    low, high = smoother.min(), smoother.max()
    return max(high - low, _ROUNDING_CONTRAST), (low + high) / 2


def _smooth(grey):
    return ndimage.gaussian_filter(grey, 0.7, mode="nearest", truncate=2.5)


def _blur(grey, window):
    """Average over a square window twice, which approximates a Gaussian blur."""
    for _ in range(2):
        grey = ndimage.uniform_filter(grey, _odd(window), mode="nearest")
    return grey


def _slope(grey):
    down, across = np.zeros_like(grey), np.zeros_like(grey)
    down[1:-1] = grey[2:] - grey[:-2]
    across[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    return np.hypot(down, across)


def _strokes(grey, length):
    """Measure dark and light strokes that are narrower than each window.

    These are the closing of a picture minus the picture, and the picture minus its
    opening: Soille, Morphological Image Analysis, 2nd edition, 2003, section 4.5.
    """
    windows = [_odd(part * length) for part in _WINDOWS]
    pad = windows[-1] - 1
    steps = np.pad(_STEPS * grey, pad, mode="edge").clip(-_CLIP, _CLIP).astype(np.int16)
    grey = steps[pad:-pad, pad:-pad]
    dark, light = [], []
    for window in windows:
        margin = pad - window + 1
        around = steps[margin : len(steps) - margin, margin : steps.shape[1] - margin]
        closing = _run_twice(np.maximum, np.minimum, around, window, window)
        opening = _run_twice(np.minimum, np.maximum, around, window, window)
        dark.append(closing - grey)
        light.append(grey - opening)
    return dark, light


def _lines(strokes, length):
    """Keep only long lines, by openings along rows and along columns.

    Strokes are first thickened at right angles to the line, so that a slightly sloping
    line stays in one piece.
    """
    windows = [_odd(part * length) for part in _LINES]
    pad = windows[-1] - 1
    lines = []
    for is_turned in (False, True):
        wide = np.pad(strokes.T if is_turned else strokes, ((1, 1), (pad, pad)), "edge")
        wide = _run(np.maximum, wide, 3, 1)
        for window in windows:
            margin = pad - window + 1
            line = wide[:, margin : wide.shape[1] - margin]
            line = _run_twice(np.minimum, np.maximum, line, 1, window)
            lines.append(line.T if is_turned else line)
    return lines


def _steepest(slope, window):
    return _run(np.maximum, np.pad(slope, window // 2, mode="edge"), window, window)


def _run_twice(first, second, grey, height, width):
    """Take the closing (maximum, then minimum) or opening, without the margins."""
    return _run(second, _run(first, grey, height, width), height, width)


def _run(extreme, grey, height, width):
    """Take the maximum or minimum over each window that fits into a picture.

    Overlapping windows of 1, 2, 4, ... pixels are combined, on the flattened picture.
    There a window may run past the end of a row into the next one; the results of such
    windows are cut off. This takes an eighth of the time of SciPy's filters.
    """
    flat = grey.ravel()
    for window, stride in ((height, grey.shape[1]), (width, 1)):
        n = 1
        while n < window:
            step = min(n, window - n)
            flat = extreme(flat[: -step * stride], flat[step * stride :])
            n += step
    result = np.empty_like(grey, order="C")
    result.reshape(-1)[: len(flat)] = flat
    return result[: grey.shape[0] - height + 1, : grey.shape[1] - width + 1]


def _odd(length):
    """Round to an odd number of pixels, at least 3."""
    return max(3, int(length) | 1)
