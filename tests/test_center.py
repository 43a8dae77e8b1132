import pickle

import numpy as np
import pytest
from scipy import ndimage
from sklearn.base import clone
from sklearn.utils import get_tags

from skdigits import CenterDigit, load_digit_reader


def draw_two(height=120, width=90):
    """Draw a 2: black (0) on white (1), not in the middle."""
    y, x = np.mgrid[:height, :width]
    bow = np.abs(np.hypot(y - 35, x - 30) - 15) < 3.5
    bow &= (y < 35) | (x > 38)
    neck = np.abs(y - 35 + 1.2 * (x - 45)) < 5
    neck &= (y > 30) & (y < 72)
    foot = (np.abs(y - 72) < 3.5) & (x > 11) & (x < 50)
    return 1 - (bow | neck | foot).astype(float)


@pytest.fixture
def page():
    return draw_two()


@pytest.fixture
def framed(page):
    return CenterDigit().transform([page])[0]


def assert_alike(image, expected, *, tolerance=6):
    """Compare by the mean difference of pixels of 0–255; ink has a mean of 40."""
    assert image.shape == expected.shape
    assert np.abs(image.astype(float) - expected).mean() < tolerance


def assert_same_strokes(image, expected):
    """Compare strokes: 97 % lie within two pixels of the other image's.

    Their width may differ, and the frame centres by whole pixels.
    """
    for some, other in ((image, expected), (expected, image)):
        near = ndimage.maximum_filter(other, 5) > 127
        assert np.mean(near[some > 127]) > 0.97


def test_the_frame_is_mnists(framed):
    assert framed.shape == (28, 28)
    assert framed.dtype == np.uint8
    assert framed.max() == 255
    rows, columns = np.flatnonzero(framed.any(1)), np.flatnonzero(framed.any(0))
    assert rows[-1] - rows[0] + 1 == 20
    assert columns[-1] - columns[0] + 1 < 20
    np.testing.assert_allclose(ndimage.center_of_mass(framed), 14, atol=0.6)


def test_size_and_box_are_followed(page):
    image = CenterDigit(size=16, box=15).transform([page])[0]
    assert image.shape == (16, 16)
    assert np.count_nonzero(image.any(1)) == 15
    # Centred by mass, a digit that fills its frame would stand out of it.
    image = CenterDigit(size=20, box=20).transform([page])[0]
    assert np.count_nonzero(image.any(1)) == 20


@pytest.mark.parametrize("kind", ["array", "list", "tuple", "lists"])
def test_pictures_come_in_any_container(page, framed, kind):
    X = {
        "array": np.stack([page, page]),
        "list": [page, page],
        "tuple": (page, page),
        "lists": [page.tolist(), page.tolist()],
    }[kind]
    np.testing.assert_array_equal(CenterDigit().transform(X), [framed, framed])


def test_a_list_may_mix_sizes_dtypes_and_channels(page, framed):
    X = [
        page,
        np.pad(page, ((40, 7), (3, 90)), constant_values=1),
        np.uint8(255 * page),
        np.repeat(page[..., np.newaxis], 3, axis=2),
    ]
    for image in CenterDigit().transform(X):
        assert_alike(image, framed, tolerance=0.5)


@pytest.mark.parametrize(
    "convert",
    [
        lambda page: page > 0.5,
        lambda page: np.uint8(page),
        lambda page: np.uint8(255 * page),
        lambda page: np.uint16(65535 * page),
        lambda page: np.uint16(255 * page),
        lambda page: np.int64(255 * page),
        lambda page: np.float16(page),
        lambda page: np.float32(255 * page),
        lambda page: 1.7 * page - 0.4,
        lambda page: 1e200 * page,
    ],
)
def test_any_dtype_and_range_gives_the_same(page, framed, convert):
    assert_alike(CenterDigit().transform([convert(page)])[0], framed, tolerance=0.1)


@pytest.mark.parametrize("pad", [0, 1, 30, 400])
def test_polarity_and_margin_do_not_matter(page, framed, pad):
    page = np.pad(page, pad, constant_values=1)
    dark, light = CenterDigit().transform([page, 1 - page])
    np.testing.assert_array_equal(dark, light)
    assert_alike(dark, framed, tolerance=1 if pad < 400 else 6)


