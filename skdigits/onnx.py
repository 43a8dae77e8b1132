"""Conversion to ONNX: once this module is imported, skl2onnx converts the estimators.

`skl2onnx.to_onnx` then takes `DigitMLPClassifier`, `Flatten`, `StraightenDigit` and
`GradientDirections`, alone or in a pipeline, such as ``load_digit_reader()[1:]``. The
converted pipeline takes any number of images, with the size and dtype of the images
given to `to_onnx`. Images of uint8 are rounded after each step, as `transform` rounds
them.

Examples
--------
>>> import numpy as np
>>> import onnxruntime
>>> import skdigits.onnx
>>> from skl2onnx import to_onnx
>>> reader, images = skdigits.load_digit_reader(), np.zeros((1, 28, 28), np.uint8)
>>> images[0, 4:24, 13:15] = 255  # a 1
>>> model = to_onnx(reader[1:], images, options={"zipmap": False})
>>> session = onnxruntime.InferenceSession(model.SerializeToString())
>>> labels, probabilities = session.run(None, {"X": images})
>>> labels.tolist()
[1]
"""

import numpy as np

from skdigits._classifier import DigitMLPClassifier
from skdigits._directions import GradientDirections
from skdigits._flatten import Flatten
from skdigits._gradients import PLANE_FACTORS, blur_and_halve
from skdigits._moments import (
    LARGEST_FACTOR,
    PIXEL_VARIANCE,
    SMALLEST_FACTOR,
    aim,
    powers,
)
from skdigits._optional import needed
from skdigits._straighten import StraightenDigit

with needed("skl2onnx", to="convert to ONNX"):
    from onnx import TensorProto
    from onnx.helper import np_dtype_to_tensor_dtype, tensor_dtype_to_np_dtype
    from skl2onnx import update_registered_converter
    from skl2onnx.common.data_types import (
        DoubleTensorType,
        FloatTensorType,
        Int64TensorType,
        StringTensorType,
        UInt8TensorType,
        guess_proto_type,
        guess_tensor_type,
    )
    from skl2onnx.common.utils_classifier import get_label_classes

_ACTIVATIONS = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid"}


class _Graph:
    """The part of the graph for one estimator.

    Parameters
    ----------
    scope, operator, container
        As skl2onnx passes them to a converter.

    Attributes
    ----------
    step : estimator
    dtype : dtype
        float32 or float64: the precision of NumPy's results for images of this dtype.
    """

    def __init__(self, scope, operator, container):
        self.step = operator.raw_operator
        self.dtype = _float_dtype(operator)
        self._scope, self._operator, self._container = scope, operator, container

    def add(self, kind, *inputs, output=None, **attributes):
        """Add a node with one output.

        Parameters
        ----------
        kind : str
            ONNX's name of the operator.
        *inputs : str or array-like
            Names of values in the graph, or constants.
        output : str or None
            Name of the output; None makes a new name.

        Returns
        -------
        output : str
        """
        names = [x if type(x) is str else self._add_constant(x) for x in inputs]
        output = output or self._scope.get_unique_variable_name(kind)
        self._container.add_node(kind, names, output, **attributes)
        return output

    def cast(self, value, dtype, output=None):
        """Add a cast to a dtype of NumPy."""
        to = np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self.add("Cast", value, to=to, output=output)

    def add_input(self):
        """Return the name of X."""
        return self._operator.inputs[0].full_name

    def add_images(self):
        """Add X as floats without a channel axis; return its name, height and width."""
        height, width = _image_size(self._operator)
        images = self.add("Reshape", self.add_input(), [-1, height, width])
        return self.cast(images, self.dtype), height, width

    def set_images(self, images):
        """Set float images as the output, rounded if X is uint8."""
        output = self._operator.outputs[0]
        if isinstance(output.type, UInt8TensorType):
            images = self.cast(self.add("Round", images), np.uint8)
        self.add("Identity", images, output=output.full_name)

    def _add_constant(self, value):
        value = np.asarray(value)
        name = self._scope.get_unique_variable_name("constant")
        if value.dtype.kind in "OU":
            kind, content = TensorProto.STRING, [text.encode() for text in value]
        else:
            kind, content = np_dtype_to_tensor_dtype(value.dtype), value.ravel()
        self._container.add_initializer(name, kind, value.shape, content)
        return name


def _float_dtype(operator):
    given = guess_proto_type(operator.inputs[0].type)
    return np.result_type(tensor_dtype_to_np_dtype(given), np.float32)


