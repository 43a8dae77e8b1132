"""Compose pages of handwriting from single digits, and blank pages, with the truth."""

from typing import NamedTuple

import numpy as np
from ink_pictures import FONTS
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage


class Page(NamedTuple):
    """A picture and what is on it, in reading order.

    Attributes
    ----------
    picture : ndarray of shape (height, width), uint8
    labels, lines : ndarray of shape (n_digits,), int
        The digits, and the line that each is on.
    boxes : ndarray of shape (n_digits, 4), int
        Top, left, bottom and right of their ink.
    touching : ndarray of shape (n_digits,), bool
        Whether the digit touches the one before or after it.
    """

    picture: np.ndarray
    labels: np.ndarray
    lines: np.ndarray
    boxes: np.ndarray
    touching: np.ndarray


def compose_page(images, labels, rng, *, n_lines, touching):
    """Write digits on a page, in lines of equal length.

    Parameters
    ----------
    images : ndarray of shape (n_digits, 28, 28), uint8
        White on black.
    labels : ndarray of shape (n_digits,)
    rng : numpy.random.Generator
        Draws sizes, slants, gaps, the slope of the lines, polarity, light and noise.
    n_lines : int
        A divisor of n_digits.
    touching : float
        Share of the gaps at which two digits touch. The others are 8 to 60 % of the
        digits' height.
    """
    height = rng.integers(24, 80)
    slope, slant = rng.uniform(-0.03, 0.03), rng.uniform(-0.3, 0.3)
    per_line = len(images) // n_lines
    canvas = np.zeros((int(1.9 * height * (n_lines + 1)), int(2.2 * height * per_line)))
    right = 0
    boxes, touches = [], np.zeros(len(images), bool)
    for i, image in enumerate(images):
        line, place = divmod(i, per_line)
        if place == 0:
            written = np.zeros_like(canvas)  # of this line
            left = int(height * rng.uniform(0.4, 1))
        digit = draw_digit(image, height * rng.uniform(0.85, 1.15), slant, rng)
        base = 1.9 * height * (line + 1.3) + rng.uniform(-0.08, 0.08) * height
        if place:
            if rng.random() < touching:
                gap = -rng.uniform(0.02, 0.06) * height
                touches[i - 1 : i + 1] = True
            else:
                gap = max(2, height * rng.uniform(0.08, 0.6))
        top = int(base - len(digit) + slope * left)
        if place:
            left = next_place(written, digit, top, gap)
        here = np.s_[top : top + len(digit), left : left + digit.shape[1]]
        written[here] = np.maximum(written[here], digit)
        canvas[here] = np.maximum(canvas[here], digit)
        boxes.append((top, left, top + len(digit), left + digit.shape[1]))
        right = max(right, boxes[-1][3])
    ink = canvas[:, : right + height // 2]
    lines = np.arange(len(images)) // per_line
    picture = develop(ink * rng.uniform(0.5, 1), rng)
    return Page(picture, np.asarray(labels), lines, np.array(boxes), touches)


def compose_beside_print(images, labels, rng):
    """Write digits in one line, between lines of print that is 1.5 to 3 times smaller.

    Parameters
    ----------
    images, labels, rng
        As for `compose_page`.
    """
    size = int(rng.integers(10, 25))
    font = ImageFont.truetype(FONTS[rng.integers(len(FONTS))], size)
    height, step = int(size * rng.uniform(1.5, 3)), int(size * rng.uniform(1.2, 1.8))
    n_lines = rng.integers(15, 40)
    place = rng.integers(2, n_lines - 2)
    width = max(int(size * rng.uniform(25, 60)), int(1.2 * height * (len(images) + 1)))
    canvas = Image.new("L", (width, n_lines * step + 3 * height))
    pen = ImageDraw.Draw(canvas)
    for i in range(n_lines):
        top = i * step + (2 * height if i >= place else size)
        for left in range(size, width - 5 * size, 5 * size):
            letters = rng.choice([*"aeiountrshdlcmpwgbkABDEGMRST"], rng.integers(2, 8))
            pen.text((left, top), "".join(letters), 255, font)
    ink = np.asarray(canvas) / 255 * rng.uniform(0.5, 1)
    boxes = []
    left, base = size, place * step + int(1.5 * height)
    for image in images:
        digit = draw_digit(image, height, 0, rng)
        top = base - len(digit)
        ink[top:base, left : left + digit.shape[1]] = digit
        boxes.append((top, left, base, left + digit.shape[1]))
        left += digit.shape[1] + int(0.2 * height)
    lines = np.zeros(len(images), int)
    touching = np.zeros(len(images), bool)
    return Page(develop(ink, rng), np.asarray(labels), lines, np.array(boxes), touching)


def rule(picture, kind, rng):
    """Rule or square the paper of a page, of either polarity."""
    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]]
    spacing, tilt = rng.uniform(15, 60), rng.uniform(-0.03, 0.03)
    lines = (rows + tilt * columns) % spacing < 2
    if kind == "squared":
        lines |= (columns - tilt * rows) % spacing < 2
    lines = rng.uniform(0.15, 0.45) * ndimage.gaussian_filter(lines * 1.0, 0.7)
    pen = 0 if np.median(picture) > 127 else 255
    return np.uint8(np.rint(picture + lines * (pen - picture.astype(float))))


