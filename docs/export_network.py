"""Train the network of the page to draw on, and write it where the page finds it.

Run it where there is a copy of MNIST; it takes some minutes:

    python docs/export_network.py

`docs/_static/digit_network.js` holds a script, not JSON, because a page that is opened
from disk may load scripts only.
"""

import base64
import json
from functools import partial
from pathlib import Path

import numpy as np

from skdigits import DigitMLPClassifier, Flatten, fetch_mnist, random_affine

FILE = Path(__file__).parent / "_static" / "digit_network.js"
EPOCHS = 150

# Wider than augmentation="affine": drawings with a mouse vary more than MNIST.
STRONGER = partial(random_affine, rotation=8, shift=0.035, scale=0.08, shear=0.05)


def encode(array):
    """Encode an array's bytes, which are little-endian on all common machines."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def main():
    """Train, and write weights, mean pixels and an image of each digit."""
    X, y = fetch_mnist(return_X_y=True)
    X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    flatten = Flatten()
    rows, test_rows = flatten.fit_transform(X), flatten.transform(X_test)
    clf = DigitMLPClassifier(
        epochs=EPOCHS, augmentation=STRONGER, verbose=1, random_state=0
    )
    clf.fit(rows, y)
    accuracy = clf.score(test_rows, y_test)
    print(f"Test accuracy: {accuracy:.2%}")
    logits = clf.decision_function(test_rows)
    right = logits.argmax(axis=1) == y_test
    examples = [test_rows[right & (y_test == digit)][0] for digit in range(10)]
    network = {
        "accuracy": round(accuracy, 4),
        "sizes": [len(clf.coefs_[0]), *map(len, clf.intercepts_)],
        "coefs": [encode(weights.astype("<f4")) for weights in clf.coefs_],
        "intercepts": [encode(values.astype("<f4")) for values in clf.intercepts_],
        "examples": [encode(image) for image in examples],
    }
    FILE.write_text(f"const DIGIT_NETWORK = {json.dumps(network)};\n")
    print(f"{FILE}: {FILE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
