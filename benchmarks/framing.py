"""Measure what CenterDigit is worth to a classifier that was trained on MNIST.

    python benchmarks/framing.py [--epochs N] [--images N]

Two tables of accuracies: on the 1,797 digits of 8 × 8 pixels that come with
scikit-learn (another country's hands, another scanner), resized only, and through
CenterDigit; and on test images of MNIST, pasted at a random place, size and polarity on
a larger canvas, through CenterDigit.
"""

import argparse

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.pipeline import Pipeline

from skdigits import CenterDigit, DigitMLPClassifier, Flatten, fetch_mnist

CANVAS = 120
FACTORS = (0.5, 0.75, 1, 1.5, 2, 3)


def resize(image, factor):
    """Resize by linear interpolation, after a blur where pixels are lost."""
    blurred = ndimage.gaussian_filter(image.astype(float), max(0, (1 / factor - 1) / 2))
    return ndimage.zoom(blurred, factor, order=1, mode="nearest", grid_mode=True)


def paste(image, factor, rng):
    """Paste an image anywhere on a larger canvas, white on black or black on white."""
    image = resize(image, factor)
    canvas = np.zeros((CANVAS, CANVAS), dtype=np.uint8)
    top, left = rng.integers(0, CANVAS - len(image) + 1, 2)
    canvas[top : top + len(image), left : left + len(image)] = np.rint(image)
    return canvas if rng.random() < 0.5 else 255 - canvas


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--images", type=int, default=2000, help="of each kind")
    arguments = parser.parse_args()

    clf = DigitMLPClassifier(
        epochs=arguments.epochs, augmentation="affine", random_state=0
    )
    raw = Pipeline([("flatten", Flatten()), ("clf", clf)])
    raw.fit(*fetch_mnist(return_X_y=True))
    framed = Pipeline([("center", CenterDigit()), *raw.steps])

    digits, y = load_digits().images[: arguments.images], load_digits().target
    y = y[: arguments.images]
    resized = [resize(255 / 16 * image, 3.5) for image in digits]
    print(f"{len(digits)} digits of 8 × 8")
    print(f"    resized only            {raw.score(resized, y):8.2%}")
    print(f"    CenterDigit             {framed.score(digits, y):8.2%}")

    X, y = fetch_mnist(subset="test", return_X_y=True)
    X, y = X[: arguments.images], y[: arguments.images]
    print(f"{len(X)} test images of MNIST")
    print(f"    as they are             {raw.score(X, y):8.2%}")
    print(f"    CenterDigit             {framed.score(X, y):8.2%}")
    rng = np.random.default_rng(0)
    scores = []
    for factor in FACTORS:
        pasted = [paste(image, factor, rng) for image in X]
        scores.append(framed.score(pasted, y))
        print(f"    pasted, {factor:4} times the size {scores[-1]:6.2%}", flush=True)
    print(f"    mean over the sizes     {np.mean(scores):8.2%}")
