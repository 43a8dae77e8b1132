"""Draw pictures of pages of which it is known where each digit is.

Strings as on cheques, lines on a sheet, digits in boxes, combs, tables and sudokus,
forms with printed labels, sums, letters and text in several scripts, and scenes without
any paper. Digits are MNIST's, drawn ones and printed ones, apart, touching, and joined
by the pen.
"""

from typing import NamedTuple

import numpy as np
from elastic import bend
from ink_pictures import FONTS, draw_digit, render
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from skdigits._ink._framing import BOX, redraw
from skdigits._ink._grey import areas

# Letters that some hand writes as a digit: no example of either.
AMBIGUOUS = "OoIilSsZzBbgqGQDT|"
# Share of letters among the signs that stand beside digits, and of letters by hand.
LETTER, BY_HAND = 0.4, 0.6
LETTERS = "ACEFHJKLMNPRUVWXYacdefhjkmnprtuvwxy@#&%$?*+=<>"
# Each letter as often as in English, in halves of a per cent; P. Norvig, "English
# Letter Frequency Counts: Mayzner Revisited", 2013.
ENGLISH = "".join(
    letter * count
    for letter, count in zip(
        "etaoinsrhldcumfpgwybvk",
        (25, 19, 16, 15, 15, 14, 13, 13, 10, 8, 8, 7, 5, 5, 5, 4, 4, 3, 3, 3, 2, 1),
    )
)
# Signs of other scripts, and of mathematics, in words of their own.
SCRIPTS = (
    "αβγδεζηκλμνξπρστφχψωΓΔΛΞΠΣΦΨΩ",
    "вгджиклмнптфцшщыэюяБГДЖИЛПФЦШЩЫЮЯ",
    "بتثجحخدذرزسشصضطظعغفقكلمني",
    "אבגדהחטכלמנעפצקרשת",
    "∫∑√∞≈≠≤≥±×÷→()[]{}/\\!?=+-∂∇",
)
# Fonts that have these signs.
SCRIPT_FONTS = [
    f for f in FONTS if f.endswith(("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"))
]


class Page(NamedTuple):
    """A picture, and what is on it.

    Attributes
    ----------
    pixels : ndarray of shape (height, width) or (height, width, 3), uint8
    owner : ndarray of shape (height, width), int
        0 where there is no ink, else the number of the mark.
    kinds : list of str
        Of each mark, from number 1 on: "digit", "ambiguous", "in word" or "other".
        Ambiguous are letters that some hand writes as a digit; among clear letters
        they are in a word.
    """

    pixels: np.ndarray
    owner: np.ndarray
    kinds: list[str]


class _Canvas:
    """Where marks are put, each with a number and a kind."""

    def __init__(self, shape):
        self.ink = np.zeros(shape)
        self.owner = np.zeros(shape, int)
        self.furniture = np.zeros(shape)
        self.kinds = []
        self.pen = None
        self.ones, self.bars = 0.1, 0.3

    def choose_hand(self, rng):
        """Write all that comes with one pen, or each digit with its own.

        On some pages, many or all digits are ones, most of them bars.
        """
        self.pen = rng.uniform(1.2, 5) if rng.random() < 0.7 else None
        if rng.random() < 0.24:
            self.ones, self.bars = rng.choice([0.3, 0.6, 1]), 0.8

    def choose_label(self, rng):
        return 1 if rng.random() < self.ones else rng.choice([0, *range(2, 10)])

    def put(self, ink, top, left, kind):
        """Put a mark; one that is cut off at the edge is not a digit."""
        top, left = int(top), int(left)
        a, b = max(top, 0), max(left, 0)
        c = min(top + ink.shape[0], self.ink.shape[0])
        d = min(left + ink.shape[1], self.ink.shape[1])
        if c <= a or d <= b:
            return
        mark = ink[a - top : c - top, b - left : d - left]
        part = self.ink[a:c, b:d]
        if mark.sum() < 0.97 * ink.sum():
            kind = "other" if mark.sum() < 0.8 * ink.sum() else "ambiguous"
        self.kinds.append(kind)
        self.owner[a:c, b:d][mark > np.maximum(part, 0.3)] = len(self.kinds)
        np.maximum(part, mark, out=part)


