"""Random numbers: one seed for each fit, and a separate stream for each purpose.

A stream depends on its purpose, not on what was drawn before it. So an epoch draws the
same numbers whether one fit or several led up to it.
"""

import numpy as np
from sklearn.utils import check_random_state

_WEIGHTS, _VALIDATION, _EPOCH = range(3)


def draw_seed(random_state):
    """Draw the seed of a fit, leaving NumPy's global random state alone.

    Parameters
    ----------
    random_state : int, RandomState instance or None
        None draws from the operating system's entropy.

    Returns
    -------
    seed : tuple of int
    """
    if random_state is None:
        words = np.random.SeedSequence().generate_state(4)
    else:
        words = check_random_state(random_state).randint(2**31 - 1, size=4)
    return tuple(int(word) for word in words)


def weights_rng(seed):
    """Create the generator for the initial weights."""
    return _stream(seed, _WEIGHTS)


def validation_rng(seed):
    """Create the generator for the validation split."""
    return _stream(seed, _VALIDATION)


def order_rng(seed, epoch):
    """Create the generator for the order of an epoch's rows."""
    return _stream(seed, _EPOCH, epoch)


def block_rng(seed, epoch, block):
    """Create the generator for the augmentation of one of an epoch's blocks."""
    return _stream(seed, _EPOCH, epoch, block)


def _stream(seed, *key):
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