def _image_size(operator):
    """Return the height and width of the images that an operator takes."""
    shape = operator.inputs[0].type.shape
    sizes = shape[1:3]
    if len(shape) not in (3, 4) or shape[3:] not in ([], [1]) or None in sizes:
        name = type(operator.raw_operator).__name__
        raise ValueError(
            f"{name} converts for grey images of a known size, of shape (None, height, "
            f"width). Got {tuple(shape)}: give to_onnx some images, such as images[:1]."
        )
    return sizes


def _set_image_type(operator, sample_shape):
    """Set the type of the output: uint8 for uint8 images, otherwise floats."""
    given = operator.inputs[0].type
    if isinstance(given, UInt8TensorType):
        kind = UInt8TensorType
    else:
        is_double = _float_dtype(operator) == np.float64
        kind = DoubleTensorType if is_double else FloatTensorType
    operator.outputs[0].type = kind([given.shape[0], *sample_shape])


def _set_straightened_type(operator):
    _set_image_type(operator, _image_size(operator))


def _straighten(scope, operator, container):
    """Write StraightenDigit, by the formulas of its docstring in the same order."""
    graph = _Graph(scope, operator, container)
    add = graph.add
    images, height, width = graph.add_images()
    powers_x, powers_y = powers(width), powers(height)

    moments = add("MatMul", images, powers_x.T.astype(graph.dtype))
    moments = add("MatMul", powers_y, graph.cast(moments, np.float64))
    moments = add("Reshape", moments, [-1, 9])
    mass = add("Gather", moments, [0], axis=1)
    is_blank = graph.cast(add("Equal", mass, 0.0), np.float64)
    moments = add("Div", moments, add("Add", mass, is_blank))
    _, mean_x, xx, mean_y, xy, _, yy = (
        add("Gather", moments, [i], axis=1) for i in range(7)
    )
    covariance = add("Sub", xy, add("Mul", mean_x, mean_y))
    var_y = add("Sub", yy, add("Mul", mean_y, mean_y))
    var_y = add("Max", var_y, PIXEL_VARIANCE)
    slant = add("Div", covariance, var_y)
    var_x = add("Sub", xx, add("Mul", mean_x, mean_x))
    var_x = add("Sub", var_x, add("Mul", slant, covariance))
    var_x = add("Max", var_x, PIXEL_VARIANCE)

    def limit(factor):
        return add("Min", add("Max", factor, SMALLEST_FACTOR), LARGEST_FACTOR)

    aim_x, aim_y = aim(graph.step.height, graph.step.width, height, width)
    scale_x = add("Div", aim_x, add("Sqrt", var_x))
    scale_x = limit(add("Pow", scale_x, float(graph.step.width_exponent)))
    scale_y = limit(add("Div", aim_y, add("Sqrt", var_y)))

    # Where each pixel of the result comes from.
    from_mean = add("Div", powers_y[1:2], scale_y)
    from_y = add("Add", mean_y, from_mean)
    from_y = add("Reshape", from_y, [-1, height, 1])
    row_x = add("Add", mean_x, add("Mul", slant, from_mean))
    row_x = add("Reshape", row_x, [-1, height, 1])
    column_x = add("Reshape", add("Div", powers_x[1:2], scale_x), [-1, 1, width])
    from_x = add("Add", row_x, column_x)

    def interpolate(values, position, n, shape_of_indices):
        position = add("Add", position, (n + 1) / 2)
        position = add("Min", add("Max", position, 0.0), float(n + 1))
        below = graph.cast(position, np.int64)
        part = add("Sub", position, graph.cast(below, np.float64))
        lower, upper = (
            add(
                "GatherND",
                values,
                add("Reshape", index, shape_of_indices),
                batch_dims=len(shape_of_indices) - 2,
            )
            for index in (below, add("Add", below, 1))
        )
        difference = add("Sub", upper, lower)
        return add("Add", lower, add("Mul", difference, graph.cast(part, graph.dtype)))

    padded = add("Pad", images, [0, 1, 1, 0, 2, 2])
    rows = interpolate(padded, from_y, height, [-1, height, 1])
    graph.set_images(interpolate(rows, from_x, width, [-1, height, width, 1]))


