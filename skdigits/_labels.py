"""Labels and the numbers that the network knows them by."""

import numpy as np


def encode_labels(y, rows):
    """Find the classes of some rows.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    rows : ndarray of int
        The rows that count.

    Returns
    -------
    classes : ndarray of shape (n_classes,)
        Sorted.
    codes : ndarray of shape (n_samples,), int32
        Index of each row's class; 0 for the rows that do not count.
    """
    classes, codes_of_rows = np.unique(y[rows], return_inverse=True)
    codes = np.zeros(len(y), np.int32)
    codes[rows] = codes_of_rows
    return classes, codes


def find_labels(y, classes, name):
    """Find each label among known classes.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
    classes : ndarray of shape (n_classes,)
        Sorted.
    name : str
        What to call `y` where a label is unknown.

    Returns
    -------
    codes : ndarray of shape (n_samples,), int32

    Raises
    ------
    ValueError
        If a label is none of the classes.
    """
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(
            f"{name} holds labels that are not among the classes, {classes}: {unknown}."
        )
    return np.searchsorted(classes, y).astype(np.int32)
