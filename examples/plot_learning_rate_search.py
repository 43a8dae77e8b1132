"""Search for the best learning rate with GridSearchCV, and draw the scores.

Run it:

    python examples/plot_learning_rate_search.py

The training program is compiled once and reused for every learning rate and fold. Two
threads share it and give the same scores as one; new processes would each import
TensorFlow and compile it themselves.
"""

import argparse
from pathlib import Path

import joblib
import matplotlib

matplotlib.use("Agg")  # saves the picture to a file, without a display

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from mnist_or_digits import load_images
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skdigits import DigitMLPClassifier, Flatten

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--epochs", type=int, default=5, help="passes over the images")
parser.add_argument("--rows", type=int, default=12_000, help="images to search on")
parser.add_argument("--output", type=Path, default="learning_rate_search.png")
arguments = parser.parse_args()

X_train, X_test, y_train, y_test = load_images()
X, y = X_train[: arguments.rows], y_train[: arguments.rows]

clf = DigitMLPClassifier(epochs=arguments.epochs, random_state=0)
pipe = Pipeline([("flatten", Flatten()), ("clf", clf)])
rates = np.logspace(-5, -1, 9)
search = GridSearchCV(pipe, {"clf__learning_rate": rates}, cv=3)
with joblib.parallel_config("threading", n_jobs=2):
    search.fit(X, y)

results = search.cv_results_
means, deviations = results["mean_test_score"], results["std_test_score"]
for rate, mean, deviation in zip(rates, means, deviations, strict=True):
    print(f"learning_rate {rate:8.1e}: accuracy {mean:.3f} ± {deviation:.3f}")
best = search.best_params_["clf__learning_rate"]
print(f"Best: {best:.1e}; test accuracy {search.score(X_test, y_test):.2%}")

sns.set_theme(style="whitegrid", palette="colorblind")
figure, ax = plt.subplots(layout="constrained")
ax.errorbar(rates, means, yerr=deviations, marker="o", capsize=3)
ax.axvline(best, linestyle="--", color="0.4", label=f"best: {best:.1e}")
ax.set(
    xscale="log",
    xlabel="Learning rate of Adam",
    ylabel="Accuracy (mean ± standard deviation of 3 folds)",
    title=f"{len(X)} images, {arguments.epochs} epochs",
)
ax.legend()
figure.savefig(arguments.output, dpi=150)
print(f"Picture: {arguments.output.resolve()}")
