"""Draw pictures of handwriting of which it is known where the ink is.

Digits are MNIST's, enlarged, and those of drawn_hands.py. They stand on paper with
grain, folds, patterns, rules, squares and form boxes, under even light, flash and
shadow, on dark and light tables, beside print and other digits; and are photographed
with blur, noise and JPEG's traces, at 14 to 200 pixels, in both polarities.
"""

import io
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from drawn_hands import FORMS, draw_strokes
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage


class Picture(NamedTuple):
    """A picture and its ink.

    Attributes
    ----------
    pixels : ndarray of shape (height, width) or (height, width, 3), uint8
    ink : ndarray of shape (height, width)
        The part of each pixel that strokes cover.
    digit : ndarray of shape (height, width)
        The same for the only digit that is whole, if there is one; else zeros.
    """

    pixels: np.ndarray
    ink: np.ndarray
    digit: np.ndarray


def draw_picture(images, rng, blank=0.18):
    """Draw a picture of some digits, or of none.

    Parameters
    ----------
    images : list of ndarray of shape (n_images, 28, 28), uint8
        MNIST's, by their labels, 0 to 9.
    rng : numpy.random.Generator
    blank : float, default=0.18
        Share of the pictures without a digit.

    Returns
    -------
    picture : Picture
    """
    shares = np.array([0.04, 0.36, 0.35, 0.13]) * (1 - blank) / 0.88
    layouts = ["framed", "tight", "sheet", "line", "blank"]
    layout = rng.choice(layouts, p=[*shares, blank])
    if layout == "framed":  # MNIST's as it is
        image = rng.choice(images[rng.integers(10)])
        pixels = image if rng.random() < 0.5 else 255 - image
        return Picture(pixels, image / 255, image / 255)
    if layout == "tight":
        ink, digit, furniture = _tight(images, rng)
    else:
        shape = rng.integers(100, 201, 2)
        if rng.random() < 0.6:
            shape[rng.integers(2)] = 200
        ink, digit, furniture = _sheet(images, rng, shape, layout)
    return render(ink, digit, furniture, rng, layout)


def render(ink, digit, furniture, rng, layout, side=None):
    """Draw strokes and lines on paper, light it, and photograph it.

    Parameters
    ----------
    ink, digit : ndarray of shape (height, width)
        As in Picture.
    furniture : ndarray of shape (height, width)
        The part of each pixel that printed lines cover.
    rng : numpy.random.Generator
    layout : {"tight", "sheet", "line", "blank"}
    side : int or None
        Pixels of the longer side of the result, at most; None draws it.

    Returns
    -------
    picture : Picture
    """
    shape = ink.shape
    mark = _pen(ink, rng)
    paper = rng.uniform(0.45, 0.98)
    clean = rng.random() < 0.25  # drawn on a screen, or scanned in black and white
    is_empty = layout == "blank" and rng.random() < 0.25  # nothing but noise
    reflected = np.full(shape, paper)
    if not clean and not is_empty:
        reflected *= 1 - _paper_texture(shape, rng)
    ruled = 0.6 if layout == "blank" else 0.15 if clean else 0.4
    lines = furniture
    if not is_empty and rng.random() < ruled:
        lines = np.maximum(furniture, _rules(shape, rng))
    strength = rng.uniform(0.08, 0.75) if rng.random() < 0.7 else rng.uniform(0.6, 0.95)
    light = np.ones(shape) if clean else _light(shape, rng, layout == "blank")
    surroundings = None
    if layout != "tight" and not is_empty and rng.random() < 0.3:
        surroundings = _surroundings(shape, rng)
    dark = rng.uniform(0.1, 0.4) if rng.random() < 0.25 else rng.uniform(0.35, 0.97)
    mark = mark * dark
    if rng.random() < 0.3:  # a colour of its own for paper, pen and lines
        tint = [1 - rng.uniform(0, 0.5) * rng.random(3) for _ in range(2)]
        pen_tint, line_tint = (
            rng.uniform(0.2, 1, 3) ** rng.uniform(0, 1) for _ in range(2)
        )
        pen_tint /= pen_tint.max()
        line_tint /= line_tint.max()
        pixels = (reflected * light)[..., None] * tint[0]
        pixels *= 1 - (lines * strength)[..., None] * line_tint
        pixels *= 1 - mark[..., None] * pen_tint
    else:
        pixels = (reflected * (1 - lines * strength) * (1 - mark) * light)[..., None]
    if surroundings is not None:
        outside, colour = surroundings
        pixels = np.where(outside[..., None], colour * light[..., None], pixels)
        ink, digit = (np.where(outside, 0, x) for x in (ink, digit))
    if side is None:
        side = min(max(shape), 300)
        if rng.random() < 0.45:  # a small picture
            least = min(14 if layout == "tight" else 28, side)
            side = int(np.exp(rng.uniform(np.log(least), np.log(side))))
    is_clean = clean and not is_empty
    return _photograph(pixels, ink, digit, side, layout == "tight", is_clean, rng)


