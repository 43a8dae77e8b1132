"""Gather what may be a digit on drawn pages, and train the network that chooses."""

from typing import NamedTuple

import joblib
import numpy as np
from page_pictures import draw_page
from scipy import ndimage
from sklearn.preprocessing import StandardScaler
from train_ink import fold_in

from skdigits import DigitMLPClassifier
from skdigits._page._evidence import describe
from skdigits._page._hypotheses import find_hypotheses
from skdigits._page._page_ink import find_marks

# A hypothesis is a digit if at least this part of its ink lies on a digit, and at least
# this part of the digit's under it; it is none if one of them is less than the others.
SAME_SHARE, SAME_COVER = 0.8, 0.8
OTHER_SHARE, OTHER_COVER = 0.7, 0.65

# Pixels by which learnt ink may be wider than what was drawn.
REACH = 4

# Added to the log-odds: people's pages are easier to read than drawn ones.
PRIOR = 1.5

# Pages in each job, so that the cores share them evenly.
PAGES = 25


class Hypotheses(NamedTuple):
    """What may be a digit on drawn pages.

    Attributes
    ----------
    evidence : ndarray of shape (n_hypotheses, n_numbers), float32
    is_digit : ndarray of shape (n_hypotheses,), bool
        Without those of which it is not clear.
    """

    evidence: np.ndarray
    is_digit: np.ndarray


def draw_hypotheses(images, zeros, n_pages, seed):
    """Draw pages, and find what may be a digit on them.

    Returns
    -------
    hypotheses : Hypotheses
    """
    jobs = [range(first, first + PAGES) for first in range(0, n_pages, PAGES)]
    parts = joblib.Parallel(-1)(
        joblib.delayed(_find_on_pages)(images, zeros, seed, job) for job in jobs
    )
    return Hypotheses(*map(np.concatenate, zip(*parts)))


def _find_on_pages(images, zeros, seed, numbers):
    found = [
        hypotheses
        for number in numbers
        for hypotheses in _find_on_page(
            images, zeros, np.random.default_rng([seed, number])
        )
    ]
    return Hypotheses(*map(np.concatenate, zip(*found)))


def _find_on_page(images, zeros, rng):
    """Yield the hypotheses of a page, if it has any."""
    drawn = draw_page(images, zeros, rng)
    page, marks = find_marks(drawn.pixels.reshape(*drawn.owner.shape, -1))
    hypotheses, lines = find_hypotheses(marks)
    if hypotheses:
        owner = _resample(drawn.owner, page.ink.shape)
        labels = np.array([_label(h.patch, *owner, drawn.kinds) for h in hypotheses])
        clear = labels >= 0
        evidence = describe(hypotheses, lines, page)
        yield Hypotheses(evidence[clear], labels[clear] == 1)


def _resample(owner, shape):
    """Return the owner of each pixel of ink, that of the nearest ink, and the areas."""
    rows, columns = ((np.arange(n) + 0.5) * m // n for n, m in zip(shape, owner.shape))
    owner = owner[np.ix_(rows.astype(int), columns.astype(int))]
    distance, nearest = ndimage.distance_transform_edt(owner == 0, return_indices=True)
    near = np.where(distance <= REACH, owner[tuple(nearest)], 0)
    return owner, near, np.bincount(owner.ravel())


def _label(patch, owner, near, areas, kinds):
    """Return 1 for a digit, 0 for none, -1 if that is not clear."""
    here = np.s_[patch.top : patch.bottom, patch.left : patch.right]
    ink = patch.ink > 0.3
    inked = np.bincount(near[here][ink], minlength=len(areas))
    inked[0] = 0
    best = inked.argmax()
    if not inked[best]:
        return 0
    share = inked[best] / ink.sum()
    covered = owner[here][ndimage.binary_dilation(ink)] == best
    cover = covered.sum() / max(areas[best], 1)
    kind = kinds[best - 1]
    if kind == "digit" and share > SAME_SHARE and cover > SAME_COVER:
        return 1
    is_unclear = share > OTHER_SHARE and cover > OTHER_COVER
    return -1 if is_unclear and kind != "other" else 0


def train_page(hypotheses):
    """Train on all that is told of each hypothesis."""
    scaler = StandardScaler().fit(hypotheses.evidence)
    rows = scaler.transform(hypotheses.evidence)
    clf = DigitMLPClassifier((32,), epochs=12, batch_size=128, random_state=0)
    clf.fit(rows, hypotheses.is_digit)
    print(f"{len(rows)} hypotheses, right: {clf.score(rows, hypotheses.is_digit):.2%}")
    clf.intercepts_[-1] += [-PRIOR / 2, PRIOR / 2]
    return fold_in(clf, scaler)
