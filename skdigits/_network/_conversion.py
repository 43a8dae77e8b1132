"""Conversion to and from the networks of Keras and scikit-learn."""

import sys

import numpy as np
from scipy.special import expit
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import LabelBinarizer

from skdigits._network._forward import compute_logits, softmax
from skdigits._network._keras_model import KERAS_ACTIVATIONS, build_network

# Activations of the last layer, by Keras's names.
_OUTPUTS = {
    "linear": lambda logits: logits,
    "softmax": softmax,
    "sigmoid": expit,
}
# A Keras model's outputs are compared with ours on random pixels in each of these
# ranges: after a Rescaling, pixels of 0–1 alone may be too small to show a difference.
_PIXEL_RANGES = ((0, 1), (0, 255), (-8, 8))
# Fraction of the largest output: if an output differs from ours by more, the model
# computes something other than its layers. Rounding errors are far smaller: the outputs
# of 12 random networks 784 → 25 → 15 → 10 differed by up to 4e-6 in float32, and by 0.7
# % in the coarsest half precision, bfloat16.
_TOLERANCE, _TOLERANCE_IN_HALF_PRECISION = 0.01, 0.1
_TAKEN = (
    "from_keras takes Dense layers one after another, Rescaling and Flatten before "
    "them, Dropout anywhere, and an Activation, ReLU or Softmax after a Dense layer "
    "that has no activation of its own."
)


def to_keras(network):
    """Build the Keras network with the weights of a fitted one.

    Parameters
    ----------
    network : FittedNetwork

    Returns
    -------
    model : keras.Sequential
    """
    _, coefs, intercepts, activation, _ = network
    layer_sizes = (len(coefs[0]), *(len(b) for b in intercepts))
    model = build_network(layer_sizes, activation, coefs[0].dtype)
    model.set_weights([w for pair in zip(coefs, intercepts) for w in pair])
    return model