def _photograph(pixels, ink, digit, side, tight, is_clean, rng):
    """Shrink, blur, add noise, compress."""
    factor = side / max(ink.shape)
    blur = rng.choice([0.3, 0.5, 0.8, 1.4]) * rng.uniform(0.8, 1.2)
    if factor < 1:
        shape = [max(1, round(n * factor)) for n in ink.shape]
        a, b = (_areas(n, m) for n, m in zip(ink.shape, shape))
        pixels = np.einsum("ij,jkc,lk->ilc", a, pixels, b, optimize=True)
        blur = rng.choice([0, 0, 0.4, 0.7])
        ink, digit = a @ ink @ b.T, a @ digit @ b.T
    if blur:
        pixels = ndimage.gaussian_filter(pixels, (blur, blur, 0))
    noise = 0
    if not (is_clean and rng.random() < 0.7):
        deviations = rng.choice([0, 0.004, 0.015, 0.04], p=[0.2, 0.4, 0.25, 0.15])
        noise = deviations * rng.uniform(0.5, 1.5)
    pixels = pixels + noise * rng.normal(size=pixels.shape)
    if rng.random() < (0.5 if tight else 0.25):
        pixels = 1 - pixels
    if rng.random() < (0.15 if tight else 0.05):  # a bitmap
        limit = (pixels.min() + pixels.max()) / 2
        pixels = pixels > limit
    elif rng.random() < 0.2:  # contrast stretched by a scanner
        low, high = np.percentile(pixels, [rng.uniform(0, 5), rng.uniform(80, 100)])
        pixels = (pixels - low) / max(high - low, 0.1)
    pixels = np.uint8(np.rint(255 * np.clip(pixels, 0, 1)))
    if pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    if rng.random() < 0.4:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=int(rng.integers(25, 95)))
        pixels = np.asarray(Image.open(file))
    return Picture(pixels, ink, digit)


def _areas(n, m):
    edges = np.arange(n + 1) * m / n
    rows = np.arange(m)[:, None]
    covered = np.clip(
        np.minimum(edges[1:], rows + 1) - np.maximum(edges[:-1], rows), 0, None
    )
    return covered


def draw_digit(images, rng, height, label):
    """Draw a digit, by half MNIST's with sharp strokes of some width."""
    if label == 1 and rng.random() < 0.4:  # a straight bar
        width = max(1, int(height * np.exp(rng.uniform(np.log(0.012), np.log(0.2)))))
        return np.ones((int(height), width))
    if rng.random() < 0.5:
        form = rng.choice(FORMS[label])
        radius = np.exp(rng.uniform(np.log(0.007), np.log(0.09)))  # of all widths
        ink = draw_strokes(label, form, rng, max(int(height), 12), radius)
    else:
        image = images[label][rng.integers(len(images[label]))]
        ink = _enlarge(image / 255.0, height / 20, rng)
    if rng.random() < 0.15:  # a marker, a brush
        ink = ndimage.gaussian_filter(np.pad(ink, int(height / 12)), height / 30)
        ink = np.clip((ink - rng.uniform(0.05, 0.3)) * 6 + 0.5, 0, 1)
    boxes = ndimage.find_objects((ink > 0.3).astype(int))
    return ink[boxes[0]] if boxes else ink


def _enlarge(image, zoom, rng):
    if rng.random() < 0.7:  # slanted, turned, narrowed
        matrix = np.array(
            [[1, rng.normal(0, 0.08)], [rng.normal(0, 0.15), rng.uniform(0.8, 1.25)]]
        )
        image = ndimage.affine_transform(
            image, matrix, 13.5 - matrix @ [13.5, 13.5], order=1
        )
    image = ndimage.zoom(
        image, zoom, order=3 if zoom < 4 else 1, mode="grid-constant", grid_mode=True
    )
    image = ndimage.gaussian_filter(image, zoom * (0.45 if zoom < 4 else 0.6))
    return np.clip(
        (image - 0.5 - rng.uniform(-0.28, 0.14)) * rng.uniform(3, 8) + 0.5, 0, 1
    )


