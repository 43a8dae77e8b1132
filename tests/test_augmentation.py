import threading
from functools import partial
from itertools import product

import numpy as np
import pytest
import scipy.ndimage
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from skdigits import (
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
    random_affine,
)
from skdigits._augmentation import _inverse_matrices, make_augment
from skdigits._training._random import block_rng
from skdigits._warp import warp_affine

STILL = {"rotation": 0, "shift": 0, "scale": 0, "shear": 0}


@pytest.fixture(scope="module")
def images(digits):
    """Twenty images of 8 × 8, smooth, so that interpolation has something to do."""
    return digits[0][:20].reshape(-1, 8, 8) * np.uint8(15)


def draw(seed=0):
    return np.random.default_rng(seed)


# The warp


@pytest.mark.parametrize(
    ("dtype", "enlarged", "atol"),
    [
        ("uint8", 1, 1.5),
        ("uint8", 37, 1.5),  # 16 bits do not count 256ths of its pixels
        ("float32", 1, 255e-6),
        ("float64", 1, 255e-15),
    ],
)
def test_the_warp_equals_scipys(images, dtype, enlarged, atol):
    """scipy.ndimage, order 1: the same bilinear formula, in (row, column)."""
    pixel = np.ones((1, enlarged, enlarged))
    images = np.kron(images[:, :, :7], pixel).astype(dtype)  # taller than wide
    rng = draw()
    angle, scale, shear = rng.uniform(-0.3, 0.3, (3, len(images)))
    matrices = _inverse_matrices(angle, 1 + scale, shear)
    shifts = rng.uniform(-1, 1, (len(images), 2))
    warped = warp_affine(images, matrices, shifts)

    centre = (np.array(images.shape[1:]) - 1) / 2
    for image, matrix, shift, result in zip(images, matrices, shifts, warped):
        inverse = matrix[::-1, ::-1]
        expected = scipy.ndimage.affine_transform(
            image.astype(float),
            inverse,
            offset=centre - inverse @ (centre + shift[::-1]),
            order=1,
            mode="nearest",
        )
        np.testing.assert_allclose(result, expected, atol=atol)
    warp_affine(images, matrices, shifts, out=images)
    np.testing.assert_array_equal(images, warped)


def test_a_point_is_sheared_then_scaled_then_rotated_about_the_centre():
    angle, scale, shear = np.array([0.1]), np.array([1.2]), np.array([0.3])
    c, s = np.cos(angle[0]), np.sin(angle[0])
    rotate = np.array([[c, -s], [s, c]])
    slant = np.array([[1, 0.3], [0, 1]])
    np.testing.assert_allclose(
        _inverse_matrices(angle, scale, shear)[0],
        np.linalg.inv(rotate @ (1.2 * slant)),
    )


def test_a_strength_of_zero_changes_nothing(images):
    np.testing.assert_array_equal(random_affine(images, draw(), **STILL), images)


@pytest.mark.parametrize(
    ("strength", "farthest"),
    [
        ({"rotation": 20}, 6 * 2 * np.sin(np.deg2rad(20 / 2))),
        ({"shift": 0.1}, 2.1 * np.sqrt(2)),
        ({"scale": 0.2}, 6 * 0.2),
        ({"shear": 0.2}, 6 * 0.2),
    ],
    ids=["rotation", "shift", "scale", "shear"],
)
def test_each_strength_moves_a_dot_as_far_as_it_says(strength, farthest):
    """A dot six pixels below the centre of 21 × 21, seen as its centre of mass."""
    dots = np.zeros((300, 21, 21))
    dots[:, 15:18, 9:12] = 1
    moved = random_affine(dots, draw(), **STILL | strength)
    ends = np.array([scipy.ndimage.center_of_mass(dot) for dot in moved])
    distances = np.linalg.norm(ends - (16, 10), axis=1)
    assert 0.8 * farthest < distances.max() < farthest + 0.2


def test_a_strength_may_be_a_small_integer_of_numpy(images):
    np.testing.assert_array_equal(
        random_affine(images, 0, rotation=np.uint8(3)),
        random_affine(images, 0, rotation=3),
    )


