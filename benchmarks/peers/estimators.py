"""What the peers that follow scikit-learn's contract share."""

from sklearn.model_selection import GridSearchCV

from peers import unit_rows


class EstimatorPeer:
    """A peer around `self.estimator`; `rate` is the name of its learning rate."""

    rate = "learning_rate"

    def rows(self, X):
        return unit_rows(X)

    def fit(self, X, y):
        self.estimator.fit(X, y)

    def predict_proba(self, X):
        return self.estimator.predict_proba(X)

    def search(self, rates, cv):
        return grid_search(self.estimator, {self.rate: rates}, cv).fit


def grid_search(estimator, grid, cv):
    """Make the search that each of these peers runs."""
    return GridSearchCV(estimator, grid, cv=cv, refit=False, error_score="raise")