def _put(canvas, ink, top, left):
    """Lay ink on a canvas; what lies outside is cut off."""
    h, w = canvas.shape
    a, b = max(top, 0), max(left, 0)
    c, d = min(top + ink.shape[0], h), min(left + ink.shape[1], w)
    if c > a and d > b:
        part = canvas[a:c, b:d]
        np.maximum(part, ink[a - top : c - top, b - left : d - left], out=part)


def _tight(images, rng):
    """One digit and little else; perhaps its neighbours' edges, or a form's."""
    height = rng.uniform(50, 180)
    digit = draw_digit(images, rng, height, rng.integers(10))
    most = rng.choice([0, 0.05, 0.15, 0.3])
    m = rng.integers(0, int(most * height) + 1, 4)
    shape = digit.shape[0] + m[0] + m[1], digit.shape[1] + m[2] + m[3]
    ink = np.zeros(shape)
    _put(ink, digit, m[0], m[2])
    alone = ink.copy()
    if rng.random() < 0.3:
        for side in (-1, 1):
            if rng.random() < 0.5:
                other_height = height * rng.uniform(0.8, 1.1)
                other = draw_digit(images, rng, other_height, rng.integers(10))
                reach = int(rng.uniform(0, 0.25) * other.shape[1] + 1)
                left = reach - other.shape[1] if side < 0 else shape[1] - reach
                _put(
                    ink, other, int(rng.integers(-0.2 * height, 0.2 * height + 1)), left
                )
    furniture = np.zeros(shape)
    if rng.random() < 0.3:
        for _ in range(rng.integers(1, 5)):
            thick = max(1, int(rng.uniform(0.01, 0.06) * height))
            at = int(rng.uniform(0, 0.08) * height)
            edge = rng.integers(4)
            turned = np.rot90(furniture, edge)
            turned[at : at + thick] = 1
    return ink, alone, furniture


def _sheet(images, rng, shape, layout):
    ink, alone, furniture = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    h, w = shape
    if layout == "blank":
        if rng.random() < 0.3:
            _form(
                furniture,
                rng,
                rng.uniform(20, 80),
                rng.integers(0, h),
                rng.integers(0, w),
                rng.integers(1, 6),
            )
        return ink, alone, furniture
    if layout == "sheet":
        height, n, rows = (
            rng.choice([rng.uniform(16, 60), rng.uniform(50, 0.9 * min(shape))]),
            1,
            1,
        )
    else:
        height = rng.uniform(14, 60)
        n, rows = rng.integers(2, 9), max(1, int(rng.integers(1, 4) * 30 / height))
    gap = rng.uniform(-0.05, 0.6)
    for row in range(rows):
        top = (
            rng.integers(-0.1 * height, max(1, h - 0.85 * height))
            if rows == 1
            else int((row + 0.2) * h / rows)
        )
        left = rng.integers(0, max(1, int(w - 0.8 * height * n)))
        if rng.random() < 0.3:
            _form(furniture, rng, height, top, left, n)
        for _ in range(n):
            label, size = rng.integers(10), height * rng.uniform(0.85, 1.1)
            digit = draw_digit(images, rng, size, label)
            if n > 1 and rng.random() < 0.1:
                digit = _printed(rng, height)
            _put(ink, digit, int(top + rng.uniform(-0.1, 0.1) * height), int(left))
            left += digit.shape[1] + max(gap + rng.normal(0, 0.08), -0.08) * height
    if layout == "sheet":
        alone = ink.copy()
    if rng.random() < 0.15:  # printed text beside it
        size = rng.uniform(8, 24)
        top, left = rng.integers(0, h), rng.integers(0, w)
        for _ in range(rng.integers(2, 12)):
            letter = _printed(rng, size)
            if not ink[top : top + len(letter), left : left + letter.shape[1]].any():
                _put(ink, letter, top, left)
            left += letter.shape[1] + int(0.15 * size)
    return ink, alone, furniture


def _form(furniture, rng, height, top, left, n):
    """Draw boxes, a comb or a line for digits to be written in."""
    thick = max(1, int(rng.uniform(0.01, 0.07) * height))
    kind = rng.choice(["box", "boxes", "comb", "line"])
    pad = int(rng.uniform(0.02, 0.35) * height)
    top, left = int(top) - pad, int(left) - pad
    bottom = int(top + height + 2 * pad)
    cell = int(rng.uniform(0.8, 1.3) * height)
    right = (
        left + n * cell
        if rng.random() < 0.8
        else left + int(n * 0.7 * height) + 2 * pad
    )

    def stroke(a, c, b, d):
        furniture[max(a, 0) : max(c, 0), max(b, 0) : max(d, 0)] = 1

    stroke(bottom, bottom + thick, left, right)
    if kind in ("box", "boxes"):
        stroke(top, top + thick, left, right)
    if kind != "line":
        first = bottom - int(rng.uniform(0.2, 0.5) * height) if kind == "comb" else top
        for x in range(
            left, right + 1, cell if kind != "box" else max(right - left, 1)
        ):
            stroke(first, bottom + thick, x, x + thick)


