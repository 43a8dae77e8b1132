"""Measure how pages are read, beside the engines that people would take instead.

    python benchmarks/reading_pages.py PAGES_FOLDER

The folder holds pictures and a truth.csv with the columns file, group and digits, in
which a slash separates lines. Every engine is asked for digits alone: what else it
prints is left out, such as the `?` of skdigits. For each group and engine:

right, wrong, false
    Digits by an alignment of the two strings of a picture with the fewest edits:
    equal; another digit in its place; none in its place.
whole
    Pictures of which every line is right and no other digit is printed.
seconds
    Processor time a picture, of all threads and of child processes, without decoding
    the picture. Only Tesseract's includes loading the engine: it starts anew each time.

The engines, each with the best settings that were found, and where these differ between
the groups, once with each:

skdigits
    What `skdigits --digits-only` prints.
contours
    The recipe of OpenCV's tutorials, in SciPy: blur, Otsu's threshold, the boxes of the
    outer contours, each scaled into 28 × 28 pixels and read by `load_digit_reader()`.
rapidocr
    rapidocr-onnxruntime, if it is installed: looking for lines of text, and taking the
    picture for one line.
Tesseract
    The program `tesseract`, if it is installed, with a whitelist of digits: taking
    the picture for a block of text (psm 6), and for one line (psm 7).
"""

import argparse
import csv
import io
import os
import subprocess
import time
from collections import Counter
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from scipy import ndimage

from skdigits import load_digit_reader
from skdigits._terminal._reading import join_lines, read

DIGITS = "0123456789"

# Contours lower than either are specks, dropped; higher ones are digits. Pixels: of the
# 1,139 digits of the cheques for development 99.5 % are at least 14 high. Share of the
# picture's height: on 21 plain sheets it drops 65 of 83 false digits and no right one.
LEAST_HEIGHT, LEAST_SHARE = 14, 0.05


def align(truth, printed):
    """Align two strings with the fewest edits; of several ways, with the most equal.

    Returns
    -------
    right, wrong, false : int
        Characters of `printed` that equal theirs of `truth`, that differ from it, and
        that have none.
    """
    # Of the prefixes so far, least first: edits, -right, wrong.
    row = [(j, 0, 0) for j in range(len(printed) + 1)]
    for i, expected in enumerate(truth, 1):
        above, row = row, [(i, 0, 0)]
        for j, character in enumerate(printed):
            edits, minus_right, wrong = above[j]
            if character == expected:
                paired = edits, minus_right - 1, wrong
            else:
                paired = edits + 1, minus_right, wrong + 1
            gaps = [(edits + 1, *rest) for edits, *rest in (above[j + 1], row[j])]
            row.append(min(paired, *gaps))
    _, minus_right, wrong = row[-1]
    return -minus_right, wrong, len(printed) + minus_right - wrong


def join_boxes(boxes, texts):
    """Join texts into lines, from top to bottom and left to right.

    Parameters
    ----------
    boxes : ndarray of shape (n, 4)
        Top, left, bottom, right.
    texts : list of str
    """
    lines = []
    for i in np.argsort(boxes[:, 0] + boxes[:, 2]):
        if not lines or boxes[i, 0] > boxes[lines[-1][-1], [0, 2]].mean():
            lines.append([])
        lines[-1].append(i)
    by_left = (sorted(line, key=lambda i: boxes[i, 1]) for line in lines)
    return ["".join(texts[i] for i in line) for line in by_left]


def read_with_skdigits(picture):
    return join_lines(read(np.asarray(picture), digits_only=True))


class Contours:
    """Threshold, outer contours, a reader of single digits."""

    def __init__(self):
        self.reader = load_digit_reader()[1:]

    def __call__(self, picture):
        # OpenCV's Gaussian of 3 × 3 pixels. With the tutorial's of 5 × 5 (1.1), 621
        # instead of 649 of the 1,139 digits of cheques are right.
        grey = ndimage.gaussian_filter(np.asarray(picture.convert("L")), 0.8)
        is_dark = grey <= find_otsu_threshold(grey)
        ink = is_dark if is_dark.mean() < 0.5 else ~is_dark
        outer, _ = ndimage.label(ndimage.binary_fill_holes(ink), np.ones((3, 3)))
        least = max(LEAST_HEIGHT, LEAST_SHARE * picture.height)
        places = [
            (rows, cols)
            for rows, cols in ndimage.find_objects(outer)
            if rows.stop - rows.start >= least
        ]
        if not places:
            return []
        images = [frame(ink[place]) for place in places]
        texts = self.reader.predict(np.array(images)).astype(str)
        boxes = [
            [rows.start, cols.start, rows.stop, cols.stop] for rows, cols in places
        ]
        return join_boxes(np.array(boxes), texts)


def find_otsu_threshold(grey):
    """Find the grey level that splits a picture into the two most different classes."""
    counts = np.bincount(grey.ravel(), minlength=256)
    below, total = np.cumsum(counts), np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    difference = total * above - (total[-1] - total) * below
    return np.argmax(difference**2.0 / np.maximum(1.0 * below * above, 1))


