"""A Keras network in Keras's own scikit-learn wrapper."""

from functools import partial

import keras
from keras.wrappers import SKLearnClassifier

from peers import BATCH_SIZE, LEARNING_RATE, unit_rows
from peers.estimators import grid_search


def build_network(X, y, hidden, learning_rate):
    """Build the network for the data that the wrapper passes, with one-hot labels."""
    model = keras.Sequential(
        [
            keras.Input((X.shape[1],)),
            *[keras.layers.Dense(units, "relu") for units in hidden],
            keras.layers.Dense(y.shape[1], "softmax"),
        ]
    )
    model.compile(keras.optimizers.Adam(learning_rate), "categorical_crossentropy")
    return model


class KerasWrapper:
    """`keras.wrappers.SKLearnClassifier`.

    Its `fit` cannot resume training, so `train_epoch` traces a new network each time.
    """

    def __init__(self, hidden=(25, 15), epochs=1):
        self.hidden = hidden
        self.estimator = SKLearnClassifier(
            build_network, model_kwargs=self._model_kwargs(LEARNING_RATE)
        )
        # For `fit`, not `__init__`: the wrapper's clones lose their `fit_kwargs`.
        self.options = {"batch_size": BATCH_SIZE, "epochs": epochs, "verbose": 0}

    def rows(self, X):
        return unit_rows(X)

    def fit(self, X, y):
        self.estimator.fit(X, y, **self.options)

    def train_epoch(self, X, y):
        self.estimator.fit(X, y, **self.options | {"epochs": 1})

    def search(self, rates, cv):
        grid = {"model_kwargs": [self._model_kwargs(rate) for rate in rates]}
        search = grid_search(self.estimator, grid, cv)
        return partial(search.fit, **self.options)

    def _model_kwargs(self, learning_rate):
        return {"hidden": self.hidden, "learning_rate": learning_rate}
