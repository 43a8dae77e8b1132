"""Fit and predict many times in one process, to see whether it slows down or grows.

    python benchmarks/soak.py [--fits N] [--shapes N] [--predictions N]

0 leaves a part out.

First come small fits of a few epochs, each with another random state and number of
rows; then fits of networks of different shapes, each of which is compiled; then
predictions of one row. For each tenth of the calls, the script prints the median
wall-clock and processor time of a call and the memory of the process; then it compares
the last tenth with the first. Other load on the machine affects wall-clock time more
than processor time.
"""

import argparse
import gc
import time

import numpy as np
from memory import resident_mb
from sklearn.datasets import load_digits

from skdigits import DigitMLPClassifier

N_WARM = 20
TENTHS = 10


def soak(name, call, n_calls):
    """Call a function many times; print time and memory for each tenth of the calls."""
    if n_calls == 0:
        return
    for i in range(N_WARM):
        call(i)
    gc.collect()
    print(f"{name}, {n_calls:,} times, median of each tenth")
    print(f"{'tenth':>8}{'ms':>10}{'CPU ms':>10}{'MB':>8}")
    tenths = []
    times = np.empty((n_calls // TENTHS, 2))  # a list would grow
    for tenth in range(TENTHS):
        for i in range(len(times)):
            times[i] = timed(call, tenth * len(times) + i)
        ms, cpu_ms = 1000 * np.median(times, axis=0)
        gc.collect()
        tenths.append((ms, cpu_ms, resident_mb()))
        print(f"{tenth + 1:8}{ms:10.4f}{cpu_ms:10.4f}{tenths[-1][2]:8.1f}", flush=True)
    first, last = tenths[0], tenths[-1]
    print(
        f"last / first tenth: {last[0] / first[0]:.3f}, processor time "
        f"{last[1] / first[1]:.3f}; memory growth {last[2] - first[2]:.1f} MB"
    )


def timed(call, i):
    start, cpu_start = time.perf_counter(), time.process_time()
    call(i)
    return time.perf_counter() - start, time.process_time() - cpu_start


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fits", type=int, default=2_000)
    parser.add_argument("--shapes", type=int, default=150)
    parser.add_argument("--predictions", type=int, default=1_000_000)
    arguments = parser.parse_args()

    X, y = load_digits(return_X_y=True)
    X = X.astype(np.uint8)
    fitted = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)

    def fit(i):
        rows = slice(i % 100, 300 + i % 200)
        DigitMLPClassifier(epochs=3, random_state=i).fit(X[rows], y[rows])

    def fit_another_shape(i):
        clf = DigitMLPClassifier((1 + i // 64, 15), epochs=1)
        clf.fit(X[:300, : 1 + i % 64], y[:300])

    def predict(i):
        fitted.predict_proba(X[i % len(X)][np.newaxis])

    soak("fit", fit, arguments.fits)
    soak("fit of another shape", fit_another_shape, arguments.shapes)
    soak("predict_proba of one row", predict, arguments.predictions)
