"""Choose the digits of a page among the hypotheses."""

from itertools import groupby

import numpy as np

from skdigits._network._forward import compute_logits
from skdigits._weights import load_weights

# Log-odds: a line without a digit above it is dropped, because leaves, stones and text
# often look a little like digits. In 18 pictures without digits, 77 marks are then
# taken for digits (106 without the limit), and 300 digits are found in 9 tables and
# forms; with 2.5, 68 and 273.
_SURE = 1.5


def choose_digits(hypotheses, evidence):
    """Choose the hypotheses that together have the largest log-odds.

    No piece belongs to two of them; a piece may belong to none.

    Parameters
    ----------
    hypotheses : list of Hypothesis
    evidence : ndarray of shape (n_hypotheses, n_numbers)
        As from `describe`.

    Returns
    -------
    digits : list of Hypothesis
        In reading order; the log-odds are in their patches.
    """
    coefs, intercepts = load_weights("page")
    logits = compute_logits(evidence, coefs, intercepts, "relu")
    odds = logits[:, 1] - logits[:, 0]
    digits = []
    for _, group in groupby(zip(hypotheses, odds), key=lambda each: each[0].group):
        digits += _choose(list(group))
    return keep_sure_lines(digits)


def keep_sure_lines(digits):
    """Keep the digits of lines in which at least one is surely a digit."""
    surest: dict[int, float] = {}
    for digit in digits:
        surest[digit.line] = max(digit.patch.log_odds, surest.get(digit.line, -np.inf))
    return [digit for digit in digits if surest[digit.line] > _SURE]


def _choose(group):
    """Choose among a group's hypotheses, by dynamic programming over its pieces."""
    n_pieces = len(group[0][0].pieces)
    ending_at: list[list[tuple]] = [[] for _ in range(n_pieces + 1)]
    for hypothesis, odds in group:
        ending_at[hypothesis.stop].append((hypothesis, odds))
    best: list[tuple[float, list]] = [(0.0, [])]
    for ending in ending_at[1:]:
        choices = [best[-1]]  # the last piece is in no digit
        for hypothesis, odds in ending:
            gain, before = best[hypothesis.start]
            patch = hypothesis.patch._replace(log_odds=odds)
            digit = hypothesis._replace(patch=patch)
            choices.append((gain + odds, [*before, digit]))
        best.append(max(choices, key=lambda choice: choice[0]))
    return best[-1][1]
