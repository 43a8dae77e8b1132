"""Measure how well digits that are not framed as MNIST's are read through CenterDigit.

    python benchmarks/framing.py [--epochs N] [--images N] [--photos FOLDER]
        [--scans FILE]

Trains on the gradient directions of MNIST's straightened images, and prints accuracies:
on the 1,797 digits of 8 × 8 pixels that come with scikit-learn (another country's
hands, another scanner), resized only, and through CenterDigit; on test images of MNIST
as they are, through CenterDigit, and pasted at a random place, size and polarity on a
larger canvas. A blank picture counts as wrong. Then the part of blank pages in which no
digit is found, the processor time of a picture, and, if they are given, the accuracy on
photos named WRITER/LABEL_NUMBER.jpg and on an .npz file of `images` and `labels`.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline

from skdigits import (
    CenterDigit,
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    fetch_mnist,
)

CANVAS = 120
FACTORS = (0.5, 0.75, 1, 1.5, 2, 3)
PAGES = ("noise", "vignette", "flash", "shadow", "ruled", "squared")


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


def draw_blank_page(kind, rng):
    """Draw a sheet of paper without a digit, from 0 to 255."""
    height, width = rng.integers(240, 700, 2)
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    middle_y, middle_x, angle = rng.uniform(-0.5, 0.5, 3)
    distance = (y - middle_y) ** 2 + (x - middle_x) ** 2
    page = np.full((height, width), rng.uniform(0.6, 0.95))
    if kind == "vignette":
        page *= 1 - rng.uniform(0.1, 0.25) * distance
    elif kind == "flash":
        page *= 0.5 + 0.5 * np.exp(-distance / rng.uniform(0.1, 0.7))
    elif kind == "shadow":
        edge = y * np.cos(6 * angle) + x * np.sin(6 * angle) > middle_x
        page *= 1 - rng.uniform(0.2, 0.5) * ndimage.gaussian_filter(edge * 1.0, 2)
    elif kind in ("ruled", "squared"):
        rows, columns = np.mgrid[:height, :width]
        spacing, tilt = rng.uniform(15, 60), angle / 10
        lines = (rows + tilt * columns) % spacing < 2
        if kind == "squared":
            lines |= (columns - tilt * rows) % spacing < 2
        page *= 1 - rng.uniform(0.1, 0.5) * lines
    page = ndimage.gaussian_filter(page, 0.8)
    page += rng.normal(0, rng.uniform(0.005, 0.05), page.shape)
    return np.uint8(255 * page.clip(0, 1))


def measure_milliseconds(pictures):
    """Return the processor time of CenterDigit for each picture."""
    center = CenterDigit(on_blank="keep").fit(pictures)
    start = time.process_time()
    center.transform(pictures)
    return 1000 * (time.process_time() - start) / len(pictures)


class Reader:
    """A classifier behind CenterDigit that is wrong on blank pictures."""

    def __init__(self, clf):
        self.clf = clf

    def score(self, pictures, y):
        images = CenterDigit(on_blank="keep").fit_transform(pictures)
        right = self.clf.predict(images) == y
        return np.mean(right & images.any(axis=(1, 2)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--images", type=int, default=2000, help="of each kind")
    parser.add_argument("--photos", type=Path, help="folder of WRITER/LABEL_NUMBER.jpg")
    parser.add_argument("--scans", type=Path, help=".npz file of images and labels")
    arguments = parser.parse_args()

    clf = make_pipeline(
        StraightenDigit(),
        GradientDirections(),
        Flatten(),
        DigitMLPClassifier(epochs=arguments.epochs, random_state=0),
    )
    X, y = fetch_mnist(return_X_y=True)
    clf.fit(X, y)
    reader = Reader(clf)

    digits, y = load_digits().images[: arguments.images], load_digits().target
    y = y[: arguments.images]
    resized = np.stack([resize(255 / 16 * image, 3.5) for image in digits])
    print(f"{len(digits)} digits of 8 × 8")
    score = clf.score(resized, y)
    print(f"    resized only            {score:8.2%}")
    print(f"    CenterDigit             {reader.score(digits, y):8.2%}")

    X, y = fetch_mnist(subset="test", return_X_y=True)
    X, y = X[: arguments.images], y[: arguments.images]
    print(f"{len(X)} test images of MNIST")
    print(f"    as they are             {clf.score(X, y):8.2%}")
    print(f"    CenterDigit             {reader.score(X, y):8.2%}")
    rng = np.random.default_rng(0)
    scores = []
    for factor in FACTORS:
        pasted = [paste(image, factor, rng) for image in X]
        scores.append(reader.score(pasted, y))
        print(f"    pasted, {factor:4} times the size {scores[-1]:6.2%}", flush=True)
    print(f"    mean over the sizes     {np.mean(scores):8.2%}")

    print("Blank pages without a digit, 100 of each kind")
    for kind in PAGES:
        pages = [draw_blank_page(kind, rng) for _ in range(100)]
        images = CenterDigit(on_blank="keep").fit_transform(pages)
        print(f"    {kind:23} {np.mean(~images.any(axis=(1, 2))):8.0%}", flush=True)

    print("Processor time of CenterDigit for a picture")
    photo = np.repeat(np.pad(resize(X[0], 60), 800)[..., np.newaxis], 3, axis=2)
    photo = np.uint8(220 - 0.7 * photo[:3000])
    print(f"    28 × 28                 {measure_milliseconds(X[:500]):8.1f} ms")
    small = [np.uint8(220 - 0.7 * paste(X[i], 3, rng)) for i in range(20)]
    small = [np.pad(image, 40, mode="edge") for image in small]
    print(f"    200 × 200               {measure_milliseconds(small):8.1f} ms")
    megapixels = photo.shape[0] * photo.shape[1] / 1e6
    milliseconds = measure_milliseconds([photo])
    print(f"    {megapixels:2.0f} megapixels           {milliseconds:8.1f} ms")

    if arguments.photos:
        print(f"Photos in {arguments.photos}")
        files = sorted(arguments.photos.glob("*/*.jpg"))
        for writer in sorted({file.parent for file in files}):
            own = [file for file in files if file.parent == writer]
            labels = np.array([int(file.name[0]) for file in own])
            score = reader.score(own, labels)
            print(f"    {writer.name:23} {score:8.2%} of {len(own)}", flush=True)

    if arguments.scans:
        with np.load(arguments.scans) as scans:
            score = reader.score(scans["images"], scans["labels"])
        print(f"Scans in {arguments.scans}    {score:8.2%}")
