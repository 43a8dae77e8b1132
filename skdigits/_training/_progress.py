"""The progress bar over epochs."""

from contextlib import contextmanager


@contextmanager
def epoch_progress(verbose, epochs):
    """Show a progress bar with the loss and an estimate of the time left.

    Parameters
    ----------
    verbose : bool or int
        0 or False shows nothing.
    epochs : int

    Yields
    ------
    report : callable
        Call it after each epoch with the loss and the validation score, which may be
        None.
    """
    if not verbose:
        yield lambda loss, score: None
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

    # A console of its own: on rich's shared one, bars of two threads would collide.
    bar = Progress(
        TextColumn("Epoch"),
        MofNCompleteColumn(),
        BarColumn(),
        TextColumn("{task.fields[results]}"),
        TimeElapsedColumn(),
        TextColumn("elapsed,"),
        TimeRemainingColumn(),
        TextColumn("left"),
        console=Console(),
    )
    with bar:
        task = bar.add_task("", total=epochs, results="")

        def report(loss, score):
            results = f"loss {loss:.4f}"
            if score is not None:
                results += f", validation accuracy {score:.4f}"
            bar.update(task, advance=1, results=results)

        yield report