def to_sklearn(network, loss_curve):
    """Build scikit-learn's network with the weights of a fitted one.

    Parameters
    ----------
    network : FittedNetwork
        With at least two classes.
    loss_curve : list of float

    Returns
    -------
    clf : sklearn.neural_network.MLPClassifier
    """
    classes, coefs, intercepts, activation, _ = network
    if len(classes) < 2:
        raise ValueError(
            f"MLPClassifier needs two classes or more, but this network has only "
            f"{classes}."
        )
    coefs, intercepts = [w.copy() for w in coefs], [b.copy() for b in intercepts]
    if len(classes) == 2:
        # scikit-learn has one logistic output unit for two classes: its logit is the
        # difference of the two logits.
        coefs[-1] = coefs[-1][:, 1:] - coefs[-1][:, :1]
        intercepts[-1] = intercepts[-1][1:] - intercepts[-1][:1]
    clf = MLPClassifier(tuple(len(b) for b in intercepts[:-1]), activation)
    clf.coefs_, clf.intercepts_ = coefs, intercepts
    clf.classes_ = classes.copy()
    clf.n_features_in_ = len(coefs[0])
    clf.n_layers_ = len(coefs) + 1
    clf.n_outputs_ = len(intercepts[-1])
    clf.out_activation_ = "logistic" if len(classes) == 2 else "softmax"
    clf._label_binarizer = LabelBinarizer().fit(classes)
    # MLPClassifier.partial_fit continues from these.
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
        They act on the model's input, flattened to rows: a Rescaling before the first
        Dense layer is folded in.
    intercepts : list of ndarray of shape (units,)
    activation : {"relu", "tanh", "logistic", "identity"}
        Activation of the hidden layers. The last layer's outputs are logits. If the
        model ends in one unit, two units replace it, one for each of two classes.

    Raises
    ------
    ValueError
        If the model is not a built Keras model of consecutive Dense layers, or if its
        hidden layers have different activations.
    """
    keras = _check_keras(model)
    layers = keras.layers
    scale, offset = np.ones(1), np.zeros(1)
    dense: list = []
    activations: list[str] = []
    for layer, input_shape in _list_calls(model):
        is_linear_so_far = activations[-1:] == ["linear"]
        match type(layer):
            case layers.Dense:
                _refuse_dense(layer, input_shape, dense)
                dense.append(layer)
                activations.append(_check_activation(layer, keras))
            case layers.Activation | layers.ReLU | layers.Softmax if is_linear_so_far:
                activations[-1] = _check_activation(layer, keras)
            case layers.Rescaling if not dense:
                factor, summand = _check_rescaling(layer, input_shape)
                scale, offset = scale * factor, offset * factor + summand
            case layers.Flatten:
                _refuse_transposing(layer, input_shape)
            case layers.Dropout:
                pass
            case kind:
                raise ValueError(
                    f"{_TAKEN} {layer.name!r} ({kind.__name__}) is none of these, or "
                    f"is in another place."
                )
    activation = _check_activations(activations, dense)
    coefs, intercepts = _copy_weights(dense)
    n_features, dtype = len(coefs[0]), coefs[0].dtype
    scale, offset = (np.broadcast_to(v, n_features) for v in (scale, offset))
    intercepts[0] = (intercepts[0] + offset @ coefs[0]).astype(dtype)
    coefs[0] = (coefs[0] * scale[:, np.newaxis]).astype(dtype)
    _refuse_other_outputs(
        model, keras, (coefs, intercepts, activation), _OUTPUTS[activations[-1]]
    )
    if len(intercepts[-1]) == 1:
        coefs[-1] = np.hstack([np.zeros_like(coefs[-1]), coefs[-1]])
        intercepts[-1] = np.append(np.zeros_like(intercepts[-1]), intercepts[-1])
    return coefs, intercepts, activation


def _check_keras(model):
    """Return the module keras; raise ValueError if `model` has no graph."""
    keras = sys.modules.get("keras")  # whoever has a Keras model has imported Keras
    if keras is None or not isinstance(model, keras.Model):
        raise ValueError(
            f"model must be a Keras model; keras.saving.load_model reads one from a "
            f"file. Got {model!r}."
        )
    try:
        inputs, outputs = model.inputs, model.outputs
    except (AttributeError, ValueError):  # unbuilt Sequential; Keras's versions differ
        inputs = outputs = None
    if inputs is None or outputs is None:
        raise ValueError(
            f"from_keras takes a Sequential or functional model that knows the shape "
            f"of its input, such as one that begins with keras.Input((784,)). "
            f"{model.name!r} ({type(model).__name__}) does not."
        )
    if len(inputs) != 1 or len(outputs) != 1:
        raise ValueError(
            f"from_keras takes a model with one input and one output. {model.name!r} "
            f"has {len(inputs)} and {len(outputs)}."
        )
    return keras


def _list_calls(model):
    """List the operations that a model calls, from its input to its output.

    `model.layers` leaves out operations such as ``keras.ops.clip``, and lists a layer
    that is called twice only once.

    Returns
    -------
    calls : list of (keras.Operation, tuple)
        Each operation with the shape of its input.
    """
    calls = []
    tensor = model.outputs[0]
    while tensor is not model.inputs[0]:
        # Keras has no public way to the call that returned a symbolic tensor.
        operation, call, _ = tensor._keras_history
        sources = operation._inbound_nodes[call].input_tensors
        if len(sources) != 1:
            raise ValueError(
                f"{_TAKEN} {operation.name!r} ({type(operation).__name__}) has "
                f"{len(sources)} inputs."
            )
        tensor = sources[0]
        # Older Keras inserts an operation that casts to the precision of the next
        # layer.
        if not (type(operation).__name__ == "Cast" and "float" in operation.dtype):
            calls.append((operation, tensor.shape))
    return calls[::-1]


def _refuse_dense(layer, input_shape, dense):
    """Raise ValueError for a Dense layer that is applied to images, or twice."""
    if len(input_shape) != 2:
        raise ValueError(
            f"from_keras takes Dense layers on rows of features. {layer.name!r} gets "
            f"the shape {input_shape[1:]}: put a Flatten before it."
        )
    if any(layer is other for other in dense):
        raise ValueError(f"{_TAKEN} {layer.name!r} is called twice.")


def _refuse_transposing(flatten, input_shape):
    """Raise ValueError for a Flatten that changes the order of the pixels."""
    if flatten.data_format == "channels_first" and len(input_shape) > 2:
        raise ValueError(
            f"from_keras takes Flatten with data_format='channels_last', which keeps "
            f"the pixels in their order. {flatten.name!r} has 'channels_first'."
        )


def _check_rescaling(layer, input_shape):
    """Return the scale and the offset that a Rescaling applies to each feature."""
    try:
        return [
            np.broadcast_to(np.asarray(values, np.float64), input_shape[1:]).ravel()
            for values in (layer.scale, layer.offset)
        ]
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The scale and offset of {layer.name!r} do not fit its input of shape "
            f"{input_shape[1:]}: {error}"
        ) from error


def _check_activation(layer, keras):
    """Return Keras's name for the activation of a layer, or for an activation layer."""
    activation = getattr(layer, "activation", layer)
    while type(activation) is keras.layers.Activation:
        activation = activation.activation
    if type(activation) is keras.layers.ReLU and (
        activation.max_value is None
        and activation.negative_slope == activation.threshold == 0
    ):
        return "relu"
    if type(activation) is keras.layers.Softmax and activation.axis in (-1, 1):
        return "softmax"
    # Compared by identity: another function may have the name "relu".
    tensorflow = sys.modules.get("tensorflow")
    modules = (keras.activations, keras.ops, getattr(tensorflow, "nn", None))
    for name in {*KERAS_ACTIVATIONS.values(), *_OUTPUTS}:
        if any(activation is getattr(module, name, None) for module in modules):
            return name
    raise ValueError(
        f"from_keras takes Keras's own activations "
        f"{', '.join(KERAS_ACTIVATIONS.values())}, and softmax at the end. "
        f"{layer.name!r} has {activation!r}."
    )


