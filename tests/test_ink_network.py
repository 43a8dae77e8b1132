"""How much ink there is at each pixel, from the probability of ink."""

from types import SimpleNamespace

import numpy as np
import pytest

from skdigits._ink import _network
from skdigits._ink._network import drop_faint, find_ink


@pytest.fixture
def probability(monkeypatch):
    """The probability of ink, which the network would give."""
    p = np.zeros((20, 30))
    monkeypatch.setattr(_network, "ink_probability", lambda measured: p.copy())
    return p


def test_at_the_edge_of_a_stroke_ink_grows_with_the_probability(probability):
    probability[:, 8:12] = 1
    probability[:, 6:8] = 0.1, 0.5
    np.testing.assert_allclose(find_ink(None)[0, 5:9], [0, 0, 0.5, 1])


def test_a_thin_stroke_is_full_ink_if_its_probability_is_a_half(probability):
    probability[:, 4] = 0.5
    probability[:, 20] = 0.25
    ink = find_ink(None)
    np.testing.assert_allclose(ink[:, 4], 1)
    np.testing.assert_allclose(ink[:, 20], 0.5)
    assert not ink[:, 5:20].any()


def test_the_lines_of_a_page_stay_faint(probability):
    probability[:, 4] = 0.5
    np.testing.assert_allclose(find_ink(None, least_full=1.0)[:, 4], 0.5)


def test_faint_marks_are_dropped_but_not_the_edges_of_strong_strokes():
    ink, lightness = np.zeros((20, 40)), np.zeros((20, 40))
    for columns, light in (
        (slice(4, 6), 1),
        (slice(14, 17), 0.5),
        (slice(30, 32), 0.3),
    ):
        ink[:, columns], lightness[:, columns] = 1, light
    ink[:, 6:9], lightness[:, 6:9] = 0.6, 0.1  # a soft edge
    lightness[0, 30] = 9  # a glint is no stroke
    measured = SimpleNamespace(lightness=lightness)
    expected = ink.copy()
    expected[:, 8] = 0  # three pixels beside the stroke
    expected[3:, 30:32] = 0
    np.testing.assert_array_equal(drop_faint(ink, measured), expected)
    pale = SimpleNamespace(lightness=0.1 * lightness)
    np.testing.assert_array_equal(drop_faint(ink, pale), expected)


def test_without_ink_nothing_is_dropped():
    faint = np.full((5, 5), 0.4)
    assert drop_faint(faint, None) is faint
