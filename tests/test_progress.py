"""The progress bar: in a notebook, a pipe and a search."""

import io
import re
import signal
import sys

import pytest
from rich.live import Live
from sklearn.model_selection import GridSearchCV

from skdigits import DigitMLPClassifier

MAIN_JOB = """
import sys
sys.modules["ipywidgets"] = None  # as if it were not installed
from sklearn.datasets import load_digits
from skdigits import DigitMLPClassifier
X, y = load_digits(return_X_y=True)
clf = DigitMLPClassifier(epochs=5, random_state=0, verbose=1).fit(X, y)
"""


@pytest.mark.slow
def test_a_saved_notebook_holds_one_bar_with_the_last_loss_and_no_warning():
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [
        nbformat.v4.new_code_cell(MAIN_JOB),
        nbformat.v4.new_code_cell("print(clf.loss_)"),
    ]
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    (bar,) = notebook.cells[0].outputs
    assert bar.output_type == "display_data"
    text = bar.data["text/plain"]
    assert "\n" not in text
    loss = float(notebook.cells[1].outputs[0].text)
    assert "5/5 ━" in text
    assert f"loss {loss:.4f}" in text


@pytest.mark.slow
def test_a_pipe_gets_a_line_now_and_then_and_a_line_about_the_wait(run_python):
    code = MAIN_JOB.replace("epochs=5", "epochs=300")
    lines = run_python("-c", code).stdout.splitlines()
    assert lines[0] == "Loading TensorFlow"
    assert re.match(r"Epoch 300/300 ━+ loss \d\.\d{4} 0:00:\d\d elapsed", lines[-1])
    assert len(lines) < 30


def test_a_terminal_gets_one_bar_that_is_drawn_over(digits, monkeypatch):
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    clf = DigitMLPClassifier(epochs=2, verbose=1, random_state=0).fit(*digits)
    *_, last = terminal.getvalue().split("\r")
    assert "2/2" in last
    assert f"loss {clf.loss_:.4f}" in last
    assert terminal.getvalue().count("\n") == 1


@pytest.mark.parametrize("moment", ["start", "end"])
def test_after_ctrl_c_the_terminal_is_as_it_was(moment, digits, monkeypatch):
    """Also if it comes while rich draws the bar for the first or the last time."""
    terminal = io.StringIO()
    terminal.isatty = lambda: True
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    refresh, bars = Live.refresh, set()

    def refresh_and_interrupt(live):
        if not bars and live._started == (moment == "start"):
            bars.add(live)
            signal.raise_signal(signal.SIGINT)
        refresh(live)

    monkeypatch.setattr(Live, "refresh", refresh_and_interrupt)
    clf = DigitMLPClassifier(epochs=2, verbose=1, random_state=0)
    with pytest.raises(KeyboardInterrupt):
        clf.fit(*digits)
    (bar,) = bars
    assert not bar.is_started
    assert sys.stdout is terminal
    hide, show = "\x1b[?25l", "\x1b[?25h"
    assert terminal.getvalue().rfind(show) > terminal.getvalue().rfind(hide)


def test_a_search_of_verbose_fits_prints_a_line_for_each(digits, capsys):
    clf = DigitMLPClassifier(epochs=2, verbose=1, random_state=0)
    GridSearchCV(clf, {"learning_rate": [1e-3, 1e-2]}, cv=3, refit=False).fit(*digits)
    lines = [line for line in capsys.readouterr().out.splitlines() if "2/2" in line]
    assert len(lines) == 6


def test_the_validation_loss_and_score_are_shown(digits, capsys):
    clf = DigitMLPClassifier(early_stopping=True, epochs=1, verbose=1, random_state=0)
    clf.fit(*digits)
    shown = capsys.readouterr().out
    assert f"validation loss {clf.validation_loss_curve_[-1]:.4f}" in shown
    assert f"score {clf.validation_scores_[-1]:.4f}" in shown
