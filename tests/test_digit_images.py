import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from skdigits import load_digit_images


def test_it_is_mnist_where_there_is_a_copy(mnist, capsys):
    X_train, X_test, y_train, y_test = load_digit_images()
    for loaded, expected in zip((X_train, y_train, X_test, y_test), mnist):
        np.testing.assert_array_equal(loaded, expected)
    line = "MNIST: 60,000 images to train on, 10,000 to test with.\n"
    assert capsys.readouterr().out == line


@pytest.fixture
def _without_mnist(without_mnist, monkeypatch):
    for name, value in without_mnist.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("_without_mnist")
def test_without_a_copy_one_line_names_the_bundled_digits(capsys):
    X_train, X_test, y_train, y_test = load_digit_images()
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("scikit-learn's 8 × 8 digits, as MNIST could not be loaded")
    assert line.endswith("1,347 images to train on, 450 to test with.")
    for parts, whole in zip(
        [(X_train, X_test), (y_train, y_test)],
        [load_digits().images, load_digits().target],
    ):
        together = np.concatenate(parts)
        assert together.shape == whole.shape
        assert together.sum() == whole.sum()
    assert X_test.shape == (450, 8, 8)
    assert set(y_test) == set(range(10))


@pytest.mark.usefixtures("_without_mnist")
def test_without_pooch_the_bundled_digits_are_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    assert load_digit_images()[1].shape == (450, 8, 8)
