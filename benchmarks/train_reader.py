"""Train the reader and the detector that come with the package; write their weights.

    python benchmarks/train_reader.py [--output FILE]

Both see MNIST's training images only. The detector's limit is where 1 % of 10,000
images that it was not trained on are called no digits. Takes some minutes.
"""

import argparse
from pathlib import Path

import numpy as np
from detector_images import draw_digits, draw_not_digits
from sklearn.pipeline import make_pipeline

import skdigits
from skdigits import (
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    fetch_mnist,
    random_affine,
)

WARPS = {"rotation": 10, "shift": 0.02, "scale": 0.12, "shear": 0.15}
FILE = Path(skdigits.__file__).parent / "_reader" / "weights.npz"


def arrays_of(name, clf):
    """Name the weights of a network, in half precision."""
    return {
        f"{name}_{kind}_{i}": array.astype(np.float16)
        for kind in ("coefs", "intercepts")
        for i, array in enumerate(getattr(clf, f"{kind}_"))
    }


def train_reader(features, X, y, rng):
    """Train on the images and on warped copies of them."""
    images = [X, *(random_affine(X, rng, **WARPS) for _ in range(4))]
    rows = np.concatenate([features.transform(copy) for copy in images])
    clf = DigitMLPClassifier(epochs=30, weight_decay=0.05, random_state=0, verbose=1)
    return clf.fit(rows, np.tile(y, len(images)))


def train_detector(features, X, X_held_out, rng):
    """Train on digits and on what is none."""
    digits = [X, draw_digits(X, rng, 2000)]
    others = draw_not_digits(X, rng, 2000)
    rows = features.transform(np.concatenate([*digits, *others.values()]))
    is_digit = np.arange(len(rows)) < sum(map(len, digits))
    clf = DigitMLPClassifier((24,), epochs=20, random_state=0, verbose=1)
    clf.fit(rows, is_digit)
    limit = np.quantile(clf.decision_function(features.transform(X_held_out)), 0.01)
    clf.intercepts_[-1] -= [-limit / 2, limit / 2]
    return clf


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--output", type=Path, default=FILE)
    arguments = parser.parse_args()

    X, y = fetch_mnist(return_X_y=True)
    features = make_pipeline(StraightenDigit(), GradientDirections(), Flatten())
    features.fit(X[:1])
    reader = train_reader(features, X, y, np.random.default_rng(0))
    detector = train_detector(features, X[:50000], X[50000:], np.random.default_rng(1))
    np.savez(
        arguments.output,
        **arrays_of("reader", reader),
        **arrays_of("detector", detector),
    )
    print(f"{arguments.output}: {arguments.output.stat().st_size:,} bytes")
