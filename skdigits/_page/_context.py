"""Describe the marks around a hypothesis: digits usually stand among digits."""

import numpy as np

from skdigits._page._best_choice import find_best
from skdigits._page._evidence import SUREST

# Number of neighbouring marks that are averaged.
_NEAREST = 4


def look_around(places, log_odds):
    """Summarise the log-odds of the neighbouring marks, of the line and of the page.

    Parameters
    ----------
    places : Places
        Of the hypotheses of a page.
    log_odds : ndarray of shape (n_hypotheses,)
        Log-odds that each is a digit, judged by itself.

    Returns
    -------
    context : ndarray of shape (n_hypotheses, 6)
        Marks are the hypotheses of the best choice, and the pieces that none of these
        contains; marks that share pieces with the hypothesis are left out. The columns:
        mean clipped log-odds of the nearest marks in the line; the same mean over the
        whole line; number of nearest marks; the same mean over the page; 1 if the
        hypothesis belongs to the best choice, else 0; log(1 + number of marks with
        positive log-odds).
    """
    is_best = np.zeros(len(log_odds), bool)
    is_best[find_best(places, log_odds)] = True
    is_taken = np.zeros(places.stop.max(), bool)
    for i in np.flatnonzero(is_best):
        is_taken[places.start[i] : places.stop[i]] = True
    is_left_over = (places.stop - places.start == 1) & ~is_taken[places.start]
    is_mark = is_best | is_left_over
    sureness = np.clip(log_odds, -SUREST, SUREST)
    context = np.zeros((len(log_odds), 6))
    for row, line, start, stop, centre in zip(context, *places):
        is_other = is_mark & ((places.start >= stop) | (places.stop <= start))
        others = np.flatnonzero(is_other)
        beside = others[places.line[others] == line]
        near = beside[np.argsort(np.abs(places.centre[beside] - centre))[:_NEAREST]]
        for column, chosen in ((0, near), (1, beside), (3, others)):
            row[column] = sureness[chosen].mean() if len(chosen) else 0
        row[2] = len(near)
    context[:, 4] = is_best
    context[:, 5] = np.log1p((log_odds[is_mark] > 0).sum())
    return context
