"""Searching, training and predicting on a Dask cluster of two processes."""

import copy
import logging
import os
import sys

import dask
import dask.array as da
import joblib
import numpy as np
import psutil
import pytest
from dask.distributed import Client, LocalCluster
from sklearn.model_selection import GridSearchCV

from skdigits import DigitMLPClassifier

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client():
    """Two workers on this machine; their processes are gone at the end."""
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",  # any free port
            silence_logs=logging.ERROR,  # about a worker that is slow to stop
        ) as cluster,
        Client(cluster) as client,
    ):
        processes = client.run(os.getpid).values()
        yield client
    assert not any(psutil.pid_exists(process) for process in processes)


def test_a_search_on_the_cluster_gives_the_same_scores_as_a_local_one(client, digits):
    grid = {"learning_rate": [1e-5, 1e-3, 1e-2]}
    clf = DigitMLPClassifier(epochs=3, random_state=0)
    local, remote = (GridSearchCV(clf, grid, cv=2, refit=False) for _ in range(2))
    local.fit(*digits)
    with joblib.parallel_config("dask"):
        remote.fit(*digits)
    np.testing.assert_array_equal(
        remote.cv_results_["mean_test_score"], local.cv_results_["mean_test_score"]
    )
    imported = client.run(lambda: "tensorflow" in sys.modules)
    assert len(imported) == 2
    assert any(imported.values())


def train(clf, rows, labels):
    """Return a copy trained on one more block."""
    return copy.deepcopy(clf).partial_fit(rows, labels, classes=range(10))


def test_a_dask_array_is_trained_on_block_by_block(client, digits):
    X, y = digits
    local = DigitMLPClassifier(random_state=0)
    remote = dask.delayed(local)
    rows = da.from_array(X, chunks=(600, -1)).to_delayed().ravel()
    labels = da.from_array(y, chunks=600).to_delayed()
    assert len(rows) == 3
    for i, (rows_block, labels_block) in enumerate(zip(rows, labels)):
        remote = dask.delayed(train)(remote, rows_block, labels_block)
        block = slice(600 * i, 600 * (i + 1))
        local = train(local, X[block], y[block])
    remote = remote.compute()
    assert remote.n_iter_ == 3
    for a, b in zip(remote.coefs_, local.coefs_):
        np.testing.assert_array_equal(a, b)


def test_a_dask_array_is_predicted_block_by_block(client, fitted, digits):
    X, _ = digits
    blocks = da.from_array(X, chunks=(500, -1))
    p = blocks.map_blocks(fitted.predict_proba, chunks=(500, 10), dtype=np.float32)
    # Matrix products over other numbers of rows may differ in their last bits.
    np.testing.assert_allclose(p.compute(), fitted.predict_proba(X), rtol=1e-4)
