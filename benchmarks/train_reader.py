"""Train the reader and the detector that come with the package; write their weights.

    python benchmarks/train_reader.py [--output FILE]

Both see MNIST's training images and drawn digits, and nobody's pictures. The detector's
limit is where 1 % of 10,000 images that it was not trained on are called no digits.
Takes some minutes.
"""

import argparse
from pathlib import Path

import numpy as np
from detector_images import draw_digits, draw_not_digits
from drawn_hands import hands
from elastic import bend
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
BEND = 0.5  # pixels
# Copies of each image and of each drawn digit; all but the first are warped and bent.
# The table of what was tried is in README.md.
COPIES, DRAWN_COPIES = 11, 3
# The drawn ones pull narrow sevens over to them; this holds them back.
CLASS_WEIGHT = {7: 1.5}
# The logits are divided by it: it minimises the log-loss of held-out images.
TEMPERATURE = 1.2
FILE = Path(skdigits.__file__).parent / "_reader" / "weights.npz"


def arrays_of(name, clf):
    """Name the weights of a network, in half precision."""
    return {
        f"{name}_{kind}_{i}": array.astype(np.float16)
        for kind in ("coefs", "intercepts")
        for i, array in enumerate(getattr(clf, f"{kind}_"))
    }


def train_reader(features, X, y, rng, *, n_drawn=60_000, seed=0):
    """Train on the images, on drawn digits, and on warped and bent copies of both."""
    drawn, drawn_labels = hands(rng, n_drawn)
    rows = np.concatenate(
        [
            copy_rows(features, X, COPIES, rng),
            copy_rows(features, drawn, DRAWN_COPIES, rng),
        ]
    )
    labels = np.concatenate([np.tile(y, COPIES), np.tile(drawn_labels, DRAWN_COPIES)])
    clf = DigitMLPClassifier(
        epochs=11,
        weight_decay=0.018,
        class_weight=CLASS_WEIGHT,
        random_state=seed,
        verbose=1,
    )
    clf.fit(rows, labels)
    clf.coefs_[-1] /= TEMPERATURE
    clf.intercepts_[-1] /= TEMPERATURE
    return clf


def copy_rows(features, images, n_copies, rng):
    """Return the rows of the images, and of n_copies - 1 changed copies of them."""
    rows = [features.transform(images)]
    for _ in range(n_copies - 1):
        warped = random_affine(images, rng, **WARPS)
        rows.append(features.transform(bend(warped, rng, strength=BEND)))
    return np.concatenate(rows)


def train_detector(features, X, X_held_out, rng, *, n_drawn=10_000):
    """Train on digits, by hand and drawn, and on non-digits."""
    digits = [X, draw_digits(X, rng, 2000), hands(rng, n_drawn)[0]]
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
