"""skdigits itself."""

from functools import partial
from importlib import import_module

from sklearn.base import clone

from peers import BATCH_SIZE, LEARNING_RATE, WARP
from peers.estimators import EstimatorPeer
from skdigits import DigitMLPClassifier, random_affine


class SkdigitsClassifier(EstimatorPeer):
    """`DigitMLPClassifier`, on pixels of 0–255."""

    def __init__(self, hidden=(25, 15), epochs=1):
        self.estimator = DigitMLPClassifier(
            hidden,
            learning_rate=LEARNING_RATE,
            batch_size=BATCH_SIZE,
            epochs=epochs,
            random_state=0,
        )

    def load(self):
        """Import what the first fit would import, so that it is not timed."""
        import_module("tensorflow")
        import_module("keras")

    def rows(self, X):
        return X

    def train_epoch(self, X, y):
        self.estimator.set_params(epochs=1).fit(X, y)

    def train_affine_epoch(self, X, y):
        warped = partial(random_affine, **WARP)
        clone(self.estimator).set_params(epochs=1, augmentation=warped).fit(X, y)
