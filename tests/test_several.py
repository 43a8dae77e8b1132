"""Pictures of several digits where one is expected."""

import re
from pathlib import Path

import numpy as np
import pytest

from skdigits import (
    CenterDigit,
    ReadingDisplay,
    load_digit_detector,
    load_digit_reader,
)
from skdigits._ink._several import SeveralDigitsWarning, find_several

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def draw_ones(*places, shape=(120, 200), paper=255):
    """Draw a 1 at each place, given by its top and left."""
    page = np.full(shape, paper, np.uint8)
    for top, left in places:
        page[top : top + 60, left : left + 6] = 0
    return page


def draw_ring(radius_x, radius_y, left):
    """Draw a 0 into the middle of 100 rows."""
    y, x = np.mgrid[-50:50, :100]
    x = x - left - radius_x
    inner = np.hypot(x / (radius_x - 6), y / (radius_y - 6)) < 1
    return 1.0 * ((np.hypot(x / radius_x, y / radius_y) < 1) & ~inner)


@pytest.fixture
def compose(mnist, monkeypatch):
    """Return a function that draws pages of n separated digits in a line."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    from pages import compose_page

    rng = np.random.default_rng(0)
    X, y = mnist[2:]

    def compose(n_digits, n_pages):
        chosen = rng.choice(len(X), (n_pages, n_digits))
        return [
            compose_page(X[each], y[each], rng, n_lines=1, touching=0).picture
            for each in chosen
        ]

    return compose


@pytest.mark.parametrize(
    "n_pages", [25, pytest.param(200, marks=pytest.mark.slow)], ids=["few", "many"]
)
@pytest.mark.parametrize("n_digits", [2, 3, 8])
def test_the_detector_rejects_separated_digits(compose, n_digits, n_pages):
    with pytest.warns(UserWarning, match="Several digits"):
        is_digit = load_digit_detector().predict(compose(n_digits, n_pages))
    assert 1 - is_digit.mean() >= (0.97 if n_pages == 200 else 0.92)


@pytest.mark.parametrize("read", [CenterDigit().transform, load_digit_reader().predict])
def test_one_warning_names_the_pictures_and_split_digits(read, recwarn):
    one, two = draw_ones((20, 50)), draw_ones((20, 50), (25, 120))
    read([one, two, one, draw_ones((20, 20), (25, 80), (20, 130)), one])
    (warning,) = recwarn
    assert warning.category is SeveralDigitsWarning
    assert re.search(r"pictures 1, 3, .*split_digits", str(warning.message))


def test_many_pictures_are_counted():
    two = draw_ones((20, 50), (25, 120))
    with pytest.warns(UserWarning, match="pictures 0, 1, 2, 3, 4 and 2 more"):
        CenterDigit().transform([two] * 7)


def test_the_display_shows_all_digits():
    display = ReadingDisplay.from_picture(draw_ones((20, 50), (25, 120)))
    columns = np.flatnonzero(display.framed.any(axis=0))
    assert columns[-1] - columns[0] > 15


def test_all_digits_are_framed_as_one(recwarn):
    two = draw_ones((20, 50), (25, 120))
    for size, box in ((28, 20), (40, 30)):
        (image,) = CenterDigit(size, box).transform([two])
        columns = np.flatnonzero(image.any(axis=0))
        assert columns[-1] - columns[0] + 1 == box


def test_the_loose_bar_of_a_five_is_not_a_second_digit(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from drawn_hands import draw_strokes

    rng = np.random.default_rng(0)
    fives = [draw_strokes(5, "loose bar", rng, 60) for _ in range(40)]
    pages = [np.uint8(255 - 200 * np.pad(five, 30)) for five in fives]
    assert load_digit_reader().predict(pages).shape == (40,)


@pytest.mark.parametrize("radius", [1, 2, 3])
@pytest.mark.parametrize("spacing", [15, 25])
def test_the_dots_of_dotted_paper_are_not_a_second_digit(
    radius, spacing, recwarn, monkeypatch
):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from drawn_hands import draw_strokes

    ink = draw_strokes(2, "plain", np.random.default_rng(0), 100)
    page = np.full((200, 240), 255, np.uint8)
    page[50:150, 80 : 80 + ink.shape[1]] -= np.uint8(200 * ink)
    y, x = np.mgrid[: page.shape[0], : page.shape[1]]
    centred = ((a % spacing) - spacing // 2 for a in (y, x))
    dots = np.hypot(*centred) <= radius
    page[dots] = np.minimum(page[dots], 120)
    assert load_digit_reader().predict([page]) == [2]
    assert not recwarn.list


def test_a_line_across_the_picture_is_not_a_second_digit():
    ink = np.zeros((80, 70))
    ink[20:70, 20:26] = 1
    ink[:, 50:54] = 1
    assert find_several(ink) is None
    ink[:, 20:26] = 1  # both cross a tight crop
    assert find_several(ink) is not None


@pytest.mark.parametrize(
    ("strokes", "is_several"),
    [
        ([(24, 76)], True),  # a 1
        ([(12, 77)], True),
        ([(12, 88)], False),
        ([(12, 52), (54, 88)], False),  # broken
    ],
    ids=["as high", "a fifth higher", "two fifths higher", "in two parts"],
)
def test_a_line_much_higher_than_the_digit_is_not_a_second_digit(strokes, is_several):
    ink = draw_ring(18, 27, left=10)
    for i, (top, bottom) in enumerate(strokes):
        ink[top:bottom, 70 + i : 75 + i] = 1  # leaning
    assert (find_several(ink) is not None) == is_several


def test_ones_beside_a_speck_are_no_lines():
    ink = np.zeros((100, 100))
    ink[20:80, 20:26] = ink[20:80, 60:66] = ink[10:14, 90:94] = 1
    assert find_several(ink) is not None


def test_a_high_narrow_digit_is_no_line():
    ink = np.maximum(draw_ring(18, 27, left=5), draw_ring(12, 38, left=60))
    assert find_several(ink) is not None


@pytest.mark.parametrize(("height", "is_digit"), [(19, False), (27, True)])
def test_ink_less_high_than_a_third_of_its_width_is_not_a_digit(height, is_digit):
    y, x = np.mgrid[-1 : 1 : height * 1j, -1:1:60j]
    ring = np.abs(np.hypot(x, y) - 0.85) < 0.12
    ink = np.zeros((100, 160))
    ink[20:80, 20:26] = 1
    ink[40 : 40 + height, 50:110] = ring
    assert (find_several(ink) is not None) == is_digit


def test_parts_of_a_broken_digit_are_one():
    ring = np.zeros((80, 60))
    y, x = np.mgrid[:80, :60]
    ring[np.abs(np.hypot((y - 40) / 1.3, x - 30) - 24) < 3] = 1
    ring[:, 27:33] = 0  # halves that look like a 1 each
    assert find_several(ring) is None


def test_residue_at_the_edge_is_not_a_second_digit():
    ink = np.zeros((80, 70))
    ink[10:70, 20:26] = 1
    ink[20:58, 66:] = 1
    assert find_several(ink) is None
    ink[10:70, 56:62] = 1
    together = find_several(ink)
    assert together[40, 22]
    assert together[40, 58]
    assert not together[40, 68]
