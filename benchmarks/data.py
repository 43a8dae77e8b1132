"""The training data that every worker loads, as .npy files."""

import numpy as np
from sklearn.datasets import load_digits

from skdigits import fetch_mnist


def write_data(folder, sizes):
    """Write the training rows and the bundled digits into a folder.

    The workers load them from there, so that no worker imports another library for its
    data.
    """
    if sizes.mnist:
        X, y = fetch_mnist(return_X_y=True)
        X, y = X.reshape(len(X), -1)[: sizes.rows], y[: sizes.rows].astype(np.int64)
    else:
        rng = np.random.default_rng(0)
        X = rng.integers(0, 256, (sizes.rows, 784), np.uint8)
        y = rng.integers(0, 10, sizes.rows)
    np.save(folder / "X.npy", X)
    np.save(folder / "y.npy", y)
    X_digits, y_digits = load_digits(return_X_y=True)
    np.save(folder / "X_digits.npy", X_digits)
    np.save(folder / "y_digits.npy", y_digits)
