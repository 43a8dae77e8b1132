"""The peers: the same network, 784 → 25 → 15 → 10, as each library would train it.

Each peer is a class in its own module, which imports its library at the top, so that a
worker loads no other library. All train with Adam on batches of 32, of which the last
may be shorter, shuffle the rows in every epoch, and have

``__init__(hidden=(25, 15), epochs=1)``
``rows(X)``
    Convert uint8 pixels to what the peer trains on best.
``fit(X, y)``
    Train a new network for `epochs`.
``train_epoch(X, y)``
    Train for one epoch with everything that earlier calls compiled: on the same network
    if a new one would have to be compiled again.
``train_affine_epoch(X, y)``
    The same on images of 28 × 28, each of them rotated, shifted, scaled and sheared by
    random amounts of its own; only peers with a usual way to do so have it.
``predict_proba(X)``
    For rows of any dtype; the Keras wrapper does not have it.
``search(rates, cv)``
    Return a function of X and y that searches a grid of learning rates with joblib's
    current backend; only peers that follow scikit-learn's contract have it.
"""

from importlib import import_module

BATCH_SIZE = 32
LEARNING_RATE = 1e-3

# Name in the tables -> module and class.
PEERS = {
    "skdigits": ("peers.skdigits_classifier", "SkdigitsClassifier"),
    "MLPClassifier": ("peers.sklearn_mlp", "SklearnMLP"),
    "Keras": ("peers.keras_fit", "KerasFit"),
    "Keras tuned": ("peers.keras_fit", "TunedKerasFit"),
    "scikeras": ("peers.scikeras_classifier", "ScikerasClassifier"),
    "Keras wrapper": ("peers.keras_wrapper", "KerasWrapper"),
    "PyTorch": ("peers.torch_loop", "TorchLoop"),
    "JAX": ("peers.jax_scan", "JaxScan"),
}


# The largest rotation in degrees; shift, scale and shear as fractions.
WARP = {"rotation": 6, "shift": 0.03, "scale": 0.06, "shear": 0.05}


def load_peer(name):
    """Import the module of one peer and return its class."""
    module, class_name = PEERS[name]
    return getattr(import_module(module), class_name)


def unit_rows(X):
    """Convert pixels of 0–255 to float32 of 0–1."""
    return X.astype("float32") / 255
