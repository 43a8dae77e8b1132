"""The networks that come with the package, as plain arrays."""

from functools import cache
from pathlib import Path

import numpy as np

# Written by benchmarks/train_reader.py.
_FILE = Path(__file__).with_name("weights.npz")


@cache
def load_weights(name):
    """Load the weights of a network.

    Parameters
    ----------
    name : {"ink", "chooser", "detector", "reader", "page", "context"}

    Returns
    -------
    coefs, intercepts : list of ndarray, float32
        As `DigitMLPClassifier` has them; the hidden layers are ReLUs.
    """
    with np.load(_FILE, allow_pickle=False) as file:
        n_layers = sum(key.startswith(f"{name}_coefs") for key in file)
        coefs, intercepts = (
            [file[f"{name}_{kind}_{i}"].astype(np.float32) for i in range(n_layers)]
            for kind in ("coefs", "intercepts")
        )
    return coefs, intercepts
