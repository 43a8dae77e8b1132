"""The peers: the same network, 784 → 25 → 15 → 10, as each library would train it.

Every peer is a class in a module of its own, which imports its library at the top, so
that a worker loads one library and no other. All train with Adam in batches of 32, the
last one shorter, the rows in a new order in every epoch, and have

``__init__(hidden=(25, 15), epochs=1)``
``rows(X)``
    uint8 pixels in the form in which the peer likes them for training.
``fit(X, y)``
    Train a new network for `epochs`.
``train_epoch(X, y)``
    Train for one epoch with all that earlier calls compiled. It goes on with the same
    network where a new one would have to be compiled again.
``predict_proba(X)``
    Of rows of any dtype; the Keras wrapper has none.
``search(rates, cv)``
    A function of X and y that searches a grid of learning rates, with joblib's workers
    of the moment; only those that follow scikit-learn's contract.
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


def load_peer(name):
    """Import the module of one peer and return its class."""
    module, class_name = PEERS[name]
    return getattr(import_module(module), class_name)


def unit_rows(X):
    """Turn pixels of 0–255 into float32 of 0–1."""
    return X.astype("float32") / 255