def _set_directions_type(operator):
    height, width = _image_size(operator)
    _set_image_type(operator, (4, (height + 1) // 2, (width + 1) // 2))


def _directions(scope, operator, container):
    """Write GradientDirections, with Sobel's operator and the blur as matrices."""
    graph = _Graph(scope, operator, container)
    add = graph.add
    images, height, width = graph.add_images()

    def sobel(n, weights):
        return sum(w * np.eye(n, k=k, dtype=graph.dtype) for k, w in weights.items())

    smooth, difference = {-1: 1, 0: 2, 1: 1}, {-1: -1, 1: 1}
    gx = add("MatMul", sobel(height, smooth), images)
    gx = add("MatMul", gx, sobel(width, difference).T)
    gy = add("MatMul", sobel(height, difference), images)
    gy = add("MatMul", gy, sobel(width, smooth).T)
    zero = graph.dtype.type(0)
    same_sign = add("Equal", add("Greater", gx, zero), add("Greater", gy, zero))
    gx, gy = add("Abs", gx), add("Abs", gy)
    diagonal = add("Min", gx, gy)
    rising = add("Mul", diagonal, graph.cast(same_sign, graph.dtype))
    planes = (
        add("Sub", gx, diagonal),
        rising,
        add("Sub", gy, diagonal),
        add("Sub", diagonal, rising),
    )
    planes = [add("Reshape", plane, [-1, 1, height, width]) for plane in planes]
    planes = add("Concat", *planes, axis=1)
    planes = add("MatMul", blur_and_halve(height, graph.dtype), planes)
    planes = add("MatMul", planes, blur_and_halve(width, graph.dtype).T)
    graph.set_images(add("Mul", planes, PLANE_FACTORS.astype(graph.dtype)))


def _set_rows_type(operator):
    given = operator.inputs[0].type
    n_features = operator.raw_operator.n_features_in_
    operator.outputs[0].type = type(given)([given.shape[0], n_features])


def _flatten(scope, operator, container):
    graph = _Graph(scope, operator, container)
    output = operator.outputs[0].full_name
    graph.add("Flatten", graph.add_input(), axis=1, output=output)


def _set_label_and_probability_types(operator):
    # skl2onnx leaves out the shape of features that an ensemble selects.
    n = next(iter(operator.inputs[0].type.shape), None)
    classes = get_label_classes(operator.scope_inst, operator.raw_operator)
    label_type = StringTensorType if classes.dtype.kind in "OU" else Int64TensorType
    label, probabilities = operator.outputs
    label.type = label_type([n])
    probabilities.type = guess_tensor_type(operator.inputs[0].type)
    probabilities.type.shape = [n, len(classes)]


def _classify(scope, operator, container):
    """Write DigitMLPClassifier: the network, and labels by the largest logit."""
    graph = _Graph(scope, operator, container)
    add, clf = graph.add, graph.step
    dtype = clf.coefs_[0].dtype
    classes = get_label_classes(scope, clf)
    if classes.dtype.kind not in "OU":
        classes = classes.astype(np.int64)
    x = graph.cast(graph.add_input(), dtype)
    for coef, intercept in zip(clf.coefs_[:-1], clf.intercepts_[:-1]):
        x = add("Add", add("MatMul", x, coef), intercept)
        if clf._activation != "identity":
            x = add(_ACTIVATIONS[clf._activation], x)
    logits = add("Add", add("MatMul", x, clf.coefs_[-1]), clf.intercepts_[-1])
    label, probabilities = operator.outputs
    index = add("ArgMax", logits, axis=1, keepdims=0)
    add("Gather", classes, index, output=label.full_name)
    if not container.get_options(clf, {"raw_scores": False})["raw_scores"]:
        scores = add("Softmax", logits, axis=1)
    elif len(classes) == 2:  # skl2onnx wants a column for each class
        second = add("MatMul", logits, np.array([[-1], [1]], dtype))
        scores = add("Concat", add("Neg", second), second, axis=1)
    else:
        scores = logits
    is_double = isinstance(probabilities.type, DoubleTensorType)
    to = np.float64 if is_double else np.float32
    graph.cast(scores, to, probabilities.full_name)


_CONVERTERS = (
    (StraightenDigit, _set_straightened_type, _straighten, None),
    (GradientDirections, _set_directions_type, _directions, None),
    (Flatten, _set_rows_type, _flatten, None),
    (
        DigitMLPClassifier,
        _set_label_and_probability_types,
        _classify,
        {
            "zipmap": [True, False, "columns"],
            "nocl": [True, False],
            "raw_scores": [True, False],
            "output_class_labels": [False, True],
        },
    ),
)
for _class, _set_types, _write, _options in _CONVERTERS:
    update_registered_converter(
        _class, f"Skdigits{_class.__name__}", _set_types, _write, options=_options
    )
