"""RMS normalisation of X; a warning where predict gets another range or polarity."""

import math
import warnings
from typing import NamedTuple

import numpy as np

from skdigits._rows import blocks, take_rows

# Rows: of 784 pixels, few enough that a block stays in the processor's cache.
_CACHED_ROWS = 256
# Up to here OpenBLAS sums a row in one thread. Beyond, the sum depends on the number of
# threads, and with it would all the weights of a fit, bit by bit.
_LONGEST_ROW_FOR_BLAS = 10_000
# Rows that predict looks at: enough to judge by, at the same small cost for any X.
_WATCHED_ROWS = 256
_FEW_VALUES = 64
# With fewer rows or features given to fit, a new row of a table often lies beyond all
# of them. The smallest images in use have 8 × 8 pixels.
_FEWEST_ROWS, _FEWEST_FEATURES = 50, 64
# Standardised pixels, and those of ±1, go down to this or further; a new row of a table
# that was scaled to 0–1 seldom does. Less is noise, or resizing by cubic splines.
_CLEARLY_NEGATIVE = -0.4
# Part of the range: where means of rows lie within this distance of its middle, the
# polarity is not clear. Digits of MNIST reach 0.40 of the range, bundled ones 0.42.
_UNCLEAR = 0.05
# The largest value of 8-bit pixels that use at least half of their range. Other columns
# of numbers, such as ages or prices, rarely end here.
_LEAST_WHITE, _WHITE = 128, 255
# Ratio of root mean squares: from here on, X is on another scale than the X of `fit`.
# Pixels of 0–255 and of 0–1 differ by 255. Images on one scale differ by 3 at most:
# those of MNIST have 0.38 to 1.83 times the root mean square of all, and a white image
# has 3.0 times. So images on the other scale start at 255 / 3 = 85.
_OTHER_SCALE = 50
# Its reciprocal is still a float32.
_SMALLEST_RMS = 1e-37


class Scale(NamedTuple):
    """How large the values of a matrix are.

    Attributes
    ----------
    low, high : float
        Smallest and largest value.
    rms : float
        Root mean square.
    darkest, brightest : float
        Smallest and largest mean of a row; infinite if rows or features are too few.
    """

    low: float
    high: float
    rms: float
    darkest: float = -math.inf
    brightest: float = math.inf


def measure_scale(X, weight=None):
    """Measure the scale of X, a block of rows at a time.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
    weight : ndarray of shape (n_samples,), default=None
        The mean of the squares is weighted by it. Rows of weight zero do not count.

    Returns
    -------
    scale : Scale
    """
    short = X.shape[1] <= _LONGEST_ROW_FOR_BLAS
    # Sums of a short row's squared pixels are exact enough in float32; other types may
    # hold anything.
    dtype = np.float32 if short and X.dtype == np.uint8 else np.float64
    weight = np.ones(X.shape[0]) if weight is None else weight
    counted = np.flatnonzero(weight)
    low = darkest = math.inf
    high = brightest = -math.inf
    total = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for rows in map(counted.__getitem__, blocks(len(counted), _CACHED_ROWS)):
            block = take_rows(X, rows)
            low, high = min(low, block.min()), max(high, block.max())
            block = block.astype(dtype, copy=False)
            if short:
                squares = np.vecdot(block, block).astype(np.float64)
                sums = np.vecdot(block, np.ones_like(block[0]))
            else:
                squares = np.einsum("ij,ij->i", block, block)
                sums = np.einsum("ij->i", block)
            total += (squares * weight[rows]).sum()
            darkest = min(darkest, sums.min() / X.shape[1])
            brightest = max(brightest, sums.max() / X.shape[1])
    rms = np.sqrt(total / (weight.sum() * X.shape[1]))
    if len(counted) < _FEWEST_ROWS or X.shape[1] < _FEWEST_FEATURES:
        darkest, brightest = -math.inf, math.inf
    return Scale(*map(float, (low, high, rms, darkest, brightest)))


def input_scale(scale):
    """Return what training multiplies X by: 1 / its root mean square.

    Pixels of 0–255 and of 0–1 then train the same network, and a standardised table
    stays as it is. X that is zero everywhere is multiplied by 1.

    Raises
    ------
    ValueError
        If the squares of X overflow, or if X is too small to be scaled in float32.
    """
    largest = max(abs(scale.low), abs(scale.high))
    if not np.isfinite(scale.rms):
        raise ValueError(
            f"X holds values as large as {largest:g}, whose squares overflow: divide X "
            f"by a constant that brings them below 1e150."
        )
    if largest == 0:
        return 1.0
    if scale.rms < _SMALLEST_RMS:
        raise ValueError(
            f"X holds no value above {largest:g}, which is too small to train on: "
            f"multiply X by a constant that brings its values near 1."
        )
    return 1 / scale.rms


