"""Choose the hypotheses that together explain a page best and share no piece."""

from operator import itemgetter
from typing import NamedTuple

import numpy as np


class Places(NamedTuple):
    """Where hypotheses lie on the page.

    Attributes
    ----------
    line : ndarray of shape (n_hypotheses,), int
    start, stop : ndarray of shape (n_hypotheses,), int
        The first of the joined pieces, and the one after the last, counted over the
        whole page.
    centre : ndarray of shape (n_hypotheses,), int
        Twice the column of the centre, in pixels: twice, to be an integer.
    """

    line: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    centre: np.ndarray


def find_places(hypotheses):
    """Find where hypotheses lie on the page.

    Parameters
    ----------
    hypotheses : list of Hypothesis

    Returns
    -------
    places : Places
    """
    n_pieces = {h.group: len(h.pieces) for h in hypotheses}
    first = dict(zip(n_pieces, np.cumsum([0, *n_pieces.values()])))
    numbers = [
        (
            h.line,
            first[h.group] + h.start,
            first[h.group] + h.stop,
            h.patch.left + h.patch.right,
        )
        for h in hypotheses
    ]
    return Places(*np.array(numbers).T)


def find_best(places, log_odds):
    """Choose the hypotheses that together have the largest log-odds.

    No two of them share a piece. Pieces in none of them belong to no digit.

    Parameters
    ----------
    places : Places
    log_odds : ndarray of shape (n_hypotheses,)

    Returns
    -------
    best : list of int
        Their indices, from left to right in each group.
    """
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for stop in range(1, places.stop.max() + 1):
        choices = [best[-1]]  # the last piece is in no digit
        for i in np.flatnonzero(places.stop == stop):
            gain, before = best[places.start[i]]
            choices.append((gain + log_odds[i], [*before, int(i)]))
        best.append(max(choices, key=itemgetter(0)))
    return best[-1][1]
