"""Ink into MNIST's frame."""

import numpy as np
import pytest
from scipy import ndimage

from skdigits._ink._framing import _cubic_spline, _enlarge, frame_ink


def draw_bar(height, width):
    return np.ones((height, width))


@pytest.mark.parametrize("shape", [(40, 6), (6, 40), (200, 28), (20, 3)])
def test_the_longer_side_fills_the_box(shape):
    image = frame_ink(draw_bar(*shape))
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    rows, columns = (np.flatnonzero((image > 25).any(axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20


def test_the_centre_of_mass_comes_to_the_middle():
    ink = np.zeros((60, 40))
    ink[:, :6] = 1
    ink[50:, :] = 1
    image = frame_ink(ink)
    # Of whole pixels, the nearest; pixel i reaches from i to i + 1.
    np.testing.assert_allclose(ndimage.center_of_mass(image), 13.5, atol=0.51)


def test_ink_is_averaged_over_the_area_of_each_pixel():
    rng = np.random.default_rng(0)
    stroke = np.zeros((80, 80))
    stroke[:, 34:44] = 1
    stroke[rng.integers(0, 80, 30), 34] = 0.5
    image = frame_ink(stroke)
    columns = np.flatnonzero(image.any(axis=0))
    expected = stroke[:, 34:44].reshape(20, 4, 10)
    expected = np.pad(expected, ((0, 0), (0, 0), (0, 2))).reshape(20, 4, 3, 4)
    expected = np.rint(255 * expected.mean(axis=(1, 3)))
    np.testing.assert_allclose(image[4:24, columns], expected, atol=1)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (4, 2.0),  # of 100 pixels, one of the frame is 5
        (10, 2.0),
        (15, 3.0),
        (22, 4.4),
        (25, 4.5),
    ],
)
def test_strokes_become_as_wide_as_mnists(width, expected):
    ink = np.zeros((100, 100))
    ink[:, 20 : 20 + width] = 1
    image = frame_ink(ink)
    # Half a pixel: at the ends of a stroke its depth is less than in the middle.
    assert image[14].sum() / 255 == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize(
    ("height", "width", "n"), [(24, 18, 4), (60, 44, 2), (5, 9, 10), (90, 60, 4)]
)
def test_ink_is_enlarged_by_cubic_splines_and_sharpened(height, width, n):
    ink = np.random.default_rng(0).random((height, width))
    large = ndimage.zoom(ink, n, order=3, mode="grid-constant", grid_mode=True)
    expected = large + 2 * (large - ndimage.gaussian_filter(large, n / 2))
    np.testing.assert_allclose(_enlarge(ink, n), expected, atol=1e-12)


def test_strokes_of_a_tiny_picture_get_the_usual_width():
    for width in (1, 2, 3):
        ink = np.zeros((18, 5))
        ink[:, :width] = 1
        assert frame_ink(ink)[14].sum() / 255 == pytest.approx(2.8, abs=0.25)


def test_faint_ink_counts_as_full_if_no_ink_is_darker():
    ink = draw_bar(40, 6)
    np.testing.assert_array_equal(frame_ink(0.6 * ink), frame_ink(ink))
    assert frame_ink(0.6 * ink).max() == 255


def test_a_frame_may_be_filled():
    image = frame_ink(draw_bar(90, 90), size=20, box=20)
    assert image.shape == (20, 20)
    assert (image > 0).all()


@pytest.mark.parametrize(("side", "is_kept"), [(60, True), (80, False)])
def test_matrices_of_large_frames_are_not_kept(side, is_kept):
    _cubic_spline.cache_clear()
    _enlarge(np.ones((side, side)), 4)
    assert _cubic_spline.cache_info().currsize == is_kept
