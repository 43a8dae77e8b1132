"""The reader and the detector are there at once, and as good as they say."""

from pathlib import Path

import numpy as np
import pytest
import sklearn

import skdigits
from skdigits import CenterDigit, load_digit_detector, load_digit_reader
from skdigits._scale import Scale, measure_scale

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
WEIGHTS = Path(skdigits.__file__).with_name("weights.npz")


@pytest.fixture(scope="module")
def reader():
    return load_digit_reader()


@pytest.fixture(scope="module")
def detector():
    return load_digit_detector()


def test_the_reader_loads_without_tensorflow_or_data(run_python, tmp_path):
    code = (
        "import sys, numpy as np, skdigits;"
        "page = np.full((90, 60), 255, np.uint8); page[20:70, 28:34] = 0;"
        "assert skdigits.load_digit_reader().predict([page]) == [1];"
        "assert not {'tensorflow', 'keras', 'matplotlib'} & set(sys.modules)"
    )
    run_python("-c", code, SCIKIT_LEARN_DATA=str(tmp_path))


def test_the_weights_are_a_small_file_of_plain_arrays():
    assert WEIGHTS.stat().st_size < 150_000
    with np.load(WEIGHTS, allow_pickle=False) as file:
        sizes = {name: file[name].size for name in file}
    assert sum(n for name, n in sizes.items() if name.startswith("reader")) == 20_175


def test_the_steps_are_those_that_are_promised(reader):
    assert [type(step).__name__ for _, step in reader.steps] == [
        "CenterDigit",
        "StraightenDigit",
        "GradientDirections",
        "Flatten",
        "DigitMLPClassifier",
    ]
    assert reader.classes_.tolist() == list(range(10))
    assert "MNIST" in reader.DESCR


def test_mnist_is_read(reader, mnist):
    _, _, X, y = mnist
    assert reader[1:].score(X, y) >= 0.992


def test_the_networks_know_the_scale_of_mnists_planes(reader, mnist):
    planes = reader[1:-1].transform(mnist[0][::10])
    scale, known = measure_scale(planes), Scale(*reader[-1]._scale)
    assert known.rms == pytest.approx(scale.rms, rel=0.02)
    assert known.low == scale.low
    assert known.high == pytest.approx(scale.high, rel=0.1)


def test_pixels_of_another_scale_give_a_warning(reader, detector, mnist):
    images = mnist[2][:20]
    for pipe in (reader, detector):
        with pytest.warns(UserWarning, match="most labels will be wrong"):
            pipe[1:].predict(images / np.float32(255))
        pipe[1:].predict(images[:1])  # warnings are errors


@pytest.mark.filterwarnings("ignore:Several digits")  # 4 of the 10,000 have two parts
def test_framing_costs_mnist_less_than_two_thousandths(reader, mnist):
    _, _, X, y = mnist
    X, y = X[::5], y[::5]
    framed = CenterDigit().transform(X)
    assert reader[1:].score(framed, y) > reader[1:].score(X, y) - 0.002


def test_digits_of_another_country_are_read(reader, digits):
    X, y = digits
    assert reader.score(X[:300].reshape(-1, 8, 8), y[:300]) >= 0.94


def test_training_can_continue(reader, digits):
    X, y = digits
    rows = reader[:-1].transform(X[:64].reshape(-1, 8, 8))
    clf = load_digit_reader()["clf"].partial_fit(rows, y[:64], classes=range(10))
    assert clf.n_iter_ == 1


def test_changing_a_readers_weights_changes_no_other_reader(digits):
    images = digits[0][:20].reshape(-1, 8, 8)
    changed, other = load_digit_reader(), load_digit_reader()
    expected = other.predict(images)
    changed["clf"].coefs_[0][:] = 0
    changed["clf"].coefs_[1] = -changed["clf"].coefs_[1]
    for reader in (other, load_digit_reader()):
        np.testing.assert_array_equal(reader.predict(images), expected)


def test_a_configured_output_gives_no_warning(reader, digits):
    images = digits[0][:20].reshape(-1, 8, 8)
    with sklearn.config_context(transform_output="pandas"):
        configured = load_digit_reader().predict(images)
    np.testing.assert_array_equal(configured, reader.predict(images))


def test_one_in_two_hundred_digits_of_mnist_is_rejected(detector, mnist):
    rejected = 1 - detector[1:].predict(mnist[2]).mean()
    assert 0.003 < rejected < 0.01


def test_digits_of_another_country_are_kept_and_sure_readings_are_right(
    reader, detector, digits
):
    X, y = digits
    images = CenterDigit().transform(X[:900].reshape(-1, 8, 8))
    probabilities, y = reader[1:].predict_proba(images), y[:900]
    is_right = probabilities.argmax(axis=1) == y
    assert detector[1:].predict(images[is_right]).mean() >= 0.985
    is_sure = probabilities.max(axis=1) > 0.9
    assert is_sure.mean() > 0.85
    assert is_right[is_sure].mean() >= 0.99


def test_probabilities_are_calibrated(reader, mnist):
    _, _, X, y = mnist
    probabilities = reader[1:].predict_proba(X)
    gap = (probabilities.argmax(axis=1) == y) - probabilities.max(axis=1)
    bins = np.minimum((15 * probabilities.max(axis=1)).astype(int), 14)
    assert np.abs(np.bincount(bins, gap)).sum() / len(y) < 0.012


def test_the_detector_rejects_marks_that_are_not_digits(detector, mnist, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from detector_images import draw_not_digits

    kinds = draw_not_digits(mnist[2], np.random.default_rng(0), n=50)
    with pytest.warns(UserWarning, match="light ink"):  # of the inverted frames
        told = {kind: 1 - detector[1:].predict(X).mean() for kind, X in kinds.items()}
    assert min(told["letters"], told["scribbles"], told["touching pairs"]) >= 0.8
    assert min(told[kind] for kind in told if "noise" in kind) >= 0.9
    assert told["inverted frames"] >= 0.9


def test_the_detector_rejects_blank_pictures(reader, detector):
    blank = [np.full((50, 40), 200, np.uint8)]
    assert detector.predict(blank).tolist() == [False]
    with pytest.raises(ValueError, match="Picture 0 is blank"):
        reader.predict(blank)


def test_ones_with_a_flag_are_read(reader, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from flagged_ones import draw_flagged_ones

    images = draw_flagged_ones(np.random.default_rng(7), 400)
    assert (reader[1:].predict(images) == 1).mean() >= 0.97
