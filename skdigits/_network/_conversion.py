"""To and from other libraries' networks: Keras and scikit-learn."""

import numpy as np
from scipy.special import expit
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import LabelBinarizer

from skdigits._network._forward import compute_logits, softmax
from skdigits._network._keras_model import KERAS_ACTIVATIONS, build_network

_SKIPPED = {"InputLayer", "Flatten", "Dropout"}
_OUTPUTS = {
    "linear": lambda logits: logits,
    "softmax": softmax,
    "sigmoid": expit,
}


def to_keras(coefs, intercepts, activation):
    """Build the Keras network with the given weights.

    Parameters
    ----------
    coefs : list of ndarray of shape (units before, units)
    intercepts : list of ndarray of shape (units,)
    activation : {"relu", "tanh", "logistic", "identity"}

    Returns
    -------
    model : keras.Sequential
    """
    layer_sizes = (len(coefs[0]), *(len(b) for b in intercepts))
    model = build_network(layer_sizes, activation, coefs[0].dtype)
    model.set_weights([w for pair in zip(coefs, intercepts) for w in pair])
    return model


def to_sklearn(coefs, intercepts, activation, classes, loss_curve):
    """Build scikit-learn's network with the given weights.

    Parameters
    ----------
    coefs : list of ndarray of shape (units before, units)
    intercepts : list of ndarray of shape (units,)
    activation : {"relu", "tanh", "logistic", "identity"}
    classes : ndarray of shape (n_classes,)
        At least two.
    loss_curve : list of float

    Returns
    -------
    clf : sklearn.neural_network.MLPClassifier
    """
    if len(classes) < 2:
        raise ValueError(
            f"MLPClassifier needs two classes or more, and this network knows only "
            f"{classes}."
        )
    coefs, intercepts = [w.copy() for w in coefs], [b.copy() for b in intercepts]
    if len(classes) == 2:
        # scikit-learn has one logistic unit there: the probability of the second class
        # is that of the difference of the two logits.
        coefs[-1] = coefs[-1][:, 1:] - coefs[-1][:, :1]
        intercepts[-1] = intercepts[-1][1:] - intercepts[-1][:1]
    clf = MLPClassifier(tuple(len(b) for b in intercepts[:-1]), activation)
    clf.coefs_, clf.intercepts_ = coefs, intercepts
    clf.classes_ = classes
    clf.n_features_in_ = len(coefs[0])
    clf.n_layers_ = len(coefs) + 1
    clf.n_outputs_ = len(intercepts[-1])
    clf.out_activation_ = "logistic" if len(classes) == 2 else "softmax"
    clf._label_binarizer = LabelBinarizer().fit(classes)
    # What its own training goes on with.
    clf.loss_curve_ = list(loss_curve)
    clf.loss_ = loss_curve[-1] if loss_curve else np.inf
    clf.best_loss_ = min(loss_curve, default=np.inf)
    clf.validation_scores_ = clf.best_validation_score_ = None
    clf.n_iter_, clf.t_, clf._no_improvement_count = len(loss_curve), 0, 0
    return clf


def read_keras(model):
    """Read the weights of a Keras network of Dense layers.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    coefs : list of ndarray of shape (units before, units)
        They act on rows as the model takes them: a Rescaling before the first Dense
        layer is folded in.
    intercepts : list of ndarray of shape (units,)
    activation : {"relu", "tanh", "logistic", "identity"}
        Of the hidden layers. The last layer's logits are the outputs; where the model
        ends in one unit, those of two classes.

    Raises
    ------
    ValueError
        If the model is anything else than Dense layers one after another, with one
        activation for all that are hidden.
    """
    scale, offset = 1.0, 0.0
    coefs: list[np.ndarray] = []
    intercepts: list[np.ndarray] = []
    activations: list[str] = []
    for layer in model.layers:
        kind = type(layer).__name__
        if kind == "Dense":
            weights = [np.asarray(w) for w in layer.get_weights()]
            dtype = np.promote_types(weights[0].dtype, np.float32)
            coefs.append(weights[0].astype(dtype))
            bias = weights[1] if layer.use_bias else np.zeros(layer.units)
            intercepts.append(bias.astype(dtype))
            activations.append(layer.activation.__name__)
        elif kind == "Rescaling" and not coefs:
            scale, offset = scale * layer.scale, offset * layer.scale + layer.offset
        elif (name := _activation_of(layer)) and activations[-1:] == ["linear"]:
            activations[-1] = name
        elif kind not in _SKIPPED:
            raise ValueError(
                f"from_keras takes Dense layers one after another, Rescaling and "
                f"Flatten before them, and Dropout, Activation, ReLU and Softmax. "
                f"Layer {layer.name!r} is a {kind}."
            )
    activation = _check_activations(activations)
    intercepts[0] = intercepts[0] + offset * coefs[0].sum(axis=0)
    coefs[0] = coefs[0] * scale
    _check_that_it_predicts_the_same(model, coefs, intercepts, activation, activations)
    if len(intercepts[-1]) == 1:
        coefs[-1] = np.hstack([np.zeros_like(coefs[-1]), coefs[-1]])
        intercepts[-1] = np.append(np.zeros_like(intercepts[-1]), intercepts[-1])
    return coefs, intercepts, activation


def _activation_of(layer):
    """Name the activation that a layer without weights is, or None."""
    kind = type(layer).__name__
    if kind == "Activation":
        return layer.activation.__name__
    if kind == "Softmax":
        return "softmax"
    plain = kind == "ReLU" and layer.get_config()["max_value"] is None
    if plain and not layer.negative_slope and not layer.threshold:
        return "relu"
    return None


def _check_activations(activations):
    """Return our name for the hidden layers' activation."""
    ours = {kerass: name for name, kerass in KERAS_ACTIVATIONS.items()}
    hidden = set(activations[:-1])
    if len(hidden) != 1 or not hidden <= set(ours):
        raise ValueError(
            f"from_keras takes networks with at least one hidden Dense layer, and one "
            f"activation for all of them, of {', '.join(ours)}. This one has "
            f"{activations[:-1]}."
        )
    if activations[-1] not in _OUTPUTS:
        raise ValueError(
            f"from_keras takes networks that end in logits (linear), softmax or, with "
            f"one unit, sigmoid. This one ends in {activations[-1]}."
        )
    return ours[hidden.pop()]


def _check_that_it_predicts_the_same(model, coefs, intercepts, activation, activations):
    """Refuse a model whose layers are connected otherwise than one after another."""
    rows = np.random.default_rng(0).uniform(0, 1, (4, len(coefs[0])))
    ours = _OUTPUTS[activations[-1]](
        compute_logits(rows, coefs, intercepts, activation)
    )
    images = rows.reshape(len(rows), *model.input_shape[1:]).astype(np.float32)
    theirs = np.asarray(model(images, training=False))
    if ours.shape != theirs.shape or not np.allclose(ours, theirs, 1e-2, 1e-3):
        raise ValueError(
            "from_keras takes Dense layers one after another, and this model's layers "
            "are connected in another way: its outputs are not those of its weights."
        )
