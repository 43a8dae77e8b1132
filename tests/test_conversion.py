"""The same network in Keras, scikit-learn and files."""

import copy

import numpy as np
import pytest
from conftest import assert_same_network
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline

from skdigits import (
    CenterDigit,
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
)

ACTIVATIONS = ["relu", "tanh", "logistic", "identity"]


@pytest.fixture(scope="module", params=["ten classes", "two classes", "names"])
def problem(request, digits):
    """A fitted classifier and its rows, as float32."""
    X, y = digits
    y = {"two classes": y > 4, "names": np.array(list("jihgfedcba"))[y]}.get(
        request.param, y
    )
    return DigitMLPClassifier(epochs=3, random_state=0).fit(X, y), X.astype("f")


# Keras


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_keras_gives_the_same_logits_and_probabilities(digits, activation):
    X, y = digits
    clf = DigitMLPClassifier(activation=activation, epochs=1, random_state=0).fit(X, y)
    model = clf.to_keras()
    logits = model.predict(X, verbose=0)
    np.testing.assert_allclose(clf.decision_function(X), logits, atol=1e-5)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(clf.predict_proba(X), p, atol=1e-6)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_keras_gives_the_same_hidden_activations(digits, activation):
    X, y = digits
    clf = DigitMLPClassifier((7, 6, 5), activation, epochs=1, random_state=0).fit(X, y)
    x = X.astype("f")
    hidden = clf.hidden_activations(X)
    assert [h.shape for h in hidden] == [(len(X), units) for units in (7, 6, 5)]
    for layer, mine in zip(clf.to_keras().layers, hidden):
        x = np.asarray(layer(x))
        np.testing.assert_allclose(mine, x, atol=1e-5)


def test_the_keras_network_is_a_copy(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=1, random_state=0).fit(X, y)
    before = clf.predict_proba(X)
    model = clf.to_keras()
    model.set_weights([0 * w for w in model.get_weights()])
    np.testing.assert_array_equal(clf.predict_proba(X), before)


# 2026-11: Keras 3.15 saves its variables by an __array__ of NumPy before 2.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_a_keras_file_predicts_the_same(fitted, digits, tmp_path):
    import keras

    fitted.to_keras().save(tmp_path / "digits.keras")
    model = keras.saving.load_model(tmp_path / "digits.keras")
    logits = model.predict(digits[0], verbose=0)
    np.testing.assert_allclose(logits, fitted.decision_function(digits[0]), atol=1e-5)
    back = DigitMLPClassifier.from_keras(model)
    np.testing.assert_array_equal(back.predict(digits[0]), fitted.predict(digits[0]))


def keras_model(*layers, shape=(64,)):
    import keras

    model = keras.Sequential([keras.Input(shape), *layers])
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
    return model


def dense(*arguments, **keywords):
    import keras

    return keras.layers.Dense(*arguments, **keywords)


@pytest.mark.parametrize("end", ["linear", "softmax", "layer"])
@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "linear"])
def test_a_network_from_keras_predicts_the_same(digits, activation, end):
    import keras

    X = digits[0].astype("f")
    last = [dense(5, None if end == "layer" else end)]
    if end == "layer":
        last.append(keras.layers.Softmax())
    hidden = [
        dense(20, activation),
        keras.layers.Dropout(0.5),
        dense(7, use_bias=False),
        keras.layers.Activation(activation),
    ]
    model = keras_model(
        keras.layers.Rescaling(1 / 16, offset=-0.5),
        keras.layers.Flatten(),
        *hidden,
        *last,
        shape=(8, 8),
    )
    clf = DigitMLPClassifier.from_keras(model)
    theirs = model.predict(X.reshape(-1, 8, 8), verbose=0)
    ours = clf.decision_function(X) if end == "linear" else clf.predict_proba(X)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    np.testing.assert_array_equal(clf.classes_, range(5))
    assert clf.get_params()["hidden_layer_sizes"] == (20, 7)