def test_a_shift_is_a_fraction_of_the_width_and_of_the_height():
    dots = np.zeros((300, 11, 41))
    dots[:, 5, 20] = 1
    moved = random_affine(dots, draw(), **STILL | {"shift": 0.1})
    ends = np.array([scipy.ndimage.center_of_mass(dot) for dot in moved])
    down, across = np.abs(ends - (5, 20)).max(axis=0)
    assert 0.9 < down <= 1.1
    assert 3.7 < across <= 4.1


def test_each_image_gets_its_own_random_amounts(images):
    same = np.repeat(images[:1], 10, axis=0)
    warped = random_affine(same, draw())
    assert len(np.unique(warped.reshape(10, -1), axis=0)) == 10


def test_the_same_generator_gives_the_same_warps(images):
    one, two = random_affine(images, draw(1)), random_affine(images, draw(1))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, random_affine(images, draw(2)))


def test_rng_is_any_seed_that_numpy_takes(images):
    """A seed is that of numpy.random.default_rng; a RandomState draws for itself."""
    expected = random_affine(images, draw(7))
    for seed in (7, np.int64(7), np.random.SeedSequence(7), np.random.PCG64(7)):
        np.testing.assert_array_equal(random_affine(images, seed), expected)
    first, second = (random_affine(images, None) for _ in range(2))
    assert not np.array_equal(first, second)


def test_a_random_state_gives_new_warps_in_each_call(images):
    one, two = np.random.RandomState(7), np.random.RandomState(7)
    first = random_affine(images, one)
    np.testing.assert_array_equal(first, random_affine(images, two))
    assert not np.array_equal(first, random_affine(images, one))


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "int64", "bool", "f2", "f4", "f8"]
)
def test_dtype_range_and_input_stay(images, dtype):
    images = images.astype(dtype)
    before = images.copy()
    warped = random_affine(images, draw())
    assert warped.dtype == dtype
    assert warped.shape == images.shape
    assert warped.min() >= images.min()
    assert warped.max() <= images.max()
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("dtype", ["int32", "uint32", "int64", "uint64"])
@pytest.mark.parametrize("limit", ["min", "max"])
def test_integers_do_not_overflow(dtype, limit):
    value = getattr(np.iinfo(dtype), limit)
    warped = random_affine(np.full((3, 8, 8), value, dtype), draw())
    np.testing.assert_allclose(warped.astype(float), float(value), rtol=1e-15)


def test_integers_are_rounded_not_truncated(images):
    as_float = random_affine(images.astype(float), draw())
    of_integers = random_affine(images.astype(int), draw())
    np.testing.assert_array_equal(of_integers, np.round(as_float))
    error = random_affine(images, draw()) - as_float  # of bytes
    assert np.abs(error).max() < 1.5
    assert abs(error.mean()) < 0.02


def test_a_light_background_stays_light(images):
    warped = random_affine(255 - images, draw(), rotation=30, shift=0.2)
    np.testing.assert_allclose(
        warped, 255.0 - random_affine(images, draw(), rotation=30, shift=0.2), atol=1
    )


def test_an_empty_stack_stays_empty(images):
    assert random_affine(images[:0], draw()).shape == (0, 8, 8)


@pytest.mark.parametrize(
    ("strengths", "message"),
    [
        ({"rotation": -1}, "rotation must be a finite number of at least 0.*Got -1"),
        ({"shift": np.nan}, "shift must be"),
        ({"shear": np.inf}, "shear must be"),
        ({"scale": 1}, "scale must be less than 1"),
        ({"rotation": "6"}, "rotation must be a finite number of at least 0.*Got '6'"),
        ({"rotation": (-5, 5)}, r"between minus and plus rotation\. Got \(-5, 5\)"),
        ({"shift": None}, "shift must be a finite number of at least 0.*Got None"),
    ],
)
def test_strengths_out_of_range_raise_value_error(images, strengths, message):
    with pytest.raises(ValueError, match=message):
        random_affine(images, draw(), **strengths)


# In training


