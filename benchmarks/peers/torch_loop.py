"""PyTorch's eager training loop, as in its tutorials."""

import torch
from torch import nn

from peers import BATCH_SIZE, LEARNING_RATE, unit_rows


class TorchLoop:
    """One Python step per batch, with batches indexed from tensors in memory."""

    def __init__(self, hidden=(25, 15), epochs=1):
        self.hidden = hidden
        self.epochs = epochs
        self.model = None

    def rows(self, X):
        return unit_rows(X)

    def fit(self, X, y):
        self._build(X.shape[1])
        X, y = _tensors(X, y)
        for _ in range(self.epochs):
            self._train(X, y)

    def train_epoch(self, X, y):
        if self.model is None:
            self._build(X.shape[1])
        self._train(*_tensors(X, y))

    def predict_proba(self, X):
        with torch.inference_mode():
            return self.model(torch.from_numpy(X).float()).softmax(1).numpy()

    def _build(self, n_features):
        layers, units_before = [], n_features
        for units in self.hidden:
            layers += [nn.Linear(units_before, units), nn.ReLU()]
            units_before = units
        self.model = nn.Sequential(*layers, nn.Linear(units_before, 10))
        self.loss = nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE)

    def _train(self, X, y):
        for batch in torch.randperm(len(X)).split(BATCH_SIZE):
            self.optimizer.zero_grad()
            self.loss(self.model(X[batch]), y[batch]).backward()
            self.optimizer.step()


def _tensors(X, y):
    return torch.from_numpy(X).float(), torch.from_numpy(y).long()