@pytest.mark.parametrize("factor", [0.15, 0.3, 0.5, 2, 8])
def test_the_picture_may_have_any_size(page, framed, factor):
    page = ndimage.gaussian_filter(page, max(0, 0.4 * (1 / factor - 1)))
    page = ndimage.zoom(page, factor, order=1, mode="nearest", grid_mode=True)
    tolerance = 6 if factor >= 0.5 else 20
    assert_alike(CenterDigit().transform([page])[0], framed, tolerance=tolerance)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_channels(page, framed, channels):
    n_colours = channels - (channels in (2, 4))
    picture = np.repeat(page[..., np.newaxis], channels, axis=2)
    picture[..., n_colours:] = 1
    X = np.uint8(255 * np.stack([picture]))
    assert_alike(CenterDigit().transform(X)[0], framed, tolerance=0.1)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ((0, 0, 160), (255, 255, 255)),
        ((255, 230, 0), (255, 255, 255)),  # yellow is nearly as light as white
        ((255, 0, 0), (0, 130, 0)),  # the same luminance
        ((250, 250, 240), (20, 60, 40)),
    ],
)
def test_coloured_ink_on_coloured_paper(page, framed, ink, paper):
    picture = np.where(page[..., np.newaxis] == 0, ink, paper).astype(np.uint8)
    assert_alike(CenterDigit().transform([picture])[0], framed, tolerance=0.1)


@pytest.mark.parametrize("ink", [0, 255])
def test_transparent_paper_is_the_opposite_of_the_ink(page, framed, ink):
    picture = np.full((*page.shape, 4), ink, dtype=np.uint8)
    picture[..., 3] = 255 * (page == 0)
    assert_alike(CenterDigit().transform([picture])[0], framed, tolerance=0.1)


def test_transparent_corners_are_paper(page, framed):
    picture = np.repeat(np.uint8(255 * page)[..., np.newaxis], 4, axis=2)
    picture[..., 3] = 255
    picture[:12, :8] = 0
    picture[-9:, -9:] = 0
    assert_alike(CenterDigit().transform([picture])[0], framed, tolerance=0.1)


def shadow(shape, kind):
    y, x = np.mgrid[0 : 1 : shape[0] * 1j, 0 : 1 : shape[1] * 1j]
    return {
        "gradient": 0.4 + 0.5 * (x + y) / 2,
        "corner": 1 - 0.5 * np.exp(-4 * (x**2 + y**2)),
        "vignette": 1 - 0.4 * ((x - 0.5) ** 2 + (y - 0.5) ** 2) / 0.5,
        "edge": 0.6 + 0.4 / (1 + np.exp(-30 * (x + 0.4 * y - 0.8))),
    }[kind]


@pytest.mark.parametrize("kind", ["gradient", "corner", "vignette", "edge"])
def test_uneven_light(page, framed, kind):
    page = np.pad(page, 20, constant_values=1)
    photo = (0.2 + 0.8 * page) * shadow(page.shape, kind)
    assert_alike(CenterDigit().transform([photo])[0], framed, tolerance=6)


@pytest.mark.parametrize("deviation", [0.02, 0.1, 0.25])
def test_noise(page, framed, deviation):
    page = np.pad(page, 20, constant_values=1)
    photo = page + np.random.default_rng(0).normal(0, deviation, page.shape)
    tolerance = 2 if deviation < 0.1 else 16
    assert_alike(CenterDigit().transform([photo])[0], framed, tolerance=tolerance)


def photograph(page, shape=(360, 300)):
    """Draw the page's digit in the middle of a larger sheet, as a photo shows it."""
    sheet = np.ones(shape)
    top, left = 110, 90
    sheet[top : top + page.shape[0], left : left + page.shape[1]] = page
    noise = np.random.default_rng(0).normal(0, 0.01, shape)
    return ndimage.gaussian_filter(0.3 + 0.6 * sheet, 0.7) + noise


@pytest.fixture
def photo(page):
    return photograph(page)


@pytest.fixture
def framed_photo(photo):
    return CenterDigit().transform([photo])[0]


def test_a_photo_of_a_sheet(framed_photo, framed):
    assert_same_strokes(framed_photo, framed)


@pytest.mark.parametrize("kind", ["vignette", "flash", "hand", "lamp"])
def test_light_of_a_photo(photo, framed_photo, kind):
    y, x = np.mgrid[-1 : 1 : len(photo) * 1j, -1 : 1 : len(photo[0]) * 1j]
    photo *= {
        "vignette": 1 - 0.35 * (x**2 + y**2),
        "flash": 0.4 + 0.6 * np.exp(-4 * ((x - 0.5) ** 2 + (y + 0.4) ** 2)),
        "hand": 1 - 0.4 * (x + 0.3 * y > 0.05),  # a shadow's hard edge on the digit
        "lamp": 1 - 0.8 * np.clip(x, 0, 1) ** 2,
    }[kind]
    image = CenterDigit().transform([np.uint8(255 * photo.clip(0, 1))])[0]
    assert_same_strokes(image, framed_photo)


