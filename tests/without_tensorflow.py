"""What works beside NumPy, SciPy and scikit-learn alone, and what else says.

Run by `test_without_tensorflow.py`, with the folder of the files as its argument.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import joblib
import numpy as np
from sklearn.datasets import load_digits

import skdigits
from skdigits import (
    CenterDigit,
    ConfusionHeatmapDisplay,
    DigitGalleryDisplay,
    DigitMLPClassifier,
    FirstLayerDisplay,
    Flatten,
    GradientDirections,
    LossCurveDisplay,
    ReadingDisplay,
    StraightenDigit,
    fetch_mnist,
    load_digit_reader,
    random_affine,
    split_digits,
)

folder = Path(sys.argv[1])
images, y = load_digits().images.astype(np.uint8), load_digits().target
X = Flatten().fit_transform(images)

clf = joblib.load(folder / "predicts.joblib")
assert clf.score(X, [f"digit {digit}" for digit in y]) > 0.7
expected = np.load(folder / "expected.npz")["predicts"]
np.testing.assert_allclose(clf.predict_proba(X[:20]), expected, rtol=1e-4, atol=1e-7)
assert clf.to_sklearn().predict(X[:1]) == clf.predict(X[:1])
assert CenterDigit().transform(images[:9]).shape == (9, 28, 28)
assert load_digit_reader().predict(images[:9]).shape == (9,)
assert StraightenDigit().transform(images).shape == images.shape
assert random_affine(images, 0).shape == images.shape
assert GradientDirections().transform(images).shape == (len(X), 4, 4, 4)


def says(words, function, *arguments, **keywords):
    """Check that the function fails and says what to install."""
    message = "nothing"
    try:
        function(*arguments, **keywords)
    except ImportError as error:
        message = str(error)
    assert message.endswith(f": pip install {words}"), (function, message)


new = DigitMLPClassifier()
before = dict(vars(new))
says("tensorflow keras", new.fit, X, y)
assert vars(new) == before
says("tensorflow keras", new.partial_fit, X, y, classes=range(10))
says("tensorflow keras", clf.to_keras)
says("rich", DigitMLPClassifier(verbose=1).fit, X, y)
says("matplotlib seaborn", LossCurveDisplay.from_estimator, clf)
says("matplotlib seaborn", FirstLayerDisplay.from_estimator, clf)
says("matplotlib seaborn", DigitGalleryDisplay.from_estimator, clf, X, clf.predict(X))
says("matplotlib seaborn", ConfusionHeatmapDisplay(np.eye(2)).plot)
says("matplotlib seaborn", ReadingDisplay.from_picture, X[0].reshape(8, 8))
if find_spec("PIL"):
    from PIL import Image

    page = np.full((120, 90), 255, np.uint8)
    page[20:80, 50:56] = 0  # a 1
    Image.fromarray(page).save("one.png")
    assert load_digit_reader().predict(["one.png"]) == [1]
else:
    says("pillow", ReadingDisplay.from_picture, "seven.png")
    says("pillow", load_digit_reader().predict, ["seven.png"])
    says("pillow", split_digits, "page.png")
says("skl2onnx", import_module, "skdigits.onnx")
says("pooch", fetch_mnist, data_home=folder / "none")
print(skdigits.__version__)
