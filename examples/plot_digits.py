"""Train on handwritten digits, and draw the confusion matrix.

Run it:

    python examples/plot_digits.py

It trains the network 784 → 25 → 15 → 10 on MNIST's 60,000 images, prints the accuracy
on the 10,000 test images and a report for each digit, and draws the confusion matrix.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # saves the picture to a file, without a display

from mnist_or_digits import load_images
from sklearn.metrics import accuracy_score, classification_report
from sklearn.pipeline import Pipeline

from skdigits import ConfusionHeatmapDisplay, DigitMLPClassifier, Flatten

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--epochs", type=int, default=50, help="passes over the images")
parser.add_argument("--output", type=Path, default="digits.png", help="picture file")
arguments = parser.parse_args()

X_train, X_test, y_train, y_test = load_images()
print(f"Training on {len(X_train)} images of {X_train.shape[1]} × {X_train.shape[2]}.")

clf = DigitMLPClassifier(epochs=arguments.epochs, verbose=1, random_state=0)
pipe = Pipeline([("flatten", Flatten()), ("clf", clf)])
pipe.fit(X_train, y_train)

y_pred = pipe.predict(X_test)
accuracy = accuracy_score(y_test, y_pred)
print(f"Test accuracy: {accuracy:.2%}")
print(classification_report(y_test, y_pred, digits=3))

display = ConfusionHeatmapDisplay.from_predictions(y_test, y_pred)
display.ax_.set_title(f"Test accuracy {accuracy:.2%}")
display.figure_.savefig(arguments.output, dpi=150)
print(f"Confusion matrix: {arguments.output.resolve()}")
