"""Fit many rows from a file, and search many candidates on a cluster.

    python benchmarks/large.py [--rows N] [--candidates N]

Rows: random uint8 pixels in a file, 784 bytes each, which NumPy maps into memory. For a
quarter, a half and all of them, the script prints the seconds of a fit of one epoch and
the largest memory of the process in that fit that is not the file's.

Candidates: a RandomizedSearchCV on scikit-learn's digits with five epochs and three
folds, on a Dask cluster of two processes. The script prints the seconds, the largest
memory of the workers, and the bytes that the cluster's processes have sent each other
(all of this machine's traffic to itself). 0 leaves a part out.
"""

import argparse
import logging
import tempfile
import threading
import time
from pathlib import Path

import joblib
import numpy as np
import psutil
from scipy.stats import loguniform
from sklearn.datasets import load_digits
from sklearn.model_selection import RandomizedSearchCV

from skdigits import DigitMLPClassifier

N_PIXELS = 784
ROWS_AT_ONCE = 100_000


class PeakMemory:
    """Samples the memory of processes while the `with` block runs; `mb` is the peak."""

    def __init__(self, *pids):
        self.processes = [psutil.Process(pid) for pid in pids]
        self.mb = 0

    def __enter__(self):
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._done.set()
        self._thread.join()

    def _sample(self):
        while not self._done.wait(0.05):
            self.mb = max(self.mb, *map(own_mb, self.processes))


def own_mb(process):
    """Measure the memory of a process without the pages of mapped files."""
    memory = process.memory_info()
    # On Linux `shared` holds these pages; other systems do not tell.
    return (memory.rss - getattr(memory, "shared", 0)) / 1e6


def fit_rows(n_rows):
    """Print the time and the memory of fits of a file's rows."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 10, n_rows, dtype=np.uint8)
    clf = DigitMLPClassifier(epochs=1, random_state=0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows")
        with path.open("wb") as file:
            for start in range(0, n_rows, ROWS_AT_ONCE):
                n = min(ROWS_AT_ONCE, n_rows - start)
                file.write(rng.bytes(n * N_PIXELS))
        X = np.memmap(path, np.uint8, "r", shape=(n_rows, N_PIXELS))
        clf.fit(X[:1000], y[:1000])  # imports TensorFlow, and compiles
        before = own_mb(psutil.Process())
        for part in (n_rows // 4, n_rows // 2, n_rows):
            start = time.perf_counter()
            with PeakMemory(psutil.Process().pid) as peak:
                clf.fit(X[:part], y[:part])
            seconds = time.perf_counter() - start
            more = peak.mb - before
            print(
                f"{part:>10,} rows: {seconds:6.1f} s, {more:5.0f} MB more than before"
            )


def search_candidates(n_candidates):
    """Print the time, memory and traffic of a search on a cluster."""
    from dask.distributed import Client, LocalCluster

    X, y = load_digits(return_X_y=True)
    search = RandomizedSearchCV(
        DigitMLPClassifier(epochs=5, random_state=0),
        {"learning_rate": loguniform(1e-4, 1e-1), "weight_decay": loguniform(1e-3, 1)},
        n_iter=n_candidates,
        cv=3,
        refit=False,
        random_state=0,
    )
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",  # any free port
            silence_logs=logging.ERROR,  # no warning if a worker is slow to stop
        ) as cluster,
        Client(cluster),
        joblib.parallel_config("dask"),
        PeakMemory(*(worker.pid for worker in cluster.workers.values())) as peak,
    ):
        sent = psutil.net_io_counters().bytes_sent
        start = time.perf_counter()
        search.fit(X, y)
        seconds = time.perf_counter() - start
        sent = psutil.net_io_counters().bytes_sent - sent
    print(
        f"{n_candidates:>10,} candidates, 3 folds: {seconds:.1f} s, workers of at most "
        f"{peak.mb:.0f} MB, {sent / 1e6:.0f} MB sent"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=6_000_000)
    parser.add_argument("--candidates", type=int, default=200)
    arguments = parser.parse_args()
    if arguments.rows:
        fit_rows(arguments.rows)
    if arguments.candidates:
        search_candidates(arguments.candidates)
