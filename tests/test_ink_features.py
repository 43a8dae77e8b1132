"""The numbers of a pixel, each beside a plain formula."""

import numpy as np
import pytest
from scipy import ndimage

from skdigits._ink import _features
from skdigits._ink._features import measure, measure_quality

N_SIDED = 9  # five closings and four lines


@pytest.fixture(scope="module")
def grey():
    rng = np.random.default_rng(0)
    noise = ndimage.gaussian_filter(rng.normal(size=(80, 120)), 2)
    return (0.5 + noise / (4 * noise.std())).astype(np.float32)


def in_units_of_contrast(grey):
    smooth = ndimage.gaussian_filter(grey, 0.7, mode="nearest", truncate=2.5)
    smoother = ndimage.gaussian_filter(smooth, 0.7, mode="nearest", truncate=2.5)
    low, high = smoother.min(), smoother.max()
    return (smooth - (low + high) / 2) / (high - low)


def beyond_the_edge(function, grey):
    """Apply a filter to a picture that goes on beyond its edge as the edge is."""
    return function(np.pad(grey, 90, mode="edge"))[90:-90, 90:-90]


# Of 120 pixels: parts of 1/40, 1/24, 1/14, 1/8 and 1/5, rounded down to odd numbers.
@pytest.mark.parametrize(("i", "window"), enumerate([3, 5, 9, 15, 25]))
def test_strokes_are_what_closings_fill_and_openings_take(grey, i, window):
    of_pixels = measure(grey).of_pixels
    grey = in_units_of_contrast(grey)
    size = (window, window)
    closing = beyond_the_edge(lambda x: ndimage.grey_closing(x, size), grey)
    opening = beyond_the_edge(lambda x: ndimage.grey_opening(x, size), grey)
    np.testing.assert_allclose(of_pixels[i], closing - grey, atol=2 / 1024)
    np.testing.assert_allclose(of_pixels[N_SIDED + i], grey - opening, atol=2 / 1024)


@pytest.mark.parametrize(
    ("i", "size", "thick"),
    [
        (5, (1, 15), (3, 1)),
        (6, (1, 41), (3, 1)),
        (7, (15, 1), (1, 3)),
        (8, (41, 1), (1, 3)),
    ],
)
def test_lines_are_long_openings_of_strokes(grey, i, size, thick):
    of_pixels = measure(grey).of_pixels

    def open_line(stroke):
        thickened = ndimage.maximum_filter(stroke, thick, mode="nearest")
        return ndimage.grey_opening(thickened, size)

    for first in (0, N_SIDED):  # dark, light
        line = beyond_the_edge(open_line, of_pixels[first + 2])
        np.testing.assert_allclose(of_pixels[first + i], line, atol=2 / 1024)


def test_blurs_slopes_and_deviation(grey):
    of_pixels = measure(grey).of_pixels[2 * N_SIDED :]
    grey = in_units_of_contrast(grey)

    def blur(x, window):
        for _ in range(2):
            x = ndimage.uniform_filter(x, window, mode="nearest")
        return x

    def slope(x):
        down = ndimage.correlate1d(x, [-1, 0, 1], axis=0, mode="nearest")
        across = ndimage.correlate1d(x, [-1, 0, 1], axis=1, mode="nearest")
        return np.hypot(down, across)

    for numbers, window in zip(of_pixels, [3, 5, 13, 33]):
        np.testing.assert_allclose(numbers, grey - blur(grey, window), atol=1e-4)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    np.testing.assert_allclose(of_pixels[4], grey, atol=1e-5)
    np.testing.assert_allclose(of_pixels[5], grey - np.median(edge), atol=1e-5)
    inside = np.s_[1:-1, 1:-1]
    sharp = slope(ndimage.gaussian_filter(grey, 0.7, mode="nearest", truncate=2.5))
    np.testing.assert_allclose(of_pixels[6][inside], sharp[inside], atol=1e-4)
    np.testing.assert_allclose(
        of_pixels[7][inside], slope(blur(grey, 3))[inside], atol=1e-4
    )
    deviation = np.sqrt(np.maximum(blur(grey**2, 11) - blur(grey, 11) ** 2, 0))
    np.testing.assert_allclose(of_pixels[8], deviation, atol=2e-3)
    steepest = ndimage.maximum_filter(of_pixels[6], 5, mode="nearest")
    np.testing.assert_allclose(of_pixels[9], steepest, atol=1e-5)


