"""The progress bar over epochs."""

from contextlib import contextmanager


@contextmanager
def epoch_progress(verbose, epochs):
    """Show a bar over epochs, with the loss and an estimate of the time left.

    Parameters
    ----------
    verbose : bool or int
        Nothing is shown if it is 0.
    epochs : int

    Yields
    ------
    report : callable
        To be called with the loss after each epoch.
    """
    if not verbose:
        yield lambda loss: None
        return

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    # A console of its own: on the shared one, bars of fits in two threads would meet.
    bar = Progress(
        TextColumn("Epoch"),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("loss {task.fields[loss]}"),
        TimeElapsedColumn(),
        TextColumn("elapsed,"),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=Console(),
    )
    with bar:
        task = bar.add_task("", total=epochs, loss="-")
        yield lambda loss: bar.update(task, advance=1, loss=f"{loss:.4f}")
