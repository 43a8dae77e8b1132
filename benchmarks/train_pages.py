"""Gather hypotheses from drawn pages, and train the networks that choose among them."""

from typing import NamedTuple

import joblib
import numpy as np
from page_pictures import draw_page
from scipy import ndimage
from sklearn.preprocessing import StandardScaler
from train_ink import fold_in

from skdigits import DigitMLPClassifier
from skdigits._page._best_choice import Places, find_places
from skdigits._page._context import look_around
from skdigits._page._evidence import describe
from skdigits._page._hypotheses import find_hypotheses
from skdigits._page._page_ink import find_marks, learn_all

# Fractions of a hypothesis's ink on a digit, and of the digit's ink in the hypothesis:
# above both of `SAME_`, the hypothesis is that digit; below either of `OTHER_`, it is
# not; others are not trained on.
SAME_SHARE, SAME_COVER = 0.8, 0.8
OTHER_SHARE, OTHER_COVER = 0.7, 0.65

# Pixels by which learnt ink may be wider than what was drawn.
REACH = 4

# Added to the log-odds: people's pages are easier to read than drawn ones.
PRIOR = 1.1

# Pages in each job, so that the cores share them evenly.
PAGES = 25


# Labels of a hypothesis. Only its context tells that a letter like s is no digit.
UNCLEAR, OTHER, DIGIT, IN_WORD = -1, 0, 1, 2


class Hypotheses(NamedTuple):
    """Hypotheses of drawn pages.

    Attributes
    ----------
    evidence : ndarray of shape (n_hypotheses, n_numbers), float32
        As from `describe`.
    label : ndarray of shape (n_hypotheses,), int
        DIGIT, OTHER, IN_WORD or UNCLEAR.
    place : ndarray of shape (n_hypotheses, 4), int
        The columns are those of Places.
    page : ndarray of shape (n_hypotheses,), int
        The number of the page.
    """

    evidence: np.ndarray
    label: np.ndarray
    place: np.ndarray
    page: np.ndarray


def draw_hypotheses(images, n_pages, seed):
    """Draw pages, and find their hypotheses.

    Returns
    -------
    hypotheses : Hypotheses
    """
    jobs = [range(first, first + PAGES) for first in range(0, n_pages, PAGES)]
    parts = joblib.Parallel(-1)(
        joblib.delayed(_find_on_pages)(images, seed, job) for job in jobs
    )
    return Hypotheses(*map(np.concatenate, zip(*parts)))


def _find_on_pages(images, seed, numbers):
    found = [
        hypotheses
        for number in numbers
        for hypotheses in _find_on_page(images, seed, number)
    ]
    return Hypotheses(*map(np.concatenate, zip(*found)))


def _find_on_page(images, seed, number):
    """Yield the hypotheses of a page, if it has any."""
    drawn = draw_page(images, np.random.default_rng([seed, number]))
    picture = drawn.pixels.reshape(*drawn.owner.shape, -1)
    page, marks = find_marks(picture, learn_all)
    hypotheses, lines = find_hypotheses(marks)
    if hypotheses:
        owner = _resample(drawn.owner, page.ink.shape)
        labels = [_label(h.patch, *owner, drawn.kinds) for h in hypotheses]
        yield Hypotheses(
            describe(hypotheses, lines, page),
            np.array(labels),
            np.column_stack(find_places(hypotheses)),
            np.full(len(labels), number),
        )


def _resample(owner, shape):
    """Return the owner of each pixel of ink, that of the nearest ink, and the areas."""
    rows, columns = ((np.arange(n) + 0.5) * m // n for n, m in zip(shape, owner.shape))
    owner = owner[np.ix_(rows.astype(int), columns.astype(int))]
    distance, nearest = ndimage.distance_transform_edt(owner == 0, return_indices=True)
    near = np.where(distance <= REACH, owner[tuple(nearest)], 0)
    return owner, near, np.bincount(owner.ravel())


def _label(patch, owner, near, areas, kinds):
    """Return the label of a patch."""
    here = np.s_[patch.top : patch.bottom, patch.left : patch.right]
    ink = patch.ink > 0.3
    inked = np.bincount(near[here][ink], minlength=len(areas))
    inked[0] = 0
    best = inked.argmax()
    if not inked[best]:
        return OTHER
    share = inked[best] / ink.sum()
    covered = owner[here][ndimage.binary_dilation(ink)] == best
    cover = covered.sum() / max(areas[best], 1)
    kind = kinds[best - 1]
    if kind == "digit" and share > SAME_SHARE and cover > SAME_COVER:
        return DIGIT
    if kind == "other" or share < OTHER_SHARE or cover < OTHER_COVER:
        return OTHER
    return IN_WORD if kind == "in word" else UNCLEAR


def train_pages(hypotheses):
    """Train the network that judges a hypothesis by itself, and the one in context.

    Returns
    -------
    page, context : DigitMLPClassifier
        They take the numbers as they are.
    """
    label = hypotheses.label
    page = _train(hypotheses.evidence, np.where(label == IN_WORD, UNCLEAR, label))
    log_odds = page.decision_function(hypotheses.evidence)
    pages = np.flatnonzero(np.diff(hypotheses.page)) + 1
    context = np.concatenate(
        [
            look_around(Places(*place.T), of_page)
            for place, of_page in zip(
                np.split(hypotheses.place, pages), np.split(log_odds, pages)
            )
        ]
    )
    numbers = np.column_stack([hypotheses.evidence, log_odds, context])
    return page, _train(numbers, np.where(label == IN_WORD, OTHER, label))


def _train(numbers, label):
    numbers, is_digit = numbers[label != UNCLEAR], label[label != UNCLEAR] == DIGIT
    scaler = StandardScaler().fit(numbers)
    rows = scaler.transform(numbers)
    clf = DigitMLPClassifier((32,), epochs=12, batch_size=128, random_state=0)
    clf.fit(rows, is_digit)
    print(f"{len(rows)} hypotheses, right: {clf.score(rows, is_digit):.2%}")
    clf.intercepts_[-1] += [-PRIOR / 2, PRIOR / 2]
    return fold_in(clf, scaler)
