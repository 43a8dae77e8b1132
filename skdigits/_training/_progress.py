"""The progress bar over epochs: in a terminal, a notebook or a log file."""

import sys
import time
from contextlib import contextmanager

from skdigits._optional import needed
from skdigits._signals import signals_held_back

_SECONDS_BETWEEN_UPDATES = 0.1  # in a notebook
_SECONDS_BETWEEN_LINES = 10  # in a log file


@contextmanager
def epoch_progress(verbose, epochs):
    """Show a progress bar with the loss and an estimate of the time left.

    Parameters
    ----------
    verbose : bool or int
        0 shows nothing.
    epochs : int

    Yields
    ------
    report : callable
        Call it after each epoch with the training loss, and with the loss and score of
        the validation rows, or None.
    """
    if not verbose:
        yield lambda loss, validation: None
        return

    with needed("rich", to="show progress (verbose=1)"):
        from rich.console import Console

    # Not the shared console, on which the bars of fits in two threads would collide.
    # rich's own notebook display needs ipywidgets.
    console = Console(force_jupyter=False)
    bar = _make_bar(console)
    waiting = "compiling" if "tensorflow" in sys.modules else "loading TensorFlow"
    task = bar.add_task("", total=epochs, results=waiting)
    if _in_notebook():
        surface = _in_cell_output(bar)
    elif console.is_terminal:
        surface = _in_terminal(bar)
    else:
        if waiting != "compiling":  # the longer wait
            print("Loading TensorFlow", flush=True)
        surface = _in_log(bar)
    with surface as refresh:

        def report(loss, validation):
            results = f"loss {loss:.4f}"
            if validation is not None:
                results += ", validation loss {:.4f}, score {:.4f}".format(*validation)
            bar.update(task, advance=1, results=results)
            refresh()

        yield report


def _make_bar(console):
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("Epoch"),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("{task.fields[results]}"),
        TimeElapsedColumn(),
        TextColumn("elapsed,"),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=console,
    )


def _in_notebook():
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return getattr(shell, "kernel", None) is not None


@contextmanager
def _in_terminal(bar):
    # A signal halfway would leave the cursor hidden and standard output replaced.
    try:
        with signals_held_back():
            bar.start()  # a thread of rich's refreshes it
        yield lambda: None
    finally:
        with signals_held_back():
            bar.stop()


@contextmanager
def _in_cell_output(bar):
    """Show the bar in a cell's output; a saved notebook keeps its last state."""
    from IPython.display import display

    handle = display({"text/plain": _render(bar)}, raw=True, display_id=True)
    with _now_and_then(
        lambda: handle.update({"text/plain": _render(bar)}, raw=True),
        _SECONDS_BETWEEN_UPDATES,
    ) as refresh:
        yield refresh


@contextmanager
def _in_log(bar):
    """Print a line now and then, and the last state."""
    with _now_and_then(
        lambda: print(_render(bar), flush=True), _SECONDS_BETWEEN_LINES
    ) as refresh:
        yield refresh


@contextmanager
def _now_and_then(show, seconds):
    """Yield a function that calls `show` at most once per `seconds` seconds."""
    last = time.monotonic()

    def refresh():
        nonlocal last
        now = time.monotonic()
        if now - last >= seconds:
            last = now
            show()

    try:
        yield refresh
    finally:
        show()


def _render(bar):
    """Write the bar as a line of plain text."""
    from rich.console import Console

    console = Console(width=120, color_system=None, force_jupyter=False)
    with console.capture() as captured:
        console.print(bar)
    return captured.get().rstrip()