def draw_page(images, rng):
    """Draw a page of which a person could read most digits.

    Parameters
    ----------
    images : list of ndarray of shape (n_images, 28, 28), uint8
        MNIST's, by their labels, 0 to 9.
    rng : numpy.random.Generator

    Returns
    -------
    page : Page
    """
    while True:
        page = _draw_page(images, rng)
        digits = [i for i, kind in enumerate(page.kinds, 1) if kind == "digit"]
        if not digits or np.mean(_stand_out(page, digits)) > 0.7:
            return page


def _stand_out(page, digits):
    """Tell whether each digit differs from the paper by more than that varies."""
    grey = page.pixels.reshape(*page.owner.shape, -1).mean(axis=2, dtype=float)
    boxes = ndimage.find_objects(page.owner)
    clear = []
    for i in digits:
        if len(boxes) < i or boxes[i - 1] is None:
            clear.append(False)
            continue
        here = tuple(slice(max(s.start - 3, 0), s.stop + 3) for s in boxes[i - 1])
        mine, ring = page.owner[here] == i, page.owner[here] == 0
        inside, outside = grey[here][mine], grey[here][ring]
        if len(outside) == 0:
            clear.append(False)
            continue
        difference = abs(inside.mean() - np.median(outside))
        clear.append(difference > max(1.5 * outside.std(), 6))
    return clear


def _draw_page(images, rng):
    draw = rng.choice(
        [_string, _lines, _cells, _form, _text, _scene],
        p=[0.36, 0.22, 0.14, 0.07, 0.13, 0.08],
    )
    canvas = draw(images, rng)
    if draw is _scene:
        return Page(canvas, np.zeros(canvas.shape[:2], int), [])
    shape = canvas.ink.shape
    side = max(shape)
    if rng.random() < 0.5:
        side = int(side * rng.uniform(0.5, 1))
    picture = render(
        canvas.ink,
        (canvas.owner > 0) * 1.0,
        canvas.furniture,
        rng,
        "tight" if draw is _string else "sheet",
        side,
    )
    rows, columns = (
        (np.arange(n) + 0.5) * m // n for n, m in zip(picture.ink.shape, shape)
    )
    owner = canvas.owner[np.ix_(rows.astype(int), columns.astype(int))]
    seen = ndimage.maximum_filter(picture.digit, 3) > 0.2
    return Page(picture.pixels, np.where(seen, owner, 0), canvas.kinds)


def _write(canvas, images, rng, n, height, top, left, gap, printed=0.03, n_zeros=0):
    """Write digits from left to right, apart, touching or joined, and zeros last."""
    slant, before = rng.normal(0.1, 0.15) * (rng.random() < 0.8), None
    reach, joined = int(height), 0.1
    size = rng.uniform(0.5, 1)
    for k in range(n):
        is_first = k < n - n_zeros
        label = canvas.choose_label(rng) if is_first else 0
        if not is_first:
            digit_height = height * size * rng.uniform(0.9, 1.1)
            digit = _draw(images, rng, digit_height, canvas, label)
            if rng.random() < 0.5:  # lying ovals
                digit = ndimage.zoom(digit, (1, rng.uniform(1, 1.8)), order=1)
            joined = 0.4
        elif rng.random() < printed:
            digit = print_mark(str(label), rng, height)
        elif label == 1 and rng.random() < canvas.bars:
            pen = canvas.pen or rng.uniform(1.2, 5)
            digit = np.ones((int(height), max(2, round(pen * height / 20))))
        else:
            digit = _draw(images, rng, height * rng.uniform(0.8, 1.1), canvas, label)
        digit = _slant(digit, slant)
        y = int(top + height - len(digit) + rng.normal(0, 0.05) * height)
        # As near to the ink before it as the gap says, row by row.
        x = int(left)
        rows = np.arange(max(y, 0), min(y + len(digit), len(canvas.ink)))
        if before is not None and len(rows) and left - reach < canvas.ink.shape[1]:
            first = max(x - reach, 0)
            ink = canvas.ink[rows, first:] > 0.3
            last = first + ink.shape[1] - ink[:, ::-1].argmax(1)
            mine = digit[rows - y] > 0.3
            both = ink.any(1) & mine.any(1)
            if both.any():
                x = int((last - mine.argmax(1))[both].max())
            x += int(np.ceil(max(rng.normal(gap, 0.08), -0.14) * height))
            if not is_first and rng.random() < 0.5:  # they share a stroke
                x -= int(rng.uniform(0, 0.15) * height)
            if rng.random() < joined:
                _join(canvas, before, (y, x), height, rng)
        canvas.put(digit, y, x, "digit")
        before, left = (y, x + digit.shape[1]), x + digit.shape[1]
    return left


