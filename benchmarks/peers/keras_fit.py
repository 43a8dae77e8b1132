"""Keras's `model.fit`, as in the blog post and tuned."""

from typing import ClassVar

import keras
import tensorflow as tf
from scipy.special import softmax

from peers import BATCH_SIZE, LEARNING_RATE, WARP, unit_rows

NEAREST = {"fill_mode": "nearest", "interpolation": "bilinear"}


class KerasFit:
    """`model.fit` with all its defaults."""

    compile_options: ClassVar[dict] = {}

    def __init__(self, hidden=(25, 15), epochs=1):
        self.hidden = hidden
        self.epochs = epochs
        self.model = None

    def rows(self, X):
        return unit_rows(X)

    def fit(self, X, y):
        self.model = self._build(X.shape[1])
        self._train(X, y, self.epochs)

    def train_epoch(self, X, y):
        if self.model is None:
            self.model = self._build(X.shape[1])
        self._train(X, y, epochs=1)

    def train_affine_epoch(self, X, y):
        """Random layers in a `tf.data` pipeline, as in Keras's guide."""
        if self.model is None:
            self.model = self._build(X.shape[1])
            self.warp = keras.Sequential(
                [
                    keras.layers.RandomRotation(WARP["rotation"] / 360, **NEAREST),
                    keras.layers.RandomTranslation(
                        WARP["shift"], WARP["shift"], **NEAREST
                    ),
                    keras.layers.RandomZoom(WARP["scale"], **NEAREST),
                    keras.layers.RandomShear(x_factor=WARP["shear"], **NEAREST),
                ]
            )

        def warped_rows(images, labels):
            images = self.warp(images, training=True)
            return tf.reshape(images, (-1, X.shape[1])), labels

        batches = (
            tf.data.Dataset.from_tensor_slices((X.reshape(-1, 28, 28, 1), y))
            .shuffle(len(X))
            .batch(BATCH_SIZE)
            .map(warped_rows, num_parallel_calls=tf.data.AUTOTUNE)
            .prefetch(tf.data.AUTOTUNE)
        )
        self.model.fit(batches, verbose=0)

    def predict_proba(self, X):
        return softmax(self.model.predict(X, verbose=0), axis=1)

    def _build(self, n_features):
        hidden = [keras.layers.Dense(units, "relu") for units in self.hidden]
        model = keras.Sequential(
            [keras.Input((n_features,)), *hidden, keras.layers.Dense(10)]
        )
        model.compile(
            keras.optimizers.Adam(LEARNING_RATE),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            **self.compile_options,
        )
        return model

    def _train(self, X, y, epochs):
        self.model.fit(X, y, batch_size=BATCH_SIZE, epochs=epochs, verbose=0)


class TunedKerasFit(KerasFit):
    """`model.fit` with many steps in each compiled call.

    Of 1, 32, 64, 125, 128, 256, 512 and 625 steps, 125 and more were about equal in
    speed, as was `jit_compile=True`, which takes ten seconds more to compile on one
    core.
    """

    compile_options: ClassVar[dict] = {
        "steps_per_execution": 128,
        "jit_compile": "auto",
    }
