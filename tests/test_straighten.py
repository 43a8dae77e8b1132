import numpy as np
import pytest
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.utils import get_tags

from skdigits import StraightenDigit


def moments(image):
    """Mean and central second moments of the ink: x, y, xx, xy, yy."""
    y, x = np.indices(image.shape)
    mass = image.sum() or 1
    mean_x, mean_y = (image * x).sum() / mass, (image * y).sum() / mass
    dx, dy = x - mean_x, y - mean_y
    second = [(image * a * b).sum() / mass for a, b in ((dx, dx), (dx, dy), (dy, dy))]
    return mean_x, mean_y, *second


def straighten_by_the_formula(image, height=5 / 28, width=3.5 / 28, exponent=0.7):
    """Slow and plain: where each pixel comes from, then SciPy's interpolation."""
    mean_x, mean_y, xx, xy, yy = moments(image)
    yy = max(yy, 1 / 12)
    slant = xy / yy
    left = max(xx - xy**2 / yy, 1 / 12)
    rows, columns = image.shape
    height, width = (
        max(height * rows, 0.28 * min(rows, 8)),
        max(width * columns, 0.2 * min(columns, 8)),
    )
    scale_y = np.clip(height / yy**0.5, 0.5, 2)
    scale_x = np.clip((width / left**0.5) ** exponent, 0.5, 2)
    y, x = (i - (n - 1) / 2 for i, n in zip(np.indices(image.shape), image.shape))
    from_y = mean_y + y / scale_y
    from_x = mean_x + x / scale_x + slant * y / scale_y
    padded = np.pad(image, 1)  # SciPy's own border is not interpolated
    return ndimage.map_coordinates(padded, [from_y + 1, from_x + 1], order=1)


def draw_stroke(shape, end_x, end_y, thickness=1.5):
    """Draw a stroke through the middle of an image, as floats of 0 – 1."""
    y, x = (i - (n - 1) / 2 for i, n in zip(np.indices(shape), shape))
    length = np.hypot(end_x, end_y)
    across = abs(x * end_y - y * end_x) / length
    along = abs(x * end_x + y * end_y) / length
    return np.clip(thickness - across, 0, 1) * np.clip(length - along + 0.5, 0, 1)


@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (64, 64), (40, 24)])
def test_it_follows_the_formula_for_images_of_any_shape(shape):
    rng = np.random.default_rng(0)
    images = ndimage.gaussian_filter(rng.normal(size=(100, *shape)), (0, 2, 2))
    images = np.clip(images, 0, None) * np.hanning(shape[0])[:, np.newaxis]
    images *= rng.random((100, 1, shape[1])) < 0.7
    expected = [straighten_by_the_formula(image) for image in images]
    np.testing.assert_allclose(
        StraightenDigit().transform(images), expected, atol=1e-11
    )
    settings = (0.22, 0.1, 0.4)
    expected = [straighten_by_the_formula(image, *settings) for image in images]
    result = StraightenDigit(*settings).transform(images)
    np.testing.assert_allclose(result, expected, atol=1e-11)


def test_it_follows_the_formula_for_mnist(mnist):
    images = mnist[0][:300]
    expected = [straighten_by_the_formula(image.astype(float)) for image in images]
    assert np.abs(StraightenDigit().transform(images) - expected).max() < 0.50001


def test_the_digit_is_in_the_middle_upright_and_as_high_as_asked(mnist):
    X = mnist[0][:1000].astype(float)
    x, y, _, xy, yy = np.transpose([moments(i) for i in StraightenDigit().transform(X)])
    # Interpolation, and ink that leaves the image, move a little.
    assert np.abs(x - 13.5).max() < 0.4
    assert np.abs(y - 13.5).max() < 0.4
    assert np.abs(xy / yy).max() < 0.06
    assert np.abs(np.sqrt(yy) - 5).max() < 0.2


