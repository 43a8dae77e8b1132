"""Measure how fast pictures are read, beside the engines that people take instead.

    python benchmarks/reading_speed.py [--rounds N]

The engines are those of reading_pages.py, which also says how well they read people's
pages. Here they read drawn pictures: single digits of MNIST on paper with grain, of 200
by 200 pixels; pages of 24 digits; and MNIST's images themselves. Each engine has a
process of its own, only one works at a time, and the rounds are interleaved. For each
engine:

start
    Seconds from the start of a new process until it has printed the digits of a page.
digit, page
    Milliseconds for one picture in a process that has read others before, elapsed and
    of the processor; the median of all rounds. Behind it, the digits read correctly.
10,000 images
    Seconds for 10,000 of MNIST's images: skdigits takes them all at once, the others
    one by one, calculated from a hundred.
MB
    Peak memory of the process and of the programs that it started.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from memory import peak_mb
from pages import compose_page
from PIL import Image
from reading_pages import (
    ENGINES,
    Tesseract,
    align,
    get_processor_time,
    open_as_rgb,
)
from scipy import ndimage

from skdigits import fetch_mnist, load_digit_reader

# The engine's name for pages, and for single digits: the better one of both settings.
SETTINGS = {
    "skdigits": ("skdigits", "reader"),
    "contours": ("contours", "contours"),
    "rapidocr": ("rapidocr", "rapidocr, one line"),
    "Tesseract": ("Tesseract, psm 6", "Tesseract, one character"),
}
N_DIGITS, N_PAGES, N_IMAGES, N_ONE_BY_ONE = 40, 6, 10_000, 100


def draw_pictures():
    """Draw single digits and pages; return each with its text."""
    X, y = fetch_mnist(subset="test", return_X_y=True)
    rng = np.random.default_rng(0)
    digits = [(draw_digit(X[i], rng), str(y[i])) for i in range(N_DIGITS)]
    pages = []
    for chosen in rng.choice(len(X), (N_PAGES, 24)):
        page = compose_page(X[chosen], y[chosen], rng, n_lines=3, touching=0)
        pages.append((Image.fromarray(page.picture), "".join(map(str, page.labels))))
    return digits, pages


def draw_digit(image, rng):
    ink = ndimage.zoom(np.pad(image, 6) / 255, 5, order=1)
    paper = rng.normal(225, 4, ink.shape) - 170 * np.clip(ink, 0, 1)
    return Image.fromarray(np.uint8(np.clip(paper, 0, 255)))


def measure(name, pictures, setting):
    """Read pictures; return milliseconds, processor milliseconds, and digits right."""
    engine = load_engine(SETTINGS[name][setting])
    engine(pictures[0][0].convert("RGB"))
    figures = []
    for picture, text in pictures:
        rgb = picture.convert("RGB")
        start, start_cpu = time.perf_counter(), get_processor_time()
        printed = engine(rgb)
        elapsed = time.perf_counter() - start
        of_processor = get_processor_time() - start_cpu
        right, _, _ = align(text, "".join(printed))
        figures.append((1000 * elapsed, 1000 * of_processor, right))
    return figures


def read_images(name):
    """Return the seconds that 10,000 images of 28 × 28 pixels take."""
    X, _ = fetch_mnist(subset="test", return_X_y=True)
    if name == "skdigits":
        reader = load_digit_reader()
        start = time.perf_counter()
        reader.predict(X[:N_IMAGES])
        return time.perf_counter() - start
    engine = load_engine(SETTINGS[name][1])
    images = [Image.fromarray(255 - x).convert("RGB") for x in X[:N_ONE_BY_ONE]]
    start = time.perf_counter()
    for image in images:
        engine(image)
    return (time.perf_counter() - start) * N_IMAGES / N_ONE_BY_ONE


def load_reader():
    reader = load_digit_reader()
    return lambda picture: [str(reader.predict([picture])[0])]


OF_ONE_DIGIT = {
    "reader": load_reader,
    "Tesseract, one character": lambda: Tesseract(10),
}


def find_peak():
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return peak_mb() + (children if sys.platform == "darwin" else 1024 * children) / 1e6


@cache
def load_engine(name):
    return (ENGINES | OF_ONE_DIGIT)[name]()


def from_cold(name, path):
    """Return the seconds of a new process that prints the digits of a page."""
    command = [sys.executable, __file__, "--print", SETTINGS[name][0], path]
    if name == "skdigits":
        command = [sys.executable, "-m", "skdigits", path]
    if name == "Tesseract":
        command = ["tesseract", path, "stdout", "--psm", "6"]
    start = time.perf_counter()
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - start


def main(rounds):
    pictures = draw_pictures()
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "page.png"))
        pictures[1][0][0].save(path)
        figures, processes = {}, {}
        for name in SETTINGS:
            try:
                from_cold(name, path)
            except (subprocess.CalledProcessError, FileNotFoundError):
                print(f"{name} left out: it is not installed")
                continue
            figures[name] = {"start": [], "digit": [], "page": [], "images": []}
            processes[name] = ProcessPoolExecutor(1, get_context("spawn"))
        for _ in range(rounds):
            for name, of_name in figures.items():
                run = processes[name].submit
                of_name["start"].append(from_cold(name, path))
                for setting, kind in enumerate(("page", "digit")):
                    shown = pictures[kind == "page"]
                    of_name[kind] += run(measure, name, shown, setting).result()
                of_name["images"].append(run(read_images, name).result())
    print(
        f"{'':10} start    digit: ms  CPU right    page: ms    CPU right  images    MB"
    )
    for name, of_name in figures.items():
        start, images = np.median(of_name["start"]), np.median(of_name["images"])
        columns = []
        for kind, n_digits in (("digit", N_DIGITS), ("page", 24 * N_PAGES)):
            ms, cpu_ms, _ = np.median(of_name[kind], axis=0)
            right = sum(each[2] for each in of_name[kind]) // rounds
            columns.append(f"{ms:9.1f} {cpu_ms:6.1f} {right}/{n_digits}")
        mb = processes[name].submit(find_peak).result()
        print(f"{name:10} {start:5.2f}", *columns, f"{images:7.1f} {mb:5.0f}")
    for process in processes.values():
        process.shutdown()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--print", nargs=2, metavar=("ENGINE", "FILE"))
    arguments = parser.parse_args()
    if arguments.print:
        engine, file = arguments.print
        print(*ENGINES[engine]()(open_as_rgb(file)), sep="\n")
    else:
        main(arguments.rounds)
