"""The inks that a picture may hold, and the choice among them."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from sklearn.datasets import load_digits

from skdigits import CenterDigit, load_digit_reader
from skdigits._ink._candidates import (
    Candidate,
    _is_sure,
    choose,
    describe,
    find_candidates,
)
from skdigits._ink._components import choose_components
from skdigits._ink._features import measure
from skdigits._ink._grey import enlarge, scale_and_shrink, to_grey
from skdigits._ink._network import find_ink
from skdigits._ink._ways import WAYS, find_inks, measure_flatness, stretch_grey

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def draw_seven(height=120, width=90, ink=0.2, paper=0.9):
    """Draw a 7 with a bar, in the middle of a picture."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    top = (np.abs(y + 0.6) < 0.06) & (np.abs(x) < 0.5)
    stem = (np.abs(x - 0.45 + 0.6 * (y + 0.6)) < 0.08) & (np.abs(y) < 0.65)
    return np.where(top | stem, ink, paper)[..., np.newaxis]


def ways_of(picture):
    return [WAYS[candidate.way] for candidate in find_candidates(picture)]


def photograph(picture):
    return picture + np.random.default_rng(0).normal(0, 0.01, picture.shape)


def test_an_ordinary_picture_needs_one_way():
    assert set(ways_of(photograph(draw_seven()))) == {"learnt ink"}
    assert set(ways_of(draw_seven())) == {"grey levels on flat paper"}
    assert all(each.is_whole for each in find_inks(photograph(draw_seven())))


@pytest.mark.parametrize("shift", [20, 30, 60])
def test_a_digit_that_shows_through_from_behind_is_not_read(shift):
    page, behind = np.full((2, 160, 200, 1), 0.9)
    page[20:140, 10:100] = draw_seven()
    behind[20:140, 10 + shift : 100 + shift] = draw_seven(ink=0.75)[:, ::-1]
    pages = [photograph(page), photograph(np.minimum(page, behind))]
    alone, both = CenterDigit().transform(pages).astype(int)  # warns of no second digit
    assert np.abs(both - alone).mean() < 3


def test_faint_ink_beside_strong_ink_is_left_out_only_if_that_is_likelier():
    page = draw_seven(160, 120, ink=0.75)  # a pale 7 with a dark foot
    page[100:, :60][page[100:, :60] < 0.8] = 0
    found = list(find_inks(photograph(page)))
    assert [each.is_whole for each in found[:2]] == [False, True]
    assert found[0].patches[0].height < 60 < found[1].patches[0].height
    candidates = find_candidates(photograph(page))
    assert [each.name for each in candidates][:2] == [
        "learnt ink, strong",
        "learnt ink",
    ]
    assert len(choose(candidates).ink) == found[1].patches[0].height


def test_a_small_picture_on_flat_paper_is_its_own_ink(mnist):
    for image in mnist[2][:20]:
        assert ways_of(image[..., np.newaxis])[0] == "grey levels on flat paper"


def test_a_small_digit_of_a_large_picture_is_processed_again_at_full_resolution():
    page = np.full((1200, 900, 1), 0.9)
    page[500:590, 300:368] = draw_seven(90, 68)
    found = {WAYS[each.way]: each for each in find_inks(photograph(page))}
    # Averaged down to 160 pixels, the 7 is 8 pixels high.
    assert found["learnt ink"].patches[0].height < 12
    assert found["learnt ink, closer"].patches[0].height > 30


def test_a_picture_without_a_likely_digit_is_tried_in_all_ways():
    noise = np.random.default_rng(0).normal(0.5, 0.1, (40, 40, 1))
    tried = [WAYS[found.way] for found in find_inks(noise)]
    # Its paper is not flat, so its grey levels are tried later.
    learnt, inverted = "learnt ink", "learnt ink, inverted"
    assert tried == [learnt, "grey levels", inverted, "grey levels, inverted"]