def test_the_width_goes_part_of_the_way():
    rectangle = np.zeros((1, 28, 28))
    rectangle[0, 6:22, 10:18] = 1
    found = moments(rectangle[0])[2] ** 0.5
    for exponent in (0, 0.5, 1):
        straighten = StraightenDigit(width_exponent=exponent)
        width = moments(straighten.transform(rectangle)[0])[2] ** 0.5
        assert width == pytest.approx(found ** (1 - exponent) * 3.5**exponent, rel=0.03)


def test_a_second_transform_moves_no_pixel_further_than_its_neighbour(mnist):
    """But for the width, which goes part of the rest of the way."""
    straighten = StraightenDigit(width_exponent=0)
    once = straighten.transform(mnist[0][:1000].astype(np.float32))
    twice = straighten.transform(once)
    assert (twice > ndimage.maximum_filter(once, (1, 3, 3)) + 13).sum() == 0
    assert (twice < ndimage.minimum_filter(once, (1, 3, 3)) - 13).sum() == 0


@pytest.mark.parametrize(("end_x", "end_y"), [(8, 8), (-5, 9), (4, 10), (0, 9)])
def test_a_slanted_stroke_becomes_upright(end_x, end_y):
    stroke = draw_stroke((28, 28), end_x, end_y)
    upright = StraightenDigit().transform([np.roll(stroke, (2, -2), (0, 1))])[0]
    columns = np.flatnonzero(upright.max(axis=0) > 0.5)
    assert len(columns) <= 8
    assert columns.mean() == pytest.approx(13.5, abs=0.5)


def test_no_digit_is_made_more_than_twice_or_less_than_half_as_large():
    dot = np.zeros((1, 28, 28))
    dot[0, 3:5, 20:22] = 1
    assert StraightenDigit().transform(dot)[0].sum() == pytest.approx(4 * 4)
    everything = np.ones((1, 100, 100))
    high = StraightenDigit(height=0.01, width=0.01, width_exponent=1)
    assert high.transform(everything)[0].sum() == pytest.approx(100**2 / 4)


def test_digits_that_fill_a_small_image_stay_as_large():
    images = load_digits().images[:100]
    straight = StraightenDigit().transform(images)
    heights = [moments(image)[4] ** 0.5 for image in images]
    assert np.mean([moments(image)[4] ** 0.5 for image in straight]) == pytest.approx(
        np.mean(heights), rel=0.05
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64, np.int64])
def test_dark_ink_on_light_paper_gives_a_warning(mnist, dtype):
    straighten = StraightenDigit()
    for images, white in ((mnist[0][:300], 255), (load_digits().images, 16)):
        images = images.astype(dtype)
        inverted = white - images
        for X in (inverted, inverted[:1]):
            message = f"light ink.*give {white} - X"
            with pytest.warns(UserWarning, match=message) as caught:
                straighten.transform(X)
            assert caught[0].filename == __file__  # where the user called it
        np.testing.assert_array_equal(white - inverted, images)


def test_light_ink_on_black_paper_gives_no_warning(mnist):
    """Warnings are errors here."""
    straighten = StraightenDigit()
    for images in (mnist[0][:3000], load_digits().images):
        straighten.transform(images)
        for image in images:
            straighten.transform([image])
    box = np.zeros((1, 28, 28))
    box[:, 4:24, 4:24] = 1  # framed as CenterDigit does, but no digit
    straighten.transform(box)
    for blank in (np.zeros((1, 28, 28)), np.full((2, 8, 8), 255, np.uint8)):
        straighten.transform(blank)


def test_negative_ink_raises_value_error():
    X = np.full((2, 3, 3), -1.0)
    for method in ("fit", "transform"):
        with pytest.raises(ValueError, match=r"Negative values.*StraightenDigit"):
            getattr(StraightenDigit(), method)(X)
    assert get_tags(StraightenDigit()).input_tags.positive_only


@pytest.mark.parametrize(
    "parameters",
    [{"height": 0}, {"width": -1.0}, {"width_exponent": 1.1}, {"height": "high"}],
)
def test_invalid_parameters_raise_value_error(parameters):
    for method in ("fit", "transform"):
        with pytest.raises(ValueError, match=next(iter(parameters))):
            getattr(StraightenDigit(**parameters), method)(np.ones((1, 3, 3)))
