"""The steps from a page to its digits, each beside a plain formula."""

from itertools import combinations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from skdigits import load_digit_detector, load_digit_reader
from skdigits._ink._components import Patch
from skdigits._page import _choose, _digits
from skdigits._page._best_choice import find_best, find_places
from skdigits._page._choose import choose_marks, find_others, merge
from skdigits._page._context import look_around
from skdigits._page._cuts import Piece, cut, find_paths
from skdigits._page._evidence import _Line, describe
from skdigits._page._hypotheses import Hypothesis, find_hypotheses
from skdigits._page._lines import sort_into_lines
from skdigits._page._marks import find_tall, see, usual_height
from skdigits._page._page_ink import (
    PageInk,
    find_marks,
    learn,
    list_ways,
    look_closer,
    stretch,
    thicken,
)
from skdigits._page._patches import CONNECTS, find_patches, join
from skdigits._page._turn import find_turns, turn_boxes_back


def block(top, left, height=30, width=12):
    return Patch(np.ones((height, width)), top, left)


def mark(top, left, height=30, width=12, log_odds=6.0):
    return block(top, left, height, width)._replace(log_odds=log_odds)


def test_faint_ink_connects_nothing_and_belongs_to_the_nearest_patch():
    ink = np.zeros((20, 30))
    ink[5:15, 2:8] = ink[5:15, 20:26] = 1
    ink[10, 8:20] = CONNECTS - 0.1
    left, right = find_patches(ink)
    assert (left.left, left.right) == (2, 8)
    assert (right.left, right.right) == (20, 26)
    assert find_patches(np.zeros((4, 4))) == []


def test_joined_patches_keep_their_places():
    joined = join([block(3, 10, 4, 5), block(8, 2, 6, 3)])
    expected = np.zeros((11, 13))
    expected[0:4, 8:13] = expected[5:11, 0:3] = 1
    assert (joined.top, joined.left) == (3, 2)
    np.testing.assert_array_equal(joined.ink, expected)


def test_patches_are_cut_where_little_ink_is_crossed():
    ink = np.zeros((30, 45))
    ink[:, :12] = ink[:, 33:] = 1
    ink[14:17, 12:33] = 1  # a thin stroke between two thick ones
    pieces = cut(Patch(ink, 7, 100), height=30)
    assert len(pieces) > 1
    assert pieces[0].patch.left == 100
    assert pieces[-1].patch.right == 145
    assert pieces[0].right_cut == pytest.approx(3, abs=0.5)
    assert sum(piece.patch.ink.sum() for piece in pieces) == ink.sum()


def test_what_has_no_thin_place_is_left_whole():
    patch = block(0, 0, 30, 40)
    assert [piece.patch.ink.sum() for piece in cut(patch, height=30)] == [30 * 40]


def test_one_tall_mark_does_not_set_the_height():
    marks = [mark(0, 20 * i, height=30) for i in range(5)]
    frame = mark(0, 150, height=400, width=300, log_odds=-8)
    assert usual_height([*marks, frame]) == 30
    hypotheses, lines = find_hypotheses([*marks, frame])
    assert len(hypotheses) == len(lines[0]) == 5


def test_marks_are_sorted_into_lines_that_slope():
    upper = [mark(3 * i, 25 * i) for i in range(8)]
    lower = [mark(60 + 3 * i, 25 * i) for i in range(8)]
    lines = sort_into_lines([*lower, *upper], height=30)
    assert [[m.top for m in line] for line in lines] == [
        [3 * i for i in range(8)],
        [60 + 3 * i for i in range(8)],
    ]


@pytest.mark.parametrize(("lower", "n_lines"), [(8, 1), (12, 2)])
def test_a_mark_further_down_than_half_the_height_begins_a_line(lower, n_lines):
    marks = [block(0, 0, height=20), block(lower, 30, height=20)]
    assert len(sort_into_lines(marks, height=20)) == n_lines


def test_a_mark_of_less_than_half_the_height_joins_the_nearest_line():
    comma = block(25, 30, height=8)
    marks = [block(0, 0, height=20), block(0, 30, height=20), comma]
    assert len(sort_into_lines(marks, height=20)) == 1


def test_a_path_takes_a_step_to_the_side_for_a_tenth_of_a_pixel_of_ink():
    ink = np.zeros((5, 5))
    ink[0, 2] = 1
    crossed, paths = find_paths(ink)
    np.testing.assert_allclose(crossed, [0, 0, 0.1, 0, 0])
    assert paths[0, 2] != 2


