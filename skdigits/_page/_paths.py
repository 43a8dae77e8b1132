"""Choose the hypotheses that together explain a page best and share no piece."""

from itertools import groupby
from typing import NamedTuple

import numpy as np


class Places(NamedTuple):
    """Where hypotheses lie on the page, sorted so that those of a group are adjacent.

    Attributes
    ----------
    line, group : ndarray of shape (n_hypotheses,), int
    n_pieces : ndarray of shape (n_hypotheses,), int
        Of the group.
    start, stop : ndarray of shape (n_hypotheses,), int
        The first of the joined pieces, and the one after the last.
    middle : ndarray of shape (n_hypotheses,), int
        Sum of the left and the right edge, in pixels.
    """

    line: np.ndarray
    group: np.ndarray
    n_pieces: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    middle: np.ndarray


def find_places(hypotheses):
    """Find where hypotheses stand.

    Parameters
    ----------
    hypotheses : list of Hypothesis

    Returns
    -------
    places : Places
    """
    numbers = [
        (h.line, h.group, len(h.pieces), h.start, h.stop, h.patch.left + h.patch.right)
        for h in hypotheses
    ]
    return Places(*np.array(numbers).reshape(-1, 6).T)


def find_best(places, odds):
    """Choose the hypotheses that together have the largest log-odds.

    No piece is in two of them; a piece in none of them belongs to no digit.

    Parameters
    ----------
    places : Places
    odds : ndarray of shape (n_hypotheses,)

    Returns
    -------
    best : list of int
        Their indices, from left to right in each group.
    """
    best: list[int] = []
    for _, members in groupby(range(len(odds)), key=places.group.__getitem__):
        best += _find_best_of_group(list(members), places, odds)
    return best


def _find_best_of_group(members, places, odds):
    ending_at: list[list[int]] = [[] for _ in range(places.n_pieces[members[0]] + 1)]
    for i in members:
        ending_at[places.stop[i]].append(i)
    best: list[tuple[float, list[int]]] = [(0.0, [])]
    for ending in ending_at[1:]:
        choices = [best[-1]]  # the last piece is in no digit
        for i in ending:
            gain, before = best[places.start[i]]
            choices.append((gain + odds[i], [*before, i]))
        best.append(max(choices, key=lambda choice: choice[0]))
    return best[-1][1]
