import numpy as np
import pytest

from skdigits._network._keras_model import build_network
from skdigits._network._layout import glorot_uniform, pack, unpack, weight_shapes

SIZES = (7, 5, 3)


def test_a_vector_and_its_weights_are_the_same_numbers():
    vector = np.arange(7 * 5 + 5 + 5 * 3 + 3.0)
    weights = unpack(vector, weight_shapes(SIZES))
    assert [w.shape for w in weights] == list(weight_shapes(SIZES))
    np.testing.assert_array_equal(pack(weights[0::2], weights[1::2]), vector)


def test_initial_weights_are_drawn_as_keras_draws_them():
    keras = pytest.importorskip("keras")
    ours = glorot_uniform((300, 200), np.random.default_rng(0), np.float64)[:60000]
    keras_draws = np.asarray(keras.initializers.GlorotUniform(seed=0)((300, 200)))
    assert np.abs(ours).max() == pytest.approx(np.abs(keras_draws).max(), rel=1e-3)
    assert ours.std() == pytest.approx(keras_draws.std(), rel=0.02)
    assert ours.mean() == pytest.approx(0, abs=1e-3)


def test_initial_intercepts_are_zero():
    vector = glorot_uniform(SIZES, np.random.default_rng(0), np.float32)
    assert vector.dtype == np.float32
    for intercepts in unpack(vector, weight_shapes(SIZES))[1::2]:
        np.testing.assert_array_equal(intercepts, 0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_network_is_a_sequential_of_dense_layers(dtype):
    import keras

    model = build_network((64, 25, 15, 10), "tanh", dtype)
    assert isinstance(model, keras.Sequential)
    assert all(isinstance(layer, keras.layers.Dense) for layer in model.layers)
    assert [layer.units for layer in model.layers] == [25, 15, 10]
    activations = [layer.activation.__name__ for layer in model.layers]
    assert activations == ["tanh", "tanh", "linear"]
    assert {w.dtype for w in model.weights} == {dtype}
