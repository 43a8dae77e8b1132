"""Pictures of any kind become grey pixels of a working size."""

import numpy as np
import pytest
from scipy import ndimage

from skdigits._ink._grey import areas, enlarge, resample, scale_and_shrink, to_grey
from skdigits._ink._pixels import shrink


@pytest.fixture
def picture():
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (60, 90, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "convert",
    [
        lambda p: p,
        lambda p: np.uint16(257) * p,
        lambda p: p.astype(int),
        lambda p: p / 255,
        lambda p: p.astype(np.float32) * 257,
    ],
)
def test_the_largest_value_is_one(picture, convert):
    picture[0, 0] = 255
    expected = (picture / 255).astype(np.float32)
    np.testing.assert_allclose(
        scale_and_shrink(convert(picture), 90), expected, atol=1e-6
    )


@pytest.mark.parametrize("dtype", [float, np.uint16])
@pytest.mark.parametrize("largest", [1, 1.0001, 1.1, 16, 257])
def test_the_largest_alpha_is_opaque(picture, largest, dtype):
    opaque = np.full((60, 90, 1), 255, np.uint8)
    with_alpha = np.concatenate([picture, opaque], axis=2)
    if dtype is float:
        with_alpha = with_alpha / 255 * largest
    else:
        with_alpha = with_alpha * np.uint16(largest)
    np.testing.assert_allclose(
        scale_and_shrink(with_alpha, 90), scale_and_shrink(picture, 90), atol=1e-6
    )


@pytest.mark.parametrize(
    "convert",
    [
        lambda p: p / 127.5 - 1,
        lambda p: p.astype(np.int16) - 128,
        lambda p: (p / 255 - 0.449) / 0.226,
        lambda p: p * 1e-300,
    ],
    ids=["±1", "int8", "standardised", "tiny"],
)
def test_the_darkest_value_is_black(picture, convert):
    picture[0, :2] = [[0], [255]]
    np.testing.assert_allclose(
        scale_and_shrink(convert(picture), 90), scale_and_shrink(picture, 90), atol=1e-6
    )


def test_many_pixels_of_16_bits_do_not_overflow():
    white = np.full((300, 300, 1), 65535, np.uint16)
    assert shrink(white, 1) == 65535


@pytest.mark.parametrize("longest", [90, 60, 46, 45])
def test_pixels_are_averages_over_their_areas(picture, longest):
    shrunk = scale_and_shrink(picture, longest)
    height = round(60 * longest / 90)
    assert shrunk.shape == (height, longest, 3)
    # Each pixel repeated as often as the result has pixels: areas of whole pixels.
    fine = picture.repeat(height, axis=0).repeat(longest, axis=1)
    blocks = fine.reshape(height, 60, longest, 90, 3).mean(axis=(1, 3)) / 255
    np.testing.assert_allclose(shrunk, blocks / blocks.max(), atol=1e-6)


def test_areas_cover_each_pixel_once():
    covered = areas(13, 5.5)
    assert covered.shape == (6, 13)
    np.testing.assert_allclose(covered.sum(axis=0), 5.5 / 13, rtol=1e-6)
    np.testing.assert_allclose(covered.sum(axis=1), [1, 1, 1, 1, 1, 0.5], rtol=1e-6)


def test_a_small_picture_stays_as_it_is(picture):
    pixels = picture / np.float32(255)
    assert resample(pixels, 100) is pixels


@pytest.mark.parametrize(("ink", "paper"), [(0, 1), (1, 0)])
def test_ink_on_nothing_lies_on_its_opposite(ink, paper):
    picture = np.full((20, 20, 2), ink, dtype=float)
    picture[..., 1] = 0
    picture[5:9, 5:9, 1] = 1
    pixels = scale_and_shrink(picture, 20)[..., 0]
    assert pixels[6, 6] == ink
    assert pixels[0, 0] == paper


def test_a_hole_in_paper_is_paper():
    picture = np.full((20, 20, 4), 200, np.uint8)
    picture[..., 3] = 255
    picture[:3, :3] = 0
    np.testing.assert_allclose(scale_and_shrink(picture, 20), 1, rtol=1e-6)


def test_grey_is_the_colour_in_which_strokes_differ():
    """The first principal component of what differs from the surroundings."""
    paper, ink = np.array([0.2, 0.6, 0.3]), np.array([0.6, 0.4, 0.3])  # one luminance
    stroke = np.zeros((64, 64, 1))
    stroke[10:50, 30:34] = 1
    pixels = (paper + stroke * (ink - paper)).astype(np.float32)
    grey = to_grey(pixels)
    direction = (ink - paper) / np.abs(ink - paper).sum()  # white becomes 1
    assert abs(grey[20, 31] - grey[20, 10]) == pytest.approx(
        direction @ (ink - paper), rel=1e-3
    )
    assert abs((ink - paper) @ [0.299, 0.587, 0.114]) < 0.005


def test_grey_pictures_stay_as_they_are():
    grey = np.random.default_rng(0).random((9, 7, 1), np.float32)
    np.testing.assert_array_equal(to_grey(grey), grey[..., 0])


@pytest.mark.parametrize(
    ("side", "least", "n"), [(8, 96, 12), (28, 96, 4), (97, 96, 1)]
)
def test_small_pictures_are_enlarged_a_whole_number_of_times(side, least, n):
    grey = np.random.default_rng(0).random((side, 5), np.float32)
    enlarged, times = enlarge(grey, least)
    assert times == n
    assert enlarged.shape == (n * side, n * 5)
    # Interpolated between the centres of the pixels.
    again = ndimage.zoom(enlarged, 1 / n, order=1, mode="nearest", grid_mode=True)
    np.testing.assert_allclose(again, grey, atol=0.35)
    assert enlarged.min() >= grey.min() - 1e-6
    assert enlarged.max() <= grey.max() + 1e-6