def draw_lines(shape, kind, spacing=37, tilt=0.03):
    y, x = np.mgrid[: shape[0], : shape[1]].astype(float)
    along, across = y + tilt * x, x - tilt * y
    lines = np.abs((along % spacing) - spacing / 2) < 1
    if kind == "squared":
        lines |= np.abs((across % spacing) - spacing / 2) < 1
    return lines


@pytest.mark.parametrize("kind", ["ruled", "squared"])
@pytest.mark.parametrize("strength", [0.15, 0.45])
def test_printed_lines_go_and_strokes_stay(photo, framed_photo, kind, strength):
    lines = ndimage.gaussian_filter(draw_lines(photo.shape, kind).astype(float), 0.7)
    image = CenterDigit().transform([np.minimum(photo, 0.9 - strength * lines)])[0]
    assert_same_strokes(image, framed_photo)


def test_lines_that_a_thick_stroke_interrupts_go():
    stroke = np.full((360, 300), 0.9)
    stroke[60:300, 140:160] = 0.2
    stroke = ndimage.gaussian_filter(stroke, 0.7)
    lines = ndimage.gaussian_filter(
        draw_lines(stroke.shape, "ruled").astype(float), 0.7
    )
    images = CenterDigit().transform([np.minimum(stroke, 0.9 - 0.45 * lines), stroke])
    assert_same_strokes(*images)


@pytest.mark.parametrize("kind", ["ruled", "squared"])
@pytest.mark.parametrize(
    ("shape", "spacing", "tilt"),
    [
        ((360, 300), 37, 0.03),
        ((300, 360), 36, 0.05),  # the edge cuts lines off
        ((260, 310), 23, -0.04),
        ((640, 250), 41, 0.02),  # more than twice as high as wide
    ],
)
def test_lines_alone_are_blank(kind, shape, spacing, tilt):
    sheet = 0.9 - 0.3 * draw_lines(shape, kind, spacing, tilt)
    sheet = ndimage.gaussian_filter(sheet, 0.7)
    sheet += np.random.default_rng(0).normal(0, 0.01, sheet.shape)
    with pytest.raises(ValueError, match="Picture 0 is blank"):
        CenterDigit().transform([sheet])


def test_a_dash_is_not_a_digit():
    sheet = photograph(np.ones((120, 90)))
    sheet[200:206, 100:180] = 0.2
    with pytest.raises(ValueError, match="Picture 0 is blank"):
        CenterDigit().transform([sheet])


@pytest.mark.parametrize("kind", ["plain", "vignette", "flash", "hand"])
def test_light_alone_is_blank(kind):
    y, x = np.mgrid[-1:1:360j, -1:1:300j]
    light = {
        "plain": 1 + 0.1 * x,
        "vignette": 1 - 0.35 * (x**2 + y**2),
        "flash": 0.4 + 0.6 * np.exp(-4 * ((x - 0.5) ** 2 + (y + 0.4) ** 2)),
        "hand": 1 - 0.4 * (x + 0.3 * y > 0.05),
    }[kind]
    sheet = 0.8 * ndimage.gaussian_filter(light, 1)
    sheet += np.random.default_rng(0).normal(0, 0.01, sheet.shape)
    with pytest.raises(ValueError, match="Picture 0 is blank"):
        CenterDigit().transform([sheet])


def test_patterned_paper(photo, framed_photo):
    y, x = np.mgrid[: photo.shape[0], : photo.shape[1]]
    photo += 0.04 * np.sin(0.3 * x + 3 * np.sin(0.05 * y)) + 0.04 * np.sin(0.4 * y)
    assert_same_strokes(CenterDigit().transform([photo])[0], framed_photo)


@pytest.mark.parametrize("side", ["top", "left"])
def test_strokes_may_touch_the_edge(page, framed, side):
    rows, columns = (np.flatnonzero((page == 0).any(axis)) for axis in (1, 0))
    sheet = np.pad(page, 200, constant_values=1)
    cut = sheet[rows[0] + 200 :] if side == "top" else sheet[:, columns[0] + 200 :]
    image = CenterDigit().transform([cut])[0]
    assert_alike(image, framed, tolerance=15)  # a pixel aside, at most


