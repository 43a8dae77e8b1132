import tracemalloc

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import log_softmax as scipy_log_softmax
from scipy.special import softmax as scipy_softmax
from sklearn.neural_network import MLPClassifier

from skdigits._network._forward import (
    compute_hidden,
    compute_logits,
    log_softmax,
    softmax,
)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
@pytest.mark.parametrize("n_rows", [1, 1023, 1024, 1797])
def test_logits_give_the_probabilities_of_mlp_classifier(digits, activation, n_rows):
    X, y = digits
    X = X.astype(float) / 16
    mlp = MLPClassifier((12, 7), activation=activation, max_iter=3, random_state=0)
    with pytest.warns(match="converged"):
        mlp.fit(X, y)
    logits = compute_logits(X[:n_rows], mlp.coefs_, mlp.intercepts_, activation)
    expected = mlp.predict_proba(X[:n_rows])
    np.testing.assert_allclose(softmax(logits), expected, rtol=1e-12)


def test_the_input_is_not_changed():
    X = np.ones((300, 4))
    compute_logits(
        X, [np.ones((4, 3)), np.ones((3, 2))], [np.ones(3), np.ones(2)], "relu"
    )
    np.testing.assert_array_equal(X, 1)


@pytest.mark.parametrize("scale", [1, 1000])
def test_softmax_equals_scipys_for_large_logits_too(scale):
    logits = scale * np.random.default_rng(0).normal(size=(20, 10))
    np.testing.assert_allclose(softmax(logits), scipy_softmax(logits, axis=1))
    np.testing.assert_allclose(log_softmax(logits), scipy_log_softmax(logits, axis=1))


def test_hidden_outputs_lead_to_the_logits_in_every_block():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1030, 6))
    coefs = [rng.normal(size=shape) for shape in ((6, 5), (5, 4), (4, 3))]
    intercepts = [rng.normal(size=units) for units in (5, 4, 3)]
    first, second = compute_hidden(X, coefs, intercepts, "tanh")
    np.testing.assert_allclose(first, np.tanh(X @ coefs[0] + intercepts[0]))
    np.testing.assert_allclose(second, np.tanh(first @ coefs[1] + intercepts[1]))
    logits = compute_logits(X, coefs, intercepts, "tanh")
    np.testing.assert_allclose(second @ coefs[2] + intercepts[2], logits)


def test_a_network_without_hidden_layers_has_no_hidden_outputs():
    assert (
        compute_hidden(np.ones((5, 4)), [np.ones((4, 3))], [np.ones(3)], "relu") == []
    )


def test_wide_rows_become_dense_a_few_at_a_time():
    X, n_features = csr_array((600, 40_000)), 40_000  # 192 MB if dense
    network = [np.ones((n_features, 3))], [np.zeros(3)], "relu"
    tracemalloc.start()
    compute_logits(X, *network)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 6e7
