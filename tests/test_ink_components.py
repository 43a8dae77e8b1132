"""Which connected components of some ink may be the digit."""

import numpy as np
import pytest

from skdigits._ink._components import choose_components, cut_out


def draw(*boxes, shape=(60, 80)):
    """Fill boxes (top, left, bottom, right) with ink."""
    ink = np.zeros(shape)
    for top, left, bottom, right in boxes:
        ink[top:bottom, left:right] = 1
    return ink


def boxes_of(ink):
    return [(p.top, p.left, p.bottom, p.right) for p in choose_components(ink)]


STEM = (10, 30, 50, 34)  # 40 pixels high


def test_one_component_is_cut_out():
    patch = cut_out(draw(STEM))
    assert (patch.top, patch.left, patch.bottom, patch.right) == STEM
    assert (patch.height, patch.width) == patch.ink.shape == (40, 4)
    assert boxes_of(draw(STEM)) == [STEM]


def test_faint_ink_neither_connects_nor_counts():
    ink = draw(STEM) + 0.09 * draw((0, 0, 60, 80))
    assert boxes_of(np.clip(ink, 0, 1)) == [STEM]
    ink = draw(STEM) + 0.11 * draw((10, 34, 14, 60))
    assert boxes_of(np.clip(ink, 0, 1)) == [(10, 30, 50, 60)]


@pytest.mark.parametrize("strength", [0, 0.5])
def test_without_full_ink_there_are_no_components(strength):
    assert choose_components(strength * draw(STEM)) == []
    assert len(choose_components((strength + 0.01) * draw(STEM))) == (strength > 0)


@pytest.mark.parametrize(
    ("gap", "height", "belongs"),
    [
        (14, 20, True),  # heavy: within 0.4 of the stem's height
        (18, 20, False),
        (6, 4, True),  # light: within 0.2
        (10, 4, False),
    ],
)
def test_near_components_belong_to_the_digit(gap, height, belongs):
    other = (10, 34 + gap, 10 + height, 38 + gap)
    both = (10, 30, 50, 38 + gap)
    heaviest, *_ = boxes_of(draw(STEM, other))
    assert heaviest == (both if belongs else STEM)


def test_the_two_heaviest_components_are_also_tried_alone():
    other = (10, 40, 30, 44)
    assert boxes_of(draw(STEM, other)) == [(10, 30, 50, 44), STEM, other]


def test_a_speck_is_not_tried():
    speck = (10, 70, 14, 73)  # 12 pixels beside 160
    assert boxes_of(draw(STEM, speck)) == [STEM]
    assert len(boxes_of(draw(STEM, (10, 70, 16, 73)))) == 2  # 18


def test_the_ink_of_other_components_is_left_out():
    bow = draw((5, 24, 8, 60), (5, 57, 30, 60), (5, 24, 20, 27))  # around the stem
    together, alone, second = choose_components(draw(STEM) + bow)
    assert together.ink.sum() == draw(STEM).sum() + bow.sum()
    assert {alone.ink.sum(), second.ink.sum()} == {draw(STEM).sum(), bow.sum()}
