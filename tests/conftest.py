"""What the tests share: data, fitted estimators and a backend without a screen."""

import os

# Before scipy is imported: without it scikit-learn skips its array API check.
os.environ["SCIPY_ARRAY_API"] = "1"
os.environ["MPLBACKEND"] = "Agg"

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_digits

from skdigits import DigitMLPClassifier, fetch_mnist


@pytest.fixture(scope="session")
def digits():
    """scikit-learn's bundled digits: 1,797 images of 8 × 8 pixels, 0 – 16."""
    images, y = load_digits(return_X_y=True)
    return images.astype(np.uint8), y


@pytest.fixture(scope="session")
def fitted(digits):
    """A classifier fitted for a few epochs; not to be changed."""
    return DigitMLPClassifier(epochs=5, random_state=0).fit(*digits)


@pytest.fixture(scope="session")
def mnist():
    """MNIST's training and test images and labels; skips where there is no copy."""
    try:
        train = fetch_mnist(return_X_y=True, download_if_missing=False)
        test = fetch_mnist(subset="test", return_X_y=True, download_if_missing=False)
    except OSError as error:
        pytest.skip(f"no copy of MNIST: {error}")
    return *train, *test


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="session")
def run_python():
    """Run code or a script in a new Python; return what it printed."""

    def run(*arguments, **environment):
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done

    return run
