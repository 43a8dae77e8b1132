"""Reads the digits of a page, with their probabilities."""

from functools import cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from skdigits._page._digits import find_digits
from skdigits._pictures import check_picture
from skdigits._reader import load_digit_detector, load_digit_reader

# Probability that a mark is a digit: below it, the mark is printed as `?`. At 0.5, the
# limit of `load_digit_detector().predict`, digit and non-digit are equally likely.
_LEAST_IS_DIGIT = 0.5


class Digit(NamedTuple):
    """A mark on a page, and how it was read.

    Attributes
    ----------
    digit : int or None
        None if the mark is not a digit, or its confidence is too low.
    probabilities : ndarray of shape (10,)
        Probability of each digit, given that the mark is a digit.
    is_digit : float
        The probability that the mark is a digit.
    box : tuple of int
        Top, left, bottom, right, in pixels.
    line : int
        Counted from 1.
    """

    digit: int | None
    probabilities: np.ndarray
    is_digit: float
    box: tuple[int, int, int, int]
    line: int

    @property
    def probability(self):
        """The probability of the likeliest digit."""
        return float(self.probabilities.max())

    @property
    def text(self):
        """The text to print: the digit, or `?` if there is none."""
        return "?" if self.digit is None else str(self.digit)


def read(picture, *, single=False, min_confidence=0.0, digits_only=False):
    """Read the digits of a picture.

    Parameters
    ----------
    picture : ndarray of shape (height, width) or (height, width, channels)
    single : bool
        Whether the whole picture is one digit.
    min_confidence : float
        The digit is None if its probability times `is_digit` is below `min_confidence`,
        or if `is_digit` is below 0.5.
    digits_only : bool
        Whether to leave out marks whose digit is None.

    Returns
    -------
    digits : list of Digit
        In reading order; empty if the picture is blank.
    """
    reader, detector = _load()
    if single:
        images = reader["center"].transform([picture])
        images = images[images.any(axis=(1, 2))]  # black if blank
        boxes = np.array([(0, 0, *picture.shape[:2])])
        lines = np.array([0])
        digit_probabilities = (
            detector[1:].predict_proba(images)[:, 1] if len(images) else np.zeros(0)
        )
    else:
        images, boxes, lines, log_odds = find_digits(check_picture(picture))
        digit_probabilities = expit(log_odds)
    if not len(images):
        return []
    digits = []
    for probabilities, is_digit, box, line in zip(
        reader[1:].predict_proba(images),
        digit_probabilities,
        boxes.tolist(),
        lines.tolist(),
    ):
        confidence = probabilities.max() * is_digit
        known = is_digit >= _LEAST_IS_DIGIT and confidence >= min_confidence
        digit = int(reader.classes_[probabilities.argmax()]) if known else None
        digits.append(Digit(digit, probabilities, is_digit, tuple(box), line + 1))
    return [each for each in digits if each.digit is not None or not digits_only]


def join_lines(digits):
    """Join the digits of each line into a string."""
    lines = groupby(digits, key=lambda digit: digit.line)
    return ["".join(digit.text for digit in line) for _, line in lines]


@cache
def _load():
    return load_digit_reader().set_params(
        center__on_blank="keep"
    ), load_digit_detector()