def test_on_flat_paper_the_polarity_of_a_small_picture_is_not_tried(mnist):
    for image in mnist[2][:20]:
        tried = [WAYS[found.way] for found in find_inks(image[..., np.newaxis])]
        assert tried == ["grey levels on flat paper", "learnt ink"]


def test_a_large_picture_without_noise_is_its_own_ink_too():
    page = draw_seven(400, 300)
    assert ways_of(page)[0] == "grey levels on flat paper"
    assert ways_of(photograph(page))[0] == "learnt ink"


def test_flatness_is_the_fraction_of_paper_of_one_grey():
    grey = np.full((20, 20), 0.9)
    grey[5:15, 8:12] = 0.1
    grey[0, 0] = 0.9 + 0.007  # less than a hundredth of the range
    grey[19, 19] = 0.9 + 0.009
    assert measure_flatness(grey) == pytest.approx((400 - 40 - 1) / 400)


def candidate(log_odds, certainty=0.0, way="learnt ink"):
    ink = np.ones((9, 9))
    return Candidate(WAYS.index(way), ink, None, log_odds, certainty, ink)


def test_the_likeliest_digit_is_chosen():
    first, second = candidate(1.2), candidate(1.5)
    assert choose([first, second]) is second


@pytest.mark.parametrize(("probability", "is_chosen"), [(0.25, False), (0.5, True)])
def test_the_readers_log_probability_counts_twice_in_the_choice(probability, is_chosen):
    likely, certain = candidate(3.0, np.log(probability)), candidate(1.0, np.log(0.9))
    assert (choose([likely, certain]) is likely) == is_chosen


@pytest.mark.parametrize(
    ("log_odds", "probability", "is_sure"),
    [(2.1, 0.75, True), (2.1, 0.65, False), (1.9, 0.75, False)],
)
def test_the_search_ends_if_detector_and_reader_are_sure(
    log_odds, probability, is_sure
):
    assert _is_sure(candidate(log_odds, np.log(probability))) == is_sure


