"""The same network in Keras, in scikit-learn, in ONNX and in files."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier

from skdigits import DigitMLPClassifier

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
def test_a_network_from_elsewhere_predicts_the_same(digits, activation, end):
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


@pytest.mark.parametrize("end", ["sigmoid", None])
def test_one_unit_is_two_classes(digits, end):
    X = digits[0].astype("f")
    model = keras_model(dense(6, "relu"), dense(1, end))
    clf = DigitMLPClassifier.from_keras(model, classes=["no", "yes"])
    theirs = model.predict(X, verbose=0).ravel()
    ours = clf.decision_function(X) if end is None else clf.predict_proba(X)[:, 1]
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_labels_name_the_outputs_in_their_order(digits):
    X = digits[0].astype("f")
    model = keras_model(dense(6, "relu"), dense(3))
    clf = DigitMLPClassifier.from_keras(model, classes=["b", "c", "a"])
    best = model.predict(X, verbose=0).argmax(axis=1)
    np.testing.assert_array_equal(clf.predict(X), np.array(["b", "c", "a"])[best])
    np.testing.assert_array_equal(clf.classes_, ["a", "b", "c"])


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_training_goes_on_from_a_network_from_elsewhere(fitted, digits, method):
    clf = DigitMLPClassifier.from_keras(fitted.to_keras()).set_params(
        warm_start=True, epochs=1, learning_rate=1e-4, learning_rate_schedule="constant"
    )
    getattr(clf, method)(*digits)
    assert clf.n_iter_ == 1
    assert clf.loss_curve_[0] < 1.1 * fitted.loss_curve_[-1]


def test_what_is_no_chain_of_dense_layers_is_refused_by_name():
    import keras

    layers = keras.layers
    inputs = keras.Input((64,))
    hidden = layers.Dense(64, "relu")(inputs)
    skipping = keras.Model(inputs, layers.Dense(2)(layers.Add()([inputs, hidden])))
    doubling = keras.Model(inputs, layers.Dense(3)(hidden * 2))
    refused = {
        "is a Conv2D": keras_model(
            layers.Conv2D(2, 3), layers.Flatten(), dense(3), shape=(8, 8, 1)
        ),
        "is a BatchNormalization": keras_model(
            dense(5, "relu"), layers.BatchNormalization(), dense(3)
        ),
        "at least one hidden": keras_model(dense(3)),
        "one activation for all": keras_model(
            dense(5, "tanh"), dense(5, "relu"), dense(2)
        ),
        "has \\['gelu'\\]": keras_model(dense(5, "gelu"), dense(3)),
        "ends in relu": keras_model(dense(5, "relu"), dense(3, "relu")),
        "is a Add": skipping,
        "connected in another way": doubling,
    }
    for message, model in refused.items():
        with pytest.raises(ValueError, match=message):
            DigitMLPClassifier.from_keras(model)
    with pytest.raises(ValueError, match="3 different labels"):
        DigitMLPClassifier.from_keras(
            keras_model(dense(5, "relu"), dense(3)), classes=["a", "b", "a"]
        )


def test_a_layer_used_twice_is_seen_by_its_outputs():
    """The layers' list does not show it; the outputs do."""
    import keras

    inputs = keras.Input((64,))
    twice = keras.layers.Dense(64, "relu")
    outputs = keras.layers.Dense(3)(twice(twice(inputs)))
    with pytest.raises(ValueError, match="connected in another way"):
        DigitMLPClassifier.from_keras(keras.Model(inputs, outputs))


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
    before = fitted.predict_proba(digits[0])
    theirs = fitted.to_sklearn()
    loss = theirs.partial_fit(*digits).loss_
    assert loss < fitted.loss_curve_[0]
    np.testing.assert_array_equal(fitted.predict_proba(digits[0]), before)


def test_one_class_is_refused_by_scikit_learns(digits):
    clf = DigitMLPClassifier(epochs=1).fit(digits[0][:5], ["seven"] * 5)
    with pytest.raises(ValueError, match="two classes or more"):
        clf.to_sklearn()


def test_onnx_runtime_predicts_the_same(problem):
    import onnxruntime
    import skl2onnx

    clf, X = problem
    onnx = skl2onnx.to_onnx(clf.to_sklearn(), X[:1], options={"zipmap": False})
    session = onnxruntime.InferenceSession(
        onnx.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    labels, p = session.run(None, {"X": X})
    np.testing.assert_array_equal(labels, clf.predict(X))
    np.testing.assert_allclose(p, clf.predict_proba(X), rtol=0, atol=1e-5)


# skops


@pytest.mark.parametrize("warm_start", [False, True])
def test_skops_trusts_all_but_the_packages_own_classes(digits, warm_start, tmp_path):
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
