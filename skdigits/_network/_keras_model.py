"""The Keras model of the network."""

import numpy as np

from skdigits._network._tensorflow import load_tensorflow

KERAS_ACTIVATIONS = {
    "relu": "relu",
    "tanh": "tanh",
    "logistic": "sigmoid",
    "identity": "linear",
}


def build_network(layer_sizes, activation, dtype, make_dense=None):
    """Build the Keras network, with all weights zero.

    Parameters
    ----------
    layer_sizes : tuple of int
        Features, hidden units, ..., output units.
    activation : {"relu", "tanh", "logistic", "identity"}
        Activation of the hidden layers; the output layer is linear.
    dtype : dtype
    make_dense : callable, default=None
        Makes a layer; None means ``keras.layers.Dense``.

    Returns
    -------
    model : keras.Sequential
        Dense layers from ``(n, features)`` to logits ``(n, output units)``.
    """
    _, keras = load_tensorflow()
    n_features, *hidden_sizes, n_outputs = layer_sizes
    dtype = np.dtype(dtype).name
    make_dense = make_dense or keras.layers.Dense

    def dense(units, activation, name):
        # A random initializer, even one that is never used, would draw its seed from
        # Python's global random state.
        return make_dense(
            units, activation, kernel_initializer="zeros", dtype=dtype, name=name
        )

    layers = [keras.Input((n_features,), dtype=dtype, name="features")]
    for k, units in enumerate(hidden_sizes, start=1):
        layers.append(dense(units, KERAS_ACTIVATIONS[activation], f"hidden_{k}"))
    layers.append(dense(n_outputs, None, "logits"))
    return keras.Sequential(layers, name="digit_mlp")
