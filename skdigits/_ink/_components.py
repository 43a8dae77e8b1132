"""Connected components of ink, and the choice of those that may be the digit."""

from typing import NamedTuple

import numpy as np
from scipy import ndimage

# Ink fainter than this belongs to no component.
FAINT = 0.1

# Fraction of the heaviest component's longer side: components nearer than this belong
# to the digit, such as the bar of a 5.
_GAP = 0.4

# Fraction of the heaviest component's ink: components with less must be nearer, within
# the fraction `_LIGHT_GAP` of its longer side.
_LIGHT, _LIGHT_GAP = 1 / 4, 0.2

# Fraction of the heaviest component's ink: a component with more may be the digit.
_SECOND = 0.1


class Patch(NamedTuple):
    """The ink of one or more components, cut out of a picture.

    Attributes
    ----------
    ink : ndarray of shape (height, width)
        0 is paper or another component's ink, 1 is full ink.
    top, left : int
        Position of the first row and column in the picture.
    log_odds : float
        Log-odds of being a digit; NaN if not computed.
    image : ndarray of shape (28, 28), uint8, or None
        The ink, framed; None if not computed.
    """

    ink: np.ndarray
    top: int
    left: int
    log_odds: float = np.nan
    image: np.ndarray | None = None

    @property
    def bottom(self):
        return self.top + len(self.ink)

    @property
    def right(self):
        return self.left + self.ink.shape[1]

    @property
    def height(self):
        return len(self.ink)

    @property
    def width(self):
        return self.ink.shape[1]

    @property
    def middle(self):
        """The row halfway between top and bottom."""
        return (self.top + self.bottom) / 2

    @property
    def box(self):
        """Top, left, bottom and right."""
        return self.top, self.left, self.bottom, self.right


def describe_patch(patch, shape, steepest):
    """Measure how full and sharp the ink is, and count the picture's edges it touches.

    Parameters
    ----------
    patch : Patch
    shape : tuple of int
        Height and width of the picture.
    steepest : ndarray of shape (height, width) or None
        The steepest slope near each pixel of the picture.

    Returns
    -------
    mean_ink : float
        Of the inked pixels.
    n_edges : int
    slope : float
        The median of the steepest slopes near full ink, which are low for illumination;
        0 if `steepest` is None.
    """
    top, left, bottom, right = patch.box
    n_edges = (top == 0) + (left == 0) + (bottom == shape[0]) + (right == shape[1])
    slope = 0.0
    if steepest is not None:
        is_full = patch.ink > patch.ink.max() / 2
        slope = np.median(steepest[top:bottom, left:right][is_full])
    return patch.ink[patch.ink > FAINT].mean(), n_edges, slope


def cut_out(ink):
    """Cut out the smallest rectangle that holds the ink.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        At least one pixel is above `FAINT`.

    Returns
    -------
    patch : Patch
    """
    rows, columns = ndimage.find_objects((ink > FAINT).astype(int))[0]
    return Patch(ink[rows, columns], rows.start, columns.start)


def choose_components(ink):
    """Choose the components that may be the digit, the likeliest first.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        0 is paper, 1 is full ink.

    Returns
    -------
    patches : list of Patch
        The heaviest component, the one with the most ink, together with those near it;
        the heaviest alone, if others are near it; and the second heaviest alone, if it
        is not too light. Empty if no ink is above 0.5.
    """
    labels, mass = weigh_components(ink)
    if not (ink > 0.5).any():
        return []
    if len(mass) == 2:
        return [cut_out(ink)]
    second, heaviest = np.argsort(mass)[-2:]
    kept = mark_near(heaviest, labels, mass)
    choices = [kept[labels]]
    if kept.sum() > 1:
        choices.append(labels == heaviest)
    if mass[second] > _SECOND * mass[heaviest]:
        choices.append(labels == second)
    inks = [np.where(choice, ink, 0) for choice in choices]
    return [cut_out(ink) for ink in inks if (ink > 0.5).any()]


def weigh_components(ink):
    """Find the components of ink, and how much ink each has.

    Parameters
    ----------
    ink : ndarray of shape (height, width)

    Returns
    -------
    labels : ndarray of shape (height, width), int
        0 is paper.
    mass : ndarray of shape (n_components + 1,)
        The amount of ink in each component; 0 for paper.
    """
    labels, n = ndimage.label(ink > FAINT, np.ones((3, 3)))
    mass = np.bincount(labels.ravel(), ink.ravel(), n + 1)
    mass[0] = 0
    return labels, mass


def mark_near(heaviest, labels, mass):
    """Mark the heaviest component and those near it.

    Parameters
    ----------
    heaviest : int
        Label of the heaviest component.
    labels : ndarray of shape (height, width), int
        0 is paper.
    mass : ndarray of shape (n_components + 1,)
        The amount of ink in each component.

    Returns
    -------
    kept : ndarray of shape (n_components + 1,), bool
    """
    box = ndimage.find_objects(labels)[heaviest - 1]
    size = max(side.stop - side.start for side in box)
    distance = ndimage.distance_transform_edt(labels != heaviest)
    gap = ndimage.minimum(distance, labels, np.arange(len(mass)))
    heavy = mass > _LIGHT * mass[heaviest]
    kept = gap <= size * np.where(heavy, _GAP, _LIGHT_GAP)
    kept[0] = False
    return kept