def test_without_a_likely_digit_the_marks_above_a_third_set_the_height():
    marks = [mark(0, 0, height=height, log_odds=-9) for height in (30, 12, 8)]
    assert usual_height(marks) == 21


def test_pieces_of_one_digit_are_put_together_in_all_ways():
    marks = [mark(0, 0, width=8, log_odds=-2), mark(0, 10, width=8, log_odds=-2)]
    hypotheses, _ = find_hypotheses(marks)
    assert [(h.start, h.stop) for h in hypotheses] == [(0, 1), (0, 2), (1, 2)]
    assert hypotheses[1].patch.width == 18


@pytest.mark.parametrize(
    ("n_letters", "n_digits", "is_cut"),
    [(7, 5, True), (8, 5, False), (5, 9, False), (4, 9, True)],
)
def test_the_marks_of_a_line_of_text_are_not_cut(n_letters, n_digits, is_cut):
    """Text: more than 12 marks, of which less than 0.65 are likely digits."""
    letter = np.zeros((30, 20))
    letter[:, :6] = letter[:, -6:] = letter[14:16] = 1
    marks = [
        Patch(letter, 0, 100 * i, log_odds=-2.0 if i < n_letters else 2.0)
        for i in range(n_letters + n_digits)
    ]
    hypotheses, _ = find_hypotheses(marks)
    assert (len(hypotheses) > len(marks)) == is_cut


@pytest.mark.parametrize(
    ("log_odds", "n_digits"), [([0.5, 1.5, 1], 0), ([0.5, 2.5, 1], 3), ([0.5], 1)]
)
def test_of_several_digits_one_must_be_sure(monkeypatch, log_odds, n_digits):
    """Log-odds above 2 are sure."""
    of_marks = np.array(log_odds)
    monkeypatch.setattr(_choose, "log_odds_of_rows", lambda rows, network: of_marks)
    hypotheses, _ = find_hypotheses([mark(0, 40 * i) for i in range(len(log_odds))])
    assert len(choose_marks(hypotheses, np.zeros((len(log_odds), 38)))) == n_digits


def test_what_is_low_or_wide_is_no_digit():
    dash = mark(12, 60, height=6, width=20, log_odds=-7)
    wide = [mark(0, 100, width=30, log_odds=-2), mark(0, 132, width=30, log_odds=-2)]
    hypotheses, _ = find_hypotheses([mark(0, 0), dash, *wide])
    assert [h.patch.width for h in hypotheses] == [12, 30, 30]


@pytest.mark.parametrize("seed", range(20))
def test_the_digits_chosen_are_the_best_of_all_choices(seed):
    rng = np.random.default_rng(seed)
    pieces = [Piece(block(0, 10 * i)) for i in range(5)]
    spans = [(i, j) for i in range(5) for j in range(i + 1, min(i + 3, 5) + 1)]
    odds = rng.normal(0, 4, len(spans))
    hypotheses = [Hypothesis(0, 0, pieces, i, j, block(0, 10 * i)) for i, j in spans]

    def value(chosen):
        covered = [piece for k in chosen for piece in range(*spans[k])]
        twice = len(covered) > len(set(covered))
        return -np.inf if twice else sum(odds[k] for k in chosen)

    best = max(
        value(chosen) for n in range(6) for chosen in combinations(range(len(spans)), n)
    )
    digits = find_best(find_places(hypotheses), odds)
    assert sum(odds[k] for k in digits) == pytest.approx(best)
    assert digits == sorted(digits, key=lambda k: spans[k])


def test_the_context_is_what_else_the_line_and_the_page_hold():
    """Two pieces, apart or together; a mark beside them; another line."""
    pieces = [Piece(block(0, 0)), Piece(block(0, 10))]
    spans = [(0, 1), (0, 2), (1, 2)]
    hypotheses = [
        Hypothesis(0, 0, pieces, i, j, block(0, 10 * i, width=10 * (j - i)))
        for i, j in spans
    ]
    for line, group in ((0, 1), (1, 2)):
        hypotheses.append(
            Hypothesis(line, group, [Piece(block(0, 40))], 0, 1, block(0, 40))
        )
    odds = np.array([-2.0, 3.0, -1.0, 9.0, -4.0])
    context = look_around(find_places(hypotheses), odds)
    n_digits = np.log(1 + 2)
    np.testing.assert_allclose(
        context,
        [
            [5, 5, 1, (5 - 4) / 2, 0, n_digits],
            [5, 5, 1, (5 - 4) / 2, 1, n_digits],
            [5, 5, 1, (5 - 4) / 2, 0, n_digits],
            [3, 3, 1, (3 - 4) / 2, 1, n_digits],
            [0, 0, 0, (3 + 5) / 2, 0, n_digits],
        ],
    )


