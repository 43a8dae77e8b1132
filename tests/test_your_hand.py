"""The guide's recipe for one person's digits keeps what the page promises."""

import re
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "guide" / "your_hand.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawn_hands():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "benchmarks")
        import drawn_hands

        yield drawn_hands


@pytest.fixture(scope="module")
def people(drawn_hands):
    """Four hands that the shipped reader reads badly; 20 digits of each kind."""
    labels = np.tile(np.arange(10), 20)
    writers = [
        drawn_hands.draw_up_hand(np.random.default_rng(i)) for i in (8, 22, 23, 36)
    ]
    return [(write(labels, np.random.default_rng(0)), labels) for write in writers]


def adapt(images, labels):
    """Run the recipe of the page on framed images; return its function `read`."""
    recipe = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    recipe = re.sub(r"(?m)^(digits|pictures, labels|print).*$", "", recipe)
    recipe = recipe.replace("reader[:-1]", "reader[1:-1]")
    names = {"pictures": images, "labels": labels}
    exec(recipe, names)
    return names["read"]


def count_errors(people, n_each):
    """Count errors of the shipped and of the adapted reader on the other digits."""
    from skdigits import load_digit_reader

    before = after = 0
    for images, labels in people:
        is_mine = np.arange(len(labels)) < 10 * n_each
        read = adapt(images[is_mine], labels[is_mine])
        images, labels = images[~is_mine], labels[~is_mine]
        before += (load_digit_reader()[1:].predict(images) != labels).sum()
        after += (read(images) != labels).sum()
    return before, after


@pytest.mark.parametrize(("n_each", "left"), [(1, 1), (5, 2 / 3), (10, 1 / 2)])
def test_errors_fall_by_the_promised_share(people, n_each, left):
    before, after = count_errors(people, n_each)
    assert before > 20
    assert after <= left * before


@pytest.mark.parametrize("n_each", [1, 5, 10])
def test_other_peoples_digits_are_read_as_well(people, mnist, n_each):
    X, y = (array[::5] for array in mnist[2:])
    for images, labels in people:
        is_mine = np.arange(len(labels)) < 10 * n_each
        read = adapt(images[is_mine], labels[is_mine])
        assert (read(X) == y).mean() >= 0.99


def test_a_hand_writes_alike_and_each_digit_a_little_differently(drawn_hands):
    write = drawn_hands.draw_up_hand(np.random.default_rng(0))
    sevens, again = (write([7] * 6, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(sevens, again)
    assert sevens.shape == (6, 28, 28)
    assert len(np.unique(sevens, axis=0)) == 6
    others = drawn_hands.draw_up_hand(np.random.default_rng(2))
    assert (others([7] * 6, np.random.default_rng(1)) != sevens).any()
