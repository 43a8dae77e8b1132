"""The fitted pipelines that come with the package."""

from importlib.resources import files

import numpy as np
from sklearn.pipeline import Pipeline

from skdigits._center import CenterDigit
from skdigits._classifier import DigitMLPClassifier
from skdigits._directions import GradientDirections
from skdigits._flatten import Flatten
from skdigits._network._fitted import FittedNetwork
from skdigits._public import public
from skdigits._scale import Scale
from skdigits._straighten import StraightenDigit
from skdigits._weights import load_weights

_DESCRIPTION = files("skdigits._reader") / "reader.rst"

# Of the planes of MNIST's training images, so that the networks warn of pixels of 0–1.
_SCALE = Scale(low=0.0, high=216.0, rms=25.3)


@public
def load_digit_reader() -> Pipeline:
    """Load a fitted pipeline that reads pictures of one digit each.

    It comes with the package: nothing is trained or downloaded, and TensorFlow is not
    imported.

    Returns
    -------
    reader : Pipeline
        `CenterDigit`, `StraightenDigit`, `GradientDirections`, `Flatten` and
        `DigitMLPClassifier`, named ``center``, ``straighten``, ``directions``,
        ``flatten`` and ``clf``. It takes the pictures that `CenterDigit` takes, and
        predicts 0 to 9. Its attribute `DESCR` describes its training data and its
        accuracy. MNIST's own images, with pixels of 0 to 255, need no framing:
        ``reader[1:]`` takes them.

    See Also
    --------
    split_digits : Cuts a picture with several digits into pictures of one.
    load_digit_detector : Rejects non-digits; the reader reads everything as a digit.

    Notes
    -----
    After ``reader.set_params(center__on_blank="keep")``, blank pictures are read as
    some digit instead of raising an error.

    The probabilities are calibrated by a temperature [1]_, chosen on images of MNIST
    and drawn pictures; `DESCR` has a table of reliability.

    References
    ----------
    .. [1] Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of
       modern neural networks. International Conference on Machine Learning, 1321-1330.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import load_digit_reader
    >>> page = np.full((120, 90, 3), 255, dtype=np.uint8)  # white
    >>> page[20:80, 50:56] = [0, 0, 128]  # a 1 in blue ink
    >>> load_digit_reader().predict([page])
    array([1])
    """
    return _load_pipeline("reader", np.arange(10), on_blank="raise")


@public
def load_digit_detector() -> Pipeline:
    """Load a fitted pipeline that distinguishes pictures of a digit from others.

    A digit classifier is often sure of its prediction even if the picture shows a
    letter or noise. The detector was trained on digits and on non-digits. Its threshold
    rejects 0.5 % of held-out MNIST digits.

    Returns
    -------
    detector : Pipeline
        It has the steps of `load_digit_reader`, takes the same pictures, and predicts
        True for a digit and False for anything else, such as a blank picture.

    See Also
    --------
    load_digit_reader : Reads the digits.

    Notes
    -----
    It was trained by outlier exposure [1]_. The positives are MNIST's training images
    and drawn digits; the negatives are touching pairs and parts of digits, several
    digits framed as one image, letters in matplotlib's fonts (upright, turned, and bent
    as by hand), brackets, scribbles, noise and inverted images.

    References
    ----------
    .. [1] Hendrycks, D., Mazeika, M. and Dietterich, T. (2019). Deep anomaly detection
       with outlier exposure. International Conference on Learning Representations.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import load_digit_detector
    >>> page = np.full((120, 90), 255, dtype=np.uint8)
    >>> page[20:80, 50:56] = 0  # a 1
    >>> letter = page.copy()
    >>> letter[20:26, 50:80] = letter[47:53, 50:76] = letter[74:80, 50:80] = 0  # an E
    >>> load_digit_detector().predict([page, letter])
    array([ True, False])
    """
    return _load_pipeline("detector", np.array([False, True]), on_blank="keep")


def _load_pipeline(name, classes, on_blank):
    """Build the pipeline around one of the networks in the file."""
    coefs, intercepts = (
        [array.copy() for array in arrays] for arrays in load_weights(name)
    )
    network = FittedNetwork(classes, coefs, intercepts, "relu", tuple(_SCALE))
    # The network has no names of features, so rows must have none, whatever
    # scikit-learn's configuration says.
    flatten = Flatten().set_output(transform="default")
    pipe = Pipeline(
        [
            ("center", CenterDigit(on_blank=on_blank)),
            ("straighten", StraightenDigit()),
            ("directions", GradientDirections()),
            ("flatten", flatten.fit(np.zeros((1, 4, 14, 14), np.uint8))),
            ("clf", DigitMLPClassifier._from_network(network)),
        ]
    )
    pipe.DESCR = _DESCRIPTION.read_text(encoding="utf-8")
    return pipe