def test_the_evidence_holds_what_the_detector_and_the_reader_say():
    picture = Image.new("L", (160, 80), 235)
    for left in (20, 90):
        seven = [(left, 20), (left + 30, 20), (left + 10, 60)]
        ImageDraw.Draw(picture).line(seven, 30, 5)
    page, marks = find_marks(np.array(picture)[..., np.newaxis], learn)
    hypotheses, lines = find_hypotheses(marks)
    evidence = describe(hypotheses, lines, page)
    images = np.stack([h.patch.image for h in hypotheses])
    assert evidence.shape == (len(hypotheses), 38)
    odds = load_digit_detector()[1:].decision_function(images)
    np.testing.assert_allclose(evidence[:, 0], odds, rtol=1e-4, atol=1e-4)
    logits = load_digit_reader()[1:].decision_function(images)
    best = logits.max(axis=1, keepdims=True)
    np.testing.assert_allclose(evidence[:, -10:], logits - best, rtol=1e-4, atol=1e-4)
    second = np.sort(logits, axis=1)[:, -2:-1]
    np.testing.assert_allclose(evidence[:, 1:2], best - second, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("width", "counted"), [(1, 0.1), (10, 0.2)])
def test_a_mark_counts_as_at_least_a_tenth_as_wide_as_high(width, counted):
    bar = block(0, 0, height=50, width=width)
    line = _Line([bar, block(0, 30, height=50)._replace(log_odds=1.0)], usual=50)
    numbers = line.place(Hypothesis(0, 0, [Piece(bar)], 0, 1, bar))
    assert numbers[3] == pytest.approx(np.log(counted))


def test_half_the_contrast_of_a_page_without_noise_is_full_ink():
    page = np.full((300, 400, 1), 200, np.uint8)
    page[100:200, 50:150] = 0
    page[100:200, 200:240] = 100
    page[100:200, 300:340] = 150
    assert list_ways(page)[0] is stretch
    ink = find_marks(page, stretch)[0].ink
    assert ink.shape == (300, 400)
    assert ink[150, [20, 100, 220, 320]] == pytest.approx([0, 1, 1, 0.5], abs=0.01)


def test_thickened_dots_of_a_page_without_noise_are_joined():
    page = np.full((300, 400, 1), 255, np.uint8)
    page[100:200:3, 50:53] = 0  # two pixels apart
    page[100:200:5, 200:203] = 0  # four pixels apart
    assert list_ways(page)[:2] == [stretch, thicken]
    n_left, n_right = [], []
    for way in (stretch, thicken):
        lefts = np.array([mark.left for mark in find_marks(page, way)[1]])
        n_left.append((lefts < 100).sum())
        n_right.append((lefts > 100).sum())
    assert n_left == [34, 1]
    assert n_right == [20, 20]


def test_other_marks_are_those_as_high_as_the_digits_of_their_line():
    """A letter in two pieces, a dash, and a mark in a line without digits."""
    digit = Hypothesis(0, 0, [None], 0, 1, block(0, 0, height=30))
    spans = [(0, 1), (0, 2), (1, 2)]
    letter = [Hypothesis(0, 1, [None] * 2, i, j, block(0, 40)) for i, j in spans]
    dash = Hypothesis(0, 2, [None], 0, 1, block(15, 80, height=6))
    alone = Hypothesis(1, 3, [None], 0, 1, block(80, 0))
    marks = [digit, *letter, dash, alone]
    assert find_others(marks, [digit]) == [letter[1]]
    assert find_others(marks, []) == []


@pytest.mark.parametrize(("n_crosses", "turns"), [(3, [2]), (4, [])])
def test_a_turn_is_worth_reading_if_most_of_the_marks_then_look_like_digits(
    n_crosses, turns
):
    seven, cross = np.zeros((2, 40, 26))
    seven[:5] = seven[:, -5:] = 1
    cross[18:23] = cross[:, 11:16] = 1
    inks = [seven[::-1, ::-1]] * 8 + [cross] * n_crosses
    marks = see([Patch(ink, 0, 50 * i) for i, ink in enumerate(inks)])
    assert find_turns(marks) == turns


