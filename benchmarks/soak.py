"""Fit and predict for a long time in one process: neither is to grow or slow down.

    python benchmarks/soak.py [--fits N] [--predictions N]

Small fits of a few epochs, each with another random state and number of rows, then
predictions of one row. Prints, for each, the median time of a call in every tenth of
the calls, and the memory after it, and compares the last tenth with the first. A pause
of the machine is one call, which a median does not see.
"""

import argparse
import gc
import time
from statistics import median

import numpy as np
from memory import resident_mb
from sklearn.datasets import load_digits

from skdigits import DigitMLPClassifier

N_WARM = 20
TENTHS = 10


def soak(name, call, n_calls):
    """Call it many times; print what each tenth took and what the process holds."""
    for i in range(N_WARM):
        call(i)
    gc.collect()
    print(f"{name}, {n_calls:,} times\n{'tenth':>8}{'ms, median':>12}{'MB':>8}")
    tenths = []
    for tenth in range(TENTHS):
        seconds = [timed(call, i) for i in numbers_of(tenth, n_calls)]
        gc.collect()
        tenths.append((1000 * median(seconds), resident_mb()))
        print(f"{tenth + 1:8}{tenths[-1][0]:12.4f}{tenths[-1][1]:8.1f}", flush=True)
    (first_ms, first_mb), (last_ms, last_mb) = tenths[0], tenths[-1]
    print(f"last : first {last_ms / first_ms:.3f}, grown {last_mb - first_mb:+.1f} MB")


def numbers_of(tenth, n_calls):
    return range(tenth * n_calls // TENTHS, (tenth + 1) * n_calls // TENTHS)


def timed(call, i):
    start = time.perf_counter()
    call(i)
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fits", type=int, default=2_000)
    parser.add_argument("--predictions", type=int, default=1_000_000)
    arguments = parser.parse_args()

    X, y = load_digits(return_X_y=True)
    X = X.astype(np.uint8)
    fitted = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)

    def fit(i):
        rows = slice(i % 100, 300 + i % 200)
        DigitMLPClassifier(epochs=3, random_state=i).fit(X[rows], y[rows])

    def predict(i):
        fitted.predict_proba(X[i % len(X)][np.newaxis])

    soak("fit", fit, arguments.fits)
    soak("predict_proba of one row", predict, arguments.predictions)
