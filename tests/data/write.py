"""Write the files that later versions are tested with, once before each release.

    python tests/data/write.py

Run it with the oldest supported versions of the dependencies, so that they can read
the files, too.
"""

from pathlib import Path

import joblib
import numpy as np
import skops.io
from sklearn.datasets import load_digits

from skdigits import DigitMLPClassifier, Flatten, __version__


def write(folder):
    folder.mkdir()
    X, y = load_digits(return_X_y=True)
    X, names = X.astype(np.uint8), np.array([f"digit {i}" for i in range(10)])
    settings = {"hidden_layer_sizes": (6, 5), "epochs": 10, "random_state": 0}
    predicts = DigitMLPClassifier(**settings).fit(X, names[y])
    goes_on = DigitMLPClassifier(
        **settings, warm_start=True, early_stopping=True, activation="tanh"
    )
    goes_on.fit(X.astype(np.float64), y)
    for name, clf in {"predicts": predicts, "goes_on": goes_on}.items():
        joblib.dump(clf, folder / f"{name}.joblib", compress=3)
        skops.io.dump(clf, folder / f"{name}.skops")
    joblib.dump(Flatten().fit(X.reshape(-1, 8, 8)), folder / "flatten.joblib")
    np.savez(
        folder / "expected.npz",
        predicts=predicts.predict_proba(X[:20]),
        goes_on=goes_on.predict_proba(X[:20]),
    )


if __name__ == "__main__":
    write(Path(__file__).parent / __version__)
