"""The measures: what each of them asks the workers of which peers to do."""

import subprocess
import sys
import time

from workers import WorkerError, quiet_environment

# Peers that follow scikit-learn's contract.
_WITH_SEARCH = ("skdigits", "MLPClassifier", "scikeras", "Keras wrapper")
# The Keras wrapper has no `predict_proba`, and tuned Keras has that of Keras.
_WITHOUT_PROBABILITIES = ("Keras wrapper", "Keras tuned")
_IN_NUMPY_OR_OURS = ("skdigits", "MLPClassifier")
_WITH_WARPS = ("skdigits", "Keras", "Keras tuned", "PyTorch")
# The same loop as that of Keras tuned, with more around it.
_ALSO_KERAS = ("Keras", "scikeras", "Keras wrapper")

_IMPORTS = {
    "Python alone": "pass",
    "sklearn.base": "import sklearn.base",
    "skdigits": "import skdigits",
    "sklearn.neural_network": "import sklearn.neural_network",
    "tensorflow": "import tensorflow",
    "torch": "import torch",
    "jax": "import jax",
}


def epoch(session):
    """Train one epoch of MNIST: warm, and from a cold process."""
    peers = list(session.peers)
    with session.living_workers(peers) as workers:
        session.interleave("epoch", peers, lambda p: workers[p].ask("first_epoch"), 1)
        session.interleave(
            "epoch", peers, lambda p: workers[p].ask("epoch"), session.rounds
        )

    def from_cold(peer):
        _, seconds = session.from_cold(peer, "fit_from_cold")
        return {"process with one epoch, s": seconds}

    session.interleave("epoch", peers, from_cold, session.rounds)


def affine(session):
    """Train one epoch of MNIST on images that are warped anew."""
    n_rows = session.sizes.rows
    peers = [p for p in session.peers if p in _WITH_WARPS]
    with session.living_workers(peers) as workers:
        session.interleave(
            "affine",
            peers,
            lambda p: workers[p].ask("affine_epoch", n_rows=n_rows),
            _long(session),
        )


def wide(session):
    """Train one epoch of wide networks, and of ten times as many rows."""
    peers = [p for p in session.peers if p not in _ALSO_KERAS]
    for n_rows, hidden in session.sizes.wide_shapes:
        with session.living_workers(peers) as workers:

            def run(peer, n_rows=n_rows, hidden=hidden, workers=workers):
                seconds = workers[peer].ask(
                    "scaling",
                    n_rows=n_rows,
                    n_features=session.sizes.usual_features,
                    hidden=hidden,
                )
                return {f"{n_rows:,} rows, hidden {hidden}, s": seconds}

            session.interleave("wide", list(peers), run, _long(session))


def small(session):
    """Fit the bundled digits in a new process, and again in the same process."""
    epochs = session.sizes.digits_epochs

    def run(peer):
        first, second, total = session.twice_from_cold(peer, "digits", epochs=epochs)
        return {
            "process with one fit, s": total,
            "first fit, s": first,
            "second fit, s": second,
        }

    session.interleave("small", list(session.peers), run, session.rounds)


def whole(session):
    """Fit few and many rows in new processes, with imports and exit."""
    epochs = session.sizes.whole_epochs

    def run(peer):
        figures = {}
        for n_rows in session.sizes.whole_rows:
            _, seconds = session.from_cold(
                peer, "fit_from_cold", n_rows=n_rows, epochs=epochs
            )
            figures[f"process, {epochs} epochs of {n_rows:,} rows, s"] = seconds
        return figures

    peers = [p for p in session.peers if p in _IN_NUMPY_OR_OURS]
    session.interleave("whole", peers, run, _long(session))


def predict(session):
    """Call `predict_proba` with few and with many rows."""
    sizes = session.sizes
    peers = [p for p in session.peers if p not in _WITHOUT_PROBABILITIES]
    with session.living_workers(peers) as workers:
        session.interleave(
            "predict", peers, lambda p: workers[p].ask("fit_for_predict"), 1
        )
        for dtype in ("uint8", "float32"):
            for n_rows in sizes.predict_rows:
                session.interleave(
                    "predict",
                    peers,
                    lambda p, n_rows=n_rows, dtype=dtype: workers[p].ask(
                        "predict",
                        n_rows=n_rows,
                        dtype=dtype,
                        seconds=sizes.predict_seconds,
                    ),
                    session.rounds,
                )


