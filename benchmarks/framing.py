"""Measure CenterDigit on pasted digits, on blank pages, and its speed.

    python benchmarks/framing.py [--images N] [--pages N]

The share of MNIST's test images that are read correctly after they were resized and
pasted at a random place and polarity on a larger canvas; a blank one counts as wrong.
Then the share of blank pages in which no digit is found, and the processor time of a
picture. reading.py measures what is read of digits from other sources.
"""

import argparse
import time

import numpy as np
from scipy import ndimage

from skdigits import CenterDigit, fetch_mnist, load_digit_reader

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
    parser.add_argument("--images", type=int, default=1000, help="of each size")
    parser.add_argument("--pages", type=int, default=200, help="blank ones, of a kind")
    arguments = parser.parse_args()
    reader, rng = load_digit_reader(), np.random.default_rng(0)
    X, y = fetch_mnist(subset="test", return_X_y=True)

    print("MNIST's digits on a canvas, read correctly")
    for factor in FACTORS:
        pasted = [paste(image, factor, rng) for image in X[: arguments.images]]
        images = CenterDigit(on_blank="keep").transform(pasted)
        is_right = reader[1:].predict(images) == y[: arguments.images]
        is_right &= images.any(axis=(1, 2))
        print(f"    {factor:4} times the size {is_right.mean():12.2%}", flush=True)

    print(f"Blank pages without a digit, {arguments.pages} of each kind, two seeds")
    for kind in PAGES:
        shares = []
        for seed in (0, 1):
            rng = np.random.default_rng(seed)
            pages = [draw_blank_page(kind, rng) for _ in range(arguments.pages)]
            images = CenterDigit(on_blank="keep").transform(pages)
            shares.append(np.mean(~images.any(axis=(1, 2))))
        print(f"    {kind:23} {shares[0]:8.1%} {shares[1]:8.1%}", flush=True)
    print_times(X, rng)
