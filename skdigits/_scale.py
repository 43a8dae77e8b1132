"""RMS normalisation of X; warns if predict gets another range or polarity than fit."""

import math
import warnings
from typing import NamedTuple

import numpy as np

from skdigits._rows import blocks, limit_rows, take_rows

# Rows in a block: at 784 pixels a row, the block stays in the processor's cache.
_CACHED_ROWS = 256
# Features: OpenBLAS sums longer rows in several threads. Their sum, and so the last
# bits of all weights of a fit, would depend on the number of threads.
_LONGEST_ROW_FOR_BLAS = 10_000
# Rows that predict checks: enough to judge, at the same small cost for any X.
_WATCHED_ROWS = 256
# Values of the first row that predict checks first.
_FEW_VALUES = 64
# If fit had fewer rows or features, means of new rows of a table often lie beyond all
# means in fit. The smallest images in use have 8 × 8 pixels.
_FEWEST_ROWS, _FEWEST_FEATURES = 50, 64
# Standardised pixels, and pixels of ±1, go down to this or lower; new rows of a table
# that was scaled to 0–1 rarely do. Noise and resizing by cubic splines stay above it.
_CLEARLY_NEGATIVE = -0.4
# Fraction of the range: if means of rows lie within this distance of its middle, the
# polarity is unclear. Means of MNIST's digits reach 0.40 of the range, those of
# scikit-learn's digits 0.42.
_UNCLEAR = 0.05
# The largest value of 8-bit pixels lies between these if they use at least half of
# their range. That of other numbers, such as ages or prices, rarely does.
_LEAST_WHITE, _WHITE = 128, 255
# Ratio of root mean squares: above it, X is on another scale than the X of `fit`.
# Pixels of 0–255 and of 0–1 differ by a factor of 255. Images on one scale differ by 3
# at most: those of MNIST have 0.38 to 1.83 times the root mean square of all, a white
# image 3.0 times. So images on the other scale differ by at least 255 / 3 = 85.
_OTHER_SCALE = 50
# Smallest root mean square whose reciprocal float32 can hold.
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
        Smallest and largest mean of a row; infinite if there are too few rows or
        features.
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
        Weights of the rows in the mean square. Rows of weight zero do not count.

    Returns
    -------
    scale : Scale
    """
    short = X.shape[1] <= _LONGEST_ROW_FOR_BLAS
    # For short rows of uint8, float32 is exact enough; other dtypes may hold values of
    # any size.
    dtype = np.float32 if short and X.dtype == np.uint8 else np.float64
    weight = np.ones(X.shape[0]) if weight is None else weight
    counted = np.flatnonzero(weight)
    squares, sums = np.empty(len(counted)), np.empty(len(counted), dtype)
    low, high = math.inf, -math.inf
    with np.errstate(over="ignore", invalid="ignore"):
        n_rows = limit_rows(_CACHED_ROWS, X.shape[1])
        for rows in blocks(len(counted), n_rows):
            block = take_rows(X, counted[rows])
            low, high = min(low, block.min()), max(high, block.max())
            block = block.astype(dtype, copy=False)
            if short:
                squares[rows] = np.vecdot(block, block)
                sums[rows] = np.vecdot(block, np.ones_like(block[0]))
            else:
                squares[rows] = np.einsum("ij,ij->i", block, block)
                sums[rows] = np.einsum("ij->i", block)
        squares *= weight[counted]
        total = sum(squares[rows].sum() for rows in blocks(len(counted), _CACHED_ROWS))
        darkest, brightest = sums.min() / X.shape[1], sums.max() / X.shape[1]
    rms = np.sqrt(total / (weight.sum() * X.shape[1]))
    if len(counted) < _FEWEST_ROWS or X.shape[1] < _FEWEST_FEATURES:
        darkest, brightest = -math.inf, math.inf
    return Scale(*map(float, (low, high, rms, darkest, brightest)))


def input_scale(scale):
    """Return the factor by which X is multiplied in training: 1 / its root mean square.

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


def refuse_overflow_on_first_scale(X, weight, input_scale, dtype):
    """Raise ValueError for values too large for the scale that further training keeps.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
    weight : ndarray of shape (n_samples,)
        Rows of weight zero do not count.
    input_scale : float
        The factor by which X is multiplied in training.
    dtype : dtype
        The precision of training.
    """
    limit = float(np.finfo(dtype).max) ** 0.5 / input_scale
    if max(-float(X.min()), float(X.max())) < limit:
        return
    scale = measure_scale(X, weight)
    largest = max(abs(scale.low), abs(scale.high))
    if largest >= limit:
        raise ValueError(
            f"X holds values as large as {largest:g}, whose squares overflow in "
            f"{np.dtype(dtype)} on the scale of the first fit: give X on that scale."
        )


def warn_of_other_scale(X, fitted, *, only_labels=False):
    """Warn if the range or polarity of pixels is clearly not that of `fit`.

    Four cases:

    - Another polarity: the means of all rows given to `fit` lie in the same half of the
      range, and the mean of X lies in the other half. On MNIST, with the defaults, the
      accuracy on 255 - X fell to 4–6 %.
    - Fitted on no negative values, given mostly negative values, such as
      ``X / 127.5 - 1`` or standardised pixels. On MNIST, with the defaults, the
      accuracy fell to 11–30 %, on scikit-learn's digits by 10–50 points.
    - Fitted on pixels of 0–255, given 0–1 or ±1: the root mean squares differ by a
      factor of 50 or more. On MNIST the accuracy fell from 92–97 % to 9–19 %, whatever
      the activation.
    - Fitted on 0–1, given values of 16 or more: the root mean squares differ by the
      same factor. Labels hardly change: on MNIST's pixels of 0–255 the accuracy fell by
      0–1 points. Probabilities become too close to 0 and 1: the log loss grew by a
      factor of up to five.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
        The rows to predict; the first 256 are checked, or fewer if they are wide.
    fitted : Scale
        Scale of the X given to `fit`.
    only_labels : bool, default=False
        Whether only labels are predicted; the last case then gives no warning.
    """
    X = take_rows(X, slice(limit_rows(_WATCHED_ROWS, X.shape[1])))
    # Plain Python: NumPy's sum and comparison would take a tenth of the time of
    # predicting one row. Only if these few values suggest a difference are all values
    # checked.
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
    overflows = X.dtype.kind in "iu" and low + high > np.iinfo(X.dtype).max
    return (
        f"X has a mean of {mean:g}, but each row given to fit had one between "
        f"{darkest:g} and {brightest:g}: most labels will be wrong. Give X in the "
        f"range of fit, {low:g} to {high:g}; where light and dark are exchanged, give "
        f"{low + high:g} - X{'.astype(float)' if overflows else ''}."
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
    if fitted.low < 0:
        return None
    if _LEAST_WHITE <= fitted.high <= _WHITE:
        is_suspect = mean <= 1 and 0 < X.max() <= 1 and X.min() >= -1
        effect = "most labels will be wrong"
    else:
        may_be_larger = fitted.high <= 1 and not only_labels
        is_suspect = may_be_larger and X.max() >= 16 and X.min() >= 0
        effect = "probabilities will be too close to 0 and 1"
    least, most = fitted.rms / _OTHER_SCALE, fitted.rms * _OTHER_SCALE
    if not is_suspect or least < measure_scale(X).rms < most:
        return None
    return (
        f"X goes up to {float(X.max()):g}, but the X given to fit went up to "
        f"{fitted.high:g}: {effect}. Give pixels on the same scale to fit and to "
        f"predict (0–255 for both, or 0–1 for both)."
    )
