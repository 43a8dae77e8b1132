"""The tasks of a worker: each public method answers one kind of request.

The answer is a dict of figures, or the number of seconds if only one thing was timed.
"""

import time

import joblib
import numpy as np
from memory import peak_mb, resident_mb
from peers import load_peer

# Least number of calls of `predict_proba` that are timed, however long they take.
_MIN_CALLS = 5


class Tasks:
    """One peer, the data, and the state between requests."""

    def __init__(self, peer, folder):
        self.folder = folder
        self.make_peer = load_peer(peer)

    def trial(self):
        """Do what the measures do on a few rows, to check that the peer works."""
        rng = np.random.default_rng(0)
        X = rng.random((60, 8), dtype=np.float32)
        y = np.arange(60) % 10
        peer = self.make_peer()
        peer.fit(X, y)
        peer.train_epoch(X, y)
        if hasattr(peer, "predict_proba"):
            probabilities = peer.predict_proba(X)
            if probabilities.shape != (60, 10):
                raise ValueError(f"probabilities of shape {probabilities.shape}")
        if hasattr(peer, "search"):
            peer.search([1e-3], cv=2)(X, y)
        return {}

    def first_epoch(self):
        """Train one epoch twice; only the first call compiles."""
        X, y = self._mnist()
        self.peer = _loaded(self.make_peer())
        self.X, self.y = self.peer.rows(X), y
        first = self._epoch_seconds()
        return {"compile, s (first call minus second)": first - self._epoch_seconds()}

    def epoch(self):
        """Train two more epochs; only the second is timed.

        Some virtual machines take memory from a process that waits for its turn.
        """
        self._epoch_seconds()
        return {"epoch, s": self._epoch_seconds()}

    def affine_epoch(self, n_rows):
        """Train an epoch on warped images, after a few rows to compile."""
        X, y = self._mnist(n_rows)
        peer = _loaded(self.make_peer())
        X = peer.rows(X)
        peer.train_affine_epoch(X[:100], y[:100])
        return {"affine epoch, s": _seconds(peer.train_affine_epoch, X, y)}

    def fit_from_cold(self, n_rows=None, epochs=1):
        """Fit; the parent process times it."""
        X, y = self._mnist(n_rows)
        peer = self.make_peer(epochs=epochs)
        peer.fit(peer.rows(X), y)
        return {}

    def digits(self, epochs):
        """Fit the bundled digits."""
        X, y = (
            np.load(self.folder / "X_digits.npy"),
            np.load(self.folder / "y_digits.npy"),
        )
        peer = _loaded(self.make_peer(epochs=epochs))
        return _seconds(peer.fit, X, y)

    def fit_for_predict(self):
        """Train the network for `predict`, on a few rows."""
        X, y = self._mnist(2000)
        self.peer = self.make_peer()
        self.peer.fit(X.astype(np.float32), y)
        return {}

    def predict(self, n_rows, dtype, seconds):
        """Predict the same rows repeatedly, for the given number of seconds."""
        X = self._mnist(n_rows)[0].astype(dtype)
        p50, p99 = _milliseconds(self.peer.predict_proba, X, seconds)
        what = f"{n_rows:,} row{'s' * (n_rows > 1)} {dtype}"
        return {f"{what}, p50, ms": p50, f"{what}, p99, ms": p99}

    def read(self, n_images, seconds):
        """Read digits: images framed as MNIST's, and a picture that is framed first."""
        from sklearn.pipeline import make_pipeline

        from skdigits import CenterDigit, Flatten, GradientDirections, StraightenDigit

        X, y = self._mnist(max(2000, n_images))
        images = X.reshape(-1, 28, 28)
        steps = StraightenDigit(), GradientDirections(), Flatten()
        pipe = make_pipeline(*steps, self.make_peer().estimator)
        pipe.fit(images[:2000], y[:2000])
        reader = make_pipeline(CenterDigit(on_blank="keep"), *pipe)
        one, many = images[:1], images[:n_images]
        return {
            "1 image, p50, ms": _milliseconds(pipe.predict, one, seconds)[0],
            "1 picture, p50, ms": _milliseconds(reader.predict, one, seconds)[0],
            f"{n_images:,} images, p50, ms": _milliseconds(pipe.predict, many, seconds)[
                0
            ],
        }

    def search(self, rates, cv, epochs, n_rows, backend, n_jobs):
        """Search a grid of learning rates, in processes or threads of joblib's."""
        X, y = self._mnist(n_rows)
        peer = _loaded(self.make_peer(epochs=epochs))
        X = peer.rows(X)
        with joblib.parallel_config(backend, n_jobs=n_jobs):
            return _seconds(peer.search(rates, cv), X, y)

    def memory(self):
        """Fit one epoch; return the peak memory and its rise above a small fit's."""
        X, y = self._mnist()
        small = self.make_peer()
        small.fit(small.rows(X[:300]), y[:300])
        before = peak_mb()
        peer = self.make_peer()
        peer.fit(peer.rows(X), y)
        peak = peak_mb()
        return {"peak above a small fit, MB": peak - before, "peak, MB": peak}

    def growth(self, n_warm, n_fits):
        """Fit many times; return how much the memory of the process grows."""
        X, y = self._mnist(300)
        for i in range(n_warm + n_fits):
            if i == n_warm:
                before = resident_mb()
            peer = self.make_peer()
            peer.fit(peer.rows(X), y)
        return {f"growth in {n_fits} fits, MB": resident_mb() - before}

    def scaling(self, n_rows, n_features, hidden):
        """Time the second of two epochs on random pixels."""
        rng = np.random.default_rng(0)
        X = rng.integers(0, 256, (n_rows, n_features), np.uint8)
        y = rng.integers(0, 10, n_rows)
        peer = _loaded(self.make_peer(hidden=tuple(hidden)))
        X = peer.rows(X)
        peer.train_epoch(X, y)
        return _seconds(peer.train_epoch, X, y)

    def _mnist(self, n_rows=None):
        X, y = np.load(self.folder / "X.npy"), np.load(self.folder / "y.npy")
        return X[:n_rows], y[:n_rows]

    def _epoch_seconds(self):
        return _seconds(self.peer.train_epoch, self.X, self.y)


def _loaded(peer):
    """Let a peer import what its first fit would import, before the timer starts."""
    if hasattr(peer, "load"):
        peer.load()
    return peer


def _milliseconds(function, X, seconds):
    """Call a function repeatedly; return the median and the 99th percentile."""
    function(X)
    times = []
    end = time.perf_counter() + seconds
    while len(times) < _MIN_CALLS or time.perf_counter() < end:
        times.append(1000 * _seconds(function, X))
    return np.percentile(times, [50, 99])


def _seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start