@pytest.mark.parametrize(
    ("units", "end"), [(10, "softmax"), (10, None), (1, "sigmoid")]
)
def test_a_network_without_a_hidden_layer_converts_there_and_back(digits, units, end):
    import keras

    X, y = digits[0].astype("f"), digits[1]
    model = keras_model(keras.layers.Rescaling(1 / 16), dense(units, end))
    clf = DigitMLPClassifier.from_keras(model)
    theirs = model.predict(X, verbose=0)
    ours = clf.predict_proba(X) if end else clf.decision_function(X)
    np.testing.assert_allclose(ours[:, -units:], theirs, atol=1e-4)
    assert clf.get_params()["hidden_layer_sizes"] == ()
    back = DigitMLPClassifier.from_keras(clf.to_keras())
    np.testing.assert_allclose(back.predict_proba(X), clf.predict_proba(X), rtol=1e-5)
    same = clf.to_sklearn().predict_proba(X)
    np.testing.assert_allclose(same, clf.predict_proba(X), atol=1e-5)
    if units == 10:
        assert clf.set_params(warm_start=True, epochs=20).fit(X, y).score(X, y) > 0.9


@pytest.mark.parametrize("end", ["sigmoid", None])
def test_one_unit_is_two_classes(digits, end):
    X = digits[0].astype("f")
    model = keras_model(dense(6, "relu"), dense(1, end))
    clf = DigitMLPClassifier.from_keras(model, classes=["no", "yes"])
    theirs = model.predict(X, verbose=0).ravel()
    ours = clf.decision_function(X) if end is None else clf.predict_proba(X)[:, 1]
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_further_training_of_a_keras_network_follows_random_state(fitted, digits):
    one, other = (
        DigitMLPClassifier.from_keras(fitted.to_keras())
        .set_params(random_state=0)
        .partial_fit(*digits)
        for _ in range(2)
    )
    assert_same_network(one, other)


def test_labels_name_the_outputs_in_their_order(digits):
    X = digits[0].astype("f")
    model = keras_model(dense(6, "relu"), dense(3))
    clf = DigitMLPClassifier.from_keras(model, classes=["b", "c", "a"])
    best = model.predict(X, verbose=0).argmax(axis=1)
    np.testing.assert_array_equal(clf.predict(X), np.array(["b", "c", "a"])[best])
    np.testing.assert_array_equal(clf.classes_, ["a", "b", "c"])


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_training_continues_from_a_keras_network(fitted, digits, method):
    clf = DigitMLPClassifier.from_keras(fitted.to_keras()).set_params(
        warm_start=True, epochs=1, learning_rate=1e-4, learning_rate_schedule="constant"
    )
    getattr(clf, method)(*digits)
    assert clf.n_iter_ == 1
    assert clf.loss_curve_[0] < 1.1 * fitted.loss_curve_[-1]


def refuses(model, message):
    with pytest.raises(ValueError, match=message):
        DigitMLPClassifier.from_keras(model)


def test_layers_other_than_a_chain_of_dense_ones_raise_value_error():
    import keras

    layers = keras.layers
    refused = {
        "Conv2D": keras_model(
            layers.Conv2D(2, 3), layers.Flatten(), dense(3), shape=(8, 8, 1)
        ),
        "BatchNormalization": keras_model(
            dense(5, "relu"), layers.BatchNormalization(), dense(3)
        ),
        "LeakyReLU": keras_model(dense(5), layers.LeakyReLU(), dense(3)),
        "'inner' \\(Sequential\\)": keras_model(
            keras.Sequential([dense(5, "relu")], name="inner"), dense(3)
        ),
        "'late' \\(Rescaling\\) .* another place": keras_model(
            dense(5, "relu"), layers.Rescaling(2, name="late"), dense(3)
        ),
        "'again' \\(ReLU\\) .* another place": keras_model(
            dense(5, "tanh"), layers.ReLU(name="again"), dense(3)
        ),
    }
    for message, model in refused.items():
        refuses(model, f"takes Dense layers one after another.*{message}")


def test_other_activations_raise_value_error():
    import keras

    refused = {
        "at least one Dense": [keras.layers.Rescaling(1 / 255)],
        "one activation for all": [dense(5, "tanh"), dense(5, "relu"), dense(2)],
        "has <function gelu": [dense(5, "gelu"), dense(3)],
        "has <function silu": [dense(5), keras.layers.Activation("silu"), dense(3)],
        "has <ReLU": [dense(5, keras.layers.ReLU(max_value=6)), dense(3)],
        "has <Softmax": [dense(5, "relu"), dense(3, keras.layers.Softmax(axis=0))],
        "This one has \\['softmax'\\]": [dense(5, "softmax"), dense(3)],
        "ends in relu": [dense(5, "relu"), dense(3, "relu")],
        "ends in sigmoid with 10 units": [dense(5, "relu"), dense(10, "sigmoid")],
        "ends in softmax with 1 units": [dense(5, "relu"), dense(1, "softmax")],
    }
    for message, layers in refused.items():
        refuses(keras_model(*layers), message)


