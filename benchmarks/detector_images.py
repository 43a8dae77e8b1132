"""Draw digits and non-digits, from which a detector learns the difference."""

import math
from pathlib import Path

import matplotlib
import numpy as np
from drawn_hands import FORMS, draw_bracket, draw_strokes
from page_pictures import draw_letter, print_mark
from pages import draw_digit, next_place
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from skdigits._ink._components import choose_components
from skdigits._ink._framing import frame_ink, frame_whole

# Without those that some hand writes as a digit: O, I, l, S, Z, B, g, q, ...
LETTERS = "ACDEFHJKLMNPRTUVWXYadefhkmnprtuvwxy@#&%$?*+=<>"
LETTERS_BY_HAND = "ACEFHKLMNPRUVWXYacdefhkmnprtuvwxy@#&%$?*+=<>"
# Without those that look like a digit after half a turn or a quarter turn: E, L, M, ...
HALF_TURNED = "ACFHKMNPRUVWXYcdkmnpuvwx"
QUARTER_TURNED = "ACFHKLPRUVXYacdefhknprtuvx"


def draw_digits(images, rng, n):
    """Draw n digits by hand, n in print, and n ones that are plain strokes.

    Returns
    -------
    digits : ndarray of shape (3 n, 28, 28), uint8
    """
    by_hand = [random_digit(images, rng) for _ in range(n)]
    printed = [_letter("0123456789", rng) for _ in range(n)]
    return frame([*by_hand, *printed, *(_stroke(rng) for _ in range(n))])


def draw_not_digits(images, rng, n):
    """Draw n of each kind, and a tenth as many black images.

    Parameters
    ----------
    images : ndarray of shape (n_images, 28, 28), uint8
        Digits, of which pairs and parts are made.
    rng : numpy.random.Generator
    n : int

    Returns
    -------
    kinds : dict of str to ndarray of shape (n_images, 28, 28), uint8
    """
    kinds = {
        "touching pairs": lambda: _pair(images, rng),
        "parts of digits": lambda: _part(random_digit, (0.3, 0.7), images, rng),
        "parts of pairs": lambda: _part(_pair, (0.55, 0.9), images, rng),
        "letters": lambda: _letter(LETTERS, rng),
        "scribbles": lambda: _scribble(rng),
        "noise": lambda: _noise(rng),
    }
    framed = {kind: frame([draw() for _ in range(n)]) for kind, draw in kinds.items()}
    framed["separated digits"] = np.stack([_several(images, rng) for _ in range(n)])
    framed["inverted frames"] = 255 - images[rng.integers(0, len(images), n)]
    framed["pixels of noise"] = rng.integers(0, 256, (n, 28, 28), np.uint8)
    framed["black"] = np.zeros((math.ceil(n / 10), 28, 28), np.uint8)
    return framed


def draw_writing(n, seed):
    """Draw letters by hand, 2 n of them, n brackets and n turned letters.

    Turned ones, so that text does not look more like digits upside down than upright.

    Returns
    -------
    kinds : dict of str to ndarray of shape (n_images, 28, 28), uint8
    """
    rng = np.random.default_rng(seed)
    by_hand = [_write(LETTERS_BY_HAND, rng, by_hand=1) for _ in range(2 * n)]
    rng = np.random.default_rng(seed + 1)
    brackets = [
        print_mark("()()(){}", rng, 32) if rng.random() < 0.3 else draw_bracket(rng)
        for _ in range(n)
    ]
    rng = np.random.default_rng(seed + 2)
    turned = []
    for n_turns in (int(rng.choice([2, 2, 1, 3])) for _ in range(n)):
        letters = HALF_TURNED if n_turns == 2 else QUARTER_TURNED
        turned.append(np.rot90(_write(letters, rng, by_hand=0.5), n_turns))
    kinds = {"by hand": by_hand, "brackets": brackets, "turned letters": turned}
    return {k: frame([np.pad(ink, 2) for ink in inks]) for k, inks in kinds.items()}


def _write(letters, rng, by_hand):
    return draw_letter(letters, rng, 32, rng.uniform(1.2, 5), by_hand=by_hand)


def draw_coarse(images, rng, n):
    """Draw digits of few pixels, half of them in two levels, as small scans keep them.

    Returns
    -------
    digits : ndarray of shape (3 n, 28, 28), uint8
        MNIST's digits, drawn ones of a thick pen, and ones that are a thick bar.
    """

    def drawn():
        label = rng.integers(10)
        radius, form = rng.uniform(0.04, 0.12), rng.choice(FORMS[label])
        return draw_strokes(label, form, rng, rng.integers(12, 33), radius)

    def bar():
        ink = _stroke(rng, thickest=14)
        return ndimage.zoom(ink, rng.uniform(0.25, 1), order=1)

    inks = [random_digit(images, rng, rng.uniform(7, 16)) for _ in range(n)]
    inks += [drawn() for _ in range(n)] + [bar() for _ in range(n)]
    two_levels = rng.random(3 * n) < 0.5
    inks = [
        (ink > 0.4 * ink.max()) * 1.0 if two else ink
        for ink, two in zip(inks, two_levels)
    ]
    return frame([np.pad(ink, 1) for ink in inks])


