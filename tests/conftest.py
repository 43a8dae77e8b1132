"""Shared by the tests: data, fitted estimators, and plotting without a display."""

import os

# Set before SciPy is imported: without it scikit-learn skips its array API check.
os.environ["SCIPY_ARRAY_API"] = "1"
os.environ["MPLBACKEND"] = "Agg"
if "PYTEST_XDIST_WORKER" in os.environ:
    # The threads of NumPy in one worker would wait for the cores of the others.
    os.environ["OMP_NUM_THREADS"] = "1"

import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline

import skdigits
from skdigits import DigitMLPClassifier, Flatten, fetch_mnist

# Scripts that tests run or check.
collect_ignore = ["typing_user.py", "without_tensorflow.py"]

# A shell starts background jobs with SIGINT ignored. The tests, and the processes that
# they start, need it to raise KeyboardInterrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def assert_same_network(one, other):
    """Assert that two classifiers have the same weights and losses, bit by bit."""
    for a, b in zip(
        one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_, strict=True
    ):
        np.testing.assert_array_equal(a, b)
    assert one.loss_curve_ == other.loss_curve_
    assert one.n_iter_ == other.n_iter_


@pytest.fixture(scope="session")
def digits():
    """scikit-learn's bundled digits: 1,797 images of 8 × 8 pixels, 0 – 16."""
    images, y = load_digits(return_X_y=True)
    return images.astype(np.uint8), y


@pytest.fixture(scope="session")
def fitted(digits):
    """A classifier fitted for a few epochs; do not change it."""
    return DigitMLPClassifier(epochs=5, random_state=0).fit(*digits)


@pytest.fixture(scope="session")
def mlp(digits):
    """scikit-learn's own network with early stopping; do not change it."""
    mlp = MLPClassifier((20,), early_stopping=True, max_iter=500, random_state=0)
    return mlp.fit(*digits)


@pytest.fixture(scope="session")
def image_pipeline(digits):
    """A pipeline fitted for a few epochs on images of 8 × 8; do not change it."""
    X, y = digits
    clf = DigitMLPClassifier(epochs=5, random_state=0)
    return Pipeline([("flatten", Flatten()), ("clf", clf)]).fit(X.reshape(-1, 8, 8), y)


@pytest.fixture(scope="session")
def image_search(digits):
    """A grid search over such pipelines; do not change it."""
    X, y = digits
    pipe = Pipeline([("flatten", Flatten()), ("clf", DigitMLPClassifier(epochs=2))])
    search = GridSearchCV(pipe, {"clf__random_state": [0, 1]}, cv=2)
    return search.fit(X.reshape(-1, 8, 8), y)


@pytest.fixture(scope="session")
def mnist():
    """MNIST's training and test images and labels; skips without a local copy."""
    try:
        train = fetch_mnist(return_X_y=True, download_if_missing=False)
        test = fetch_mnist(subset="test", return_X_y=True, download_if_missing=False)
    except OSError as error:
        pytest.skip(f"no copy of MNIST: {error}")
    return *train, *test


@pytest.fixture(scope="session")
def chromium():
    """Chromium, driven by playwright; skips where one of them is missing."""
    sync_api = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A folder with the pages that hold a network, without the site around them."""
    docs = Path(__file__).parents[1] / "docs"
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(docs / "_static", folder / "_static")
    runpy.run_path(str(docs / "write_page_data.py"))["write"](folder / "_static")
    for fragment in docs.glob("*.html"):
        (folder / fragment.name).write_text(
            f'<!doctype html><html lang="en"><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width">'
            f"{fragment.read_text()}</html>"
        )
    return folder


@pytest.fixture
def open_page(chromium, site):
    """A function that opens a page by its name; its console must stay empty."""
    pages, messages = [], []

    def open_page(name, **options):
        page = chromium.new_page(viewport={"width": 1000, "height": 800}, **options)
        pages.append(page)
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.goto((site / f"{name}.html").as_uri())
        return page

    yield open_page
    for page in pages:
        page.close()
    assert messages == []


@pytest.fixture
def without_mnist(tmp_path):
    """Environment variables that leave neither a copy of MNIST nor internet access."""
    return {
        "SCIKIT_LEARN_DATA": str(tmp_path / "data"),
        "KERAS_HOME": str(tmp_path / "keras"),
        "https_proxy": "http://127.0.0.1:9",  # nothing listens there
    }


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


FIRST_FIT = """
import os, sys
import joblib
import numpy as np

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        raise AssertionError(f"{event} {arguments}")

sys.addaudithook(refuse)
os.chdir(os.environ["HOME"])
from sklearn.datasets import load_digits
from skdigits import DigitMLPClassifier

X, y = load_digits(return_X_y=True)
X = X.astype(np.uint8)
clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
affine = DigitMLPClassifier(epochs=1, augmentation="affine").fit(X, y)
affine.predict(X), affine.to_keras(), affine.to_sklearn()
print(joblib.hash([clf.coefs_, clf.intercepts_]))
"""


@pytest.fixture(scope="session")
def first_fit(run_python, tmp_path_factory):
    """A new process that fits as `fitted` was, may not use the network, and has ended.

    Returns the completed process, which printed a hash of its weights, and its home and
    temporary folders, which were empty.
    """
    folders = [tmp_path_factory.mktemp(name) for name in ("home", "tmp")]
    done = run_python(
        "-c",
        FIRST_FIT,
        HOME=str(folders[0]),
        TMPDIR=str(folders[1]),
        MPLCONFIGDIR=str(tmp_path_factory.mktemp("matplotlib")),
        PYTHONPATH=str(Path(skdigits.__file__).parents[1]),
        TF_CPP_MIN_LOG_LEVEL="0",
    )
    return done, folders


@pytest.fixture(scope="session")
def run_python():
    """Run code or a script in a new Python process; return the completed process."""

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
