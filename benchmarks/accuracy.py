"""Train on MNIST and report on the test images: accuracy, calibration, time.

    python benchmarks/accuracy.py [--seeds N] [--only PART_OF_A_NAME]

For each way of training, and each choice of steps before the network: accuracy,
log-loss and expected calibration error on the 10,000 test images, weights, seconds of
training, and accuracy on scikit-learn's 1,797 digits of 8 × 8 through `CenterDigit`;
means over random states 0, 1, ... with standard deviations. Nothing is chosen by these
figures: `recipes.py` compares on held-out training images.
"""

import argparse
import time
import warnings
from functools import partial

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skdigits import (
    CenterDigit,
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    fetch_mnist,
    random_affine,
)


def to_unit(X):
    return X / np.float32(255)


LONG = {
    "epochs": 400,
    "augmentation": partial(
        random_affine, rotation=8, shift=0.035, scale=0.08, shear=0.05
    ),
}
MLP = make_pipeline(FunctionTransformer(to_unit), MLPClassifier((25, 15)))
AFFINE = DigitMLPClassifier(augmentation="affine")
STRAIGHT = (StraightenDigit(),)
BOTH = (StraightenDigit(), GradientDirections())
# The steps before Flatten, and what follows it.
WAYS = {
    "defaults": ((), DigitMLPClassifier()),
    'augmentation="affine"': ((), AFFINE),
    "400 epochs, stronger": ((), DigitMLPClassifier(**LONG)),
    "MLPClassifier, X / 255": ((), MLP),
    "StraightenDigit": (STRAIGHT, DigitMLPClassifier()),
    "StraightenDigit, affine": (STRAIGHT, AFFINE),
    "StraightenDigit, MLPClassifier": (STRAIGHT, MLP),
    "both steps": (BOTH, DigitMLPClassifier()),
    "both steps, MLPClassifier": (BOTH, MLP),
}
COLUMNS = {
    "accuracy %": ".2f",
    "log-loss": ".4f",
    "ECE %": ".2f",
    "8 × 8 digits %": ".2f",
    "seconds": ".0f",
}


def expected_calibration_error(is_right, confidence, n_bins=15):
    """Mean gap between confidence and accuracy over bins of equal width.

    Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks", 2017,
    equation 3: the sum over bins of |accuracy - mean confidence|, weighted by rows.
    """
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gap = np.bincount(bins, is_right - confidence, n_bins)
    return abs(gap).sum() / len(confidence)


def measure(way, seed, data, digits):
    X_train, y_train, X_test, y_test = data
    steps, network = way
    pipe = clone(make_pipeline(*steps, Flatten(), network))
    pipe.set_params(
        **{name: seed for name in pipe.get_params() if "random_state" in name}
    )
    start = time.perf_counter()
    pipe.fit(X_train, y_train)
    seconds = time.perf_counter() - start
    p = pipe.predict_proba(X_test)
    network = pipe[-1][-1] if hasattr(pipe[-1], "steps") else pipe[-1]
    n_weights = sum(w.size for w in network.coefs_ + network.intercepts_)
    is_right = p.argmax(axis=1) == y_test
    accuracy = 100 * is_right.mean()
    calibration = 100 * expected_calibration_error(is_right, p.max(axis=1))
    other = 100 * pipe.score(*digits)
    return n_weights, (accuracy, log_loss(y_test, p), calibration, other, seconds)


def cell(values, form):
    spread = np.std(values, ddof=1) if len(values) > 1 else np.nan
    return f"{np.mean(values):{form}} ± {spread:{form}}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--only", default="", help="part of the names")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)

    data = (
        *fetch_mnist(return_X_y=True),
        *fetch_mnist(subset="test", return_X_y=True),
    )
    bundled = load_digits()
    digits = CenterDigit(on_blank="keep").transform(bundled.images), bundled.target
    print(" " * 30, "weights", *(f"{name:>17}" for name in COLUMNS))
    for name, way in WAYS.items():
        if arguments.only in name:
            sizes, results = zip(
                *(measure(way, seed, data, digits) for seed in range(arguments.seeds))
            )
            cells = map(cell, zip(*results), COLUMNS.values())
            print(f"{name:30} {sizes[0]:7,}", *(f"{c:>17}" for c in cells), flush=True)
