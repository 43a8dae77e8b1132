"""Run a grid search on a Dask cluster, and train on a Dask array block by block.

Run it:

    python examples/plot_on_a_cluster.py

The cluster is two processes on this machine; ``Client("address:8786")`` connects to a
real one. Each worker needs skdigits, dask and distributed in the versions of this
process. Only the workers train, so this process does not import TensorFlow.
"""

import argparse
import copy
import logging
from pathlib import Path

import dask
import dask.array as da
import joblib
import matplotlib

matplotlib.use("Agg")  # saves the picture to a file, without a display

import matplotlib.pyplot as plt
import numpy as np
from dask.distributed import Client, LocalCluster
from mnist_or_digits import load_images
from sklearn.model_selection import GridSearchCV

from skdigits import DigitMLPClassifier, Flatten, LossCurveDisplay


def train(clf, rows, labels):
    """Return a copy trained on one more block; a task must not change its input."""
    return copy.deepcopy(clf).partial_fit(rows, labels, classes=range(10))


def main():
    """Start the cluster, search and train on it, and draw the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=5, help="passes over the images")
    parser.add_argument("--rows", type=int, default=12_000, help="images to train on")
    parser.add_argument("--output", type=Path, default="on_a_cluster.png")
    arguments = parser.parse_args()

    X_train, X_test, y_train, y_test = load_images()
    flatten = Flatten().fit(X_train)
    X = flatten.transform(X_train[: arguments.rows])
    y = y_train[: arguments.rows]

    clf = DigitMLPClassifier(epochs=arguments.epochs, random_state=0)
    rates = np.logspace(-4, -1, 7)
    search = GridSearchCV(clf, {"learning_rate": rates}, cv=3, refit=False)
    size = -(-len(X) // 6)
    blocks = da.from_array(X, chunks=(size, -1)), da.from_array(y, chunks=size)
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",  # any free port
            silence_logs=logging.ERROR,  # about a worker that is slow to stop
        ) as cluster,
        Client(cluster),
    ):
        with joblib.parallel_config("dask"):
            search.fit(X, y)
        trained = dask.delayed(clf)
        for _ in range(arguments.epochs):
            for rows, labels in zip(*(part.to_delayed().ravel() for part in blocks)):
                trained = dask.delayed(train)(trained, rows, labels)
        trained = trained.compute()

    results = search.cv_results_
    means, deviations = results["mean_test_score"], results["std_test_score"]
    print(f"Best of {len(rates)} rates: {search.best_params_['learning_rate']:.1e}")
    accuracy = trained.score(flatten.transform(X_test), y_test)
    print(f"Trained on {trained.n_iter_} blocks. Test accuracy: {accuracy:.2%}")

    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    left.errorbar(rates, means, yerr=deviations, marker="o", capsize=3)
    left.set(
        xscale="log",
        xlabel="Learning rate of Adam",
        ylabel="Accuracy (mean ± standard deviation of 3 folds)",
        title=f"Search: {len(X)} images, {arguments.epochs} epochs",
    )
    LossCurveDisplay.from_estimator(trained, ax=right)
    right.set(xlabel="Block", title="partial_fit on the blocks of a Dask array")
    figure.savefig(arguments.output, dpi=150)
    print(f"Picture: {arguments.output.resolve()}")


if __name__ == "__main__":  # because each worker imports this file
    main()
