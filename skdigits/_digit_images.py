"""load_digit_images: MNIST or, without it, the digits that come with scikit-learn."""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skdigits._datasets import fetch_mnist
from skdigits._public import public
from skdigits._types import Array


@public
def load_digit_images() -> tuple[Array, Array, Array, Array]:
    """Load training and test images of digits, online or offline.

    Loads MNIST if there is a local copy or it can be downloaded; otherwise the digits
    that come with scikit-learn, so that scripts and lessons also run offline. Prints
    one line that names the data set.

    Returns
    -------
    X_train : ndarray of shape (n_train, height, width)
        Training images: MNIST's 60,000 of 28 × 28 pixels with values 0-255, or
        scikit-learn's 1,347 of 8 × 8 pixels with values 0-16.

    X_test : ndarray of shape (n_test, height, width)
        Test images: 10,000, or 450.

    y_train : ndarray of shape (n_train,)
        The digits in X_train.

    y_test : ndarray of shape (n_test,)
        The digits in X_test.

    See Also
    --------
    fetch_mnist : Loads MNIST, or raises an OSError.
    sklearn.datasets.load_digits : Loads the digits that come with scikit-learn.

    Examples
    --------
    >>> from skdigits import load_digit_images
    >>> X_train, X_test, y_train, y_test = load_digit_images()  # doctest: +SKIP
    MNIST: 60,000 images to train on, 10,000 to test with.
    """
    try:
        X_train, y_train = fetch_mnist(return_X_y=True, n_retries=0)
        X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    except (OSError, ImportError):  # offline, or without pooch
        digits = load_digits()
        X_train, X_test, y_train, y_test = train_test_split(
            digits.images, digits.target, random_state=0
        )
        name = (
            "scikit-learn's 8 × 8 digits, as MNIST could not be loaded (fetch_mnist() "
            "says why)"
        )
    else:
        name = "MNIST"
    print(f"{name}: {len(X_train):,} images to train on, {len(X_test):,} to test with.")
    return X_train, X_test, y_train, y_test