def test_digits_of_mnist_may_be_enlarged(mnist):
    images = mnist[2][:40]
    enlarged = [255 - ndimage.zoom(image, 10, order=1) for image in images]
    framed = CenterDigit().transform(images).astype(float)
    again = CenterDigit().transform(enlarged)
    assert np.median(np.abs(again - framed).mean(axis=(1, 2))) < 10


@pytest.mark.parametrize("margin", [1, 2, 3])
@pytest.mark.parametrize("invert", [False, True])
def test_tightly_cropped_and_enlarged_digits_are_found(mnist, margin, invert):
    for image in mnist[2][:20]:
        box = ndimage.find_objects((image > 0).astype(int))[0]
        cropped = ndimage.zoom(np.pad(image[box], margin), 5, order=1)
        X = [255 - cropped if invert else cropped]
        assert CenterDigit().transform(X).any()


@pytest.mark.parametrize("invert", [False, True])
def test_most_enlarged_digits_may_touch_all_edges(mnist, invert):
    pictures = []
    for image in mnist[2][:60]:
        box = ndimage.find_objects((image > 60).astype(int))[0]
        cropped = ndimage.zoom(image[box], 5, order=1)
        pictures.append(255 - cropped if invert else cropped)
    framed = CenterDigit(on_blank="keep").transform(pictures)
    assert framed.any(axis=(1, 2)).mean() > 0.9


def test_ink_away_from_the_digit_is_dropped(page, framed):
    sheet = np.pad(page, 100, constant_values=1)
    sheet[20:30, 250:260] = 0
    np.testing.assert_array_equal(CenterDigit().transform([sheet])[0], framed)


def test_specks_are_dropped(page, framed):
    page[100:102, 80:82] = 0
    page[3, 60] = 0
    np.testing.assert_array_equal(CenterDigit().transform([page])[0], framed)


def test_a_pale_digit_among_darker_blots_is_framed_as_if_alone():
    alone = np.ones((200, 200))
    alone[60:140, 96:100] -= 0.42
    page = alone.copy()
    for top, left in [(10, 10), (10, 100), (10, 180), (100, 10), (180, 10), (180, 180)]:
        page[top : top + 11, left : left + 11] -= np.linspace(0.6, 1, 11)
    framed = CenterDigit().transform([page, alone])
    assert_same_strokes(*framed)


def test_strokes_become_as_wide_as_mnists():
    for width in (1, 4, 10, 30):
        page = np.zeros((200, 200))
        page[40:160, 90 : 90 + width] = 1
        image = CenterDigit().transform([page])[0]
        assert 1.6 <= image[14].sum() / 255 <= 5.2


def test_framing_again_changes_nothing(page, digits):
    X = [page, *digits[0][:50].reshape(-1, 8, 8)]
    once = CenterDigit().transform(X)
    twice = CenterDigit().transform(once)
    assert np.abs(twice - once.astype(float)).mean() < 0.5


def test_mnist_stays_as_it_is(mnist):
    _, _, images, _ = mnist
    images = images[:300]
    framed = CenterDigit().transform(images)
    moved = np.array(
        [
            np.subtract(ndimage.center_of_mass(a), ndimage.center_of_mass(b))
            for a, b in zip(images, framed)
        ]
    )
    assert np.abs(moved).max() < 1.01
    difference = np.abs(images - framed.astype(float)).mean(axis=(1, 2))
    assert np.median(difference) < 0.5
    assert (difference > 6).mean() < 0.03


