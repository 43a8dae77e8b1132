"""A Keras network in scikeras."""

import keras
from scikeras.wrappers import KerasClassifier

from peers import BATCH_SIZE, LEARNING_RATE
from peers.estimators import EstimatorPeer


def build_network(meta, hidden):
    """Build the network for the data that scikeras describes."""
    return keras.Sequential(
        [
            keras.Input((meta["n_features_in_"],)),
            *[keras.layers.Dense(units, "relu") for units in hidden],
            keras.layers.Dense(meta["n_classes_"], "softmax"),
        ]
    )


class ScikerasClassifier(EstimatorPeer):
    """`scikeras.wrappers.KerasClassifier`."""

    rate = "optimizer__learning_rate"

    def __init__(self, hidden=(25, 15), epochs=1):
        self.estimator = KerasClassifier(
            build_network,
            model__hidden=hidden,
            loss="sparse_categorical_crossentropy",
            optimizer="adam",
            optimizer__learning_rate=LEARNING_RATE,
            batch_size=BATCH_SIZE,
            epochs=epochs,
            verbose=0,
        )

    def train_epoch(self, X, y):
        self.estimator.partial_fit(X, y)
