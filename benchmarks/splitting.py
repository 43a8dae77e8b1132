"""Measure split_digits and the reader on pages composed from MNIST's test digits.

    python benchmarks/splitting.py [--pages N]

Pages of 5 to 40 digits in several lines, of all sizes, slants and gaps, dark on light
or light on dark, in shadow and noise; pages of 24 digits on plain, ruled and squared
paper; pages of print with six digits between the lines; strings of eight digits; blank
pages, and some with a hard shadow. A digit is found if a box overlaps its own by more
than half of their union (IoU), and no other digit has that box.
"""

import argparse
import time

import numpy as np
from framing import draw_blank_page
from pages import blank_page, compose_beside_print, compose_page, rule

from skdigits import fetch_mnist, load_digit_reader, split_digits


def find_on_pages(X, y, rng, n_pages, touching):
    """Compose pages, split them and read their digits.

    Returns
    -------
    touches, found, read : ndarray of shape (n_digits,), bool
        Whether each digit touches another, was found, and was found and read.
    n_others : int
        Boxes that belong to no digit.
    """
    reader = load_digit_reader()[1:]
    touches, found, read, n_others = [], [], [], 0
    for _ in range(n_pages):
        n_lines = rng.integers(1, 6)
        n = n_lines * rng.integers(-(-5 // n_lines), 40 // n_lines + 1)
        chosen = rng.choice(len(X), n, replace=False)
        page = compose_page(
            X[chosen], y[chosen], rng, n_lines=n_lines, touching=touching
        )
        images, boxes, _ = split_digits(page.picture)
        which = match(page.boxes, boxes)
        labels = reader.predict(images)[which] if images else which
        touches += [page.touching]
        found += [which >= 0]
        read += [(which >= 0) & (labels == page.labels)]
        n_others += len(boxes) - (which >= 0).sum()
    return *map(np.concatenate, (touches, found, read)), n_others


def find_on_paper(X, y, kind, n_pages):
    """Find the digits of pages, and print how many are found and read."""
    reader = load_digit_reader()[1:]
    rng = np.random.default_rng(0)
    n_found = n_read = n_others = 0
    start = time.process_time()
    for _ in range(n_pages):
        chosen = rng.choice(len(X), 6 if kind == "printed" else 24, replace=False)
        if kind == "printed":
            page = compose_beside_print(X[chosen], y[chosen], rng)
        else:
            page = compose_page(X[chosen], y[chosen], rng, n_lines=3, touching=0)
        is_ruled = kind in ("ruled", "squared")
        picture = rule(page.picture, kind, rng) if is_ruled else page.picture
        images, boxes, _ = split_digits(picture)
        which = match(page.boxes, boxes)
        is_found = which >= 0
        n_found += is_found.sum()
        n_others += len(boxes) - is_found.sum()
        if images:
            labels = reader.predict(images)
            n_read += (labels[which[is_found]] == page.labels[is_found]).sum()
    seconds = (time.process_time() - start) / n_pages
    print(
        f"{n_pages} pages of {len(chosen)} digits, {kind:8} "
        f"found {n_found:4}  read {n_read:4}  "
        f"boxes of no digit {n_others}  {seconds:.2f} s of processor time a page",
        flush=True,
    )


def match(boxes, found):
    """Return the index of the box that was found for each box, or -1."""
    if not len(found):
        return np.full(len(boxes), -1)
    a, b = boxes[:, np.newaxis], found[np.newaxis]
    sides = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    common = np.clip(sides, 0, None).prod(axis=2)
    area_a, area_b = ((c[..., 2:] - c[..., :2]).prod(axis=2) for c in (a, b))
    iou = common / (area_a + area_b - common)
    best = iou.argmax(axis=1)
    mutual = iou.argmax(axis=0)[best] == np.arange(len(boxes))
    return np.where(mutual & (iou.max(axis=1) > 0.5), best, -1)


def reads_string(X, y, rng, reader):
    """Tell whether all of eight separated digits in a line are read."""
    chosen = rng.choice(len(X), 8, replace=False)
    page = compose_page(X[chosen], y[chosen], rng, n_lines=1, touching=0)
    images, _, _ = split_digits(page.picture)
    return len(images) == 8 and (reader.predict(images) == y[chosen]).all()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=100, help="of each kind")
    n_pages = parser.parse_args().pages
    X, y = fetch_mnist(subset="test", return_X_y=True)

    for title, touching in (("none", 0), ("at a third of the gaps", 1 / 3)):
        rng = np.random.default_rng(0)
        touches, found, read, n_others = find_on_pages(X, y, rng, n_pages, touching)
        print(f"{n_pages} pages, {len(found)} digits, touching: {title}")
        for kind, these in (("separated", ~touches), ("touching", touches)):
            if these.any():
                print(f"    {kind:9}  found {found[these].mean():7.2%}", end="")
                print(f"  found and read {read[these].mean():7.2%}")
        print(f"    boxes of no digit: {n_others}", flush=True)

    for kind in ("plain", "ruled", "squared"):
        find_on_paper(X, y, kind, n_pages=6)
    find_on_paper(X, y, "printed", n_pages)

    rng = np.random.default_rng(1)
    reader = load_digit_reader()[1:]
    n_strings = 4 * n_pages  # each is right or wrong as a whole
    right = np.mean([reads_string(X, y, rng, reader) for _ in range(n_strings)])
    print(f"{n_strings} strings of eight separated digits, read: {right:.1%}")
    rng = np.random.default_rng(2)
    blank = [not split_digits(blank_page(rng).picture)[0] for _ in range(n_pages)]
    print(f"blank pages without a digit: {np.mean(blank):.1%}")
    rng = np.random.default_rng(3)
    shadows = [draw_blank_page("shadow", rng) for _ in range(15)]
    n_digits = sum(len(split_digits(page)[0]) for page in shadows)
    print(f"digits on 15 blank pages with a hard shadow: {n_digits}")
