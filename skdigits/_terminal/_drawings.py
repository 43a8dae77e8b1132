"""Pictures that the command saves: the digits read, and the steps of reading."""

import numpy as np

from skdigits._ink._pixels import scale_white
from skdigits._optional import needed


def save_marked(picture, digits, output):
    """Save a picture, given as an array, with boxes, digits and probabilities."""
    from PIL import Image, ImageDraw, ImageFont

    if picture.dtype != np.uint8 or picture.shape[2:] in ((2,), (4,)):
        # As it is read: ink on nothing has paper, and white is the largest value.
        height, width = picture.shape[:2]
        pixels = scale_white(picture.reshape(height, width, -1), max(height, width))
        picture = (255 * pixels / (pixels.max() or 1)).astype(np.uint8)
        picture = picture[..., 0] if picture.shape[2] == 1 else picture
    drawn = Image.fromarray(picture).convert("RGB")
    pen = ImageDraw.Draw(drawn)
    heights = [bottom - top for top, _, bottom, _ in (digit.box for digit in digits)]
    size = max(10, int(np.median(heights) / 4))
    font, width = ImageFont.load_default(size), max(1, size // 10)
    for digit in digits:
        top, left, bottom, right = digit.box
        label, colour = f"{digit.text} {digit.probability:.0%}", "seagreen"
        if digit.digit is None:
            label, colour = "?", "firebrick"
        pen.rectangle([left, top, right, bottom], outline=colour, width=width)
        pen.text((left, top - width), label, colour, font, anchor="lb")
    drawn.save(output)


def save_explained(picture, output):
    """Save a figure of how a picture is read as one digit."""
    with needed("matplotlib", "seaborn", to="draw"):
        from matplotlib.figure import Figure

    from skdigits import ReadingDisplay  # displays take a while to import

    # Without pyplot, which would ask for a screen.
    figure = Figure(figsize=(10, 5.4), dpi=150)
    ReadingDisplay.from_picture(picture, ax=figure.add_axes((0.01, 0.01, 0.98, 0.98)))
    figure.savefig(output)