def _fonts():
    fonts = sorted(Path(matplotlib.get_data_path(), "fonts/ttf").glob("DejaVuS*.ttf"))
    return [str(f) for f in fonts if "Display" not in f.name]


FONTS = _fonts()


def _printed(rng, height):
    """Print a letter or sign."""
    font = ImageFont.truetype(FONTS[rng.integers(len(FONTS))], int(height))
    text = "ABCDEFGHKLMNPRSTXYZabcdefghikmnprstz/()+-=.,:*$%&#"
    page = Image.new("L", (int(1.6 * height), int(1.6 * height)))
    ImageDraw.Draw(page).text(
        (0.2 * height, 0.1 * height), text[rng.integers(len(text))], 255, font
    )
    ink = np.asarray(page) / 255
    boxes = ndimage.find_objects((ink > 0.3).astype(int))
    return ink[boxes[0]] if boxes else ink


def _pen(ink, rng):
    """Press, fray and soften the strokes."""
    mark = ink
    if rng.random() < 0.3:  # pressure
        field = _smooth_noise(ink.shape, rng, rng.uniform(6, 30))
        mark = mark * (1 - rng.uniform(0.1, 0.5) * field)
    if rng.random() < 0.25:  # pencil, chalk, a dry marker
        grain = rng.random(ink.shape)
        grain = ndimage.gaussian_filter(grain, rng.uniform(0.3, 1.2))
        grain = (grain - grain.min()) / np.ptp(grain)
        mark = mark * np.clip(1 - rng.uniform(0.2, 0.9) * grain, 0, 1)
    if rng.random() < 0.2:
        mark = ndimage.gaussian_filter(mark, rng.uniform(1, 3))
    return mark


def _smooth_noise(shape, rng, length):
    """Make noise between 0 and 1 whose features have some length."""
    coarse = rng.random([int(n / length) + 3 for n in shape])
    wide = ndimage.zoom(coarse, length, order=1)
    a, b = (rng.integers(0, max(1, n - m)) for n, m in zip(wide.shape, shape))
    return wide[a : a + shape[0], b : b + shape[1]]


def _paper_texture(shape, rng):
    """Darken by grain, a fold, a pattern as on cheques."""
    dark = np.zeros(shape)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    if rng.random() < 0.4:
        grain = ndimage.gaussian_filter(rng.normal(size=shape), rng.uniform(0.5, 4))
        dark += rng.uniform(0.01, 0.1) * grain / grain.std()
    if rng.random() < 0.3:  # a pattern
        period = np.exp(rng.uniform(np.log(3), np.log(40), 2))
        if rng.random() < 0.5:
            wave = np.sin(
                6.28 * rows / period[0]
                + rng.uniform(0, 4) * np.sin(6.28 * columns / period[1])
            )
        else:
            wave = np.sin(6.28 * rows / period[0]) * np.sin(
                6.28 * (columns + rng.uniform(-1, 1) * rows) / period[1]
            )
        if rng.random() < 0.4:
            wave = np.clip(3 * wave, -1, 1)
        dark += rng.uniform(0.02, 0.14) * (1 + wave)
    if rng.random() < 0.15:
        dark += rng.uniform(0.05, 0.4) * _guilloche(shape, rng)
    if rng.random() < 0.15:  # blots and print that shows through
        dark += rng.uniform(0.03, 0.25) * (
            _smooth_noise(shape, rng, rng.uniform(6, 40)) > 0.65
        )
    if rng.random() < 0.12:  # a fold
        angle = rng.uniform(0, 3.14)
        across = (rows - rng.uniform(0, shape[0])) * np.cos(angle) + (
            columns - rng.uniform(0, shape[1])
        ) * np.sin(angle)
        dark += (
            rng.uniform(0.05, 0.2)
            * np.sign(across)
            * np.exp(-np.abs(across) / rng.uniform(3, 30))
        )
    return np.clip(dark, -0.2, 0.9)


