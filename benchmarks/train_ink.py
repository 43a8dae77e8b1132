"""Train the network that finds ink, and gather candidates from drawn pictures."""

from typing import NamedTuple

import joblib
import numpy as np
from ink_pictures import draw_picture
from scipy import ndimage
from sklearn.preprocessing import StandardScaler

from skdigits import DigitMLPClassifier
from skdigits._ink._candidates import describe
from skdigits._ink._features import measure
from skdigits._ink._framing import frame_ink
from skdigits._ink._grey import enlarge, resample, scale_and_shrink, to_grey
from skdigits._ink._ways import LARGEST_PICTURE, SMALLEST_PICTURE, find_inks

# Largest numbers of a picture's pixels to train on: of those within `REACH` pixels of
# ink, and of those farther away. Near ink, covered and other pixels are chosen equally
# often: the network then learns which fraction of a pixel is covered, and strokes keep
# their width.
NEAR, FAR, REACH = 300, 200, 4

# Correlation of a candidate with the drawn digit: above `SAME` it is that digit, below
# `OTHER` it is not; others are not trained on.
SAME, OTHER = 0.85, 0.7

# Fraction of the pictures that are blank, where the choice of candidates is trained.
BLANK = 0.5


def _sample_pixels(images, seed, n_pictures):
    """Draw pictures, and measure some of their pixels.

    Returns
    -------
    rows : ndarray of shape (n_pixels, n_numbers), float32
    is_ink : ndarray of shape (n_pixels,), bool
        True as often as the pixel is covered: the network learns the coverage.
    """
    rng = np.random.default_rng(seed)
    rows, is_ink = [], []
    for _ in range(n_pictures):
        picture = draw_picture(images, rng)
        pixels = picture.pixels.reshape(*picture.ink.shape, -1)
        grey, n = enlarge(
            to_grey(scale_and_shrink(pixels, LARGEST_PICTURE)), SMALLEST_PICTURE
        )
        ink = resample(picture.ink[..., np.newaxis].astype(np.float32), LARGEST_PICTURE)
        ink, _ = enlarge(ink[..., 0], SMALLEST_PICTURE)
        covered = (rng.random(ink.shape) < ink).ravel()
        near = ndimage.maximum_filter(ink > 0, 2 * REACH + 1).ravel()
        chosen = [
            rng.choice(np.flatnonzero(kind), min(most, kind.sum()), replace=False)
            for kind, most in ((near, NEAR), (~near, FAR))
        ]
        chosen = np.concatenate(chosen)
        of_pixels, of_picture = measure(grey * _polarity(grey, ink, rng), n)
        of_pixels = of_pixels.reshape(len(of_pixels), -1)[:, chosen].T
        same = np.broadcast_to(of_picture, (len(chosen), len(of_picture)))
        rows.append(np.concatenate([of_pixels, same], axis=1))
        is_ink.append(covered[chosen])
    return np.concatenate(rows), np.concatenate(is_ink)


def _polarity(grey, ink, rng):
    """Return 1 if the ink is lighter than the paper around it, else -1."""
    if not ink.any():
        return rng.choice([-1, 1])
    detail = grey - ndimage.gaussian_filter(grey, len(grey) / 10)
    return (
        1
        if (detail * (ink - ndimage.gaussian_filter(ink, len(grey) / 10))).sum() > 0
        else -1
    )


def train_ink(images, n_pictures, hidden_layer_sizes=(64, 32)):
    """Train the network that finds ink.

    Returns
    -------
    clf : DigitMLPClassifier
        It takes the numbers of `measure` as they are.
    """
    rows, is_ink = _in_parts(_sample_pixels, images, n_pictures)
    scaler = StandardScaler(copy=False).fit(rows)
    clf = DigitMLPClassifier(
        hidden_layer_sizes, epochs=12, batch_size=128, random_state=0
    )
    rows = scaler.transform(rows)
    clf.fit(rows, is_ink)
    right = clf.score(rows, is_ink)
    print(
        f"{len(rows)} pixels of {n_pictures} pictures, right: {right:.2%}", flush=True
    )
    return fold_in(clf, scaler)


def fold_in(clf, scaler):
    """Fold a scaler into the first layer of the network that was fitted behind it."""
    clf.coefs_[0] /= scaler.scale_[:, np.newaxis]
    clf.intercepts_[0] -= scaler.mean_ @ clf.coefs_[0]
    return clf


class Candidates(NamedTuple):
    """Candidates for the digits of drawn pictures that hold one digit each or none.

    Attributes
    ----------
    images : ndarray of shape (n_candidates, 28, 28), uint8
    evidence : ndarray of shape (n_candidates, n_numbers), float32
        As from `describe`.
    likeness : ndarray of shape (n_candidates,)
        Correlation with the drawn digit; 0 in blank pictures.
    picture : ndarray of shape (n_candidates,), int
        The number of the picture.
    """

    images: np.ndarray
    evidence: np.ndarray
    likeness: np.ndarray
    picture: np.ndarray

    @property
    def is_digit(self):
        """Whether a candidate is the drawn digit."""
        return self.likeness > SAME

    @property
    def is_other(self):
        """Whether a candidate is something else."""
        return self.likeness < OTHER


def draw_candidates(images, n_pictures):
    """Draw pictures, and find candidates for their digits.

    Returns
    -------
    candidates : Candidates
    """
    return Candidates(*_in_parts(_find_candidates, images, n_pictures))


def _find_candidates(images, seed, n_pictures):
    rng = np.random.default_rng([seed, 1])
    framed, evidence, likeness, numbers = [], [], [], []
    for i in range(n_pictures):
        picture = draw_picture(images, rng, blank=BLANK)
        digit = picture.digit if (picture.digit > 0.5).any() else None
        if digit is None and (picture.ink > 0.5).any():
            continue  # several digits
        for found in find_inks(picture.pixels.reshape(*picture.ink.shape, -1)):
            # The shipped networks were trained without strong ink, which came later.
            if not (found.patches and found.is_whole):
                continue
            frames = [frame_ink(patch.ink) for patch in found.patches]
            framed += frames
            evidence.append(describe(found))
            likeness += [0 if digit is None else _correlate(f, digit) for f in frames]
            numbers += [n_pictures * seed + i] * len(frames)
    return map(np.array, (framed, np.concatenate(evidence), likeness, numbers))


def _correlate(image, digit):
    a, b = (ndimage.gaussian_filter(x / 255, 1) for x in (image, frame_ink(digit)))
    return (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())


def _in_parts(draw, images, n_pictures):
    """Draw in as many processes as there are cores, always the same pictures."""
    parts = joblib.Parallel(-1)(
        joblib.delayed(draw)(images, seed, n_pictures // 8) for seed in range(8)
    )
    return [np.concatenate(arrays) for arrays in zip(*parts)]