def frame(ink):
    """Scale ink to a longer side of 20 pixels, its centre of mass at 14, as MNIST's."""
    picture = Image.fromarray(np.uint8(255 * ink))
    scale = 20 / max(picture.size)
    sides = [max(1, round(scale * side)) for side in picture.size]
    small = np.asarray(picture.resize(sides, Image.Resampling.BOX))
    image = np.zeros((28, 28), np.uint8)
    centre = np.rint(ndimage.center_of_mass(small)).astype(int)
    top, left = np.clip(14 - centre, 0, np.subtract(28, small.shape))
    image[top : top + small.shape[0], left : left + small.shape[1]] = small
    return image


class RapidOCR:
    """rapidocr-onnxruntime on one thread, which chooses among digits alone.

    On 250 cheques 988 of 1,139 digits are right so, 940 if other characters are
    recognized and left out.

    Parameters
    ----------
    finds_lines : bool
        Whether it looks for lines of text, or takes the picture for a single line.
    """

    def __init__(self, finds_lines):
        from rapidocr_onnxruntime import RapidOCR

        self.finds_lines = finds_lines
        # More threads wait busily for each other, which is processor time as well.
        self.engine = RapidOCR(intra_op_num_threads=1)
        recognizer = self.engine.text_rec
        decode = recognizer.postprocess_op
        allowed = np.isin(decode.character, ["blank", *DIGITS])
        recognizer.postprocess_op = lambda probabilities, *args, **kwargs: decode(
            probabilities * allowed, *args, **kwargs
        )

    def __call__(self, picture):
        found, _ = self.engine(
            np.asarray(picture), use_det=self.finds_lines, use_cls=False
        )
        if not found:
            return []
        if not self.finds_lines:
            return [text for text, _ in found]
        corners = np.array([corners for corners, _, _ in found])[..., ::-1]
        boxes = np.hstack([corners.min(axis=1), corners.max(axis=1)])
        return join_boxes(boxes, [text for _, text, _ in found])


class Tesseract:
    """The program, with a whitelist of digits.

    Parameters
    ----------
    psm : int
        Page segmentation mode. 6: a block of text; 7: a single line.
    """

    def __init__(self, psm):
        self.command = ["tesseract", "stdin", "stdout", "--psm", str(psm)]
        self.command += ["-c", f"tessedit_char_whitelist={DIGITS}"]
        subprocess.run(["tesseract", "--version"], capture_output=True, check=True)

    def __call__(self, picture):
        file = io.BytesIO()
        picture.save(file, "PPM")
        done = subprocess.run(
            self.command,
            input=file.getvalue(),
            capture_output=True,
            check=True,
            env=os.environ | {"OMP_THREAD_LIMIT": "1"},
        )
        return done.stdout.decode().splitlines()


ENGINES = {
    "skdigits": lambda: read_with_skdigits,
    "contours": Contours,
    "rapidocr": lambda: RapidOCR(finds_lines=True),
    "rapidocr, one line": lambda: RapidOCR(finds_lines=False),
    "Tesseract, psm 6": lambda: Tesseract(6),
    "Tesseract, psm 7": lambda: Tesseract(7),
}


def load_engines():
    """Load the engines, and print a line for each that is not installed."""
    engines = {}
    for name, load in ENGINES.items():
        try:
            engines[name] = load()
        except (ImportError, FileNotFoundError) as error:
            print(f"{name} left out: {error}")
    return engines


def open_as_rgb(path):
    """Open a picture in the form that all engines take, white where transparent."""
    with Image.open(path) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGBA")
    white = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(white, picture).convert("RGB")


def get_processor_time():
    """Return the processor time of this process and its finished children."""
    return time.process_time() + sum(os.times()[2:4])


def measure(engine, picture, truth):
    """Read a picture; count its digits and the engine's."""
    start = get_processor_time()
    printed = engine(picture)
    seconds = get_processor_time() - start
    lines = ["".join(c for c in line if c in DIGITS) for line in printed]
    text = "/".join(filter(None, lines))
    right, wrong, false = align(truth.replace("/", ""), text.replace("/", ""))
    return Counter(
        pictures=1,
        digits=len(truth.replace("/", "")),
        right=right,
        wrong=wrong,
        false=false,
        whole=text == truth,
        seconds=seconds,
    )


def main(folder):
    with open(folder / "truth.csv", newline="") as file:
        rows = sorted(csv.DictReader(file), key=itemgetter("group"))
    engines = load_engines()
    for group, pages in groupby(rows, key=itemgetter("group")):
        counts = {name: Counter() for name in engines}
        for page in pages:
            picture = open_as_rgb(folder / page["file"])
            for name, engine in engines.items():
                counts[name] += measure(engine, picture, page["digits"])
        n, n_digits = (counts["skdigits"][key] for key in ("pictures", "digits"))
        print(f"{group}: {n} pictures, {n_digits} digits")
        print(f"{'':20} {'right':>6} {'wrong':>6} {'false':>6} {'whole':>6} seconds")
        for name, count in counts.items():
            whole = [f"{count[key]:6}" for key in ("right", "wrong", "false", "whole")]
            print(f"{name:20}", *whole, f"{count['seconds'] / n:7.3f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="PAGES_FOLDER")
    main(parser.parse_args().folder)