def _check_activations(activations, dense):
    """Return our name for the activation of the hidden layers."""
    *hidden, last = activations or ["linear"]
    ours = {theirs: name for name, theirs in KERAS_ACTIVATIONS.items()}
    if not dense or len(set(hidden)) > 1 or not ours.keys() >= set(hidden):
        raise ValueError(
            f"from_keras takes networks with at least one Dense layer, and one "
            f"activation for all hidden layers, of {', '.join(ours)}. This one has "
            f"{hidden}."
        )
    n_outputs = dense[-1].units
    if last not in ("linear", "sigmoid" if n_outputs == 1 else "softmax"):
        raise ValueError(
            f"from_keras takes networks that end in logits (linear), in softmax or, "
            f"with one unit, in sigmoid. This one ends in {last} with {n_outputs} "
            f"units."
        )
    return ours[hidden[0]] if hidden else "identity"


def _copy_weights(dense):
    """Copy the weights of Dense layers, all in the widest precision among them."""
    coefs = [np.asarray(layer.kernel) for layer in dense]
    dtype = np.result_type(np.float32, *coefs)
    intercepts = [
        np.asarray(layer.bias) if layer.use_bias else np.zeros(layer.units)
        for layer in dense
    ]
    if not all(np.isfinite(w).all() for w in (*coefs, *intercepts)):
        raise ValueError(
            "from_keras takes finite weights, but some weights of the model are "
            "infinite or NaN: train it anew, with a smaller learning rate."
        )
    return [w.astype(dtype) for w in coefs], [b.astype(dtype) for b in intercepts]


def _refuse_other_outputs(model, keras, network, output):
    """Raise ValueError if a model's outputs are not those that its weights give.

    A subclass with a chain of supported layers may compute something else in its
    `call`.
    """
    tensor, n_features = model.inputs[0], len(network[0][0])
    # A functional model may take its one input in a list or a dict.
    structure = tensor if isinstance(model, keras.Sequential) else model.input
    dtypes = {layer.compute_dtype for layer in model.layers if layer.weights}
    exact = dtypes <= {"float32", "float64"}
    tolerance = _TOLERANCE if exact else _TOLERANCE_IN_HALF_PRECISION
    rng = np.random.default_rng(0)
    # In half precision rounding is coarse, and large pixels may overflow.
    for low, high in _PIXEL_RANGES if exact else _PIXEL_RANGES[:1]:
        low = 0 if tensor.dtype.startswith("uint") else low
        # Integers, because inputs of all dtypes can hold them.
        rows = rng.integers(low, high, (8, n_features), endpoint=True)
        images = rows.reshape(len(rows), *tensor.shape[1:]).astype(np.float32)
        inputs = keras.tree.pack_sequence_as(structure, [images])
        (theirs,) = keras.tree.flatten(model(inputs, training=False))
        theirs = np.asarray(theirs).astype(np.float64)
        ours = output(compute_logits(rows, *network))
        limit = tolerance * np.abs(theirs).max()
        if ours.shape != theirs.shape or not np.abs(ours - theirs).max() <= limit:
            raise ValueError(
                f"{_TAKEN} {model.name!r} ({type(model).__name__}) does not "
                f"compute the outputs of its layers one after another."
            )
