"""A user's script with every public name, for the type checkers; it is not run."""

from functools import partial
from pathlib import Path
from typing import Any, assert_type

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from PIL import Image

from skdigits import (
    AttributionDisplay,
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
    __version__,
    fetch_mnist,
    load_digit_detector,
    load_digit_images,
    load_digit_reader,
    random_affine,
    split_digits,
)

Array = NDArray[Any]
Floats = NDArray[np.floating[Any]]

# Data

X, y = fetch_mnist(return_X_y=True)
assert_type(X, NDArray[np.uint8])
assert_type(y, NDArray[np.int64])
bunch = fetch_mnist(subset="all", data_home=Path("data"), download_if_missing=False)
either = fetch_mnist(return_X_y=bool(np.any(y)))
at_hand = load_digit_images()
assert_type(at_hand, tuple[Array, Array, Array, Array])
print(__version__, bunch.data, bunch.target_names, len(either))

# Transformers

paths = CenterDigit().transform([Path("a.png"), "b.png", Image.open("c.png"), X[0]])
cut = [split_digits(picture) for picture in (Path("a.png"), Image.open("c.png"), X[0])]
images = CenterDigit(28, box=20, on_blank="keep").fit(X).transform(X)
images = StraightenDigit(height=0.28, width=0.2).fit(images).transform(images)
planes = GradientDirections().fit(images).transform(images)
flatten = Flatten().fit(planes, y)
assert_type(flatten, Flatten)
assert_type(flatten.sample_shape_, tuple[int, ...])
rows = flatten.transform(planes)
assert_type(rows, Array)
assert_type(flatten.inverse_transform(rows), Array)
assert_type(flatten.get_feature_names_out(), Array)
warped = random_affine(images[:9], rng=0, rotation=8, shift=0.1, scale=0.1, shear=0)
assert_type(warped, Array)

# Classifier

clf = DigitMLPClassifier(
    (25, 15),
    "relu",
    learning_rate=1e-3,
    learning_rate_schedule="constant",
    weight_decay="auto",
    ema_momentum=None,
    batch_size=64,
    epochs=3,
    rescale=True,
    augmentation=partial(random_affine, rotation=15),
    image_shape=(28, 28),
    class_weight={0: 2},
    early_stopping=True,
    scoring="accuracy",
    validation_fraction=0.2,
    n_iter_no_change=np.inf,
    tol=0,
    warm_start=True,
    shuffle=False,
    verbose=True,
    random_state=np.random.RandomState(0),
)
weights = np.ones(len(y))
fitted = clf.fit(rows, y, weights, X_val=rows, y_val=y, sample_weight_val=weights)
assert_type(fitted, DigitMLPClassifier)
assert_type(clf.partial_fit(rows, y, classes=range(10)), DigitMLPClassifier)
assert_type(clf.predict([[0.0] * 784]), Array)
assert_type(clf.predict_proba(rows), Floats)
assert_type(clf.predict_log_proba(rows), Floats)
assert_type(clf.decision_function(rows), Floats)
assert_type(clf.hidden_activations(rows), list[Floats])
assert_type(clf.classes_, Array)
assert_type(clf.coefs_, list[Floats])
assert_type(clf.intercepts_[0], Floats)
assert_type(clf.loss_curve_, list[float])
assert_type(clf.n_iter_, int)
assert_type(clf.validation_loss_curve_, list[float])
assert_type(clf.validation_scores_, list[float])
assert_type(clf.best_validation_score_, float)
assert_type(clf.best_epoch_, int)
assert_type(clf.loss_, float)
assert_type(clf.best_loss_, float)
assert_type(clf.n_layers_, int)
assert_type(clf.n_outputs_, int)
assert_type(clf.out_activation_, str)
assert_type(clf.n_features_in_, int)
assert_type(clf.feature_names_in_, Array)
again = DigitMLPClassifier.from_keras(clf.to_keras(), classes=list("abcdefghij"))
assert_type(again, DigitMLPClassifier)
print(clf.score(rows, y), clf.get_params(), clf.to_sklearn().predict(rows))

# Displays

confusion = ConfusionHeatmapDisplay(np.eye(10)).plot(cmap="Blues", colorbar=False)
assert_type(confusion, ConfusionHeatmapDisplay)
assert_type(confusion.ax_, Axes)
ConfusionHeatmapDisplay.from_predictions(y, clf.predict(rows))
losses = LossCurveDisplay.from_estimator(clf, loss_kw={"color": "black"})
assert_type(losses, LossCurveDisplay)
assert_type(LossCurveDisplay([0.9, 0.5], best_epoch=2).plot().ax_, Axes)
LossCurveDisplay.from_cv_results({"estimator": [clf, clf]}, ax=losses.ax_)
gallery = DigitGalleryDisplay.from_estimator(clf, rows, y, only="errors", n_images=9)
assert_type(gallery, DigitGalleryDisplay)
assert_type(gallery.y_pred, Array)
DigitGalleryDisplay.from_predictions(y, y, images=X, ax=gallery.ax_).plot(n_columns=3)
layer = FirstLayerDisplay.from_estimator(clf, image_shape=(4, 14, 14))
assert_type(layer.plot(), FirstLayerDisplay)
why = AttributionDisplay.from_estimator(clf, rows[0], labels=(7, 1), ax=gallery.ax_)
assert_type(why.plot(cmap="vlag"), AttributionDisplay)
assert_type(
    AttributionDisplay.from_estimator(load_digit_reader(), "seven.png").ax_, Axes
)
reading = ReadingDisplay.from_picture("seven.png", load_digit_reader(), cmap="Blues")
assert_type(reading, ReadingDisplay)
assert_type(reading.axes_["framed"], Axes)
ReadingDisplay.from_picture(X[0]).plot(ax=gallery.ax_)
figures = [confusion.figure_, losses.figure_, gallery.figure_, layer.figure_]
for figure in (*figures, why.figure_, reading.figure_):
    figure.savefig("display.png")

# Reading pictures

pictures, boxes, lines = split_digits(X[0])
assert_type(pictures, list[Array])
print(load_digit_reader().predict(pictures), boxes, lines)
print(load_digit_detector().predict(pictures))
