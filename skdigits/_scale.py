"""RMS normalisation of X, and a warning where predict is given another scale."""

import warnings
from typing import NamedTuple

import numpy as np

from skdigits._rows import take_rows

# Small enough for the processor's cache.
_BLOCK_ROWS = 256
# Up to here OpenBLAS sums a row in one thread. Beyond, the sum depends on the number of
# threads, and with it would all the weights of a fit, bit by bit.
_LONGEST_ROW_FOR_BLAS = 10_000
# Rows that predict looks at: enough to judge by, at the same small cost for any X.
_WATCHED_ROWS = 256
# The largest value of 8-bit pixels that use at least half of their range. Other columns
# of numbers, such as ages or prices, rarely end here.
_LEAST_WHITE, _WHITE = 128, 255
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
    """

    low: float
    high: float
    rms: float


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
    low, high, total = np.inf, -np.inf, 0.0
    with np.errstate(over="ignore"):
        for start in range(0, len(counted), _BLOCK_ROWS):
            rows = counted[start : start + _BLOCK_ROWS]
            block = take_rows(X, rows)
            low, high = min(low, block.min()), max(high, block.max())
            block = block.astype(dtype, copy=False)
            if short:
                squares = np.vecdot(block, block).astype(np.float64)
            else:
                squares = np.einsum("ij,ij->i", block, block)
            total += (squares * weight[rows]).sum()
    rms = np.sqrt(total / (weight.sum() * X.shape[1]))
    return Scale(float(low), float(high), float(rms))


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
    """Warn of pixels that are unmistakably on another scale than those of `fit`.

    Two cases, if no value is negative and the root mean squares differ by a factor of
    50 or more:

    - Fitted on pixels of 0–255, given 0–1. Labels are wrong: on MNIST the accuracy fell
      from 92–97 % to 9–19 %, whatever the activation.
    - Fitted on 0–1, given 16 or more. Labels stay: on MNIST given 0–255 the accuracy
      fell by 0–1 points. Probabilities become too certain: the log loss rose by up to
      five times.

    Parameters
    ----------
    X : ndarray or CSR matrix of shape (n_samples, n_features)
        What is to be predicted; the first 256 rows are looked at.
    fitted : Scale
        Of the X given to `fit`.
    only_labels : bool, default=False
        Whether only the labels are asked for, which the second case does not change.
    """
    if fitted.low < 0:
        return
    too_small = _LEAST_WHITE <= fitted.high <= _WHITE
    if not too_small and (only_labels or fitted.high > 1):
        return
    X = X[:_WATCHED_ROWS]
    high = float(X.max())
    if not (0 < high <= 1 if too_small else high >= 16) or X.min() < 0:
        return
    if not 1 / 50 < measure_scale(X).rms / fitted.rms < 50:
        effect = (
            "most labels will be wrong"
            if too_small
            else "probabilities will be too close to 0 and 1"
        )
        warnings.warn(
            f"X goes up to {high:g}, but the X given to fit went up to "
            f"{fitted.high:g}: {effect}. Give pixels on the same scale to fit and to "
            f"predict (0–255 for both, or 0–1 for both).",
            UserWarning,
            stacklevel=4,
        )
