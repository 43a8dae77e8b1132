"""Draw a network's losses, the weights of its first layer, and its surest errors.

Run it:

    python examples/plot_what_it_learnt.py

Each of the 25 images shows the weights of one unit of the first hidden layer: ink on
bright pixels raises its activation, ink on dark pixels lowers it. A plain grey image is
a dead unit: no image activates it, and weight decay has shrunk its weights to zero.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # saves the picture to a file, without a display

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from mnist_or_digits import load_images
from PIL import Image
from sklearn.pipeline import Pipeline

from skdigits import (
    DigitGalleryDisplay,
    DigitMLPClassifier,
    FirstLayerDisplay,
    Flatten,
    LossCurveDisplay,
)

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--epochs", type=int, default=50, help="passes over the images")
parser.add_argument("--output", type=Path, default="what_it_learnt.png")
arguments = parser.parse_args()

X_train, X_test, y_train, y_test = load_images()
clf = DigitMLPClassifier(epochs=arguments.epochs, verbose=1, random_state=0)
pipe = Pipeline([("flatten", Flatten()), ("clf", clf)])
pipe.fit(X_train, y_train)
print(f"Test accuracy: {pipe.score(X_test, y_test):.2%}")

sns.set_theme(style="whitegrid")
figure = plt.figure(figsize=(9, 7.5), dpi=110, layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
axes = figure.subplot_mosaic(
    [["losses", "units"], ["errors", "errors"]],
    width_ratios=[1, 1.2],
    height_ratios=[4, 3],
)
LossCurveDisplay.from_estimator(pipe, ax=axes["losses"])
FirstLayerDisplay.from_estimator(pipe, ax=axes["units"])
axes["units"].set_title("The units of the first layer")
DigitGalleryDisplay.from_estimator(
    pipe, X_test, y_test, only="errors", n_images=16, ax=axes["errors"]
)

figure.canvas.draw()
picture = Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB")
picture.quantize().save(arguments.output)  # 256 colours make a small file
print(f"Picture: {arguments.output.resolve()}")