@pytest.mark.parametrize(
    ("upright", "turned", "n_turns"),
    [
        ([3.2] * 3, [3.3] * 4, 0),  # a gain below 4
        ([3.2] * 3, [3.5] * 4, 2),
        ([3.0], [5.0] * 3, 0),  # three digits
        ([1.0], [1.9] * 8, 0),  # unsure ones
        ([1.0], [2.1] * 7, 2),
        ([3.2] * 3, [3.1] * 6, 0),  # less sure than upright
    ],
)
def test_a_page_is_turned_if_it_then_has_more_and_surer_digits(
    monkeypatch, upright, turned, n_turns
):
    def read(page, marks=None):
        return a_read(turned if page.n_turns else upright)._replace(page=page)

    page = a_read([], shape=(400, 400)).page
    image = np.zeros((28, 28), np.uint8)
    marks = [mark(0, 40 * i)._replace(image=image) for i in range(4)]
    monkeypatch.setattr(_digits, "find_marks", lambda picture, way: (page, marks))
    monkeypatch.setattr(_digits, "find_turns", lambda marks: [2])
    monkeypatch.setattr(_digits, "_read_digits", read)
    assert _digits._read(None, None).page.n_turns == n_turns


def a_read(log_odds, shape=(90, 100), ink=0.0):
    page = PageInk(np.full(shape, ink), np.zeros(shape), 1, 0, (0, 0))
    digits = [mark(0, 40 * i, log_odds=o) for i, o in enumerate(log_odds)]
    digits = [Hypothesis(0, i, [], 0, 1, digit) for i, digit in enumerate(digits)]
    return _digits._Read(page, digits)


@pytest.mark.parametrize(
    ("reads", "taken"),
    [
        ([[5.0, 1.5], [5.0, 3.3]], 0),  # 1.8 more
        ([[5.0, 1.5], [5.0, 3.7]], 1),  # 2.2 more
        ([[5.0, 1.5], [5.0, 3.7], [5.0, 5.5]], 1),
        ([[5.0, 1.5], [5.0, 1.5], [5.0, 4.5]], 2),
    ],
)
def test_ink_found_in_another_way_must_have_more_evidence(monkeypatch, reads, taken):
    def read(picture, way):
        return a_read(way, (200, 300), ink=1.0)

    monkeypatch.setattr(_digits, "list_ways", lambda picture: reads)
    monkeypatch.setattr(_digits, "_read", read)
    found = _digits._find_on_page(np.zeros((200, 300, 1)))
    assert found.log_odds.tolist() == reads[taken]


def test_other_ways_are_not_tried_if_all_ink_is_in_digits(monkeypatch):
    tried = []

    def read(picture, way):
        tried.append(way)
        return a_read([5.0, 5.0], (30, 24), ink=way)  # the digits have 720 of ink

    monkeypatch.setattr(_digits, "_read", read)
    for ink, n_tried in ((1.03, 1), (1.2, 2)):  # 97 %, 83 % of it is in digits
        tried.clear()
        monkeypatch.setattr(_digits, "list_ways", lambda picture, i=ink: [i, i])
        _digits._find_on_page(np.zeros((30, 24, 1)))
        assert len(tried) == n_tried


@pytest.mark.parametrize(
    ("shape", "reads", "taken"),
    [
        ((90, 100), [[5.0, 2.5]], 0),  # sure at once
        ((150, 200), [[5.0, 1.5], [5.0, 4.0]], 1),  # sure then
        ((150, 200), [[5.0, -1.5], [5.0, 2.5]], 1),  # a mark that was no digit
        ((200, 300), [[5.0, 1.5]], 0),  # a large page
        ((90, 100), [[5.0, 1.5], [7.0, 1.4], [7.5, 1.1], [7.1, 1.4]], 2),
        ((90, 100), [[5.0, 1.5], [6.8, 1.5], [5.0, 1.8], [5.0, 1.7]], 0),
        ((90, 100), [[], [1.9, 1.9], [1.9, 1.9], [1.9, 1.9]], 0),  # never sure
        ((90, 100), [[], [], [], [2.1]], 3),
    ],
)
def test_a_small_page_is_enlarged_until_all_marks_are_surely_digits(
    monkeypatch, shape, reads, taken
):
    first, *others = (a_read(log_odds, shape) for log_odds in reads)
    given = iter(others)
    monkeypatch.setattr(_digits, "_read_digits", lambda *of_page: next(given))
    monkeypatch.setattr(_digits, "look_closer", lambda picture, page, *way: page)
    read = _digits._enlarge(None, None, first)
    assert [digit.patch.log_odds for digit in read.digits] == reads[taken]
    assert list(given) == []