def _draw(images, rng, height, canvas, label):
    """Draw a digit with the pen of the page."""
    digit = draw_digit(images, rng, height, label)
    return _take_pen(digit, rng, height, canvas.pen)


def draw_letter(letters, rng, height, pen, font=None, by_hand=BY_HAND):
    """Print a letter, or bend it as a hand does and draw it with a pen.

    Parameters
    ----------
    letters : str
        One of them is drawn.
    rng : numpy.random.Generator
    height : float
        Pixels.
    pen : float or None
        Width of the strokes in a letter 20 pixels high; None leaves it as it is.
    font : ImageFont, default=None
        None chooses one; the letters of a word are of one font.
    by_hand : float, default=BY_HAND
        Probability that the letter is bent.

    Returns
    -------
    ink : ndarray of shape (height, width)
    """
    ink = print_mark(letters, rng, height, font)
    if rng.random() > by_hand:
        return ink
    size = max(ink.shape)
    ink = np.pad(np.uint8(255 * ink), int(0.15 * size) + 1)
    knots = int(rng.integers(3, 6))
    ink = bend(ink[np.newaxis], rng, strength=0.05 * size, knots=knots)[0] / 255
    return _take_pen(_slant(ink, rng.normal(0.1, 0.2)), rng, height, pen)


def _take_pen(ink, rng, height, pen):
    """Draw a mark with a pen of this width, in a digit 20 pixels high."""
    if pen is None or not (ink > 0.5).any():
        return ink
    pen = pen * rng.uniform(0.9, 1.1)
    ink = redraw(ink / ink.max(), BOX, pen * max(ink.shape) / height)
    rows, columns = (areas(n, n * height / max(ink.shape)) for n in ink.shape)
    ink = rows @ ink @ columns.T
    boxes = ndimage.find_objects((ink > 0.3).astype(int))
    return ink[boxes[0]] if boxes else ink


def _join(canvas, end, start, height, rng):
    """Draw the pen's way from the top of a digit to that of the next."""
    share = rng.uniform(0.05, 0.5)
    a = np.array([end[0] + share * height, end[1] - 0.1 * height])
    b = np.array([start[0] + share * height, start[1] + 0.15 * height])
    t = np.linspace(0, 1, 40)[:, None]
    sag = rng.uniform(-0.2, 0.3) * height * 4 * t * (1 - t) * [1, 0]
    line = np.zeros_like(canvas.ink)
    places = np.rint(a * (1 - t) + b * t + sag).astype(int)
    inside = ((places >= 0) & (places < line.shape)).all(1)
    line[tuple(places[inside].T)] = 1
    thick = max(1, int(rng.uniform(0.03, 0.08) * height))
    np.maximum(canvas.ink, ndimage.maximum_filter(line, thick), out=canvas.ink)


