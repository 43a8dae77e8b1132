"""Drawn digits are of the size, the form and the seed that is asked for."""

from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def drawn_hands(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import drawn_hands

    return drawn_hands


@pytest.mark.parametrize("height", [8, 28, 60])
def test_each_form_fills_the_height_with_ink(drawn_hands, height):
    rng = np.random.default_rng(0)
    for label, forms in drawn_hands.FORMS.items():
        for form in forms:
            ink = drawn_hands.draw_strokes(label, form, rng, height)
            assert len(ink) == height
            assert ink.min() >= 0
            assert 0.3 < ink.max() <= 1
            for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]):
                assert edge.max() > 0


def test_all_ten_digits_have_forms(drawn_hands):
    assert list(drawn_hands.FORMS) == list(range(10))


def test_a_seed_draws_the_same_digits_again(drawn_hands):
    first, again = (drawn_hands.hands(np.random.default_rng(3), 20) for _ in range(2))
    for one, other in zip(first, again):
        np.testing.assert_array_equal(one, other)
    other_images, _ = drawn_hands.hands(np.random.default_rng(4), 20)
    assert (first[0] != other_images).any()


def test_digits_are_framed_as_in_mnist(drawn_hands):
    images, labels = drawn_hands.hands(np.random.default_rng(0), 30, labels=[1, 7])
    assert images.shape == (30, 28, 28)
    assert images.dtype == np.uint8
    assert set(labels) == {1, 7}
    rows = np.arange(28)
    for image in images:
        inked = (
            np.flatnonzero(image.max(axis=1) > 25),
            np.flatnonzero(image.max(0) > 25),
        )
        assert max(np.ptp(places) + 1 for places in inked) <= 21
        centre = image.sum(1) @ rows / image.sum()
        assert abs(centre - 13.5) < 1.5


def test_any_resolution_draws_the_same_digit(drawn_hands):
    small, large = (
        drawn_hands.draw_strokes(7, "barred", np.random.default_rng(5), height)
        for height in (24, 96)
    )
    averaged = large[:, : large.shape[1] // 4 * 4].reshape(24, 4, -1, 4).mean((1, 3))
    width = min(small.shape[1], averaged.shape[1])
    assert np.abs(small[:, :width] - averaged[:, :width]).mean() < 0.03


def test_a_flag_falls_steeply_and_the_top_of_a_seven_is_level(drawn_hands):
    rng = np.random.default_rng(0)
    depths = {}
    for label, form in ((1, "flag"), (7, "plain")):
        inks = [drawn_hands.draw_strokes(label, form, rng, 60) > 0.5 for _ in range(50)]
        # Rows from the top to the left end of the flag, or of the bar.
        upper_halves = [ink[:30] for ink in inks]
        depths[label] = [np.nonzero(half.T)[1][0] for half in upper_halves]
    assert np.median(depths[1]) > 15
    assert np.median(depths[7]) < 10


def test_bending_needs_a_strength_and_keeps_the_ink(drawn_hands):
    from elastic import bend

    images, _ = drawn_hands.hands(np.random.default_rng(0), 20)
    still = bend(images, np.random.default_rng(1), strength=0)
    np.testing.assert_array_equal(still, images)
    bent = bend(images, np.random.default_rng(1), strength=0.5)
    assert (bent != images).any(axis=(1, 2)).all()
    mass = bent.sum((1, 2)) / images.sum((1, 2))
    assert np.abs(mass - 1).max() < 0.2
