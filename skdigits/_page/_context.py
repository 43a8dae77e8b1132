"""Describe the marks around a hypothesis: digits usually stand among digits."""

import numpy as np

from skdigits._page._paths import find_best

# Marks of the line that are the nearest, and the log-odds at which all are clipped.
_NEAREST, _SURE = 4, 5

# Numbers that describe what is around a hypothesis.
N_NUMBERS = 6


def look_around(places, odds):
    """Describe what else the line and the page seem to hold.

    Parameters
    ----------
    places : Places
        Of the hypotheses of a page.
    odds : ndarray of shape (n_hypotheses,)
        Log-odds that each is a digit, judged by itself.

    Returns
    -------
    context : ndarray of shape (n_hypotheses, N_NUMBERS)
        Marks are the hypotheses of the best choice, and the pieces that none of these
        contains; marks that share pieces with the hypothesis are left out. The columns:
        mean clipped log-odds of the nearest marks in the line; the same mean over the
        whole line; number of nearest marks; the same mean over the page; 1 if the
        hypothesis belongs to the best choice, else 0; log(1 + number of marks with
        positive log-odds).
    """
    is_best = np.zeros(len(odds), bool)
    is_best[find_best(places, odds)] = True
    marks = np.flatnonzero(is_best | _is_left_over(places, is_best))
    sureness = np.clip(odds, -_SURE, _SURE)
    context = np.zeros((len(odds), N_NUMBERS))
    for i, row in enumerate(context):
        others = marks[~_shares(places, i, marks)]
        beside = others[places.line[others] == places.line[i]]
        away = np.abs(places.middle[beside] - places.middle[i])
        near = beside[np.argsort(away)[:_NEAREST]]
        for column, chosen in ((0, near), (1, beside), (3, others)):
            row[column] = sureness[chosen].mean() if len(chosen) else 0
        row[2] = len(near)
    context[:, 4] = is_best
    context[:, 5] = np.log1p((odds[marks] > 0).sum())
    return context


def _is_left_over(places, is_best):
    """Tell which hypotheses are single pieces outside all hypotheses of the best."""
    taken = {
        (places.group[i], piece)
        for i in np.flatnonzero(is_best)
        for piece in range(places.start[i], places.stop[i])
    }
    is_free = [piece not in taken for piece in zip(places.group, places.start)]
    return (places.stop - places.start == 1) & is_free


def _shares(places, i, others):
    """Tell which of the others share a piece with hypothesis i."""
    return (
        (places.group[others] == places.group[i])
        & (places.start[others] < places.stop[i])
        & (places.stop[others] > places.start[i])
    )
