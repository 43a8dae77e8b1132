"""What the tests share: data, fitted estimators and a backend without a screen."""

import os

# Before scipy is imported: without it scikit-learn skips its array API check.
os.environ["SCIPY_ARRAY_API"] = "1"
os.environ["MPLBACKEND"] = "Agg"

import signal
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline

from skdigits import DigitMLPClassifier, Flatten, fetch_mnist

# A shell starts its background jobs with Ctrl-C ignored, and so would be the interrupts
# that the tests send to themselves and to their children.
signal.signal(signal.SIGINT, signal.default_int_handler)


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
def mlp(digits):
    """scikit-learn's own network, stopped early; not to be changed."""
    mlp = MLPClassifier((20,), early_stopping=True, max_iter=500, random_state=0)
    return mlp.fit(*digits)


@pytest.fixture(scope="session")
def image_pipeline(digits):
    """A pipeline fitted for a few epochs on images of 8 × 8; not to be changed."""
    X, y = digits
    clf = DigitMLPClassifier(epochs=5, random_state=0)
    return Pipeline([("flatten", Flatten()), ("clf", clf)]).fit(X.reshape(-1, 8, 8), y)


@pytest.fixture(scope="session")
def image_search(digits):
    """A search over such pipelines; not to be changed."""
    X, y = digits
    pipe = Pipeline([("flatten", Flatten()), ("clf", DigitMLPClassifier(epochs=2))])
    search = GridSearchCV(pipe, {"clf__random_state": [0, 1]}, cv=2)
    return search.fit(X.reshape(-1, 8, 8), y)


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