def test_rows_become_images_of_the_given_or_a_square_shape():
    seen = []

    def look(images, rng):
        seen.append(images.shape)
        return images

    rows = np.zeros((5, 36))
    for shape in (None, (4, 9), [9, 4]):
        make_augment(look, shape, rows, np.arange(5))(rows, draw())
    assert seen == [(5, 6, 6), (5, 4, 9), (5, 9, 4)]


@pytest.mark.parametrize(
    ("image_shape", "message"),
    [
        (
            None,
            r"63 pixels do not make a square image: set image_shape=\(height, width\)",
        ),
        ((8, 8), r"image_shape=\(8, 8\) has 64 pixels, but each image has 63"),
        ((7,), "two positive integers"),
        ((-7, -9), "two positive integers"),
        ((7.0, 9), "two positive integers"),
    ],
)
def test_rows_that_are_not_images_raise_value_error(digits, image_shape, message):
    X, y = digits
    clf = DigitMLPClassifier(epochs=1, augmentation="affine", image_shape=image_shape)
    with pytest.raises(ValueError, match=message):
        clf.fit(X[:, :63], y)


@pytest.mark.parametrize("augmentation", ["affine", lambda images, rng: images])
@pytest.mark.parametrize("zoom", [1, 4])
def test_planes_of_directions_raise_value_error(digits, zoom, augmentation):
    """They have as many values as the images, which must be warped before."""
    X, y = digits[0][:200], digits[1][:200]
    images = scipy.ndimage.zoom(X.reshape(-1, 8, 8), (1, zoom, zoom), order=1)
    clf = DigitMLPClassifier(epochs=1, augmentation=augmentation)
    pipe = make_pipeline(GradientDirections(), Flatten(), clf)
    with pytest.raises(ValueError, match="Warp the images before that step, with rand"):
        pipe.fit(images, y)
    rows = csr_array(pipe[:-1].transform(images))
    with pytest.raises(ValueError, match="looks like rows of GradientDirections"):
        clf.fit(rows, y)
    clf.set_params(image_shape=images.shape[1:]).fit(rows, y)  # told, and believed


@pytest.mark.parametrize("side", [7, 9, 16, 28])
def test_planes_of_square_images_of_at_least_7_pixels_are_recognised(digits, side):
    images = digits[0][:200].reshape(-1, 8, 8)
    images = scipy.ndimage.zoom(images, (1, side / 8, side / 8), order=1)
    planes = GradientDirections().transform(images).reshape(len(images), -1)
    with pytest.raises(ValueError, match="looks like rows of GradientDirections"):
        make_augment("affine", None, planes, np.arange(len(planes)))


def test_only_rows_of_nonzero_weight_are_compared_with_planes(digits):
    X, y = digits[0][:200], digits[1][:200]
    pipe = make_pipeline(GradientDirections(), Flatten())
    planes = pipe.fit_transform(X.reshape(-1, 8, 8))
    both, labels = np.concatenate([X, planes]), np.concatenate([y, y])
    is_plane = np.repeat([0.0, 1.0], 200)
    clf = DigitMLPClassifier(epochs=1, augmentation="affine")
    clf.fit(both[::-1], labels[::-1], 1 - is_plane[::-1])
    with pytest.raises(ValueError, match="looks like rows of GradientDirections"):
        clf.fit(both, labels, is_plane)


def test_images_and_noise_are_not_taken_for_planes(digits):
    images = digits[0].reshape(-1, 8, 8)
    straight = StraightenDigit().transform(images)
    noise = draw().random((500, 8, 8))
    for stack in (
        images,
        straight,
        noise,
        images.transpose(0, 2, 1),
        np.ones((9, 6, 6)),
    ):
        rows = stack.reshape(len(stack), -1)
        make_augment("affine", None, rows, np.arange(len(rows)))


