"""Read the digits in pictures, from the terminal: python -m skdigits photo.jpg."""

import argparse
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np

from skdigits import (
    ReadingDisplay,
    __version__,
    load_digit_detector,
    load_digit_reader,
    split_digits,
)
from skdigits._optional import needed
from skdigits._pictures import open_picture

DESCRIPTION = """\
Read the handwritten digits in pictures, such as photos of a sheet of paper, and print
them, a line for each line of digits. What is no digit is printed as ?."""

EPILOG = """\
The exit status is 0 if something was read in every picture, 1 if a picture could not be
opened or is blank, and 2 if the command was not understood."""


class Digit(NamedTuple):
    """What was read at one place of a picture.

    Attributes
    ----------
    text : str
        The digit, or ?.
    probability : float
    box : ndarray of shape (4,), int
        Top, left, bottom, right, in pixels.
    line : int
    """

    text: str
    probability: float
    box: np.ndarray
    line: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str or None
        None takes those of the process.

    Returns
    -------
    status : int
        For the process to exit with.
    """
    parser = argparse.ArgumentParser(
        prog="python -m skdigits", description=DESCRIPTION, epilog=EPILOG
    )
    parser.add_argument(
        "pictures",
        nargs="+",
        type=Path,
        metavar="PICTURE",
        help="a file such as PNG or JPEG; of a moving picture, the first frame is read",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="PATH",
        help="save the picture with boxes, digits and probabilities drawn in; if PATH "
        "is a folder, or there are several pictures, as PNG into the folder PATH",
    )
    parser.add_argument(
        "--explain",
        type=Path,
        metavar="PATH",
        help="save a figure that draws, step by step, how the picture is read as one "
        "digit: its ink, what may be the digit, the framed image, the probabilities; "
        "for a folder or several pictures as --output",
    )
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args(arguments)

    several = len(options.pictures) > 1
    names = [path.stem for path in options.pictures]
    same = next((name for name in names if names.count(name) > 1), None)
    for option in ("output", "explain"):
        if getattr(options, option) is not None and same is not None:
            parser.error(
                f"--{option} would save several pictures as {same}.png; run the "
                f"command once for each of them"
            )
    if options.output is not None and options.output == options.explain:
        parser.error(f"--output and --explain would both save as {options.output}")
    status = 0
    for path in options.pictures:
        try:
            with warnings.catch_warnings():
                # Pillow's, about half as many pixels as it opens at most.
                warnings.filterwarnings("ignore", "Image size")
                picture = open_picture(path)
            digits = read(picture)
        except (OSError, ValueError, ImportError) as error:
            print(f"{path}: {_reason(error)}", file=sys.stderr)
            status = 1
            continue
        if digits:
            if several:
                print(f"{path}:")
            for _, line in groupby(digits, key=lambda digit: digit.line):
                print("".join(digit.text for digit in line))
        else:
            print(f"{path}: no digit found", file=sys.stderr)
            status = 1
        outputs = []
        if digits and options.output is not None:
            outputs.append((options.output, partial(save_marked, picture, digits)))
        if options.explain is not None:  # also if no digit is found
            outputs.append((options.explain, partial(save_explained, picture)))
        for output, save in outputs:
            if several or output.is_dir():
                output /= f"{path.stem}.png"
            try:
                output.parent.mkdir(parents=True, exist_ok=True)
                save(output)
            except (OSError, ValueError, ImportError) as error:
                print(f"{output}: cannot be saved: {_reason(error)}", file=sys.stderr)
                status = 1
    return status


def _reason(error):
    return getattr(error, "strerror", None) or error


def read(picture):
    """Read the digits of a picture.

    Parameters
    ----------
    picture : ndarray of shape (height, width) or (height, width, channels)

    Returns
    -------
    digits : list of Digit
        In reading order.
    """
    images, boxes, lines = split_digits(picture)
    if not images:
        return []
    reader = load_digit_reader().set_params(center__on_blank="keep")
    framed = reader["center"].transform(images)
    probabilities = reader[1:].predict_proba(framed)
    labels = reader.classes_[probabilities.argmax(axis=1)]
    is_digit = load_digit_detector()[1:].predict_proba(framed)[:, 1]
    return [
        Digit(str(label), p, box, line)
        if p_digit >= 0.5
        else Digit("?", 1 - p_digit, box, line)
        for label, p, p_digit, box, line in zip(
            labels, probabilities.max(axis=1), is_digit, boxes, lines
        )
    ]


def save_marked(picture, digits, output):
    """Save a picture with what was read in it."""
    draw(picture, digits).save(output)


def save_explained(picture, output):
    """Save a figure of how a picture is read as one digit."""
    with needed("matplotlib", "seaborn", to="draw"):
        from matplotlib.figure import Figure

    # Without pyplot, which would ask for a screen.
    figure = Figure(figsize=(10, 5.4), dpi=150)
    ReadingDisplay.from_picture(picture, ax=figure.add_axes((0.01, 0.01, 0.98, 0.98)))
    figure.savefig(output)


def draw(picture, digits):
    """Draw boxes, digits and probabilities into a picture, an array."""
    from PIL import Image, ImageDraw, ImageFont

    if picture.dtype != np.uint8:  # grey of 16 bits and more
        picture = np.uint8(255 * (picture / max(picture.max(), 1e-9)).clip(0, 1))
    image = Image.fromarray(picture).convert("RGBA")
    drawn = Image.new("RGB", image.size, "white")
    drawn.paste(image, mask=image)
    pen = ImageDraw.Draw(drawn)
    heights = [bottom - top for top, _, bottom, _ in (digit.box for digit in digits)]
    size = max(10, int(np.median(heights) / 4))
    font, width = ImageFont.load_default(size), max(1, size // 10)
    for text, p, (top, left, bottom, right), _ in digits:
        colour = "firebrick" if text == "?" else "seagreen"
        pen.rectangle([left, top, right, bottom], outline=colour, width=width)
        label = f"{text} {p:.0%}"
        pen.text((left, top - width), label, colour, font, anchor="lb")
    return drawn


if __name__ == "__main__":
    sys.exit(main())