def warn_of_other_scale(X, fitted, *, only_labels=False):
    """Warn of pixels whose range or polarity is unmistakably not that of `fit`.

    Four cases:

    - Another polarity: the means of all rows given to `fit` lie in the same half of the
      range, and the mean of X lies in the other half. On MNIST, given 255 - X, the
      accuracy fell to 3–12 %.
    - Fitted on values of which none is negative, given mostly negative ones, such as
      X / 127.5 - 1 or standardised pixels. On MNIST the accuracy fell to 3–12 %, on
      scikit-learn's digits by 10–50 points.
    - Fitted on pixels of 0–255, given 0–1 or ±1: the root mean squares differ by a
      factor of 50 or more. On MNIST the accuracy fell from 92–97 % to 9–19 %, whatever
      the activation.
    - Fitted on 0–1, given 16 or more, by the same factor. Labels stay: on MNIST given
      0–255 the accuracy fell by 0–1 points. Probabilities become too certain: the log
      loss rose by up to five times.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
        What is to be predicted; the first 256 rows are looked at.
    fitted : Scale
        Of the X given to `fit`.
    only_labels : bool, default=False
        Whether only the labels are asked for, which the last case does not change.
    """
    X = take_rows(X, slice(_WATCHED_ROWS))
    # Python's numbers: NumPy's sum and comparison would take a tenth of the time in
    # which one row is predicted. What a few values suggest, all have to confirm.
    few = X[0, :: X.shape[1] // _FEW_VALUES | 1].tolist()
    mean = sum(few) / len(few)
    difference = (
        (_is_other_polarity(X, mean, fitted) and _describe_polarity(X, fitted))
        or (min(few) < 0 <= fitted.low and _describe_negatives(X, fitted))
        or _describe_scale(X, mean, fitted, only_labels)
    )
    if difference:
        warnings.warn(difference, UserWarning, stacklevel=4)


def _is_other_polarity(X, mean, fitted):
    low, high, _, darkest, brightest = fitted
    middle, unclear = (low + high) / 2, _UNCLEAR * (high - low)
    was_dark, was_light = brightest < middle - unclear, darkest > middle + unclear
    if mean > high and low >= 0:  # another scale, which need not be another polarity
        middle, unclear = X.max() / 2, 0
    return (was_dark and mean > middle + unclear) or (
        was_light and mean < middle - unclear
    )


def _describe_polarity(X, fitted):
    with np.errstate(over="ignore", invalid="ignore"):
        mean = X.mean(dtype=np.float64)
    if not _is_other_polarity(X, mean, fitted):
        return None
    low, high, _, darkest, brightest = fitted
    return (
        f"X has a mean of {mean:g}, but each row given to fit had one between "
        f"{darkest:g} and {brightest:g}: most labels will be wrong. Give X in the "
        f"range of fit, {low:g} to {high:g}; where light and dark are exchanged, give "
        f"{low + high:g} - X."
    )


def _describe_negatives(X, fitted):
    low, is_unknown = X.min(), math.isinf(fitted.brightest)
    if is_unknown or low > _CLEARLY_NEGATIVE or np.count_nonzero(X < 0) <= X.size / 2:
        return None
    return (
        f"X goes down to {low:g}, but the X given to fit had no negative values: "
        f"many labels can be wrong. Give X in the range of fit, {fitted.low:g} to "
        f"{fitted.high:g}."
    )


def _describe_scale(X, mean, fitted, only_labels):
    too_small = _LEAST_WHITE <= fitted.high <= _WHITE
    if fitted.low < 0 or (mean > 1 if too_small else only_labels or fitted.high > 1):
        return None
    high = float(X.max())
    if not (0 < high <= 1 if too_small else high >= 16) or X.min() < -too_small:
        return None
    if 1 / _OTHER_SCALE < measure_scale(X).rms / fitted.rms < _OTHER_SCALE:
        return None
    effect = (
        "most labels will be wrong"
        if too_small
        else "probabilities will be too close to 0 and 1"
    )
    return (
        f"X goes up to {high:g}, but the X given to fit went up to {fitted.high:g}: "
        f"{effect}. Give pixels on the same scale to fit and to predict (0–255 for "
        f"both, or 0–1 for both)."
    )