@pytest.mark.parametrize(
    ("change", "got"),
    [
        (lambda images, rng: images[:, 1:], r"\(1797, 7, 8\) and uint8"),
        (lambda images, rng: images + rng.normal(), r"\(1797, 8, 8\) and float64"),
        (lambda images, rng: None, "object"),
    ],
    ids=["shape", "dtype", "nothing"],
)
def test_a_callable_that_returns_other_images_raises_value_error(digits, change, got):
    with pytest.raises(ValueError, match=f"augmentation must return images.*{got}"):
        DigitMLPClassifier(epochs=1, augmentation=change).fit(*digits)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_nan_from_augmentation_raises_value_error(digits, value):
    def spoil(images, rng):
        images = images.copy()
        images[0, 0, 0] = value
        return images

    X, y = digits
    clf = DigitMLPClassifier(epochs=1, augmentation=spoil)
    with pytest.raises(ValueError, match="augmentation must return finite numbers"):
        clf.fit(X.astype(float), y)


def test_an_error_in_a_callable_is_raised_unchanged(digits):
    def fail(images, rng):
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        DigitMLPClassifier(epochs=1, augmentation=fail).fit(*digits)


def test_training_takes_changed_images_and_prediction_unchanged_ones(digits):
    """To mirror every image in training is to train on mirrored images."""
    X, y = digits
    mirrored = X.reshape(-1, 8, 8)[:, :, ::-1].reshape(-1, 64)
    clf = DigitMLPClassifier(epochs=3, weight_decay=0.1, random_state=0)
    mirroring = clone(clf).set_params(
        augmentation=lambda images, rng: images[..., ::-1]
    )
    np.testing.assert_array_equal(
        mirroring.fit(X, y).predict_proba(X), clf.fit(mirrored, y).predict_proba(X)
    )


def test_every_block_draws_anew_from_the_fits_own_stream(digits):
    drawn = []

    def note(images, rng):
        drawn.append(rng.random())
        return images

    X, y = digits
    clf = DigitMLPClassifier(
        epochs=3, batch_size=4, augmentation=note, random_state=0
    )  # an epoch of two blocks
    clf.fit(X, y)
    blocks = product((1, 2, 3), (0, 1))
    assert drawn == [block_rng(clf._seed, *block).random() for block in blocks]


@pytest.mark.parametrize(("cores", "ahead"), [(1, 4), (2, 1), (2, 2), (2, 5)])
@pytest.mark.parametrize("ours", ["affine", random_affine, partial(random_affine)])
def test_the_bits_do_not_depend_on_which_thread_warps_when(
    digits, monkeypatch, ours, cores, ahead
):
    def fit(augmentation):
        clf = DigitMLPClassifier(
            epochs=2, batch_size=4, augmentation=augmentation, random_state=0
        )  # an epoch of two blocks
        return clf.fit(*digits).coefs_[0]

    one_after_the_other = fit(lambda images, rng: random_affine(images, rng))
    monkeypatch.setattr("joblib.cpu_count", lambda: cores)
    monkeypatch.setattr("skdigits._training._run._BLOCKS_AHEAD", ahead)
    np.testing.assert_array_equal(fit(ours), one_after_the_other)


def test_a_callable_is_never_called_concurrently(digits):
    running, rows_seen = threading.Lock(), []

    def note(images, rng):  # as long as a warp takes, so that two would meet
        assert running.acquire(blocking=False)
        random_affine(images, rng)
        rows_seen.append(len(images))
        running.release()
        return images

    DigitMLPClassifier(epochs=3, batch_size=4, augmentation=note).fit(*digits)
    assert rows_seen == [1024, 773] * 3


def test_affine_is_random_affine_and_partial_gives_other_strengths(digits):
    def fit(augmentation):
        clf = DigitMLPClassifier(
            epochs=2, augmentation=augmentation, weight_decay=0.1, random_state=0
        )
        return clf.fit(*digits).coefs_[0]

    np.testing.assert_array_equal(fit("affine"), fit(random_affine))
    np.testing.assert_array_equal(fit(partial(random_affine, **STILL)), fit(None))
    assert not np.array_equal(fit("affine"), fit(partial(random_affine, rotation=30)))


def test_floats_are_warped_in_the_precision_of_the_fit(digits):
    X, y = digits
    seen = []

    def note(images, rng):
        seen.append(images.dtype.name)
        return random_affine(images, rng)

    for dtype in ("uint8", "int64", "float32", "float64"):
        DigitMLPClassifier(epochs=1, augmentation=note).fit(X.astype(dtype), y)
    assert seen == ["uint8", "float32", "float32", "float64"]