def test_the_inverted_picture_has_the_inverted_numbers(grey):
    for inverted, expected in zip(measure(grey).invert(), measure(1 - grey)):
        np.testing.assert_allclose(inverted, expected, atol=3e-3)


def test_brightness_and_contrast_do_not_matter(grey):
    of_pixels, of_picture = measure(grey)
    changed = measure(0.3 + 0.25 * grey)
    np.testing.assert_allclose(changed.of_pixels, of_pixels, atol=3e-3)
    same = np.arange(len(of_picture)) != 15  # the contrast itself
    np.testing.assert_allclose(changed.of_picture[same], of_picture[same], atol=3e-3)
    assert changed.of_picture[15] == pytest.approx(of_picture[15] / 4, rel=1e-3)


def test_lengths_are_parts_of_the_reference_length(grey):
    """A page is measured as if it were as large as a picture of one digit."""
    page = np.pad(grey, ((0, 200), (0, 300)), mode="wrap")
    corner = np.s_[:, :20, :40]  # away from the page's other parts
    part = measure(page, length=120).of_pixels[:N_SIDED][corner]
    scale = measure(page).of_picture[15] / measure(grey).of_picture[15]
    np.testing.assert_allclose(
        part[:5] * scale, measure(grey).of_pixels[:5][corner], atol=0.01
    )


@pytest.mark.parametrize("is_light", [False, True])
def test_the_sharper_strokes_tell_the_polarity(is_light):
    y, x = np.mgrid[-1:1:90j, -1:1:70j]
    light = 0.7 + 0.2 * x  # wide and smooth, so no strokes
    stroke = np.abs(np.hypot(x, y) - 0.6) < 0.06
    grey = np.where(stroke, 0.95 if is_light else 0.1, light).astype(np.float32)
    assert measure(grey).is_light == is_light


@pytest.mark.parametrize("is_light", [False, True])
def test_print_is_thinner_than_the_gaps_between_its_lines(is_light):
    letters = np.zeros((400, 300), np.float32)
    for row in range(10, 390, 16):
        letters[row : row + 10, 10:290][:, np.arange(280) % 10 < 2] = 1
        letters[row + 5, 10:290] = 1
    grey = letters if is_light else 1 - letters
    assert measure(grey, length=160).is_light == is_light


def test_quality_is_contrast_and_noise():
    rng = np.random.default_rng(0)
    stripes = np.repeat([[0.2] * 10 + [0.8] * 10], 8, axis=0).repeat(20, axis=0)
    noisy = (stripes + rng.normal(0, 0.03, stripes.shape)).astype(np.float32)
    contrast, noise = measure_quality(noisy)
    assert np.exp(contrast) == pytest.approx(0.6, abs=0.1)
    # The median of the absolute difference from a blur that keeps a sixth of it.
    assert 0.3 < noise * np.exp(contrast) / (0.6745 * 0.03) < 1
    assert measure_quality(stripes.astype(np.float32))[1] < noise / 10


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (2, 3), (160, 4)])
def test_a_picture_of_any_shape_is_measured(shape):
    grey = np.random.default_rng(0).random(shape).astype(np.float32)
    for numbers in measure(grey):
        assert np.isfinite(numbers).all()


@pytest.mark.parametrize("window", [3, 4, 7, 12, 31])
@pytest.mark.parametrize("extreme", [np.maximum, np.minimum])
def test_windows_are_scipys(extreme, window):
    grey = np.random.default_rng(0).integers(-99, 99, (40, 50)).astype(np.int16)
    filters = {np.maximum: ndimage.maximum_filter, np.minimum: ndimage.minimum_filter}
    expected = filters[extreme](grey, (window, 5), origin=(-(window // 2), -2))
    windows = _features._run(extreme, grey, window, 5)
    np.testing.assert_array_equal(windows, expected[: 41 - window, :46])
