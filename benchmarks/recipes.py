"""Compare recipes on images held out of the training set, never on the test set.

    python benchmarks/recipes.py [--seeds N]

For each recipe: accuracy and log-loss on 10,000 of MNIST's 60,000 training images after
training on the other 50,000, and cross-validated accuracy on scikit-learn's bundled
digits and on three standardised tables; means over seeds, with standard deviations. The
defaults of `DigitMLPClassifier` and of `StraightenDigit` were chosen by this table.
"""

import argparse
import time
import warnings
from functools import partial

import numpy as np
from accuracy import cell
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_iris,
    load_wine,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from skdigits import (
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    fetch_mnist,
    random_affine,
)

PLAIN = {
    "learning_rate": 1e-3,
    "learning_rate_schedule": "constant",
    "weight_decay": 0.0,
    "ema_momentum": None,
}
COSINE = PLAIN | {"learning_rate_schedule": "cosine", "ema_momentum": 0.999}
RECIPES = {
    "constant": PLAIN,
    "constant, averaged": PLAIN | {"ema_momentum": 0.999},
    "cosine": COSINE | {"ema_momentum": None},
    "cosine, averaged": COSINE,
} | {
    f"cosine {rate:g}, decay {decay:g}": COSINE
    | {"learning_rate": rate, "weight_decay": decay}
    for rate in (2e-3, 4e-3, 6e-3, 1e-2)
    for decay in (0.05, 0.1, 0.2)
}
# Strengths of the warp, with the default decay and with less.
WARPS = {
    "upright": {"rotation": 6, "shift": 0.03, "scale": 0.06, "shear": 0.0},
    "default": {},
    "slight": {"rotation": 5, "shift": 0.03, "scale": 0.05, "shear": 0.05},
    "strong": {"rotation": 8, "shift": 0.03, "scale": 0.1, "shear": 0.1},
}
RECIPES |= {
    f"warps {name}, decay {decay:g}": {
        "augmentation": partial(random_affine, **strengths),
        "weight_decay": decay,
    }
    for name, strengths in WARPS.items()
    for decay in (0.1, 0.02, 0.005)
}


# Steps before the network, which has its defaults.
STEPS = {"steps: straighten": (StraightenDigit(),)} | {
    f"steps: both, {name}": (StraightenDigit(**parameters), GradientDirections())
    for name, parameters in {
        "defaults": {},
        "width to the power 0.5": {"width_exponent": 0.5},
        "width to the power 0.85": {"width_exponent": 0.85},
        "a tenth smaller": {"height": 4.5 / 28, "width": 3.15 / 28},
        "an eighth larger": {"height": 5.6 / 28, "width": 3.9 / 28},
        "a fifth larger": {"height": 6 / 28, "width": 4.2 / 28},
        "a seventh wider": {"width": 4 / 28},
    }.items()
}


def on_mnist(pipe, data):
    X_train, X_valid, y_train, y_valid = data
    start = time.perf_counter()
    pipe.fit(X_train, y_train)
    seconds = time.perf_counter() - start
    p = pipe.predict_proba(X_valid)
    accuracy = (p.argmax(axis=1) == y_valid).mean()
    return 100 * accuracy, log_loss(y_valid, p), seconds


def on_small_data(pipe, plain_tables):
    digits = load_digits()
    yield 100 * cross_val_score(pipe, digits.images, digits.target).mean()
    if not plain_tables:  # they are no images to warp or to straighten
        yield from (np.nan,) * 3
        return
    for load in (load_iris, load_wine, load_breast_cancer):
        table = make_pipeline(StandardScaler(), pipe[-1])
        yield 100 * cross_val_score(table, *load(return_X_y=True)).mean()


def row(name, make, seeds, data):
    """Print the results of the pipelines that ``make(seed)`` makes."""
    plain_tables = not ("warps" in name or "steps" in name)
    results = [
        (*on_mnist(make(seed), data), *on_small_data(make(seed), plain_tables))
        for seed in range(seeds)
    ]
    cells = map(cell, zip(*results), COLUMNS.values())
    print(f"{name:38}", *(f"{c:>15}" for c in cells), flush=True)


COLUMNS = {
    "MNIST valid. %": ".2f",
    "log-loss": ".4f",
    "seconds": ".1f",
    "digits CV %": ".2f",
    "iris %": ".1f",
    "wine %": ".1f",
    "cancer %": ".1f",
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="", help="part of the names of recipes")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)

    X, y = fetch_mnist(return_X_y=True)
    data = train_test_split(X, y, test_size=10_000, stratify=y, random_state=0)
    candidates = {
        name: lambda seed, r=recipe: make_pipeline(
            Flatten(), DigitMLPClassifier(random_state=seed, **r)
        )
        for name, recipe in RECIPES.items()
    } | {
        name: lambda seed, s=steps: make_pipeline(
            *s, Flatten(), DigitMLPClassifier(random_state=seed)
        )
        for name, steps in STEPS.items()
    }
    candidates["MLPClassifier"] = lambda seed: make_pipeline(
        Flatten(), MinMaxScaler(), MLPClassifier((25, 15), random_state=seed)
    )
    print(" " * 38, *(f"{name:>15}" for name in COLUMNS))
    for name, make in candidates.items():
        if arguments.only in name:
            row(name, make, arguments.seeds, data)
