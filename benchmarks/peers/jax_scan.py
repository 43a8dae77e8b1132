"""JAX: an epoch is one compiled `lax.scan` over its batches."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np

from peers import BATCH_SIZE, LEARNING_RATE, unit_rows


class JaxScan:
    """The scan carries weights, moments and step; Adam is written out."""

    def __init__(self, hidden=(25, 15), epochs=1):
        self.hidden = hidden
        self.epochs = epochs
        self.rng = np.random.default_rng(0)
        self.state = None

    def rows(self, X):
        return jnp.asarray(unit_rows(X))  # to the device once, not in every epoch

    def fit(self, X, y):
        self.state = _initial_state((X.shape[1], *self.hidden, 10), self.rng)
        X, y = _arrays(X, y)
        for _ in range(self.epochs):
            self._train(X, y)

    def train_epoch(self, X, y):
        if self.state is None:
            self.state = _initial_state((X.shape[1], *self.hidden, 10), self.rng)
        self._train(*_arrays(X, y))

    def predict_proba(self, X):
        return np.asarray(_predict(self.state[0], X))

    def _train(self, X, y):
        # -1 pads the last batch; padding has weight zero.
        n_steps = -(-len(X) // BATCH_SIZE)
        order = np.full(n_steps * BATCH_SIZE, -1, np.int32)
        order[: len(X)] = self.rng.permutation(len(X))
        state = _epoch(self.state, X, y, order.reshape(n_steps, BATCH_SIZE))
        self.state = jax.block_until_ready(state)


def _arrays(X, y):
    return jnp.asarray(X, jnp.float32), jnp.asarray(y, jnp.int32)


def _initial_state(layer_sizes, rng):
    weights = []
    for before, after in pairwise(layer_sizes):
        limit = np.sqrt(6 / (before + after))
        kernel = rng.uniform(-limit, limit, (before, after)).astype(np.float32)
        weights.append((kernel, np.zeros(after, np.float32)))
    zeros = jax.tree.map(jnp.zeros_like, weights)
    return jax.tree.map(jnp.asarray, weights), zeros, zeros, jnp.float32(0)


def _logits(weights, X):
    for kernel, bias in weights[:-1]:
        X = jax.nn.relu(X @ kernel + bias)
    kernel, bias = weights[-1]
    return X @ kernel + bias


@jax.jit
def _predict(weights, X):
    return jax.nn.softmax(_logits(weights, X.astype(jnp.float32)))


def _loss(weights, X, y, weight):
    log_probabilities = jax.nn.log_softmax(_logits(weights, X))
    picked = jnp.take_along_axis(log_probabilities, y[:, None], axis=1)[:, 0]
    return -(weight * picked).sum() / weight.sum()


@jax.jit
def _epoch(state, X, y, order):
    def take_step(state, batch):
        weights, momentum, velocity, step = state
        gradient = jax.grad(_loss)(
            weights, X[batch], y[batch], (batch >= 0).astype(jnp.float32)
        )
        step = step + 1
        rate = LEARNING_RATE * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        momentum = jax.tree.map(lambda m, g: m + 0.1 * (g - m), momentum, gradient)
        velocity = jax.tree.map(
            lambda v, g: v + 0.001 * (g * g - v), velocity, gradient
        )
        weights = jax.tree.map(
            lambda w, m, v: w - rate * m / (jnp.sqrt(v) + 1e-7),
            weights,
            momentum,
            velocity,
        )
        return (weights, momentum, velocity, step), None

    return jax.lax.scan(take_step, state, order)[0]
