"""The progress bar over epochs."""

from contextlib import contextmanager


@contextmanager
def epoch_progress(verbose, epochs):
    """Show a progress bar with the loss and an estimate of the time left.

    Parameters
    ----------
    verbose : bool or int
        Nothing is shown if it is 0.
    epochs : int

    Yields
    ------
    report : callable
        To be called after each epoch with the training loss, and with loss and score of
        the validation rows or None.
    """
    if not verbose:
        yield lambda loss, validation: None
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

    # Not the shared console, on which the bars of fits in two threads would collide.
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

        def report(loss, validation):
            results = f"loss {loss:.4f}"
            if validation is not None:
                results += ", validation loss {:.4f}, score {:.4f}".format(*validation)
            bar.update(task, advance=1, results=results)

        yield report
