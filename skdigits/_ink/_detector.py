"""The detector's log-odds and the reader's logits for framed images."""

from skdigits._gradients import split_gradients
from skdigits._moments import straighten
from skdigits._network._forward import compute_logits, log_softmax
from skdigits._weights import load_weights


def find_log_odds(images):
    """Return the logarithm of the odds that each image is a digit.

    Parameters
    ----------
    images : ndarray of shape (n_images, 28, 28), uint8
        Framed like MNIST's images.

    Returns
    -------
    log_odds : ndarray of shape (n_images,)
        As the network of `load_digit_detector` gives them.
    """
    return log_odds_of_rows(find_directions(images), "detector")


def find_directions(images):
    """Straighten images and describe the directions of their strokes.

    Returns
    -------
    rows : ndarray of shape (n_images, 784), uint8
    """
    return split_gradients(straighten(images)).reshape(len(images), -1)


def log_odds_of_rows(rows, name):
    """Return the log-odds that the named network gives for each row of numbers."""
    logits = _run(name, rows)
    return logits[:, 1] - logits[:, 0]


def find_logits(rows):
    """Return the reader's logits, each minus the largest of its image.

    Parameters
    ----------
    rows : ndarray of shape (n_images, 784), uint8
        As from `find_directions`.

    Returns
    -------
    logits : ndarray of shape (n_images, 10)
        The largest of each row is 0.
    """
    logits = _run("reader", rows)
    return logits - logits.max(axis=1, keepdims=True)


def find_certainty(rows):
    """Return the log-probability that the reader gives the likeliest digit.

    Parameters
    ----------
    rows : ndarray of shape (n_images, 784), uint8
        As from `find_directions`.

    Returns
    -------
    certainty : ndarray of shape (n_images,)
    """
    return log_softmax(_run("reader", rows)).max(axis=1)


def _run(name, rows):
    coefs, intercepts = load_weights(name)
    return compute_logits(rows, coefs, intercepts, "relu")
