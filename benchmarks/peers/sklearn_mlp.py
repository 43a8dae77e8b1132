"""scikit-learn's own network, in NumPy."""

import warnings

from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from peers import BATCH_SIZE, LEARNING_RATE
from peers.estimators import EstimatorPeer

# It runs all its epochs, and warns that it has not converged.
warnings.simplefilter("ignore", ConvergenceWarning)


class SklearnMLP(EstimatorPeer):
    """`MLPClassifier` without weight decay, for all epochs even if it converges."""

    rate = "learning_rate_init"

    def __init__(self, hidden=(25, 15), epochs=1):
        self.estimator = MLPClassifier(
            hidden,
            batch_size=BATCH_SIZE,
            learning_rate_init=LEARNING_RATE,
            alpha=0.0,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=epochs + 1,
            random_state=0,
        )

    def train_epoch(self, X, y):
        self.estimator.set_params(max_iter=1).fit(X, y)
