"""The networks that come with the package, as plain arrays."""

from functools import cache
from importlib.resources import files

import numpy as np

# Written by benchmarks/train_reader.py.
_FILE = files("skdigits") / "weights.npz"


@cache
def load_weights(name):
    """Load the weights of a network.

    Parameters
    ----------
    name : {"ink", "chooser", "detector", "reader", "page", "context"}

    Returns
    -------
    coefs, intercepts : tuple of ndarray, float32
        As `DigitMLPClassifier` has them; the hidden layers are ReLUs. All callers share
        the arrays, which are read-only.
    """
    with _FILE.open("rb") as npz, np.load(npz, allow_pickle=False) as file:
        n_layers = sum(key.startswith(f"{name}_coefs") for key in file)
        coefs, intercepts = (
            tuple(
                file[f"{name}_{kind}_{i}"].astype(np.float32) for i in range(n_layers)
            )
            for kind in ("coefs", "intercepts")
        )
    for array in (*coefs, *intercepts):
        array.flags.writeable = False
    return coefs, intercepts