def read(session):
    """Predict through `StraightenDigit` and `GradientDirections`."""
    sizes = session.sizes
    peers = [p for p in session.peers if p in _IN_NUMPY_OR_OURS]
    with session.living_workers(peers) as workers:
        session.interleave(
            "read",
            peers,
            lambda p: workers[p].ask(
                "read", n_images=sizes.read_images, seconds=sizes.predict_seconds
            ),
            session.rounds,
        )


def imports(session):
    """Run `python -c "import ..."` in new processes."""

    def run(name):
        start = time.perf_counter()
        process = subprocess.run(
            [sys.executable, "-c", _IMPORTS[name]],
            capture_output=True,
            text=True,
            env=quiet_environment(),
        )
        seconds = time.perf_counter() - start
        if process.returncode != 0:
            raise WorkerError(process.stderr.splitlines()[-1], process.stderr)
        return {"process with the import, s": seconds}

    session.interleave("import", list(_IMPORTS), run, session.rounds)


def search(session):
    """Search a grid for the learning rate, twice in a new process."""
    sizes = session.sizes
    for backend, n_jobs in sizes.search_workers:
        workers, with_search = f"n_jobs={n_jobs}", _WITH_SEARCH
        if backend == "threading":
            # Those that promise that fits in threads do not disturb each other.
            workers, with_search = f"threads, {workers}", _IN_NUMPY_OR_OURS

        def run(peer, backend=backend, n_jobs=n_jobs, workers=workers):
            first, second, total = session.twice_from_cold(
                peer,
                "search",
                rates=sizes.search_rates,
                cv=sizes.search_folds,
                epochs=sizes.search_epochs,
                n_rows=sizes.search_rows,
                backend=backend,
                n_jobs=n_jobs,
            )
            return {
                f"search, {workers}, s": first,
                f"second search, {workers}, s": second,
                f"process, {workers}, s": total,
            }

        peers = [p for p in session.peers if p in with_search]
        session.interleave("search", peers, run, _long(session))


def memory(session):
    """Measure the peak memory of one epoch, and its growth over many small fits."""
    sizes = session.sizes

    def peak(peer):
        return session.from_cold(peer, "memory")[0]

    def growth(peer):
        return session.from_cold(
            peer, "growth", n_warm=sizes.growth_warm, n_fits=sizes.growth_fits
        )[0]

    session.interleave("memory", list(session.peers), peak, _long(session))
    peers = [p for p in session.peers if p in _IN_NUMPY_OR_OURS]
    session.interleave("memory", peers, growth, _long(session))


def scaling(session):
    """Time an epoch while the rows, the features or the first hidden layer grow."""
    sizes = session.sizes
    usual = {
        "n_rows": sizes.usual_rows,
        "n_features": sizes.usual_features,
        "width": sizes.usual_width,
    }
    axes = {
        "n_rows": sizes.scaling_rows,
        "n_features": sizes.scaling_features,
        "width": sizes.scaling_widths,
    }
    peers = [p for p in session.peers if p in _IN_NUMPY_OR_OURS]
    with session.living_workers(peers) as workers:
        for axis, values in axes.items():
            for value in values:

                def run(peer, axis=axis, value=value):
                    shape = usual | {axis: value}
                    hidden = shape.pop("width"), 15
                    seconds = workers[peer].ask("scaling", hidden=hidden, **shape)
                    return {f"epoch, {axis}={value}, s": seconds}

                session.interleave("scaling", peers, run, _long(session))


def _long(session):
    """Return the number of rounds of measures that take minutes."""
    return min(session.rounds, session.sizes.long_rounds)


MEASURES = {
    "epoch": epoch,
    "affine": affine,
    "wide": wide,
    "small": small,
    "whole": whole,
    "predict": predict,
    "read": read,
    "import": imports,
    "search": search,
    "memory": memory,
    "scaling": scaling,
}