def _slant(ink, slant):
    h = len(ink)
    pad = int(np.ceil(abs(slant) * h / 2)) + 1
    ink = np.pad(ink, ((0, 0), (pad, pad)))
    matrix = np.array([[1, 0], [slant, 1]])
    ink = ndimage.affine_transform(ink, matrix, (0, -slant * h / 2), order=1)
    boxes = ndimage.find_objects((ink > 0.3).astype(int))
    return ink[:, boxes[0][1]] if boxes else ink


def _sign(rng, height, pen):
    """Draw a sign beside digits with their pen: punctuation, an operator."""
    n = 4
    size = int(height) * n
    page = Image.new("L", (size, size))
    draw = ImageDraw.Draw(page)
    share = pen / BOX * rng.uniform(0.9, 1.1) if pen else rng.uniform(0.03, 0.14)
    width = max(2, int(share * size))
    kind = rng.choice(list("......,,,----===++///()x:*"))

    def line(*points):
        points = np.array(points) * size + rng.normal(0, 0.03, (len(points), 2)) * size
        draw.line([tuple(p) for p in points], 255, width, "curve")

    if kind in ".:":
        for y in [0.95] if kind == "." else [0.3, 0.8]:
            r = rng.uniform(0.03, 0.08) * size
            x, y = 0.5 * size, y * size - r
            draw.ellipse([x - r, y - r, x + r, y + r], 255)
    elif kind == ",":
        line((0.5, 0.88), (rng.uniform(0.4, 0.48), 1.1))
    elif kind in "-=+":
        reach = rng.uniform(0.15, 0.45)
        middle = rng.uniform(0.3, 0.7)
        for y in {"-": [0], "=": [-0.1, 0.1], "+": [0]}[kind]:
            line((0.5 - reach, middle + y), (0.5 + reach, middle + y))
        if kind == "+":
            line((0.5, middle - reach), (0.5, middle + reach))
    elif kind == "/":
        line((0.75, -0.05), (0.25, 1.1))
    elif kind in "()":
        sign = 1 if kind == "(" else -1
        line((0.5 + sign * 0.15, 0), (0.5, 0.3), (0.5, 0.7), (0.5 + sign * 0.15, 1))
    else:
        line((0.25, 0.3), (0.75, 0.8))
        line((0.75, 0.3), (0.25, 0.8))
        if kind == "*":
            line((0.2, 0.55), (0.8, 0.55))
    ink = np.asarray(page).reshape(size // n, n, size // n, n).mean((1, 3)) / 255
    boxes = ndimage.find_objects((ink > 0.1).astype(int))
    return (ink[boxes[0]], boxes[0][0].start) if boxes else (ink, 0)


def print_mark(text, rng, height, font=None):
    """Print one of some characters."""
    font = font or ImageFont.truetype(
        FONTS[rng.integers(len(FONTS))], int(1.35 * height)
    )
    page = Image.new("L", (int(2.2 * height) + 4, int(2.2 * height) + 4))
    draw = ImageDraw.Draw(page)
    draw.text((0.3 * height, 0.2 * height), text[rng.integers(len(text))], 255, font)
    ink = np.asarray(page) / 255
    boxes = ndimage.find_objects((ink > 0.3).astype(int))
    return ink[boxes[0]] if boxes else ink


def _put_sign(canvas, rng, height, top, left):
    """Put a sign, or a letter as high as the digits."""
    if rng.random() < LETTER:
        sign = draw_letter(LETTERS, rng, height, canvas.pen)
        offset = int(height) - len(sign)
    else:
        sign, offset = _sign(rng, height, canvas.pen)
    canvas.put(sign, top + offset, left, "other")
    return left + sign.shape[1] + rng.uniform(0.05, 0.4) * height


def _string(images, rng):
    """Write a number, cut out with a little paper, as from a cheque or a form."""
    height = rng.uniform(26, 60)
    n = rng.integers(1, 9)
    margin = rng.uniform(0, 0.5, 2) * height
    canvas = _Canvas((int(height * 1.1 + 2 * margin[0] + 4), int(height * (n + 5))))
    canvas.choose_hand(rng)
    top, left = margin[0], margin[1] + 2
    gap = rng.uniform(-0.08, 0.3)
    left_over = n
    if rng.random() < 0.1:
        left = _put_sign(canvas, rng, height, top, left)
    while left_over:
        # Groups of three from the right, or all at once.
        k = (left_over - 1) % 3 + 1 if rng.random() < 0.5 else left_over
        is_round = left_over == k and rng.random() < 0.4
        n_zeros = k - rng.integers(0, k) if is_round else 0
        left = _write(canvas, images, rng, k, height, top, left, gap, n_zeros=n_zeros)
        left_over -= k
        left += rng.uniform(0.02, 0.3) * height
        if rng.random() < (0.5 if left_over else 0.4):
            left = _put_sign(canvas, rng, height, top, left)
    if rng.random() < 0.3:  # a rule under it, or on each side
        for y in (top + height * rng.uniform(0.9, 1.1), top - 0.1 * height)[
            : rng.integers(1, 3)
        ]:
            y, thick = max(int(y), 0), int(rng.integers(1, 4))
            canvas.furniture[y : y + thick] = 1
    if rng.random() < 0.15:  # what stands beside, cut off
        ink = draw_digit(images, rng, height, rng.integers(10))
        canvas.put(ink, top + rng.uniform(0.5, 0.9) * height, left * rng.random(), "")
    width = int(left + rng.uniform(0, 0.6) * height)
    return _crop(canvas, width)


def _crop(canvas, width):
    for name in ("ink", "owner", "furniture"):
        setattr(canvas, name, getattr(canvas, name)[:, :width])
    canvas.kinds = ["other" if kind == "" else kind for kind in canvas.kinds]
    return canvas


def _lines(images, rng):
    """Write lines on a sheet, with sums and words among them."""
    height = rng.uniform(24, 50)
    shape = rng.integers(150, 420, 2)
    canvas = _Canvas(shape)
    canvas.choose_hand(rng)
    top, gap = rng.uniform(0.2, 1) * height, rng.uniform(0, 0.6)
    words = rng.random() < 0.5
    # Printed labels before the digits.
    has_labels, size = rng.random() < 0.2, height * rng.uniform(0.6, 1.2)
    font = ImageFont.truetype(FONTS[rng.integers(len(FONTS))], int(size))
    while top < shape[0] - 1.1 * height:
        left = rng.uniform(0.1, 2) * height
        if has_labels:
            left = _print_word(canvas, rng, top + height - size, left, font)
            left += rng.uniform(0.3, 2) * height
        while left < shape[1] - 1.5 * height:
            n = rng.integers(1, 6)
            n = max(1, min(n, int((shape[1] - left) / (0.8 + gap) / height)))
            kind = rng.random()
            if kind < 0.15:
                left = _put_sign(canvas, rng, height, top, left)
            elif kind < 0.3 and words:
                left = _word(canvas, rng, height, top, left)
            else:
                left = _write(canvas, images, rng, n, height, top, left, gap)
            left += rng.uniform(0.3, 1.5) * height
            if rng.random() < 0.2:
                break
        top += rng.uniform(1.3, 2.2) * height
        if rng.random() < 0.15:
            break
    if rng.random() < 0.2:
        _frame(canvas, rng, height)
    return canvas


def _frame(canvas, rng, height):
    """Draw a frame around some part, or around all."""
    h, w = canvas.ink.shape
    a, b = (int(rng.uniform(0, 0.3) * n) for n in (h, w))
    c, d = (int(rng.uniform(0.6, 1) * n) for n in (h, w))
    thick = max(1, int(rng.uniform(0.02, 0.1) * height))
    ring = np.zeros_like(canvas.ink)
    ring[a:c, b:d] = 1
    ring[a + thick : c - thick, b + thick : d - thick] = 0
    if rng.random() < 0.5:  # by hand: a mark
        ring[canvas.ink > 0] = 0
        canvas.put(ring, 0, 0, "other")
    else:
        canvas.furniture = np.maximum(canvas.furniture, ring)


def _word(canvas, rng, height, top, left, size=None):
    letters, fonts = LETTERS, FONTS
    if rng.random() < 0.3:
        letters, fonts = SCRIPTS[rng.integers(len(SCRIPTS))], SCRIPT_FONTS
    font = ImageFont.truetype(
        fonts[rng.integers(len(fonts))], int(size or 1.3 * height)
    )
    share = 0.35 if letters is LETTERS else 0
    is_ambiguous = rng.random(rng.integers(1, 8)) < share
    texts = [AMBIGUOUS if ambiguous else letters for ambiguous in is_ambiguous]
    for text, kind in zip(texts, _tell_kinds(is_ambiguous)):
        letter = draw_letter(text, rng, height, canvas.pen, font)
        canvas.put(letter, top + height - len(letter), left, kind)
        left += letter.shape[1] + 0.12 * height
    return left


def _print_word(canvas, rng, top, left, font):
    """Print a word."""
    word = "".join(rng.choice(list(ENGLISH), rng.integers(1, 10)))
    if rng.random() < 0.15:
        word = word.capitalize()
    is_ambiguous = [letter in AMBIGUOUS for letter in word]
    for letter, kind in zip(word, _tell_kinds(is_ambiguous)):
        x, y, *_ = font.getbbox(letter)
        canvas.put(print_mark(letter, rng, font.size, font), top + y, left + x, kind)
        left += font.getlength(letter)
    return left


def _tell_kinds(is_ambiguous):
    """Return the kinds of a word's letters: clear ones tell what the others are."""
    n_clear = len(is_ambiguous) - sum(is_ambiguous)
    is_word = n_clear >= max(2, 0.4 * len(is_ambiguous))
    kind = "in word" if is_word else "ambiguous"
    return [kind if ambiguous else "other" for ambiguous in is_ambiguous]


def _cells(images, rng):
    """Write digits into a grid: boxes, a comb, a table, a sudoku."""
    cell = rng.uniform(34, 64)
    aspect = rng.uniform(0.8, 2) if rng.random() < 0.5 else 1
    rows, columns = rng.integers(1, 8), rng.integers(2, 9)
    if rng.random() < 0.4:
        rows = 1
    h, w = cell, cell * aspect
    canvas = _Canvas((int((rows + 0.6) * h) + 8, int((columns + 0.6) * w) + 8))
    canvas.choose_hand(rng)
    top, left = rng.uniform(0, 0.5) * h, rng.uniform(0, 0.5) * w
    thick = max(1, int(rng.uniform(0.015, 0.07) * cell))
    comb = rows == 1 and rng.random() < 0.3
    printed = rng.choice([0, 0.3, 1], p=[0.5, 0.35, 0.15])
    height = cell * rng.uniform(0.45, 0.95)
    f = canvas.furniture
    y0, y1 = int(top), int(top + rows * h)
    x0, x1 = int(left), int(left + columns * w)
    for i in range(rows + 1):
        y, t = int(top + i * h), thick * (2 if i % 3 == 0 and rows > 5 else 1)
        if not (comb and i == 0):
            f[y : y + t, x0:x1] = 1
    for j in range(columns + 1):
        x, t = int(left + j * w), thick * (2 if j % 3 == 0 and rows > 5 else 1)
        first = y1 - int(rng.uniform(0.2, 0.5) * h) if comb else y0
        if not (rng.random() < 0.02):
            f[first : y1 + t, x : x + t] = 1
    for i in range(rows):
        for j in range(columns):
            if rng.random() < 0.15:
                continue
            n = 1 if rng.random() < 0.85 or aspect < 1.4 else rng.integers(1, 3)
            y = top + i * h + rng.uniform(0, max(h - height, 1)) + rng.normal(0, 1)
            x = left + j * w + rng.uniform(0.05, 0.35) * w
            if rng.random() < 0.04:
                _word(canvas, rng, height * 0.6, y, x)
            else:
                _write(canvas, images, rng, n, height, y, x, 0.1, printed)
    if rng.random() < 0.3:
        _word(canvas, rng, rng.uniform(0.3, 0.6) * cell, 1, rng.uniform(0, w))
    return canvas


def _form(images, rng):
    """Write numbers into boxes, each under a smaller printed label."""
    height = rng.uniform(24, 50)
    shape = rng.integers(150, 420, 2)
    canvas = _Canvas(shape)
    canvas.choose_hand(rng)
    thick = max(1, int(rng.uniform(0.02, 0.1) * height))
    size = height * rng.uniform(0.4, 0.7)
    font = ImageFont.truetype(FONTS[rng.integers(len(FONTS))], int(1.35 * size))
    numbers = rng.random()
    gap, drop = rng.uniform(0, 0.4), rng.uniform(1.3, 1.7) * height
    top = rng.uniform(-0.8, 1) * height
    while top + size + drop < shape[0]:
        left = rng.uniform(0.1, 1) * height
        while left < shape[1] - 1.5 * height:
            n = rng.integers(1, 8)
            n = max(1, min(n, int((shape[1] - left) / (0.8 + gap) / height)))
            y = int(top + size + rng.uniform(0.05, 0.3) * height)
            end = _write(
                canvas,
                images,
                rng,
                n,
                height,
                y + rng.uniform(0.05, 0.2) * height + thick,
                left + rng.uniform(0.1, 0.4) * height,
                gap,
            )
            end = int(end + rng.uniform(0.1, 1.5) * height)
            box = np.s_[max(y, 0) : int(y + drop), int(left) : end]
            ring = np.ones_like(canvas.furniture[box])
            ring[thick:-thick, thick:-thick] = 0
            np.maximum(canvas.furniture[box], ring, out=canvas.furniture[box])
            x = left + rng.uniform(0, max(1, end - left - n * size))
            text = "0123456789" if rng.random() < numbers else LETTERS
            for _ in range(n):
                mark = print_mark(text, rng, size, font)
                canvas.put(mark, top + size - len(mark), x, "other")
                x += mark.shape[1] + 0.12 * size
            left = end + rng.uniform(0.3, 1.5) * height
        top += size + drop + rng.uniform(0.2, 0.8) * height
    return canvas


def _text(images, rng):
    """Set text, perhaps with a few digits, boxes and scribbles.

    On about a third of the pages, all words are printed in one font.
    """
    shape, size, font = rng.integers(100, 400, 2), rng.uniform(12, 45), None
    if rng.random() < 0.35:
        shape, size = rng.integers(150, 500, 2), rng.uniform(10, 22)
        font = ImageFont.truetype(FONTS[rng.integers(len(FONTS))], int(size))
    canvas = _Canvas(shape)
    canvas.choose_hand(rng)
    digits = rng.random() < 0.2
    top = rng.uniform(0, 1) * size
    while top < shape[0] - size:
        left = rng.uniform(0, 1.5) * size
        while left < shape[1] - size:
            if digits and rng.random() < 0.1:
                n = rng.integers(1, 5)
                left = _write(canvas, images, rng, n, size, top, left, 0.1, 0.5)
            elif font:
                left = _print_word(canvas, rng, top, left, font)
            elif rng.random() < 0.1:
                left = _put_sign(canvas, rng, size, top, left)
            else:
                left = _word(canvas, rng, size, top, left)
            left += 0.5 * size
        top += rng.uniform(1.2, 2) * size
        if rng.random() < 0.1:
            break
    for _ in range(rng.integers(0, 4)):
        _scribble(canvas, rng)
    if rng.random() < 0.2:
        _frame(canvas, rng, size)
    if "digit" not in canvas.kinds and rng.random() < 0.5:
        _turn(canvas, rng)
    return canvas


def _turn(canvas, rng):
    """Turn the page by up to 45°, and perhaps cut its corners off."""
    angle = rng.uniform(-45, 45)
    canvas.ink = np.clip(ndimage.rotate(canvas.ink, angle, order=1), 0, 1)
    canvas.owner = ndimage.rotate(canvas.owner, angle, order=0)
    canvas.furniture = np.clip(ndimage.rotate(canvas.furniture, angle, order=1), 0, 1)
    if rng.random() < 0.5:
        h, w = canvas.ink.shape
        for name in ("ink", "owner", "furniture"):
            part = getattr(canvas, name)[h // 6 : -h // 6, w // 6 : -w // 6]
            setattr(canvas, name, part)


def _scribble(canvas, rng):
    """Draw letters that nobody knows: joined curves, rings, boxes."""
    h, w = canvas.ink.shape
    size = rng.uniform(15, 80)
    page = Image.new("L", (int(size * 3), int(size)))
    draw = ImageDraw.Draw(page)
    width = max(1, int(rng.uniform(0.03, 0.12) * size))
    kind = rng.random()
    if kind < 0.6:
        n = rng.integers(4, 25)
        x = np.linspace(0.1, rng.uniform(0.4, 2.8), n) * size
        x += rng.normal(0, 0.08, n) * size
        y = rng.uniform(0.05, 0.95, n) * size
        draw.line(list(zip(x, y)), 255, width, "curve")
    elif kind < 0.8:
        x1, y1 = rng.uniform(0.3, 1, 2) * size
        shape = draw.rectangle if rng.random() < 0.6 else draw.ellipse
        shape([2, 2, x1, y1], None, 255, width)
    else:
        draw.polygon([tuple(p) for p in rng.uniform(0, size, (5, 2))], 255)
    ink = ndimage.gaussian_filter(np.asarray(page) / 255, 0.6)
    canvas.put(ink, rng.integers(0, h), rng.integers(-10, w), "other")


def _scene(images, rng):
    """Draw a scene without paper: leaves, stones, walls, things."""
    h, w = rng.integers(120, 420, 2)
    noise = rng.normal(size=(h, w, 3))
    scene = 0.5 + np.zeros((h, w, 3))
    for sigma in 2.0 ** np.arange(0, 6):
        part = ndimage.gaussian_filter(noise, (sigma, sigma, 0))
        scene += part / part.std() * rng.uniform(0, 0.12) * rng.uniform(0.5, 1, 3)
    page = Image.fromarray(np.uint8(np.clip(scene, 0, 1) * 255))
    draw = ImageDraw.Draw(page)
    for _ in range(int(np.exp(rng.uniform(0, np.log(300))))):
        colour = tuple(int(c) for c in rng.uniform(0, 255) * rng.uniform(0.6, 1, 3))
        x, y = rng.uniform(0, w), rng.uniform(0, h)
        size = np.exp(rng.uniform(np.log(4), np.log(max(h, w) / 2)))
        kind = rng.random()
        points = [
            (x + dx, y + dy)
            for dx, dy in rng.normal(0, size / 2, (rng.integers(2, 6), 2))
        ]
        if kind < 0.4:
            draw.line(points, colour, int(rng.integers(1, 8)), "curve")
        elif kind < 0.6:
            draw.polygon(points, colour)
        elif kind < 0.8:
            draw.ellipse([x, y, x + size, y + size * rng.uniform(0.3, 1)], colour)
        else:
            draw.rectangle([x, y, x + size, y + size * rng.uniform(0.05, 1)], colour)
    scene = np.asarray(page) / 255
    if rng.random() < 0.4:  # bricks
        step = rng.uniform(12, 50, 2)
        rows, columns = np.mgrid[:h, :w]
        odd = (rows // step[0]) % 2 * step[1] / 2
        joints = (rows % step[0] < 3) | ((columns + odd) % step[1] < 3)
        scene = np.where(joints[..., None], scene * rng.uniform(0.3, 1.6), scene)
    scene = ndimage.gaussian_filter(scene, (*[rng.uniform(0.3, 1.5)] * 2, 0))
    if rng.random() < 0.4:
        scene = scene.mean(axis=2)
    return np.uint8(np.clip(scene, 0, 1) * 255)
