"""Features of hypotheses, for the networks that choose among them."""

from typing import NamedTuple

import numpy as np

from skdigits._ink._components import FAINT, describe_patch
from skdigits._ink._detector import find_directions, find_logits, log_odds_of_rows

# Number of neighbouring digits whose height and position a hypothesis is compared with.
_NEIGHBOURS = 4

# Fraction of that height: narrower marks count as that wide. Only few ones of drawn
# pages are narrower; a thin pen draws many.
_NARROWEST = 0.1

# Heights of a digit: larger gaps are clipped to it.
_FAR = 2

# Log-odds are clipped to plus or minus this value.
SUREST = 5


def describe(hypotheses, lines, page):
    """Compute features that distinguish whole digits from parts, pairs and non-digits.

    Parameters
    ----------
    hypotheses : list of Hypothesis
    lines : list of list of Patch
    page : PageInk

    Returns
    -------
    evidence : ndarray of shape (n_hypotheses, 38), float32
        The detector's log-odds; the logit of the reader's best label minus that of the
        second best; the features of `_Line.place` and of `describe_patch`; five
        features of the page; and the reader's logits minus the largest, because parts
        of some digits look like others.
    """
    rows = find_directions(np.stack([h.patch.image for h in hypotheses]))
    log_odds = log_odds_of_rows(rows, "detector")
    logits = find_logits(rows)
    lead = -np.sort(logits, axis=1)[:, -2]
    marks = [mark for line in lines for mark in line]
    likely = [mark.height for mark in marks if mark.log_odds > 0]
    usual = np.median(likely or [mark.height for mark in marks])
    mean_log_odds = np.mean([np.clip(mark.log_odds, -SUREST, SUREST) for mark in marks])
    of_page = [page.log_enlarged, *page.quality, np.log1p(len(likely)), mean_log_odds]
    of_lines = [_Line(line, usual) for line in lines]
    numbers = []
    for h in hypotheses:
        ink, n_edges, slope = describe_patch(h.patch, page.ink.shape, page.steepest)
        numbers.append([*of_lines[h.line].place(h), ink, slope, n_edges, *of_page])
    return np.column_stack([log_odds, lead, numbers, logits]).astype(np.float32)


class _Size(NamedTuple):
    """Where a mark is in its line, and how wide and dark its strokes are."""

    height: float
    top: float
    bottom: float
    pen: float
    ink: float


def _measure(patch):
    """Measure a mark; the stroke width is area over longer side."""
    inked = patch.ink[patch.ink > FAINT]
    pen = inked.sum() / max(patch.height, patch.width)
    return _Size(patch.height, patch.top, patch.bottom, pen, inked.mean())


class _Line:
    """The bounding boxes of a line's marks, and their log-odds of being digits."""

    def __init__(self, marks, usual):
        self._left, self._right, self._log_odds = np.array(
            [(m.left, m.right, m.log_odds) for m in marks]
        ).T
        self._sureness = self._log_odds.clip(-SUREST, SUREST)
        self._sizes = np.array([_measure(m) for m in marks])
        self._usual = usual

    def place(self, hypothesis):
        """Compare the position and size of a hypothesis with its neighbours'.

        Returns
        -------
        numbers : list of float
            Lengths in units of the height of the digits near it.
        """
        patch, pieces = hypothesis.patch, hypothesis.pieces
        start, stop = hypothesis.start, hypothesis.stop
        is_left, is_right = self._right <= patch.left + 1, self._left >= patch.right - 1
        away = np.abs(self._left + self._right - patch.left - patch.right)
        order = np.argsort(away)
        order = order[(is_left | is_right)[order]]
        near = order[:_NEIGHBOURS]
        digits = order[self._log_odds[order] > 0][:_NEIGHBOURS]
        size = _measure(patch)
        usual = size._replace(height=self._usual)
        if len(digits):
            usual = _Size(*np.median(self._sizes[digits], axis=0))
        height = usual.height
        return [
            np.log(size.height / height),
            (size.top - usual.top) / height,
            (size.bottom - usual.bottom) / height,
            np.log(max(patch.width / height, _NARROWEST)),
            min((patch.left - self._right[is_left].max(initial=-1e9)) / height, _FAR),
            min((self._left[is_right].min(initial=1e9) - patch.right) / height, _FAR),
            pieces[start].left_cut / height,
            pieces[stop - 1].right_cut / height,
            np.log(size.pen / usual.pen),
            size.ink - usual.ink,
            len(digits),
            self._sureness[near].mean() if len(near) else 0,
            len(near),
            np.log(len(self._log_odds)),
            np.log(height / self._usual),
            start == 0,
            stop == len(pieces),
            stop - start,
        ]
