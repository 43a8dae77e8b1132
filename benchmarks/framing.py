"""Measure how well digits that are not framed as MNIST's are read.

    python benchmarks/framing.py [--pictures FOLDER] [--images N] [--pages N]

Of each kind: how many pictures, the share read correctly (a blank one is wrong), the
share that the detector takes for digits, and the share of wrong ones among the readings
that are sure: detected, with a probability above 0.9. The kinds are the 1,797 digits of
8 × 8 pixels that come with scikit-learn; MNIST's test images as they are, through
CenterDigit, and pasted at a random place and polarity on a larger canvas; and, in
FOLDER, every folder of pictures whose names begin with their label, every .npz file of
`images` and `labels`, and the digits of the pages whose boxes `cheque_boxes.json` has
(top, left, bottom, right), cut out with a margin of 2 pixels. Then the share of blank
pages in which no digit is found, and the processor time of a picture.
"""

import argparse
import csv
import json
import time
from pathlib import Path

import numpy as np
from scipy import ndimage
from sklearn.datasets import load_digits

from skdigits import (
    CenterDigit,
    fetch_mnist,
    load_digit_detector,
    load_digit_reader,
)
from skdigits._pictures import check_picture

CANVAS = 120
FACTORS = (0.5, 0.75, 1, 1.5, 2, 3)
PAGES = ("noise", "vignette", "flash", "shadow", "ruled", "squared")
MARGIN = 2


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


def find_pictures(folder):
    """Find the labelled pictures in a folder.

    Yields
    ------
    name : str
    pictures : list
        Paths or arrays.
    labels : ndarray of shape (n_pictures,)
    """
    for path in sorted(path for path in folder.rglob("*") if path.is_dir()):
        files = sorted(file for file in path.glob("[0-9]_*") if file.is_file())
        if files:
            labels = np.array([int(file.name[0]) for file in files])
            yield str(path.relative_to(folder)), files, labels
    for path in sorted(folder.rglob("*.npz")):
        with np.load(path) as file:
            yield path.stem, list(file["images"]), file["labels"]
    for path in folder.rglob("cheque_boxes.json"):
        with open(path.with_name("truth.csv")) as file:
            truth = {row["file"]: row["digits"] for row in csv.DictReader(file)}
        pictures, labels = [], []
        for name, boxes in json.loads(path.read_text()).items():
            page = check_picture(
                path.with_name(name.split("/")[0]) / name.split("/")[1]
            )
            for label, box in zip(truth[name].replace("/", ""), boxes):
                margins = np.repeat((-MARGIN, MARGIN), 2)
                top, left, bottom, right = np.array(box) + margins
                pictures.append(page[max(top, 0) : bottom, max(left, 0) : right])
                labels.append(int(label))
        yield path.stem, pictures, np.array(labels)


def print_readings(name, pictures, labels, *, is_framed=False):
    """Print how a kind of pictures is read."""
    center = CenterDigit(on_blank="keep")
    images = pictures if is_framed else center.transform(pictures)
    is_found = images.any(axis=(1, 2))
    probabilities = reader[1:].predict_proba(images)
    is_right = (probabilities.argmax(axis=1) == labels) & is_found
    is_digit = is_found & detector[1:].predict(images)
    is_sure = is_digit & (probabilities.max(axis=1) > 0.9)
    wrong = np.mean(~is_right[is_sure]) if is_sure.any() else np.nan
    print(
        f"{name:30} {len(labels):6} {is_right.mean():8.2%} {np.mean(~is_found):8.2%} "
        f"{is_digit.mean():9.2%} {is_sure.mean():7.1%} {wrong:7.2%}",
        flush=True,
    )


def measure_milliseconds(pictures):
    """Return the processor time of CenterDigit for each picture."""
    center = CenterDigit(on_blank="keep").fit(pictures)
    center.transform(pictures[:1])
    start = time.process_time()
    center.transform(pictures)
    return 1000 * (time.process_time() - start) / len(pictures)


def print_times(X, rng):
    """Print the processor time of a picture of each size, and the worst of them."""
    photo = np.repeat(np.pad(resize(X[0], 60), 800)[..., np.newaxis], 3, axis=2)
    photo = np.uint8(220 - 0.7 * photo[:3000])
    small = [np.uint8(220 - 0.7 * paste(image, 3, rng)) for image in X[:20]]
    noise = [rng.integers(0, 256, n, dtype=np.uint8) for n in ((28, 28), (200, 200))]
    large_noise = rng.integers(0, 256, (*photo.shape[:2], 3), dtype=np.uint8)
    print("Processor time of CenterDigit for a picture, and for one of noise")
    for name, pictures, worst in (
        ("28 × 28", list(X[:500]), noise[:1]),
        ("200 × 200", [np.pad(image, 40, mode="edge") for image in small], noise[1:]),
        (f"{photo[..., 0].size / 1e6:.0f} megapixels", [photo], [large_noise]),
    ):
        milliseconds, most = map(measure_milliseconds, (pictures, worst))
        print(f"    {name:23} {milliseconds:8.1f} ms {most:8.1f} ms", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, metavar="FOLDER")
    parser.add_argument("--images", type=int, default=10_000, help="of MNIST")
    parser.add_argument("--pages", type=int, default=200, help="blank ones, of a kind")
    arguments = parser.parse_args()
    reader, detector = load_digit_reader(), load_digit_detector()
    rng = np.random.default_rng(0)

    print(
        f"{'':30} {'n':>6} {'read':>8} {'blank':>8} {'detected':>9} {'sure':>7} wrong"
    )
    digits = load_digits()
    print_readings("scikit-learn's 8 × 8", list(digits.images), digits.target)
    X, y = fetch_mnist(subset="test", return_X_y=True)
    X, y = X[: arguments.images], y[: arguments.images]
    print_readings("MNIST as it is", X, y, is_framed=True)
    print_readings("MNIST through CenterDigit", X, y)
    for factor in FACTORS:
        pasted = [paste(image, factor, rng) for image in X[:1000]]
        print_readings(f"pasted, {factor:4} times the size", pasted, y[:1000])
    folder = arguments.pictures
    for name, pictures, labels in find_pictures(folder) if folder else ():
        print_readings(name, pictures, labels)

    print(f"Blank pages without a digit, {arguments.pages} of each kind, two seeds")
    for kind in PAGES:
        shares = []
        for seed in (0, 1):
            rng = np.random.default_rng(seed)
            pages = [draw_blank_page(kind, rng) for _ in range(arguments.pages)]
            images = CenterDigit(on_blank="keep").fit_transform(pages)
            shares.append(np.mean(~images.any(axis=(1, 2))))
        print(f"    {kind:23} {shares[0]:8.1%} {shares[1]:8.1%}", flush=True)
    print_times(X, rng)
