"""PyTorch's eager training loop, as in its tutorials."""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from peers import BATCH_SIZE, LEARNING_RATE, WARP, unit_rows


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

    def train_affine_epoch(self, X, y):
        """Warp with torchvision, in the processes of a `DataLoader`."""
        if self.model is None:
            self._build(X.shape[1])
        loader = DataLoader(WarpedImages(X, y), BATCH_SIZE, shuffle=True, num_workers=2)
        for images, labels in loader:
            self._step(images.flatten(1), labels)

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
            self._step(X[batch], y[batch])

    def _step(self, X, y):
        self.optimizer.zero_grad()
        self.loss(self.model(X), y).backward()
        self.optimizer.step()


class WarpedImages(Dataset):
    """The images, each warped anew whenever it is asked for."""

    def __init__(self, X, y):
        from torchvision.transforms import v2  # only for this measure

        self.X, self.y = _tensors(X.reshape(-1, 1, 28, 28), y)
        self.warp = v2.RandomAffine(
            WARP["rotation"],
            translate=(WARP["shift"], WARP["shift"]),
            scale=(1 - WARP["scale"], 1 + WARP["scale"]),
            shear=math.degrees(math.atan(WARP["shear"])),
            interpolation=v2.InterpolationMode.BILINEAR,
        )

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.warp(self.X[i]), self.y[i]


def _tensors(X, y):
    return torch.from_numpy(X).float(), torch.from_numpy(y).long()