@pytest.mark.parametrize(("height", "longest"), [(400, 320), (300, 300)])
def test_grey_levels_of_a_large_picture_are_taken_in_320_pixels(height, longest):
    found = next(find_inks(draw_seven(height, height * 3 // 4)))
    assert WAYS[found.way] == "grey levels on flat paper"
    assert max(found.ink.shape) == longest


def test_without_a_likely_digit_a_picture_is_blank():
    assert choose([candidate(-0.1)]) is None
    sure = candidate(0.1)
    assert choose([sure]) is sure
    assert choose([]) is None


def test_strong_ink_alone_must_surely_be_a_digit():
    strong = candidate(1.9)._replace(is_whole=False)
    assert choose([strong]) is None
    sure = strong._replace(log_odds=2.1)
    assert choose([sure]) is sure


def test_on_flat_paper_a_small_picture_is_not_blank():
    unlikely = candidate(-3, way="grey levels on flat paper")
    assert choose([unlikely, candidate(-1)]) is unlikely
    large = unlikely._replace(page=np.ones((90, 90)))
    assert choose([large]) is None


def test_one_grey_has_no_candidates():
    assert find_candidates(np.full((50, 50, 3), 255, np.uint8)) == []
    assert find_candidates(np.full((50, 50, 1), 250) + np.arange(50)[:, None] % 4) == []


@pytest.mark.parametrize("paper_is_light", [False, True])
def test_grey_levels_stretch_from_paper_to_full_ink(paper_is_light):
    grey = np.full((20, 20), 0.9 if paper_is_light else 0.1)
    grey[5:15, 8:12] = 0.5
    grey[5:15, 9:11] = 1 - grey[0, 0]
    ink = stretch_grey(grey)
    np.testing.assert_allclose(ink[0], 0)
    np.testing.assert_allclose(ink[5:15, 9:11], 1)
    np.testing.assert_allclose(ink[5:15, 8], 0.5)
    inverted = stretch_grey(grey, invert=True)
    np.testing.assert_allclose(inverted[5:15, 9:11], 0)
    np.testing.assert_allclose(inverted[0], 1)


def test_the_evidence_says_where_the_ink_is():
    ink = np.zeros((50, 100))
    ink[10:30, 0:4] = 1  # touches the left edge
    ink[10:30, 60:70] = 0.6
    (found, *_) = find_inks(draw_seven())
    measured = measure(np.float32(ink), 3)
    found = found._replace(
        ink=ink,
        patches=choose_components(ink),
        quality=(-1, 0.1),
        measured=measured,
    )
    evidence = describe(found)
    total = 80 + 120
    assert evidence.shape == (2, 8 + len(WAYS))
    expected = [
        [0.6, 120 / total, np.log(20 / 100), 0],
        [1, 80 / total, np.log(20 / 100), 1],
    ]
    np.testing.assert_allclose(evidence[:, :4], expected, rtol=1e-6)
    steepest = [np.median(measured.steepest[10:30, a:b]) for a, b in ((60, 70), (0, 4))]
    np.testing.assert_allclose(evidence[:, 4], steepest)
    np.testing.assert_allclose(evidence[:, 5], np.log(3), rtol=1e-6)
    np.testing.assert_allclose(evidence[:, 6:8], [[-1, 0.1]] * 2)
    np.testing.assert_array_equal(evidence[:, 8:].argmax(axis=1), found.way)


@pytest.fixture
def ink_pictures(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import ink_pictures

    yield ink_pictures
    sys.modules.pop("ink_pictures")


def test_ink_of_drawn_pictures_is_found(mnist, ink_pictures):
    """Precision and recall within one pixel, given the polarity."""
    by_label = [mnist[2][mnist[3] == label] for label in range(10)]
    rng = np.random.default_rng(7)
    found, true = [], []
    for _ in range(60):
        picture = ink_pictures.draw_picture(by_label, rng, blank=0)
        if not 60 <= max(picture.ink.shape) <= 160:
            continue
        pixels = picture.pixels.reshape(*picture.ink.shape, -1)
        grey, n = enlarge(to_grey(scale_and_shrink(pixels, 160)), 96)
        ink = enlarge(np.float32(picture.ink), 96)[0] > 0.5
        measured = measure(grey, n)
        inks = [find_ink(m) > 0.5 for m in (measured, measured.invert())]
        found.append(max(inks, key=lambda f: (f & ink).sum() - (f & ~ink).sum()))
        true.append(ink)
    covered, right = (
        sum((ndimage.maximum_filter(b, 3) & a).sum() for a, b in pairs)
        / sum(a.sum() for a, _ in pairs)
        for pairs in (list(zip(true, found)), list(zip(found, true)))
    )
    assert covered > 0.85
    assert right > 0.75


CASES = {
    "bar on the edge": lambda: draw_seven(90, 90)[17:],
    "beside a form's line": lambda: np.where(
        np.arange(90)[:, None] == 85, 0.3, draw_seven()
    ),
    "on a dark table": lambda: np.pad(
        draw_seven(), ((30, 10), (40, 0), (0, 0)), constant_values=0.15
    ),
}


@pytest.mark.parametrize(("case", "digit"), zip(CASES, [7, 7, 7]))
def test_a_picture_that_was_misread_is_read(case, digit):
    assert load_digit_reader().predict([CASES[case]()]) == [digit]


def test_a_ring_to_the_edge_is_one_digit():
    y, x = np.mgrid[-1:1:28j, -1:1:28j]
    ring = np.uint8(255 * (np.abs(np.hypot(x, y) - 0.85) < 0.16))
    assert load_digit_reader().predict([ring]) == [0]


def test_no_bundled_digit_is_blank():
    images = load_digits().images
    assert CenterDigit(on_blank="keep").transform(images[1200:1300]).any((1, 2)).all()


def test_mnists_first_image_is_read_as_it_is_without_centring(mnist):
    reader = load_digit_reader()
    assert reader.predict(mnist[0][:1]) == mnist[1][:1]