def test_blank_pictures(page):
    rng = np.random.default_rng(0)
    blanks = [
        np.zeros((28, 28)),
        np.full((30, 20, 3), 255, dtype=np.uint8),
        np.ones((1, 1)),
        np.zeros((9, 9, 4), dtype=np.uint8),  # transparent
        rng.normal(0.5, 0.1, (40, 40)),
        rng.normal(0.5, 0.1, (300, 400)),
        np.add.outer(np.arange(50.0), np.arange(60.0)),  # nothing but light
        rng.integers(250, 256, (50, 50), dtype=np.uint8),
    ]
    for blank in blanks:
        with pytest.raises(ValueError, match=r"Picture 1 is blank.*on_blank="):
            CenterDigit().transform([page, blank])
    kept = CenterDigit(on_blank="keep").transform([page, *blanks])
    assert kept[0].any()
    assert not kept[1:].any()


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((28, 28)), r"\(28, 28\): one image.*give \[image\]"),
        (np.zeros((28, 28)).tolist(), r"Picture 0 .*\(28,\).*give \[picture\]"),
        (
            np.zeros((28, 20, 3)),
            r"one image of 28 × 20 pixels with channels.*give \[image\]",
        ),
        (np.zeros(784), r"Got \(784,\)"),
        (np.zeros((2, 2, 9, 9, 3)), r"Got \(2, 2, 9, 9, 3\)"),
        (np.zeros((2, 9, 9, 5)), r"Picture 0 .* 1 to 4 channels.*\(9, 9, 5\)"),
        (np.zeros((0, 28, 28)), "X has no pictures: give at least 1"),
        ([], "X has no pictures: give at least 1"),
        ([np.zeros((0, 5))], r"Picture 0 has no pixels: shape \(0, 5\)"),
        ([np.eye(9), [[1, 2], [3]]], "Picture 1 is not an array of pixels"),
        ([np.eye(9), np.full((9, 9), np.nan)], "Picture 1 contains NaN"),
        (7, r"X is of type int.*\[picture\]"),
        ([np.eye(9) * 1j], "must be a path, a Pillow picture or an array of numbers"),
        ([None], "an array of numbers. Got NoneType"),
    ],
)
def test_invalid_input_raises_an_error_with_advice(X, message):
    for method in ("fit", "transform"):
        with pytest.raises(ValueError, match=message):
            getattr(CenterDigit(), method)(X)


@pytest.mark.parametrize(
    "parameters",
    [{"size": 0}, {"size": 28.0}, {"box": 0}, {"on_blank": "skip"}, {"box": 29}],
)
def test_invalid_parameters_raise_value_error(page, parameters):
    for method in ("fit", "transform"):
        with pytest.raises(ValueError, match=next(iter(parameters))):
            getattr(CenterDigit(**parameters), method)([page])


def test_input_is_not_changed_and_may_be_any_view(page, framed):
    X = np.stack([page, page])
    before = X.copy()
    X.flags.writeable = False
    np.testing.assert_array_equal(CenterDigit().transform(X), [framed] * 2)
    np.testing.assert_array_equal(X, before)
    turned = np.asfortranarray(X)[::-1]
    np.testing.assert_array_equal(CenterDigit().transform(turned), [framed] * 2)
    swapped = X.astype(">f8")
    np.testing.assert_array_equal(CenterDigit().transform(swapped), [framed] * 2)


def test_each_picture_is_framed_independently(page, digits):
    X = [page, *digits[0][:3].reshape(-1, 8, 8)]
    alone = [CenterDigit().transform([picture])[0] for picture in X]
    np.testing.assert_array_equal(CenterDigit().transform(X), alone)


def test_random_state_is_neither_read_nor_changed(page):
    before = np.random.get_state()[1].copy()
    CenterDigit().fit_transform([page])
    np.testing.assert_array_equal(np.random.get_state()[1], before)


def test_copies_behave_the_same(page, framed):
    center = CenterDigit(size=30, box=22, on_blank="keep")
    assert center.get_params() == {"size": 30, "box": 22, "on_blank": "keep"}
    expected = center.fit_transform([page])
    for copy in (clone(center), pickle.loads(pickle.dumps(center))):
        assert copy.get_params() == center.get_params()
        np.testing.assert_array_equal(copy.transform([page]), expected)
    center.set_params(size=28, box=20)
    np.testing.assert_array_equal(center.transform([page]), [framed])


def test_a_pipeline_reads_photos(digits):
    X, y = digits
    photos = [
        np.pad(255 - 15 * digit.reshape(8, 8), 3 + i % 2, constant_values=255)
        for i, digit in enumerate(X[:100])
    ]
    assert np.mean(load_digit_reader().predict(photos) == y[:100]) >= 0.97


def test_the_tags_describe_the_input():
    tags = get_tags(CenterDigit())
    assert tags.input_tags.three_d_array
    assert not tags.input_tags.two_d_array
    assert not tags.requires_fit
    assert tags.transformer_tags.preserves_dtype == ["uint8"]


@pytest.mark.parametrize("shape", [(1, 513), (4, 5000), (5000, 3)])
def test_very_long_pictures_are_framed_or_blank(shape):
    center = CenterDigit(on_blank="keep")
    picture = np.full(shape, 255, np.uint8)
    assert center.transform([picture]).max() == 0
    picture[:, shape[1] // 3] = 0
    assert center.transform([picture]).shape == (1, 28, 28)
