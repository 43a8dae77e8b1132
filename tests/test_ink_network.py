"""How much ink there is at each pixel, from the probability of ink."""

import numpy as np
import pytest

from skdigits._ink import _network
from skdigits._ink._network import find_ink


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
