"""Hypotheses for digits of a page: components, their pieces, and joined pieces.

Components are cut into more pieces than there are digits, and neighbouring pieces are
joined in all ways: Casey and Lecolinet, "A survey of methods and strategies in
character segmentation", 1996, section 4.
"""

from typing import NamedTuple

from skdigits._ink._components import Patch
from skdigits._ink._framing import frame_ink
from skdigits._page._cuts import Piece, cut
from skdigits._page._lines import group, sort_into_lines
from skdigits._page._marks import usual_height
from skdigits._page._patches import join

# All lengths are fractions of the usual height of the page's digits. Marks whose longer
# side is below it are specks, which are dropped.
_SPECK = 0.2

# Higher marks are frames or edges of tables.
_GIANT = 3

# A mark lower than `_LOOSE` is a loose part if another mark lies within `_NEAR`.
_LOOSE, _NEAR = 0.5, 0.2

# Least height and largest width of a digit, and its largest number of pieces.
_LOWEST = 0.4
_WIDEST, _MOST_PIECES = 1.6, 6

# The detector's log-odds: a mark above it is not cut.
_UNCUT = 5.0

# A line of more than `_LONG` marks, of which fewer than the fraction `_LIKELY` are
# likely digits, is text: its marks are neither cut nor joined. Pieces of letters look
# like a 1.
_LONG, _LIKELY = 12, 0.65

# Hypotheses, each of which takes about 1 ms: once a page has more, its marks are
# neither cut nor joined. A page of 4,800 digits has 6,000; a picture of 200 bytes that
# shows rows of combs had 35,000.
_MOST_HYPOTHESES = 10_000


class Hypothesis(NamedTuple):
    """Ink that may be one digit.

    Attributes
    ----------
    line, group : int
        Index of the line, and index of the group. A group is marks of one line that
        are near each other.
    pieces : list of Piece
        All pieces of the group, from left to right.
    start, stop : int
        The hypothesis joins ``pieces[start:stop]``.
    patch : Patch
        The joined ink, framed.
    """

    line: int
    group: int
    pieces: list[Piece]
    start: int
    stop: int
    patch: Patch


def find_hypotheses(marks):
    """List the hypotheses for the digits of a page.

    Parameters
    ----------
    marks : list of Patch
        With their log-odds, as from `see`.

    Returns
    -------
    hypotheses : list of Hypothesis
    lines : list of list of Patch
        From top to bottom, each from left to right.
    """
    if not marks:
        return [], []
    height = usual_height(marks)
    marks = [
        m
        for m in marks
        if _SPECK * height < max(m.height, m.width) and m.height < _GIANT * height
    ]
    lines = sort_into_lines(marks, height)
    hypotheses: list[Hypothesis] = []
    n_groups = 0
    for number, line in enumerate(lines):
        sure = [m.log_odds > _UNCUT and m.height > _LOOSE * height for m in line]
        is_text = _is_text(line)
        for members in group(line, sure, _NEAR * height):
            is_kept_whole = is_text or len(hypotheses) > _MOST_HYPOTHESES
            pieces: list[Piece] = []
            for i in members:
                is_uncut = sure[i] or is_kept_whole
                pieces += [Piece(line[i])] if is_uncut else cut(line[i], height)
            pieces.sort(key=lambda p: p.patch.left + p.patch.right)
            most = 1 if is_kept_whole else _MOST_PIECES
            for start, stop, patch in _join_runs(pieces, height, most):
                if patch.image is None:
                    patch = patch._replace(image=frame_ink(patch.ink))
                place = number, n_groups, pieces, start, stop
                hypotheses.append(Hypothesis(*place, patch))
            n_groups += 1
    return hypotheses, lines


def _is_text(line):
    is_likely = [mark.log_odds > 0 for mark in line]
    return len(line) > _LONG and sum(is_likely) < _LIKELY * len(line)


def _join_runs(pieces, height, most):
    """Join the runs of at most `most` neighbouring pieces that may form one digit.

    Parameters
    ----------
    pieces : list of Piece
        From left to right.
    height : float
        Height of the line's digits, in pixels.
    most : int

    Yields
    ------
    start, stop : int
        Indices of the first piece, and of the one after the last.
    patch : Patch
    """
    for start in range(len(pieces)):
        for stop in range(start + 1, min(start + most, len(pieces)) + 1):
            patch = join([piece.patch for piece in pieces[start:stop]])
            if stop > start + 1 and patch.width > _WIDEST * height:
                break
            if patch.height > _LOWEST * height:
                yield start, stop, patch
