"""Draw the sheet of digits that README and the site begin with: docs/sheet.jpg.

python docs/draw_sheet.py && skdigits docs/sheet.jpg --output docs/sheet_read.jpg
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from drawn_hands import draw_strokes

LINES = ("3141592653", "2718281828", "1414213562")

# Pixels.
WIDTH, HEIGHT, DIGIT = 560, 300, 44

# Reflected light of red, green and blue.
PAPER, INK = np.array([0.96, 0.94, 0.89]), np.array([0.10, 0.16, 0.42])


def draw_ink(rng):
    """Draw lines of digits in one pen, each digit a little different."""
    ink = np.zeros((HEIGHT, WIDTH))
    for line, digits in enumerate(LINES):
        left = 40
        for place, digit in enumerate(digits):
            height = round(DIGIT * rng.uniform(0.9, 1.1))
            stroke = draw_strokes(int(digit), None, rng, height, radius=0.06)
            top = 36 + 84 * line + place // 2 + rng.integers(-3, 4) + DIGIT - height
            part = ink[top : top + stroke.shape[0], left : left + stroke.shape[1]]
            np.maximum(part, stroke, out=part)
            left += max(stroke.shape[1], 20) + rng.integers(14, 24)
    return ink


def draw_sheet(rng):
    """Draw the photo of the sheet: a shadow falls on it, and the camera has noise."""
    ink = draw_ink(rng)[..., np.newaxis]
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j]
    light = (0.95 - 0.15 * x - 0.05 * y) * (1 - 0.35 / (1 + np.exp(-9 * (x + y - 0.9))))
    reflected = light[..., np.newaxis] * (PAPER + ink * (INK - PAPER))
    reflected += rng.normal(0, 0.006, reflected.shape)
    photo = Image.fromarray(np.uint8(255 * reflected.clip(0, 1)))
    return photo.filter(ImageFilter.GaussianBlur(0.6))


if __name__ == "__main__":
    draw_sheet(np.random.default_rng(0)).save(
        Path(__file__).with_name("sheet.jpg"), quality=85
    )
