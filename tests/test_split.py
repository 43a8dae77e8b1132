"""A page in, pictures of its digits out: all of them, whole, in reading order."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from scipy import ndimage

from skdigits import load_digit_reader, split_digits
from skdigits._ink import _network
from skdigits._ink._components import Patch
from skdigits._page import _hypotheses, _page_ink, _patches
from skdigits._page._hypotheses import find_hypotheses
from skdigits._page._page_ink import find_marks, learn

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"

# Lines through points (x, y) in a box of 1 × 1, y downwards.
BAR = [(0.28, 0), (0.65, 0)]
STROKES = {
    1: [[(0.3, 0), (0.3, 1)]],
    4: [[(0.4, 0), (0.05, 0.6), (0.7, 0.6)], [(0.5, 0.3), (0.5, 1)]],
    # Its bar is loose.
    5: [[(0.1, 0.12), (0.08, 0.45), (0.4, 0.5), (0.5, 0.75), (0.3, 1), (0, 0.95)], BAR],
    7: [[(0.05, 0), (0.6, 0), (0.25, 1)]],
}


def write(digits, shape=(200, 320), height=50, pen=6):
    """Draw digits, each at a place (left, top), dark on light."""
    page = Image.new("L", shape[::-1], 235)
    for digit, place in digits:
        for stroke in STROKES[digit]:
            points = [tuple(point) for point in np.array(stroke) * height + place]
            ImageDraw.Draw(page).line(points, 30, pen, "curve")
    return np.array(page)


TWO_LINES = [
    (4, (20, 30)),
    (1, (80, 34)),
    (7, (130, 40)),
    (7, (24, 120)),
    (1, (70, 123)),
    (1, (110, 125)),
    (4, (150, 128)),
]


@pytest.fixture(scope="module")
def reader():
    return load_digit_reader()


def test_digits_come_in_reading_order(reader):
    images, boxes, lines = split_digits(write(TWO_LINES))
    assert reader.predict(images).tolist() == [digit for digit, _ in TWO_LINES]
    assert lines.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert boxes.shape == (7, 4)
    assert boxes.dtype.kind == "i"


def test_handwriting_is_found_beside_print(mnist, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from pages import compose_beside_print
    from splitting import match

    X, y = mnist[2:]
    n_found = n_others = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(X), 6, replace=False)
        page = compose_beside_print(X[chosen], y[chosen], rng)
        _, boxes, _ = split_digits(page.picture)
        found = (match(page.boxes, boxes) >= 0).sum()
        n_found += found
        n_others += len(boxes) - found
    assert n_found >= 27
    assert n_others <= 2


SIX = [1, 4, 1, 7, 5, 1]


@pytest.mark.parametrize(("pen", "height"), [(1, 90), (2, 50), (3, 120)])
def test_a_page_drawn_on_a_screen_may_have_a_thin_pen(pen, height, reader):
    places = [(60 + int(1.5 * height) * i, height) for i in range(6)]
    page = write(zip(SIX, places), (5 * height, 11 * height), height, pen)
    images, _, _ = split_digits(page)
    assert reader.predict(images).tolist() == SIX


def test_strokes_of_a_page_in_black_and_white_may_be_broken(reader):
    places = [(60 + 135 * i, 90) for i in range(6)]
    page = write(zip(SIX, places), (600, 1000), height=90, pen=3)
    page[np.random.default_rng(0).random(page.shape) < 0.25] = 235
    images, _, _ = split_digits(page)
    assert reader.predict(images).tolist() == SIX


def test_the_network_finds_ink_unless_all_ink_of_a_drawn_page_is_digits(monkeypatch):
    calls = []

    def find_ink(*args):
        calls.append(args)
        return _network.find_ink(*args)

    monkeypatch.setattr(_page_ink, "find_ink", find_ink)
    page = write(TWO_LINES)
    split_digits(page)
    assert not calls
    page[60:180:30, 200:300] = 30  # lines of a table
    split_digits(page)
    assert calls


def test_digits_in_the_boxes_of_a_drawn_form_are_read(reader):
    page = write(TWO_LINES, pen=4)
    for _, (left, top) in TWO_LINES:
        ImageDraw.Draw(frame := Image.fromarray(page)).rectangle(
            [left - 6, top - 8, left + 42, top + 58], outline=120, width=2
        )
        page = np.array(frame)
    images, _, _ = split_digits(page)
    assert reader.predict(images).tolist() == [digit for digit, _ in TWO_LINES]


def test_digits_that_show_through_from_behind_are_not_read(reader):
    front = write(TWO_LINES).astype(float)
    behind = write([(4, (60, 75)), (1, (150, 80)), (7, (220, 76))])[:, ::-1]
    page = front - 0.2 * (235.0 - behind)
    page += np.random.default_rng(0).normal(0, 2, page.shape)
    images, _, _ = split_digits(np.uint8(page.clip(0, 255)))
    assert reader.predict(images).tolist() == [digit for digit, _ in TWO_LINES]


def test_above_10_000_hypotheses_marks_are_neither_cut_nor_joined(monkeypatch):
    monkeypatch.setattr(_hypotheses, "frame_ink", lambda ink: ink)
    bar = Patch(np.ones((20, 3)), 0, 0, log_odds=1.0)
    bars = [bar._replace(top=40 * i, left=4 * j) for i in range(40) for j in range(100)]
    hypotheses, _ = find_hypotheses(bars)
    assert {each.stop - each.start for each in hypotheses[-1000:]} == {1}
    assert 10_000 < len(hypotheses) < 13_000


def test_of_more_than_10_000_marks_the_tallest_are_kept():
    ink = np.zeros((400, 500))
    ink[:, ::4][::4] = 1  # 12,500 specks
    ink[200:220, 101:103] = 1
    patches = _patches.find_patches(ink)
    assert len(patches) == 10_000
    assert max(patch.height for patch in patches) > 20


def test_the_longer_side_of_a_strip_is_at_most_40_000_pixels():
    page, _ = find_marks(np.full((2, 1_000_000, 1), 255, np.uint8), learn)
    assert page.ink.shape == (1, 40_000)


def test_the_memory_for_a_strip_is_bounded():
    tracemalloc.start()
    split_digits(np.full((40, 40_000), 255, np.uint8))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 500_000_000  # 1.3 million pixels with 28 features, twice


def test_a_long_strip_of_digits_is_read(reader):
    labels = [4, 7, 1] * 50
    places = [(20 + 40 * i, 20) for i in range(150)]
    strip = write(zip(labels, places), (80, 6040), height=36, pen=4)
    images, _, lines = split_digits(strip)
    assert reader.predict(images).tolist() == labels
    assert set(lines) == {0}


def test_boxes_hold_the_ink():
    page = np.full((120, 200), 255, dtype=np.uint8)
    page[20:80, 50:56] = page[25:85, 110:117] = 0
    images, boxes, _ = split_digits(page)
    assert boxes.tolist() == [[20, 50, 80, 56], [25, 110, 85, 117]]
    assert all((image > 127).any() and not image[0].any() for image in images)


def in_colour(page):
    return np.stack([page, page, 255 - (255 - page) // 4], axis=-1)  # yellow on white


def in_a_shadow(page):
    return np.uint8(page * np.linspace(1, 0.5, page.shape[1]))


def on_ruled_paper(page):
    y, x = np.mgrid[: page.shape[0], : page.shape[1]]
    lines = np.abs((y + 0.02 * x) % 40 - 20) < 1
    return page - 60 * ndimage.gaussian_filter(lines.astype(float), 0.7)


def in_the_dark(page):
    """With the noise of a camera in the dark."""
    noise = np.random.default_rng(0).normal(0, 50, page.shape)
    return np.uint8(np.clip(0.7 * page + 20 + noise, 0, 255))


@pytest.mark.parametrize(
    "change",
    [
        np.invert,
        in_colour,
        in_a_shadow,
        on_ruled_paper,
        in_the_dark,
        lambda page: page / 255,
    ],
)
def test_paper_pen_and_light_do_not_matter(change, reader):
    images, _, _ = split_digits(change(write(TWO_LINES)))
    assert reader.predict(images).tolist() == [digit for digit, _ in TWO_LINES]


def test_boxes_are_in_the_pixels_of_a_large_picture(reader):
    page = write(TWO_LINES)
    _, boxes, _ = split_digits(page)
    images, large_boxes, _ = split_digits(page.repeat(6, axis=0).repeat(6, axis=1))
    assert reader.predict(images).tolist() == [digit for digit, _ in TWO_LINES]
    assert np.abs(large_boxes - 6 * boxes).max() <= 12


def test_small_digits_on_a_large_page_are_not_merged():
    places = [(20 + 24 * i, 300 + i % 3) for i in range(60)]
    page = write([(1, place) for place in places], (600, 1500), height=30, pen=4)
    _, boxes, _ = split_digits(page)
    assert len(boxes) == len(places)


def test_lines_may_slope():
    digits = [(4, (20 + 60 * i, 20 + 6 * i)) for i in range(8)]
    digits += [(1, (20 + 60 * i, 110 + 6 * i)) for i in range(8)]
    _, _, lines = split_digits(write(digits, shape=(240, 520)))
    assert lines.tolist() == [0] * 8 + [1] * 8


@pytest.mark.parametrize("scale", [1, 4])
def test_a_strip_scarcely_higher_than_its_digits_is_split(reader, mnist, scale):
    """Their strokes are no ruled lines, though they cross nearly all of it."""
    _, _, X, y = mnist
    strip = np.hstack(X[:8]).repeat(scale, axis=0).repeat(scale, axis=1)
    images, _, _ = split_digits(255 - strip)
    np.testing.assert_array_equal(reader.predict(images), y[:8])


def test_a_loose_part_belongs_to_its_digit(reader):
    page = write([(7, (30, 40)), (5, (100, 40)), (1, (180, 40))])
    assert ndimage.label(page < 128)[1] == 4
    images, _, _ = split_digits(page)
    assert reader.predict(images).tolist() == [7, 5, 1]


def test_specks_are_dropped():
    page = write(TWO_LINES)
    page[10:14, 250:254] = page[180:183, 20:23] = 30
    assert len(split_digits(page)[0]) == 7


def test_touching_digits_are_cut(reader):
    page = write([(7, (40, 40)), (4, (69, 42)), (1, (150, 40))])
    images, _, _ = split_digits(page)
    assert reader.predict(images).tolist() == [7, 4, 1]


@pytest.mark.parametrize("value", [0, 130, 255])
def test_a_page_without_ink_has_no_digits(value):
    images, boxes, lines = split_digits(np.full((80, 120), value, dtype=np.uint8))
    assert images == []
    assert boxes.shape == (0, 4)
    assert lines.shape == (0,)


@pytest.mark.parametrize("change", [in_a_shadow, on_ruled_paper, in_the_dark])
def test_illumination_lines_and_noise_are_not_digits(change):
    assert split_digits(change(write([])))[0] == []


@pytest.mark.parametrize("picture", [np.zeros(5), np.full((4, 4), np.nan), ["a.png"]])
def test_input_that_is_not_a_picture_raises_value_error(picture):
    with pytest.raises(ValueError, match="The picture"):
        split_digits(picture)


@pytest.mark.parametrize(
    ("touching", "least_separated", "least_touching"),
    [(0, 0.98, None), (1 / 3, 0, 0.85)],
)
def test_pages_of_mnist_are_split(
    mnist, touching, least_separated, least_touching, monkeypatch
):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from splitting import find_on_pages

    rng = np.random.default_rng(0)
    touches, found, _, _ = find_on_pages(*mnist[2:], rng, n_pages=6, touching=touching)
    assert found[~touches].mean() >= least_separated
    if least_touching:
        assert found[touches].mean() >= least_touching


PAGES = np.stack([write(TWO_LINES)] * 3)


@pytest.mark.parametrize(
    ("given", "advice", "follow"),
    [
        (
            PAGES[0].ravel()[:784],
            r"For a row of pixels, give numpy.reshape\(picture, \(28, 28\)\)\.$",
            lambda picture: [np.reshape(picture, (28, 28))],
        ),
        (
            np.zeros(5),
            r"give numpy.reshape\(picture, \(height, width\)\)\.$",
            lambda picture: [np.reshape(picture, (1, 5))],
        ),
        (PAGES[..., :99], r"Give one picture at a time\.$", list),
        (PAGES[..., np.newaxis], r"Give one picture at a time\.$", list),
        (
            [*PAGES[:2, :50], PAGES[2, :60]],
            r"Give one picture at a time\.$",
            list,
        ),
        (
            PAGES,
            r"Where the channels come first, give numpy.moveaxis\(picture, 0, -1\)\.",
            lambda picture: [np.moveaxis(picture, 0, -1)],
        ),
    ],
)
def test_the_advice_for_other_input_works(given, advice, follow):
    with pytest.raises(ValueError, match=advice):
        split_digits(given)
    for picture in follow(given):
        split_digits(picture)


def test_several_paths_raise_value_error_with_advice(tmp_path):
    Image.fromarray(PAGES[0]).save(tmp_path / "page.png")
    paths = [tmp_path / "page.png"] * 2
    for several in (paths, [str(path) for path in paths]):
        with pytest.raises(ValueError, match=r"Give one picture at a ti"):
            split_digits(several)
    assert [len(split_digits(path)[0]) for path in paths] == [7, 7]


@pytest.mark.parametrize("given", [[], np.zeros((0, 5)), np.zeros((5, 5, 0))])
def test_a_picture_without_pixels_raises_value_error(given):
    with pytest.raises(ValueError, match=r"The picture has no pixels: shape \("):
        split_digits(given)


@pytest.mark.parametrize("n_turns", [1, 2, 3])
def test_a_page_that_is_not_upright_is_turned(reader, n_turns):
    page = np.asarray(Image.open(ROOT / "docs" / "sheet.jpg"))
    upright, boxes, lines = split_digits(page)
    with pytest.warns(UserWarning, match=f"by {360 - 90 * n_turns} degrees"):
        images, turned_boxes, turned_lines = split_digits(np.rot90(page, n_turns))
    np.testing.assert_array_equal(
        reader[1:].predict(images), reader[1:].predict(upright)
    )
    np.testing.assert_array_equal(turned_lines, lines)
    for number, box in enumerate(boxes):
        middle = np.zeros(page.shape[:2], bool)
        middle[box[[0, 2]].mean().astype(int), box[[1, 3]].mean().astype(int)] = True
        row, column = np.argwhere(np.rot90(middle, n_turns))[0]
        top, left, bottom, right = turned_boxes[number]
        assert top < row < bottom
        assert left < column < right


@pytest.mark.parametrize("size", [16, 32])
def test_a_small_tight_picture_is_one_digit(mnist, reader, size):
    _, _, X, y = mnist
    n_right = n_read = 0
    for image, label in zip(X[:60], y[:60]):
        rows, columns = ndimage.find_objects((image > 50).astype(int))[0]
        tight = Image.fromarray(255 - image[rows, columns])
        scale = size / max(tight.size)
        tight = tight.resize([max(1, round(scale * n)) for n in tight.size])
        images, _, _ = split_digits(tight)
        n_right += len(images) == 1 and reader[1:].predict(images)[0] == label
        n_read += reader.predict([tight])[0] == label
    assert n_right >= n_read - 1


def test_two_small_digits_are_two(mnist, reader):
    _, _, X, y = mnist
    n_right = 0
    for i in range(0, 40, 2):
        images, _, _ = split_digits(255 - np.hstack(X[i : i + 2]))
        labels = reader[1:].predict(images).tolist()
        n_right += labels == y[i : i + 2].tolist()
    assert n_right >= 18


@pytest.mark.parametrize("width", [1996, 2079])  # whose scaled widths are rounded up
def test_boxes_lie_within_the_picture(width):
    digits = (
        (4, (100, 400)),
        (7, (500, 400)),
        (5, (100, 1200)),
        (4, (width - 175, 1200)),
    )
    page = write(digits, (3000, width), height=250, pen=30)
    _, boxes, _ = split_digits(page)
    assert len(boxes) == 4
    assert boxes[:, 3].max() == width
