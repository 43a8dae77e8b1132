"""A Keras network in scikeras."""

import keras
from scikeras.wrappers import KerasClassifier
from sklearn.model_selection import GridSearchCV

from peers import BATCH_SIZE, LEARNING_RATE, unit_rows


def build_network(meta, hidden):
    """Build the network for the data that scikeras describes."""
    return keras.Sequential(
        [
            keras.Input((meta["n_features_in_"],)),
            *[keras.layers.Dense(units, "relu") for units in hidden],
            keras.layers.Dense(meta["n_classes_"], "softmax"),
        ]
    )


class ScikerasClassifier:
    """`scikeras.wrappers.KerasClassifier`."""

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

    def rows(self, X):
        return unit_rows(X)

    def fit(self, X, y):
        self.estimator.fit(X, y)

    def train_epoch(self, X, y):
        self.estimator.partial_fit(X, y)

    def predict_proba(self, X):
        return self.estimator.predict_proba(X)

    def search(self, rates, cv):
        return GridSearchCV(
            self.estimator,
            {"optimizer__learning_rate": rates},
            cv=cv,
            refit=False,
            error_score="raise",
        ).fit