def test_a_users_function_named_relu_is_not_taken_for_keras_relu():
    def relu(x):
        import keras

        return keras.ops.leaky_relu(x, 0.5)

    refuses(keras_model(dense(5, relu), dense(3)), "has <function .*relu")


@pytest.mark.parametrize("pixels", ["0-255", "0-1"])
@pytest.mark.parametrize(
    "name", ["residual", "minimum", "clip", "multiply", "twice", "two inputs"]
)
def test_operations_that_model_layers_omits_raise_value_error(name, pixels):
    """Small after a Rescaling, their effect hides from a look at some outputs."""
    import keras

    inputs, more = keras.Input((64,)), keras.Input((64,))
    x = keras.layers.Rescaling(1 / 255)(inputs) if pixels == "0-255" else inputs
    twice = dense(64, "relu")
    hidden = twice(x)
    message = {"residual": "2 inputs", "two inputs": "one input", "twice": "twice"}
    changed = {
        "residual": lambda: hidden + dense(64, "relu")(hidden),
        "minimum": lambda: keras.ops.minimum(hidden, 1.0),
        "clip": lambda: keras.ops.clip(hidden, 0, 128),
        "multiply": lambda: hidden * 2,
        "twice": lambda: twice(hidden),
        "two inputs": lambda: keras.layers.Add()([hidden, more]),
    }[name]()
    taken = [inputs, more] if name == "two inputs" else inputs
    model = keras.Model(taken, dense(3)(changed))
    refuses(model, message.get(name, name.capitalize()))


def test_clipped_pixels_raise_value_error():
    import keras

    inputs = keras.Input((64,))
    x = keras.layers.Rescaling(1 / 255)(keras.ops.clip(inputs, 0, 128))
    refuses(keras.Model(inputs, dense(3)(dense(5, "relu")(x))), "Clip")


def test_a_model_with_a_call_of_its_own_raises_value_error():
    import keras

    class Clipping(keras.Model):
        def call(self, inputs, **keywords):
            return super().call(keras.ops.minimum(inputs, 128.0), **keywords)

    inputs = keras.Input((64,))
    outputs = dense(3)(dense(5, "relu")(keras.layers.Rescaling(1 / 255)(inputs)))
    refuses(Clipping(inputs, outputs), r"\(Clipping\) does not compute")


@pytest.mark.parametrize(
    ("dtype", "taken", "refused"), [("float32", 1.008, 1.013), ("float16", 1.08, 1.13)]
)
def test_outputs_may_differ_only_by_rounding(dtype, taken, refused):
    """By up to 1 % of the largest output, or 10 % in half precision."""
    import keras

    class Scaling(keras.Model):
        factor = 1.0

        def call(self, inputs, **keywords):
            return super().call(inputs, **keywords) * self.factor

    inputs = keras.Input((64,))
    layer = keras.layers.Dense(3, dtype=dtype, kernel_initializer="ones")
    model = Scaling(inputs, layer(inputs))
    model.factor = taken
    DigitMLPClassifier.from_keras(model)
    model.factor = refused
    refuses(model, r"\(Scaling\) does not compute")


def test_other_objects_than_built_keras_models_raise_value_error(tmp_path):
    import keras

    class Own(keras.Model):
        def call(self, inputs):
            return inputs

    refuses(tmp_path / "digits.keras", "keras.saving.load_model reads one from a file")
    refuses("digits.keras", "must be a Keras model.*Got 'digits.keras'")
    refuses(keras.Sequential([dense(5, "relu"), dense(3)]), "the shape of its input")
    refuses(keras.Sequential(), "the shape of its input")
    refuses(Own(), r"\(Own\) does not")