def test_a_small_page_of_specks_is_not_enlarged(monkeypatch):
    monkeypatch.setattr(_digits, "_enlarge", None)
    page = np.full((90, 100, 1), 200, np.uint8)
    page[50:53, 50:53] = 0
    assert len(find_marks(page, stretch)[1]) == 1
    assert _digits._read(page, stretch).digits == []


def test_enlarged_ink_has_more_pixels_of_the_same_picture():
    picture = np.full((60, 200, 3), 220, np.uint8)
    picture[20:40, 50:56] = picture[20:40, 100:106] = 30
    page, _ = find_marks(picture, learn)
    enlarged = look_closer(picture, page, learn, 1.5)
    assert page.ink.shape == (60, 200)
    assert enlarged.ink.shape == (90, 300)
    assert enlarged.scale == pytest.approx(2 / 3)
    assert enlarged.quality == page.quality
    assert enlarged.ink[30:60, 76:83].mean() > 0.8
    assert enlarged.ink[:, 100:140].max() < 0.1
    turned = look_closer(picture, page.turn(1), learn, 1.5)
    np.testing.assert_array_equal(turned.ink, np.rot90(enlarged.ink))
    assert turned.n_turns == 1


def test_marks_of_more_than_twice_the_usual_height_are_tall():
    marks = [mark(0, 40 * i, height=20) for i in range(5)]
    tall = [mark(0, 300, height=41), mark(0, 400, height=100, log_odds=-7)]
    assert find_tall([*marks, mark(0, 200, height=40), *tall]) == tall
    assert find_tall([]) == []


@pytest.mark.parametrize(
    ("together", "apart", "is_taken"),
    [
        ([], [2.1], True),
        ([], [1.9, 1.9], False),  # unsure
        ([3.0], [4.9], False),  # 1.9 more
        ([3.0], [5.1], True),
        ([3.0, 3.0], [5.1], True),  # the second digit stands elsewhere
    ],
)
def test_tall_marks_count_by_themselves_if_they_have_more_evidence(
    monkeypatch, together, apart, is_taken
):
    read, of_tall = a_read(together), a_read(apart)
    monkeypatch.setattr(_digits, "_read_digits", lambda page, marks: of_tall)
    marks = [mark(50, 40 * i, height=12) for i in range(5)]
    assert _digits._read_tall(read, marks) is read  # none is tall
    unlikely = mark(0, 0, height=30, log_odds=-1)
    assert _digits._read_tall(read, [*marks, unlikely]) is read
    found = _digits._read_tall(read, [*marks, mark(0, 0, height=30)])
    log_odds = [digit.patch.log_odds for digit in found.digits]
    assert log_odds == (apart + together[1:] if is_taken else together)


def test_a_choice_takes_the_place_of_what_it_overlaps_in_another():
    def digit(line, top, left):
        return Hypothesis(line, 0, [None], 0, 1, mark(top, left))

    first = [digit(0, 100, 0), digit(0, 100, 12)]
    second = [digit(0, 0, 5), digit(0, 0, 40), digit(1, 129, 20), digit(2, 200, 0)]
    merged = merge(first, second)
    assert [(h.line, h.patch.top, h.patch.left) for h in merged] == [
        (0, 0, 5),
        (0, 0, 40),
        (1, 100, 0),
        (1, 100, 12),
        (2, 200, 0),
    ]
    assert merge([], second) == second


@pytest.mark.parametrize("n_turns", [0, 1, 2, 3])
def test_boxes_of_a_turned_page_are_given_back(n_turns):
    page = np.zeros((50, 80), int)
    page[10:15, 60:78] = 1
    rows, columns = np.nonzero(np.rot90(page, n_turns))
    box = [rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]
    back = turn_boxes_back(np.array([box]), n_turns, page.shape)
    assert back.tolist() == [[10, 60, 15, 78]]
