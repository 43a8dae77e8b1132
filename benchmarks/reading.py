"""Measure what reader and detector make of each source, and print the tables of it.

    python benchmarks/reading.py [--pictures FOLDER] [--images N] [--rst]

The tables of the guide, the README (Markdown) and of `skdigits/_reader/reader.rst`
(--rst). In FOLDER, the script reads every folder of pictures whose names begin with
their label, every .npz file of `images` and `labels`, and the digits of the pages whose
boxes `cheque_boxes.json` has (top, left, bottom, right), cut out with a margin of 2
pixels. The pictures of its first level of folders, and of each file, are one source. A
reading is sure if the detector takes the picture for a digit and the probability is
above 0.9. The calibration error is the expected one [1] with 15 bins, over the pictures
that are not rejected.

[1] Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern
neural networks. ICML, 1321-1330.
"""

import argparse
import csv
import json
import warnings
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from accuracy import expected_calibration_error
from detector_images import draw_not_digits, draw_writing
from flagged_ones import draw_flagged_ones
from pages import compose_page
from sklearn.datasets import load_digits

from skdigits import CenterDigit, fetch_mnist, load_digit_detector, load_digit_reader
from skdigits._pictures import check_picture

# Pixels around a digit that is cut out of a page.
MARGIN = 2
SURE = 0.9
# Edges of the probabilities in the reliability table.
EDGES = (0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1)


class Readings(NamedTuple):
    """What reader and detector say of some pictures.

    Attributes
    ----------
    probability : ndarray of shape (n_pictures,)
        Of the digit that is read.
    is_right, is_digit : ndarray of shape (n_pictures,), bool
        Whether it is the label, and whether the detector takes it for a digit. A blank
        picture is neither.
    """

    probability: np.ndarray
    is_right: np.ndarray
    is_digit: np.ndarray


def read(images, labels):
    """Read framed images."""
    is_found = images.any(axis=(1, 2))
    probabilities = reader[1:].predict_proba(images)
    return Readings(
        probabilities.max(axis=1),
        (probabilities.argmax(axis=1) == labels) & is_found,
        detector[1:].predict(images) & is_found,
    )


def find_sources(folder, n_images):
    """Find what is read: name, framed images and labels of each source."""
    X, y = fetch_mnist(subset="test", return_X_y=True)
    X, y = X[:n_images], y[:n_images]
    yield "MNIST's test images, as they are", X, y
    yield "the same through CenterDigit", frame(X), y
    digits = load_digits()
    yield "scikit-learn's 8 × 8 pixels", frame(digits.images), digits.target
    flagged = draw_flagged_ones(np.random.default_rng(7), 400)
    yield "drawn ones with a flag", flagged, np.ones(400, int)
    sources = defaultdict(list)
    for name, pictures, labels in find_pictures(folder) if folder else ():
        sources[Path(name).parts[0]] += zip(pictures, labels)
    for name, source in sources.items():
        pictures, labels = zip(*source)
        yield name.replace("_", " "), frame(list(pictures)), np.array(labels)


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


def frame(pictures):
    with warnings.catch_warnings():  # pictures of several digits
        warnings.simplefilter("ignore", UserWarning)
        return CenterDigit(on_blank="keep").transform(pictures)


def describe(name, readings):
    """Make a row of the table of sources."""
    probability, is_right, is_digit = readings
    is_sure = is_digit & (probability > SURE)
    wrong = np.count_nonzero(is_sure & ~is_right)
    calibration = expected_calibration_error(is_right[is_digit], probability[is_digit])
    return (
        name,
        f"{len(probability):,}",
        f"{is_right.mean():.2%}",
        f"{1 - is_digit.mean():.1%}",
        f"{is_sure.mean():.1%}",
        f"{wrong} ({wrong / max(is_sure.sum(), 1):.2%})",
        f"{calibration:.2%}",
    )


def tell_reliability(readings):
    """Make the rows of the reliability table: of readings that are not rejected."""
    probability = readings.probability[readings.is_digit]
    is_right = readings.is_right[readings.is_digit]
    for low, high in pairwise(EDGES):
        here = (probability > low) & (probability <= high)
        if here.any():
            yield (
                f"{low:.0%} – {high:.0%}",
                f"{here.sum():,}",
                f"{probability[here].mean():.1%}",
                f"{is_right[here].mean():.1%}",
            )


def tell_rejected(rng, n_images):
    """Make the table rows of non-digits and of several digits, which are rejected."""
    X, y = fetch_mnist(subset="test", return_X_y=True)
    n = n_images // 50
    for n_digits in (2, 3, 8):
        pages = []
        for _ in range(n):
            chosen = rng.choice(len(X), n_digits, replace=False)
            pages.append(compose_page(X[chosen], y[chosen], rng, n_lines=1, touching=0))
        images = frame([page.picture for page in pages])
        kind = f"{n_digits} separated digits in a picture"
        yield kind, n, f"{1 - read(images, 0).is_digit.mean():.1%}"
    others = draw_not_digits(X, rng, 5 * n) | draw_writing(5 * n, seed=0)
    for kind, images in others.items():
        with warnings.catch_warnings():  # inverted ones
            warnings.simplefilter("ignore", UserWarning)
            yield kind, len(images), f"{1 - read(images, 0).is_digit.mean():.1%}"


def print_table(header, rows, is_rst):
    """Print a table in Markdown or in reStructuredText."""
    rows = [header, *([str(cell) for cell in row] for row in rows)]
    if not is_rst:
        rows.insert(1, ["---"] * len(header))
        print(*(f"| {' | '.join(row)} |" for row in rows), "", sep="\n")
        return
    widths = [max(map(len, column)) for column in zip(*rows)]
    line = "  ".join("=" * width for width in widths)
    rows = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    print(line, rows[0], line, *rows[1:], line, "", sep="\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, metavar="FOLDER")
    parser.add_argument("--images", type=int, default=10_000, help="of MNIST")
    parser.add_argument("--rst", action="store_true", help="reStructuredText")
    arguments = parser.parse_args()
    reader, detector = load_digit_reader(), load_digit_detector()

    sources = {
        name: read(images, labels)
        for name, images, labels in find_sources(arguments.pictures, arguments.images)
    }
    header = ["source", "n", "read", "rejected", "sure"]
    header += ["sure and wrong (of the sure)", "calibration error"]
    print_table(header, map(describe, sources, sources.values()), arguments.rst)
    pooled = Readings(*map(np.concatenate, zip(*list(sources.values())[2:])))
    print_table(
        ["probability", "readings", "mean probability", "right"],
        tell_reliability(pooled),
        arguments.rst,
    )
    rows = tell_rejected(np.random.default_rng(0), arguments.images)
    print_table(["no single digit", "n", "rejected"], rows, arguments.rst)
