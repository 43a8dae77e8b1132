"""load_digit_images: MNIST or, without it, the digits that come with scikit-learn."""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skdigits._datasets import fetch_mnist
from skdigits._public import public
from skdigits._types import Array


@public
def load_digit_images() -> tuple[Array, Array, Array, Array]:
    """Load images of digits to train on and to test with, whatever is at hand.

    MNIST, if there is a copy or it can be downloaded; otherwise the digits that come
    with scikit-learn, so that scripts and lessons run without a network. One line is
    printed that says which images they are.

    Returns
    -------
    X_train : ndarray of shape (n_train, height, width)
        Images to train on: MNIST's 60,000 of 28 × 28 pixels of 0-255, or 1,347 of
        8 × 8 pixels of 0-16.

    X_test : ndarray of shape (n_test, height, width)
        Images to test with: 10,000, or 450.

    y_train : ndarray of shape (n_train,)
        The digits that X_train shows.

    y_test : ndarray of shape (n_test,)
        The digits that X_test shows.

    See Also
    --------
    fetch_mnist : Raises an error without MNIST.
    sklearn.datasets.load_digits : The digits that are always there.

    Examples
    --------
    >>> from skdigits import load_digit_images
    >>> X_train, X_test, y_train, y_test = load_digit_images()  # doctest: +SKIP
    MNIST: 60,000 images to train on, 10,000 to test with.
    """
    try:
        X_train, y_train = fetch_mnist(return_X_y=True, n_retries=0)
        X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    except OSError:
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
