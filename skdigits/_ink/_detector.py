"""How much a framed image looks like a digit."""

from skdigits._directions import GradientDirections
from skdigits._image_stack import map_blocks
from skdigits._network._forward import compute_logits
from skdigits._straighten import StraightenDigit
from skdigits._weights import load_weights


def log_odds(images):
    """Return the logarithm of the odds that each image is a digit.

    Parameters
    ----------
    images : ndarray of shape (n_images, 28, 28), uint8
        Framed as MNIST's.

    Returns
    -------
    log_odds : ndarray of shape (n_images,)
        That of `load_digit_detector`.
    """
    # Not its `transform`: that warns of mostly light images, as candidates may be.
    straightened = map_blocks(StraightenDigit()._straighten, images, images.shape[1:])
    rows = GradientDirections().transform(straightened).reshape(len(images), -1)
    coefs, intercepts = load_weights("detector")
    logits = compute_logits(rows, coefs, intercepts, "relu")
    return logits[:, 1] - logits[:, 0]
