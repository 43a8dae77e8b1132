"""Train the networks that come with the package, and write their weights into it.

    python benchmarks/train_reader.py

They see MNIST's training images and drawn ones, and nobody's pictures:

- the network that finds ink, pixels of drawn pictures;
- the detector, digits and non-digits, and candidates from that ink. Its threshold
  rejects 0.5 % of 10,000 of MNIST's images that it was not trained on;
- the network that chooses among a picture's candidates, the evidence for each;
- the reader, digits;
- the networks that choose among the hypotheses of drawn pages.

Takes most of an hour on two cores.
"""

import argparse
from pathlib import Path

import numpy as np
from detector_images import draw_coarse, draw_digits, draw_not_digits, draw_writing
from drawn_hands import draw_up_hand, hands
from elastic import bend
from joblib.externals.loky import get_reusable_executor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from train_ink import draw_candidates, fold_in, train_ink
from train_pages import draw_hypotheses, train_pages

import skdigits
from skdigits import (
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    fetch_mnist,
    random_affine,
)
from skdigits._weights import load_weights

WARPS = {"rotation": 10, "shift": 0.02, "scale": 0.12, "shear": 0.15}
BEND = 0.5  # pixels
# Copies of each image and of each drawn digit; all but the first are warped and bent.
# The table of what was tried is in README.md.
COPIES, DRAWN_COPIES = 11, 3
# The drawn ones pull narrow sevens over to them; this holds them back.
CLASS_WEIGHT = {7: 1.5}
# The logits are divided by it. It minimises the log-loss of images of MNIST
# and of drawn pictures through CenterDigit, half and half; table in README.md.
TEMPERATURE = 1.7
# Part of drawn blank pages on which no candidate may pass for a digit. They are harder
# than blank paper: form boxes, patterns, dark edges.
BLANK = 0.88
# Part of the held-out images that the detector rejects. Other people's digits are
# harder: of those that are read correctly it rejects up to 2 %, with 0.01 up to 4 %.
REJECTED = 0.005
FILE = Path(skdigits.__file__).parent / "weights.npz"


def train_reader(features, X, y, drawn, drawn_labels, rng, *, seed=0):
    """Train on the images, on drawn digits, and on warped and bent copies of both."""
    rows = np.concatenate(
        [
            copy_rows(features, X, COPIES, rng),
            copy_rows(features, drawn, DRAWN_COPIES, rng),
        ]
    )
    labels = np.concatenate([np.tile(y, COPIES), np.tile(drawn_labels, DRAWN_COPIES)])
    clf = DigitMLPClassifier(
        epochs=11,
        weight_decay=0.018,
        class_weight=CLASS_WEIGHT,
        random_state=seed,
        verbose=1,
    )
    clf.fit(rows, labels)
    clf.coefs_[-1] /= TEMPERATURE
    clf.intercepts_[-1] /= TEMPERATURE
    return clf


def copy_rows(features, images, n_copies, rng):
    """Return the rows of the images, and of n_copies - 1 changed copies of them."""
    rows = [features.transform(images)]
    for _ in range(n_copies - 1):
        warped = random_affine(images, rng, **WARPS)
        rows.append(features.transform(bend(warped, rng, strength=BEND)))
    return np.concatenate(rows)


def draw_many_hands(n_hands, seed):
    """Yield five digits of each kind by each of many persons, in forms of their own."""
    rng = np.random.default_rng(seed)
    for _ in range(n_hands):
        yield draw_up_hand(rng)(np.tile(np.arange(10), 5), rng)


def train_detector(features, X, X_held_out, drawn, candidates, rng):
    """Train on handwritten and drawn digits, non-digits and pictures' candidates."""
    digits = [X, drawn, draw_digits(X, rng, 2000), draw_coarse(X, rng, 5000)]
    digits.append(candidates.images[candidates.is_digit])
    others = draw_not_digits(X, rng, 3500) | draw_writing(3500, seed=77)
    # Many look like another digit.
    others["parts of digits"] = others["parts of digits"][:1000]
    others["of pictures"] = candidates.images[candidates.is_other]
    rows = features.transform(np.concatenate([*digits, *others.values()]))
    is_digit = np.arange(len(rows)) < sum(map(len, digits))
    clf = DigitMLPClassifier(
        (40,), epochs=40, batch_size=128, random_state=0, verbose=1
    )
    clf.fit(rows, is_digit)
    log_odds = clf.decision_function(features.transform(X_held_out))
    limit = np.quantile(log_odds, REJECTED)
    clf.intercepts_[-1] -= [-limit / 2, limit / 2]
    return clf


def train_chooser(features, detector, candidates):
    """Train on the detector's log-odds and the other evidence of each candidate."""
    log_odds = detector.decision_function(features.transform(candidates.images))
    evidence = np.column_stack([log_odds, candidates.evidence])
    chosen = candidates.is_digit | candidates.is_other
    scaler = StandardScaler().fit(evidence)
    clf = DigitMLPClassifier((16,), epochs=30, batch_size=64, random_state=0)
    clf.fit(scaler.transform(evidence[chosen]), candidates.is_digit[chosen])
    fold_in(clf, scaler)
    log_odds = clf.decision_function(evidence)
    is_blank = candidates.likeness == 0
    best = np.full(candidates.picture.max() + 1, -np.inf)
    np.maximum.at(best, candidates.picture[is_blank], log_odds[is_blank])
    limit = np.quantile(best[np.isfinite(best)], BLANK)
    clf.intercepts_[-1] -= [-limit / 2, limit / 2]
    return clf


def write(**networks):
    """Write networks into the file of weights, beside those that it has.

    Large layers in half precision.
    """
    with np.load(FILE) as file:
        arrays = {key: file[key] for key in file if key.split("_")[0] not in networks}
    for name, clf in networks.items():
        for kind in ("coefs", "intercepts"):
            for i, array in enumerate(getattr(clf, f"{kind}_")):
                dtype = np.float16 if array.size > 10_000 else np.float32
                arrays[f"{name}_{kind}_{i}"] = array.astype(dtype)
    np.savez(FILE, **arrays)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()

    X, y = fetch_mnist(return_X_y=True)
    features = make_pipeline(StraightenDigit(), GradientDirections(), Flatten())
    features.fit(X[:1])
    by_label = [X[:50000][y[:50000] == label] for label in range(10)]
    write(ink=train_ink(by_label, n_pictures=20000))
    candidates = draw_candidates(by_label, n_pictures=12000)
    rng = np.random.default_rng(1)
    drawn, _ = hands(rng, 50_000, hasty=True)
    drawn = np.concatenate([drawn, *draw_many_hands(400, seed=99)])
    detector = train_detector(features, X[:50000], X[50000:], drawn, candidates, rng)
    write(detector=detector, chooser=train_chooser(features, detector, candidates))
    rng = np.random.default_rng(0)
    drawn, drawn_labels = hands(rng, 60_000)
    write(reader=train_reader(features, X, y, drawn, drawn_labels, rng))
    load_weights.cache_clear()
    get_reusable_executor().shutdown()  # its processes hold the weights of before
    page, context = train_pages(draw_hypotheses(by_label, n_pages=4000, seed=92))
    write(page=page, context=context)
    print(f"{FILE}: {FILE.stat().st_size:,} bytes")
