import numpy as np
import pytest
from scipy import ndimage

from skdigits import GradientDirections


def directions_by_the_formula(image):
    """Slow and plain: each gradient, pixel by pixel, as a sum of two directions."""
    height, width = image.shape
    gy, gx = (ndimage.sobel(image, axis, mode="constant") / 4 for axis in (0, 1))
    planes = np.zeros((4, height, width))
    for i, j in np.ndindex(height, width):
        angle = np.arctan2(gy[i, j], gx[i, j]) % (2 * np.pi)
        first = int(angle // (np.pi / 4)) % 8
        unit = np.exp(1j * np.pi / 4 * np.array([first, first + 1]))
        basis = np.array([unit.real, unit.imag])
        parts = np.linalg.solve(basis, [gx[i, j], gy[i, j]])
        for direction, part in zip((first, first + 1), parts):
            planes[direction % 4, i, j] += part
    weights = np.array([1, 5, 10, 10, 5, 1]) / 32
    result = np.zeros((4, -(-height // 2), -(-width // 2)))
    padded = np.pad(planes, ((0, 0), (2, 4), (2, 4)))
    for k, i, j in np.ndindex(*result.shape):
        window = padded[k, 2 * i : 2 * i + 6, 2 * j : 2 * j + 6]
        result[k, i, j] = weights @ window @ weights
    return result


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (9, 7), (6, 13)])
def test_it_follows_the_formula_for_images_of_any_shape(shape):
    images = np.random.default_rng(0).normal(size=(5, *shape))
    expected = [directions_by_the_formula(image) for image in images]
    np.testing.assert_allclose(
        GradientDirections().transform(images), expected, atol=1e-12
    )


def test_it_follows_the_formula_for_mnist(mnist):
    images = mnist[0][:10]
    expected = [directions_by_the_formula(image.astype(float)) for image in images]
    assert np.abs(GradientDirections().transform(images) - expected).max() < 0.501


def test_28_by_28_pixels_become_as_many_values(mnist):
    planes = GradientDirections().fit_transform(mnist[0][:3])
    assert planes.shape == (3, 4, 14, 14)
    assert planes.dtype == np.uint8


@pytest.mark.parametrize(("turn", "plane"), [(0, 0), (45, 1), (90, 2), (135, 3)])
def test_each_direction_of_strokes_has_its_plane(turn, plane):
    """Turned clockwise from upright, with ink on either side, light or dark."""
    y, x = np.mgrid[-13.5:14, -13.5:14]
    turn = np.deg2rad(turn)
    across, along = (
        x * np.cos(turn) + y * np.sin(turn),
        y * np.cos(turn) - x * np.sin(turn),
    )
    stroke = np.clip(2 - abs(across), 0, 1) * np.clip(9 - abs(along), 0, 1)
    for image in (stroke, -stroke):
        planes = GradientDirections().transform([image])[0]
        middle = planes[:, 5:9, 5:9].sum(axis=(1, 2))
        assert middle.argmax() == plane
        assert np.delete(middle, plane).max() < 0.35 * middle[plane]


def test_the_largest_pixels_that_uint8_holds_do_not_overflow():
    """The steepest gradients: strokes of two pixels, and diagonal ones."""
    y, x = np.mgrid[:28, :28]
    slopes = [(1, 0), (0, 1), (1, 1), (1, -1), (1, 2)]
    patterns = [
        (a * x + b * y) % n < m
        for a, b in slopes
        for n in range(2, 8)
        for m in range(n)
    ]
    rng = np.random.default_rng(0)
    patterns += list(rng.random((500, 28, 28)) < 0.5)
    images = 255 * np.array(patterns, dtype=np.uint8)
    exact = GradientDirections().transform(images.astype(float))
    assert exact.max() == 255
    np.testing.assert_array_equal(
        GradientDirections().transform(images), np.rint(exact)
    )


def test_the_result_is_proportional_to_the_pixels_of_any_dtype(digits):
    images = digits[0][:20].reshape(-1, 8, 8)
    expected = GradientDirections().transform(images.astype(float))
    for dtype in ("int16", "int64", "float32"):
        result = GradientDirections().transform((3 * images).astype(dtype))
        np.testing.assert_allclose(result, 3 * expected, rtol=1e-5, atol=1e-5)
