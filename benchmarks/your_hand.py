"""Measure the guide's recipe for one person's digits: python benchmarks/your_hand.py.

The hands are drawn: 200 people whose control points are shifted, of which the 16 with
the most errors of the shipped reader are hard, and 40 as they come. A folder of real
people's pictures, ``FOLDER/PERSON/LABEL*.*``, is measured as well if it is given. Some
digits of each kind adapt the reader, the others test it; pictures without ink are left
out. MNIST's test images are read by each adapted reader: other people's digits.
"""

import argparse
from pathlib import Path

import numpy as np
from drawn_hands import draw_up_hand
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import label_binarize, normalize

from skdigits import CenterDigit, fetch_mnist, load_digit_reader

READER = load_digit_reader()


def adapt(images, labels, weight=2.8, gamma=10):
    """Return a function from framed images to labels: the recipe of the guide.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28)
        Of one person or one class.
    labels : array-like of shape (n,)
    weight : float
        Added to a class's logit for an image equal to one of that class.
    gamma : float
        Of the kernel between rows of unit length, squared distances 0 to 2.
    """
    to_rows, clf = READER[1:-1], READER[-1]
    mine = normalize(to_rows.transform(images))
    kinds = label_binarize(labels, classes=clf.classes_)

    def predict(images):
        rows = to_rows.transform(images)
        similar = rbf_kernel(normalize(rows), mine, gamma=gamma)
        logits = clf.decision_function(rows) + weight * similar @ kinds
        return clf.classes_[logits.argmax(axis=1)]

    return predict


def split(labels, n_each, rng):
    """Return the places of up to `n_each` digits of each kind, and of the others."""
    order = rng.permutation(len(labels))
    adapting = np.concatenate(
        [
            (places := order[labels[order] == label])[: min(n_each, len(places) - 1)]
            for label in np.unique(labels)
        ]
    )
    return adapting, np.setdiff1d(order, adapting)


def measure(people, n_each, n_draws, others):
    """Print errors before and after, pooled over people and draws."""
    before = after = n = 0
    on_others = []
    for images, labels in people:
        for seed in range(n_draws):
            rng = np.random.default_rng(seed)
            adapting, testing = split(labels, n_each, rng)
            predict = adapt(images[adapting], labels[adapting])
            truth = labels[testing]
            before += (READER[1:].predict(images[testing]) != truth).sum()
            after += (predict(images[testing]) != truth).sum()
            n += len(truth)
            on_others.append(100 * (predict(others[0]) == others[1]).mean())
    print(
        f"  {n_each:2} of each: {before} of {n} wrong ({100 * before / n:.2f} %) "
        f"-> {after} ({100 * after / n:.2f} %), "
        f"MNIST {np.mean(on_others):.2f} %, worst {min(on_others):.2f} %"
    )


def read_people(folder):
    """Return the framed pictures of each person, blank ones left out."""
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        files = sorted(person.iterdir())
        images = CenterDigit(on_blank="keep").transform([str(f) for f in files])
        inked = images.any(axis=(1, 2))
        labels = np.array([int(file.name[0]) for file in files])
        yield images[inked], labels[inked]


def drawn_people(seeds, n_each):
    """Return digits of drawn hands, `n_each` of each kind."""
    labels = np.repeat(np.arange(10), n_each)
    for seed in seeds:
        write = draw_up_hand(np.random.default_rng([seed, 0]))
        yield write(labels, np.random.default_rng([seed, n_each])), labels


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--draws", type=int, default=5)
    arguments = parser.parse_args()
    X, y = fetch_mnist(subset="test", return_X_y=True)
    others = X[::5], y[::5]
    accuracy = [
        (READER[1:].predict(images) == labels).mean()
        for images, labels in drawn_people(range(200), 6)
    ]
    hard = np.argsort(accuracy, kind="stable")[:16]
    groups = {
        "hard synthetic writers": (list(drawn_people(hard, 20)), 1),
        "other synthetic writers": (list(drawn_people(range(200, 240), 20)), 1),
    }
    for folder in arguments.folders:
        groups[folder.name] = (list(read_people(folder)), arguments.draws)
    for name, (people, n_draws) in groups.items():
        print(f"{name}: {len(people)} people")
        for n_each in (1, 5, 10):
            # Enough to test remains of those that have more than that of most kinds.
            able = [p for p in people if np.median(np.bincount(p[1])) > n_each]
            if able:
                measure(able, n_each, n_draws, others)


if __name__ == "__main__":
    main()
