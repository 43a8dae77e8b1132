"""Searching, learning and predicting on a Dask cluster of two processes."""

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


@pytest.fixture(scope="module")
def client():
    """Two workers on this machine, gone without a trace at the end."""
    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=":0",  # any port that is free
            silence_logs=logging.ERROR,  # of a worker that is slow to leave
        ) as cluster,
        Client(cluster) as client,
    ):
        processes = client.run(os.getpid).values()
        yield client
    assert not any(psutil.pid_exists(process) for process in processes)


def test_a_search_on_the_cluster_finds_what_a_search_here_finds(client, digits):
    grid = {"learning_rate": [1e-5, 1e-3, 1e-2]}
    clf = DigitMLPClassifier(epochs=3, random_state=0)
    here, there = (GridSearchCV(clf, grid, cv=2, refit=False) for _ in range(2))
    here.fit(*digits)
    with joblib.parallel_config("dask"):
        there.fit(*digits)
    np.testing.assert_array_equal(
        there.cv_results_["mean_test_score"], here.cv_results_["mean_test_score"]
    )
    imported = client.run(lambda: "tensorflow" in sys.modules)
    assert len(imported) == 2
    assert any(imported.values())


def learn(clf, rows, labels):
    """Return a copy that has learnt one block more."""
    return copy.deepcopy(clf).partial_fit(rows, labels, classes=range(10))


def test_the_blocks_of_an_array_are_learnt_where_they_are(client, digits):
    X, y = digits
    here = DigitMLPClassifier(random_state=0)
    there = dask.delayed(here)
    rows = da.from_array(X, chunks=(600, -1)).to_delayed().ravel()
    labels = da.from_array(y, chunks=600).to_delayed()
    assert len(rows) == 3
    for i, (rows_block, labels_block) in enumerate(zip(rows, labels)):
        there = dask.delayed(learn)(there, rows_block, labels_block)
        block = slice(600 * i, 600 * (i + 1))
        here = learn(here, X[block], y[block])
    there = there.compute()
    assert there.n_iter_ == 3
    for a, b in zip(there.coefs_, here.coefs_):
        np.testing.assert_array_equal(a, b)


def test_the_blocks_of_an_array_are_predicted_where_they_are(client, fitted, digits):
    X, _ = digits
    blocks = da.from_array(X, chunks=(500, -1))
    p = blocks.map_blocks(fitted.predict_proba, chunks=(500, 10), dtype=np.float32)
    # A product of other row counts may differ in its last bits.
    np.testing.assert_allclose(p.compute(), fitted.predict_proba(X), rtol=1e-4)