def test_dense_layers_on_images_and_transposed_pixels_raise_value_error():
    import keras

    flatten = keras.layers.Flatten
    on_images = keras_model(dense(5, "relu"), flatten(), dense(3), shape=(8, 8))
    refuses(on_images, r"the shape \(8, 8\): put a Flatten before it")
    transposing = [flatten("channels_first"), dense(5, "relu"), dense(3)]
    refuses(keras_model(*transposing, shape=(4, 4, 2)), "'channels_first'")


def test_a_rescaling_that_does_not_fit_and_weights_of_nan_raise_value_error():
    import keras

    rescaling = keras.layers.Rescaling([1.0, 2.0], name="two")
    refuses(keras_model(rescaling, dense(5, "relu"), dense(3)), "'two' do not fit")
    model = keras_model(dense(5, "relu"), dense(3))
    model.set_weights([w * np.nan for w in model.get_weights()])
    refuses(model, "weights of the model are infinite or NaN")


def test_labels_that_do_not_name_the_outputs_raise_value_error():
    model = keras_model(dense(5, "relu"), dense(3))
    with pytest.raises(ValueError, match="3 different labels"):
        DigitMLPClassifier.from_keras(model, classes=["a", "b", "a"])
    for classes in ([0.5, 1.5, 2.5], [0.0, 1.0, np.nan]):
        with pytest.raises(ValueError, match="integers, strings or booleans"):
            DigitMLPClassifier.from_keras(model, classes)
    clf = DigitMLPClassifier.from_keras(model, classes=[0.0, 1.0, 2.0])
    assert clf.classes_.tolist() == [0, 1, 2]  # as fit takes them


def agrees(model, X, *, atol=1e-4):
    """Say whether the classifier of a model has the model's outputs as its logits."""
    clf = DigitMLPClassifier.from_keras(model)
    theirs = np.asarray(model(X.reshape(-1, *model.inputs[0].shape[1:]))).astype(float)
    return np.allclose(clf.decision_function(X.astype("f")), theirs, atol=atol)


def test_a_rescaling_of_each_feature_is_folded_in(digits):
    import keras

    rescaling, flatten = keras.layers.Rescaling, keras.layers.Flatten
    by_column = rescaling(list(np.linspace(0.1, 1, 8)), offset=list(range(8)))
    last = [dense(5, "relu"), dense(3)]
    layers = [by_column, flatten(), rescaling(list(np.linspace(1, 2, 64))), *last]
    assert agrees(keras_model(*layers, shape=(8, 8)), digits[0])


@pytest.mark.parametrize("relu", ["keras", "ops", "tensorflow", "layer", "wrapped"])
def test_all_ways_to_write_relu_are_known(digits, relu):
    import keras
    import tensorflow as tf

    ways = {
        "keras": keras.activations.relu,
        "ops": keras.ops.relu,
        "tensorflow": tf.nn.relu,
        "layer": keras.layers.ReLU(),
        "wrapped": keras.layers.Activation(keras.layers.ReLU()),
    }
    assert agrees(keras_model(dense(5, ways[relu]), dense(3)), digits[0])


def test_a_part_of_a_model_and_layers_that_other_models_call_are_taken(digits):
    import keras

    shared = dense(6, "relu")
    first = keras_model(shared, dense(4, name="cut"), dense(3))
    keras_model(shared, dense(2))
    part = keras.Model(first.inputs[0], first.get_layer("cut").output)
    assert agrees(part, digits[0])
    relu = keras.layers.ReLU()
    inputs = keras.Input((64,))
    hidden = relu(dense(6)(relu(dense(7)(inputs))))
    assert agrees(keras.Model(inputs, dense(3)(hidden)), digits[0])


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_networks_of_other_precisions_are_taken(digits, policy):
    import keras

    layers = [dense(5, "relu", dtype=policy), dense(3, dtype=policy)]
    model = keras_model(keras.layers.Rescaling(1 / 16), *layers)
    assert agrees(model, digits[0], atol=1e-6 if policy == "float64" else 0.2)
    (dtype,) = {w.dtype for w in DigitMLPClassifier.from_keras(model).coefs_}
    assert dtype == ("float64" if policy == "float64" else "float32")


