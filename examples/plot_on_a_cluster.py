"""
A search and a stream of blocks on a Dask cluster
=================================================

This script runs a grid search on a cluster, and trains on a Dask array block by block.
The cluster is two processes on this machine; ``Client("address:8786")`` connects to a
real one. Each worker needs skdigits, dask and distributed in the same versions as this
process. Only the workers train, so this process does not import TensorFlow.

The workers import the script, so everything it does is in functions, which are called
only under ``if __name__ == "__main__":``. The script is not run to build this page.
"""

# %%
# What it needs
# -------------

import copy
import logging
import sys

import joblib
import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV

from skdigits import DigitMLPClassifier, Flatten, LossCurveDisplay, load_digit_images

try:
    import dask
    import dask.array as da
    from dask.distributed import Client, LocalCluster
except ImportError:
    sys.exit('Dask is missing: pip install "dask[array]" distributed')

EPOCHS = 5
ROWS = 12_000

# %%
# A search, and a chain of tasks that each train on one block
# -----------------------------------------------------------


def train(clf, rows, labels):
    """Return a copy trained on one more block: a task must not change its input."""
    return copy.deepcopy(clf).partial_fit(rows, labels, classes=range(10))


def search_and_train(X, y):
    """Return a search over rates, and a network trained on blocks."""
    clf = DigitMLPClassifier(epochs=EPOCHS, random_state=0)
    rates = np.logspace(-4, -1, 7)
    search = GridSearchCV(clf, {"learning_rate": rates}, cv=3, refit=False)
    size = -(-len(X) // 6)
    blocks = da.from_array(X, chunks=(size, -1)), da.from_array(y, chunks=size)
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",  # any free port
            silence_logs=logging.ERROR,  # no warning if a worker is slow to stop
        ) as cluster,
        Client(cluster),
    ):
        with joblib.parallel_config("dask"):
            search.fit(X, y)
        trained = dask.delayed(clf)
        for _ in range(EPOCHS):
            for rows, labels in zip(*(part.to_delayed().ravel() for part in blocks)):
                trained = dask.delayed(train)(trained, rows, labels)
        return search, trained.compute()


# %%
# The scores, and the loss after each block
# -----------------------------------------


def draw(search, trained, n_images):
    """Draw the scores of the learning rates and the loss of each block."""
    results = search.cv_results_
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    left.errorbar(
        results["param_learning_rate"].astype(float),
        results["mean_test_score"],
        yerr=results["std_test_score"],
        marker="o",
        capsize=3,
    )
    left.set(
        xscale="log",
        xlabel="Learning rate of Adam",
        ylabel="Accuracy (mean ± standard deviation of 3 folds)",
        title=f"Search: {n_images} images, {EPOCHS} epochs",
    )
    LossCurveDisplay.from_estimator(trained, ax=right)
    right.set(xlabel="Block", title="partial_fit on the blocks of a Dask array")
    figure.savefig("on_a_cluster.png", dpi=150)
    print("Picture: on_a_cluster.png")


if __name__ == "__main__":  # because each worker imports this file
    X_train, X_test, y_train, y_test = load_digit_images()
    flatten = Flatten().fit(X_train)
    X = flatten.transform(X_train[:ROWS])
    search, trained = search_and_train(X, y_train[:ROWS])
    print(f"Best learning rate: {search.best_params_['learning_rate']:.1e}")
    accuracy = trained.score(flatten.transform(X_test), y_test)
    print(f"Trained on {trained.n_iter_} blocks. Test accuracy: {accuracy:.2%}")
    draw(search, trained, len(X))
    plt.show()

# sphinx_gallery_thumbnail_path = '_static/thumbnails/on_a_cluster.png'