def frame(inks):
    """Frame some ink, from 0 to 1, as CenterDigit does."""
    images = np.zeros((len(inks), 28, 28), np.uint8)
    for image, ink in zip(images, inks):
        for patch in choose_components(ink)[:1]:
            image[:] = frame_ink(patch.ink)
    return images


def random_digit(images, rng, height=None):
    height = rng.uniform(22, 32) if height is None else height
    return draw_digit(
        images[rng.integers(len(images))], height, rng.uniform(-0.3, 0.3), rng
    )


def _pair(images, rng):
    """Let two digits touch, as on a page."""
    canvas = np.zeros((70, 160))
    right = 2
    for i in range(2):
        digit = random_digit(images, rng)
        top = 35 - len(digit) // 2 + rng.integers(-2, 3)
        left = next_place(canvas, digit, top, -rng.uniform(0.5, 2)) if i else right
        here = np.s_[top : top + len(digit), left : left + digit.shape[1]]
        canvas[here] = np.maximum(canvas[here], digit)
    return canvas[:, : left + digit.shape[1]]


def _several(images, rng):
    """Write two to nine digits in up to three lines, apart, and frame them as one."""
    lines = rng.choice(3, p=(0.7, 0.2, 0.1)) + 1
    height, slant = rng.uniform(16, 32), rng.uniform(-0.3, 0.3)
    apart = rng.uniform(0.1, 1) * height
    canvas = np.zeros((int((height + apart + 8) * lines), 900))
    n_digits = 2 if rng.random() < 0.4 else rng.integers(2, 10)
    for line in range(lines):
        written, left = np.zeros_like(canvas), int(rng.uniform(0, 0.5) * height)
        for i in range(-(-n_digits // lines)):
            image = images[rng.integers(len(images))]
            digit = draw_digit(image, height * rng.uniform(0.8, 1.15), slant, rng)
            top = int(line * (height + apart) + rng.uniform(0, 0.1) * height)
            if i:
                gap = max(2, apart * rng.uniform(0.7, 1.3))
                left = next_place(written, digit, top, gap)
            here = np.s_[top : top + len(digit), left : left + digit.shape[1]]
            written[here] = digit[: len(canvas) - top]
        canvas = np.maximum(canvas, written)
    return frame_whole(canvas)


def _part(draw, shares, images, rng):
    """Cut off the right, the left, the bottom or the top, so that no one is left."""
    turns = rng.choice(4, p=(0.35, 0.15, 0.35, 0.15))
    while True:
        turned = np.rot90(draw(images, rng), turns)
        inked = np.flatnonzero((turned > 0.25).any(axis=0))
        share = rng.uniform(*shares)
        cut = inked[0] + max(2, int(share * (inked[-1] + 1 - inked[0])))
        part = np.rot90(turned[:, :cut], -turns)
        rows, columns = np.nonzero(part > 0.25)
        if len(rows) and np.ptp(columns) > 0.5 * np.ptp(rows):
            return part


def _letter(letters, rng):
    fonts = sorted(Path(matplotlib.get_data_path(), "fonts/ttf").glob("*.ttf"))
    fonts = [font for font in fonts if font.name.startswith(("DejaVuS", "cm", "STIXG"))]
    name = str(fonts[rng.integers(len(fonts))])  # Pillow 10.1 takes no Path
    font = ImageFont.truetype(name, int(rng.integers(24, 36)))
    page = Image.new("L", (72, 72))
    letter = letters[rng.integers(len(letters))]
    ImageDraw.Draw(page).text((18, 14), letter, 255, font)
    return np.asarray(page) / 255


def _stroke(rng, thickest=5):
    """Draw a straight line from top to bottom, 2 to `thickest` of 28 pixels wide."""
    page = Image.new("L", (40, 40))
    ends = [(20 + rng.uniform(-6, 6), 6), (20 + rng.uniform(-6, 6), 34)]
    ImageDraw.Draw(page).line(ends, 255, int(rng.integers(2, thickest + 1)))
    return ndimage.gaussian_filter(np.asarray(page) / 255, rng.uniform(0, 0.7))


def _scribble(rng):
    page = Image.new("L", (40, 40))
    points = rng.uniform(4, 36, (rng.integers(5, 15), 2))
    ImageDraw.Draw(page).line(
        [tuple(point) for point in points], 255, int(rng.integers(2, 5)), "curve"
    )
    return ndimage.gaussian_filter(np.asarray(page) / 255, 0.5)


def _noise(rng):
    noise = ndimage.gaussian_filter(rng.normal(size=(28, 28)), rng.uniform(0.5, 3))
    return np.clip((noise - noise.mean()) / noise.std() - 0.5, 0, 1)