@pytest.mark.parametrize("form", ["list", "dict", "uint8", "one row"])
def test_the_form_of_the_input_does_not_matter(digits, form):
    import keras

    dtype = "uint8" if form == "uint8" else "float32"
    inputs = keras.Input((64,), 1 if form == "one row" else None, dtype, name="pixels")
    outputs = dense(3)(dense(5, "tanh")(keras.layers.Rescaling(1 / 255)(inputs)))
    taken = {"list": [inputs], "dict": {"pixels": inputs}}.get(form, inputs)
    model = keras.Model(taken, outputs)
    clf = DigitMLPClassifier.from_keras(model)
    same = keras.Model(inputs, outputs)
    theirs = np.asarray(same(digits[0]))
    np.testing.assert_allclose(clf.decision_function(digits[0]), theirs, atol=1e-5)


# scikit-learn, and ONNX through it


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_scikit_learn_predicts_the_same(digits, activation):
    X, y = digits
    clf = DigitMLPClassifier(activation=activation, epochs=2, random_state=0).fit(X, y)
    theirs = clf.to_sklearn()
    assert type(theirs) is MLPClassifier
    np.testing.assert_allclose(
        theirs.predict_proba(X), clf.predict_proba(X), rtol=0, atol=1e-6
    )


def test_scikit_learn_knows_the_labels(problem):
    clf, X = problem
    theirs = clf.to_sklearn()
    np.testing.assert_array_equal(theirs.predict(X), clf.predict(X))
    np.testing.assert_array_equal(theirs.classes_, clf.classes_)
    np.testing.assert_allclose(
        theirs.predict_proba(X), clf.predict_proba(X), rtol=0, atol=1e-6
    )


def test_scikit_learn_knows_the_names_of_the_features():
    X, y = load_iris(return_X_y=True, as_frame=True)
    clf = DigitMLPClassifier(epochs=1).fit(X, y)
    np.testing.assert_array_equal(clf.to_sklearn().predict(X), clf.predict(X))


def test_scikit_learns_network_is_a_copy_that_can_learn(fitted, digits):
    before, losses = fitted.predict_proba(digits[0]), fitted.loss_curve_.copy()
    theirs = fitted.to_sklearn()
    loss = theirs.partial_fit(*digits).loss_
    assert loss < fitted.loss_curve_[0]
    np.testing.assert_array_equal(fitted.predict_proba(digits[0]), before)
    assert fitted.loss_curve_ == losses


def test_scikit_learns_network_knows_its_losses(fitted):
    clf = copy.deepcopy(fitted)
    clf.loss_curve_.append(9.0)
    theirs = clf.to_sklearn()
    assert theirs.loss_curve_ == clf.loss_curve_
    assert (theirs.loss_, theirs.best_loss_) == (9, min(fitted.loss_curve_))


def test_to_sklearn_with_one_class_raises_value_error(digits):
    clf = DigitMLPClassifier(epochs=1).fit(digits[0][:5], ["seven"] * 5)
    with pytest.raises(ValueError, match="two classes or more"):
        clf.to_sklearn()


# skops


@pytest.mark.parametrize("warm_start", [False, True])
def test_skops_trusts_all_types_except_the_packages_classes(
    digits, warm_start, tmp_path
):
    import skops.io

    X, y = digits
    clf = DigitMLPClassifier(epochs=2, warm_start=warm_start, random_state=0).fit(X, y)
    skops.io.dump(clf, tmp_path / "digits.skops")
    unknown = skops.io.get_untrusted_types(file=tmp_path / "digits.skops")
    assert all(name.startswith("skdigits.") for name in unknown)
    back = skops.io.load(tmp_path / "digits.skops", trusted=unknown)
    np.testing.assert_array_equal(back.predict_proba(X), clf.predict_proba(X))
    if warm_start:
        np.testing.assert_array_equal(
            back.fit(X, y).predict_proba(X), clf.fit(X, y).predict_proba(X)
        )


def test_skops_asks_about_the_packages_classes_in_a_pipeline_and_no_other(digits):
    import skops.io

    steps = CenterDigit(), StraightenDigit(), GradientDirections(), Flatten()
    pipe = make_pipeline(*steps, DigitMLPClassifier(epochs=1, random_state=0))
    pipe.fit(digits[0][:100].reshape(-1, 8, 8), digits[1][:100])
    unknown = skops.io.get_untrusted_types(data=skops.io.dumps(pipe))
    assert sorted(unknown) == sorted(
        f"skdigits.{type(s).__name__}" for _, s in pipe.steps
    )
