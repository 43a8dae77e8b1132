"""Images for the examples: MNIST, or the digits bundled with scikit-learn."""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skdigits import fetch_mnist


def load_images():
    """Load images and their labels, for training and for testing.

    Returns
    -------
    X_train, X_test, y_train, y_test : ndarray
        MNIST, 60,000 and 10,000 images of 28 × 28 pixels of 0–255. Without a local copy
        or internet access, 1,347 and 450 images of 8 × 8 pixels of 0–16.
    """
    try:
        X_train, y_train = fetch_mnist(return_X_y=True, n_retries=0)
        X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    except OSError as error:
        print(f"MNIST is not available; using scikit-learn's 8 × 8 digits. ({error})")
        digits = load_digits()
        return train_test_split(digits.images, digits.target, random_state=0)
    return X_train, X_test, y_train, y_test
