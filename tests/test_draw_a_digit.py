"""The drawing window gets the events that a mouse would send it."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backend_bases import KeyEvent, MouseEvent

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def window(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLES))
    example = runpy.run_path(str(EXAMPLES / "draw_a_digit.py"))
    return example["DrawingWindow"](example["load_or_train"]())


def mouse(window, kind, point, axes="page_axes", button=1):
    canvas = window.figure.canvas
    window.figure.draw_without_rendering()  # lays the axes out
    x, y = getattr(window, axes).transData.transform(point)
    event = MouseEvent(f"{kind}_event", canvas, x, y, button)
    canvas.callbacks.process(event.name, event)


def draw(window, *points):
    mouse(window, "button_press", points[0])
    for point in points[1:]:
        mouse(window, "motion_notify", point)
    mouse(window, "button_release", points[-1])


def heights(window):
    return np.array([bar.get_height() for bar in window.bar_axes.patches])


def test_the_bars_move_while_the_pen_does(window):
    assert not heights(window).any()
    assert window.bar_axes.get_title() == "Nothing drawn yet"
    mouse(window, "button_press", (70, 20))
    mouse(window, "motion_notify", (70, 60))
    before = heights(window)
    assert before.sum() == pytest.approx(1)
    mouse(window, "motion_notify", (70, 120))
    mouse(window, "motion_notify", (30, 120))
    assert np.abs(heights(window) - before).max() > 0.01


def test_a_one_and_a_seven_are_read(window):
    draw(window, (70, 20), (68, 70), (66, 125))
    assert window.bar_axes.get_title().startswith("1 (")
    assert heights(window).argmax() == 1
    key = KeyEvent("key_press_event", window.figure.canvas, "c")
    window.figure.canvas.callbacks.process(key.name, key)
    assert not window.page.any()
    assert not heights(window).any()
    draw(window, (30, 20), (70, 18), (110, 20), (85, 70), (60, 125))
    draw(window, (50, 75), (105, 72))
    assert window.bar_axes.get_title().startswith("7 (")


def test_lines_are_whole_however_fast_the_mouse(window):
    draw(window, (20, 20), (120, 120))
    assert (window.page[np.arange(20, 121), np.arange(20, 121)] == 255).all()


def test_nothing_is_drawn_without_the_button_or_outside(window):
    mouse(window, "motion_notify", (50, 50))
    mouse(window, "button_press", (50, 50), button=3)
    mouse(window, "motion_notify", (60, 50))
    mouse(window, "button_press", (0.5, 0.5), axes="bar_axes")
    mouse(window, "motion_notify", (70, 50))
    assert not window.page.any()


def test_leaving_the_page_lifts_the_pen(window):
    mouse(window, "button_press", (20, 20))
    mouse(window, "motion_notify", (20, 60))
    mouse(window, "motion_notify", (5, 0.5), axes="bar_axes")
    mouse(window, "motion_notify", (120, 120))
    assert window.page[60, 20] == 255
    assert not window.page[80:, 60:].any()


def test_without_a_screen_it_says_so(capsys, monkeypatch):
    script = str(EXAMPLES / "draw_a_digit.py")
    monkeypatch.setattr(sys, "argv", [script])
    monkeypatch.syspath_prepend(str(EXAMPLES))
    with pytest.raises(SystemExit):
        runpy.run_path(script, run_name="__main__")
    assert "No window can be opened" in capsys.readouterr().err