def _guilloche(shape, rng):
    """Draw fine wavy lines side by side, and perhaps others across, as on cheques."""
    dark = np.zeros(shape)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    for _ in range(rng.integers(1, 3)):
        period = np.exp(rng.uniform(np.log(2.5), np.log(14)))
        wave = rng.uniform(15, 120)
        angle = rng.normal(0, 0.2) if rng.random() < 0.6 else rng.uniform(0, 3.14)
        place = rows * np.cos(angle) + columns * np.sin(angle)
        along = columns * np.cos(angle) - rows * np.sin(angle)
        place += rng.uniform(0, 1.5) * period * np.sin(6.28 * along / wave)
        if rng.random() < 0.4:  # waves within the waves: rings and hills
            place += rng.uniform(1, 8) * period * _smooth_noise(shape, rng, wave)
        lines = np.cos(6.28 * place / period) - rng.uniform(-0.5, 0.7)
        dark = np.maximum(dark, np.clip(lines * rng.uniform(0.8, 3), 0, 1))
    return dark


def _rules(shape, rng):
    """Rule or square the paper."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    spacing, tilt, thick = (
        rng.uniform(7, 70),
        rng.uniform(-0.06, 0.06),
        rng.uniform(0.7, 3.2),
    )
    offsets = rng.uniform(0, spacing, 2)
    bend = rng.choice([0, rng.uniform(0, 3)]) * np.sin(columns / rng.uniform(30, 80))

    def lines(position):
        distance = np.abs((position + spacing / 2) % spacing - spacing / 2)
        return np.clip(thick / 2 + 0.5 - distance, 0, 1)

    drawn = lines(rows + tilt * columns + bend + offsets[0])
    if rng.random() < 0.6:
        drawn = np.maximum(drawn, lines(columns - tilt * rows + offsets[1]))
    return drawn if rng.random() < 0.8 else drawn.T if shape[0] == shape[1] else drawn


def _light(shape, rng, is_uneven):
    """Light the paper: evenly, by a flash, through a shadow."""
    y, x = np.mgrid[-1 : 1 : shape[0] * 1j, -1 : 1 : shape[1] * 1j]
    light = 1 + rng.uniform(-0.3, 0.3) * x + rng.uniform(-0.3, 0.3) * y
    kind = rng.uniform(0, 0.5 if is_uneven else 1)
    distance = (y - rng.uniform(-1, 1)) ** 2 + (x - rng.uniform(-1, 1)) ** 2
    if kind < 0.2:
        light *= 0.45 + 0.55 * np.exp(
            -distance / np.exp(rng.uniform(np.log(0.04), np.log(1.2)))
        )
    elif kind < 0.28:
        light *= 1 - rng.uniform(0.1, 0.5) * np.clip(distance / 2, 0, 1)
    elif kind < 0.42:
        angle = rng.uniform(0, 6.28)
        across = (
            y * np.cos(angle)
            + x * np.sin(angle)
            + rng.uniform(0, 0.3) * np.sin(rng.uniform(1, 5) * (x - y))
            - rng.uniform(-0.8, 0.8)
        )
        light *= 1 - rng.uniform(0.15, 0.6) / (
            1 + np.exp(-across * np.exp(rng.uniform(1, 5)))
        )
    elif kind < 0.5:
        light *= 0.6 + 0.4 * _smooth_noise(shape, rng, rng.uniform(40, 90))
    return light * rng.choice([1, 1, rng.uniform(0.3, 1)])


def _surroundings(shape, rng):
    """Where the sheet ends, and what lies beyond: a table, a binding."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    outside = np.zeros(shape, bool)
    kind = rng.random()
    if kind < 0.65:
        for _ in range(rng.integers(1, 4)):
            turn = rng.integers(4)
            depth = rng.uniform(0.01, 0.18) * min(shape)
            edge = np.rot90(outside, turn)
            a, b = np.mgrid[: edge.shape[0], : edge.shape[1]]
            edge |= a < depth + rng.uniform(-0.08, 0.08) * b
        colour = rng.uniform(0.02, 0.5) if rng.random() < 0.8 else rng.uniform(0.8, 1.2)
        colour = (
            colour
            * (
                1
                + rng.uniform(0, 0.4)
                * (_smooth_noise(shape, rng, rng.uniform(3, 20)) - 0.5)
            )[..., None]
        )
    else:  # holes or rings along an edge
        step, size = rng.uniform(10, 30), rng.uniform(2, 7)
        at = rng.uniform(2, 14)
        along, across = (rows, columns) if rng.random() < 0.5 else (columns, rows)
        offset = (along % step) - step / 2
        outside = (
            (np.abs(offset) < size * 0.6) & (across < at + size)
            if rng.random() < 0.5
            else offset**2 + (across - at) ** 2 < size**2
        )
        colour = np.full((*shape, 1), rng.uniform(0, 0.4))
    return outside, colour
