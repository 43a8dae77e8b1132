"""Choose the digits of a page among the hypotheses."""

from collections import defaultdict
from itertools import groupby
from operator import attrgetter

import numpy as np

from skdigits._ink._detector import log_odds_of_rows
from skdigits._page._best_choice import find_best, find_places
from skdigits._page._context import look_around

# Log-odds: if none of a page's digits, two or more, is above it, the page has none. On
# pages of text, letters are taken for digits, but hardly any surely. A single one
# stays: without neighbours, digits have less evidence. With 2.5, cheques lose 5 of 962
# right digits.
SURE_MARK = 2.0

# Fraction of the median height of the line's digits: lower non-digits, such as points
# and dashes, are dropped.
_LEAST_HEIGHT = 0.7


def choose_marks(hypotheses, evidence):
    """Choose the digits, and other marks that are nearly as tall as their neighbours.

    A first network judges each hypothesis by itself. The second network also gets the
    first one's log-odds for the neighbours, the line and the page.

    Parameters
    ----------
    hypotheses : list of Hypothesis
    evidence : ndarray of shape (n_hypotheses, n_numbers)
        As from `describe`.

    Returns
    -------
    marks : list of Hypothesis
        In reading order; none if several are digits, but none surely. The log-odds of
        each mark are in its patch; they are negative for marks that are not digits.
    """
    log_odds = log_odds_of_rows(evidence, "page")
    places = find_places(hypotheses)
    context = look_around(places, log_odds)
    numbers = np.column_stack([evidence, log_odds, context]).astype(np.float32)
    log_odds = log_odds_of_rows(numbers, "context")
    marks = [
        h._replace(patch=h.patch._replace(log_odds=o))
        for h, o in zip(hypotheses, log_odds)
    ]
    digits = [marks[i] for i in find_best(places, log_odds)]
    if len(digits) > 1 and max(d.patch.log_odds for d in digits) <= SURE_MARK:
        return []
    marks = digits + find_others(marks, digits)
    return sorted(marks, key=lambda mark: (mark.line, mark.patch.left))


def find_others(marks, digits):
    """Find the marks without a digit that are about as high as digits of their line.

    Parameters
    ----------
    marks : list of Hypothesis
        All hypotheses, those of a group one after another.
    digits : list of Hypothesis

    Returns
    -------
    others : list of Hypothesis
        One for each such group: the one that joins most pieces.
    """
    heights = defaultdict(list)
    for digit in digits:
        heights[digit.line].append(digit.patch.height)
    read = {digit.group for digit in digits}
    widest = [
        max(members, key=lambda mark: mark.stop - mark.start)
        for _, members in groupby(marks, key=attrgetter("group"))
    ]
    return [
        mark
        for mark in widest
        if mark.group not in read
        and mark.line in heights
        and mark.patch.height > _LEAST_HEIGHT * np.median(heights[mark.line])
    ]


def merge(first, second):
    """Merge two choices of marks; the first goes before what it overlaps.

    Parameters
    ----------
    first, second : list of Hypothesis
        Each in reading order, as from `choose_marks`.

    Returns
    -------
    marks : list of Hypothesis
        In reading order, their lines numbered again.
    """
    second = [b for b in second if not any(_overlap(a.patch, b.patch) for a in first)]
    lines = [
        list(line)
        for marks in (first, second)
        for _, line in groupby(marks, key=attrgetter("line"))
    ]
    lines.sort(key=lambda line: np.mean([mark.patch.middle for mark in line]))
    return [mark._replace(line=i) for i, line in enumerate(lines) for mark in line]


def _overlap(a, b):
    is_beside = a.right <= b.left or b.right <= a.left
    return not (is_beside or a.bottom <= b.top or b.bottom <= a.top)