def draw_digit(image, height, slant, rng):
    """Scale an image's ink to a height, and slant it."""
    rows, columns = ndimage.find_objects((image > 40).astype(int))[0]
    # MNIST's digits are scaled to a longer side of 20 pixels; flat ones stay smaller.
    scale = height / 20
    slant += rng.uniform(-0.1, 0.1)
    side = int(2.4 * height)
    # From where each pixel comes: (row, column), about the centres.
    matrix = np.array([[1, 0], [slant, 1]]) / scale
    centre = [(rows.start + rows.stop - 1) / 2, (columns.start + columns.stop - 1) / 2]
    offset = centre - matrix @ np.full(2, (side - 1) / 2)
    drawn = ndimage.affine_transform(image / 255, matrix, offset, (side, side), order=1)
    return drawn[ndimage.find_objects((drawn > 0.25).astype(int))[0]] * (
        drawn.max() > 0
    )


def next_place(written, digit, top, gap):
    """Find the column at which a digit keeps its distance from the line so far."""
    reach = max(int(np.ceil(gap)), 0)
    rows = np.arange(top - reach, top + len(digit) + reach)
    before = written[np.clip(rows, 0, len(written) - 1)] > 0.25
    last = np.where(
        before.any(1), before.shape[1] - 1 - before[:, ::-1].argmax(1), -1e9
    )
    # A stroke also keeps its distance from strokes at most `reach` rows above or below.
    last = ndimage.maximum_filter1d(last, 2 * reach + 1)[reach : reach + len(digit)]
    inked = digit > 0.25
    first = np.where(inked.any(1), inked.argmax(1), 1e9)
    beside = (last - first).max()
    if beside < 0:  # nothing of it beside anything before, such as a flat 1
        beside = last.max()
    return int(np.ceil(beside + 1 + gap))


def develop(ink, rng):
    """Make the picture of some ink: dark or light, in a shadow, with noise."""
    y, x = np.mgrid[-1 : 1 : ink.shape[0] * 1j, -1 : 1 : ink.shape[1] * 1j]
    light = 1 + rng.uniform(-0.25, 0.25) * x + rng.uniform(-0.25, 0.25) * y
    if rng.random() < 0.3:  # a shadow with a soft edge
        across = rng.normal() * x + rng.normal() * y - rng.uniform(-0.5, 0.5)
        light *= 1 - 0.35 / (1 + np.exp(-6 * across))
    paper, pen = (0.75, 0.1) if rng.random() < 0.7 else (0.12, 0.8)
    picture = (paper + (pen - paper) * ink) * light
    picture += rng.normal(0, rng.uniform(0, 0.03), ink.shape)
    return np.rint(255 * np.clip(picture, 0, 1)).astype(np.uint8)


def blank_page(rng):
    """Make a page without a digit: plain or in squares, with noise, in a shadow."""
    height, width = rng.integers(100, 600, 2)
    ink = np.zeros((height, width))
    if rng.random() < 0.5:
        step, width, strength = rng.integers(12, 40), rng.integers(1, 3), rng.random()
        for lines in (ink, ink.T)[: rng.integers(1, 3)]:
            for i in range(width):
                lines[i::step] = 0.1 + 0.4 * strength
    return Page(develop(ink, rng), *np.zeros((2, 0), int), np.zeros((0, 4), int), ())
