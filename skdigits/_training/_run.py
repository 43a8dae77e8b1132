"""A training run: epochs until the last one, early stopping or Ctrl-C."""

import math
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

import joblib
import numpy as np

from skdigits._augmentation import is_random_affine, make_augment
from skdigits._training._batches import block_shape, bounded_batch_size, epoch_jobs
from skdigits._training._evaluation import validate
from skdigits._training._history import History
from skdigits._training._optimizer import OptimizerSettings, cosine_steps
from skdigits._training._prefetch import prefetch
from skdigits._training._program import train_epoch, training_program
from skdigits._training._progress import epoch_progress
from skdigits._training._random import block_rng, order_rng

# Blocks of warped images: enough to keep two threads busy.
_BLOCKS_AHEAD = 4


class TrainingSettings(NamedTuple):
    """How to train: parameters of `DigitMLPClassifier`, documented there."""

    epochs: int
    batch_size: int
    learning_rate: float
    learning_rate_schedule: str
    weight_decay: float
    ema_momentum: float
    shuffle: bool
    augmentation: Callable | str | None
    image_shape: tuple[int, int] | None
    early_stopping: bool
    n_iter_no_change: float
    tol: float
    verbose: bool | int


def train(start, data, settings, tasks):
    """Train until the last epoch, early stopping or Ctrl-C.

    Parameters
    ----------
    start : Start
    data : TrainingData
    settings : TrainingSettings
    tasks : FitTasks
        Runs the callbacks of each epoch, which may request a stop.

    Returns
    -------
    history : History
        With `interrupt` set if Ctrl-C came after the first epoch.

    Raises
    ------
    ValueError
        If the rows are not the images that augmentation needs, or if the loss or the
        weights become infinite or NaN.
    KeyboardInterrupt
        If Ctrl-C comes during the first epoch.
    """
    network, validation = start.network, data.validation
    first_epoch = start.first_epoch
    score = -math.inf
    if settings.early_stopping and first_epoch > 1:
        _, score = validate(validation, network, start.state)
    history = History.before_training(start.state, start.epoch, score)
    try:
        with (
            epoch_progress(settings.verbose, settings.epochs) as report,
            closing(_run_epochs(start, data.rows, settings)) as epochs,
        ):
            tasks.begin_epoch()
            for epoch, (loss, state) in enumerate(epochs, start=first_epoch):
                _refuse_divergence(loss, state, epoch, network, settings)
                evaluated = None
                if validation is not None:
                    evaluated = validate(validation, network, state)
                    _refuse_nan_score(evaluated[1], epoch)
                history = history.after_epoch(
                    epoch, state, loss, evaluated, settings.tol
                )
                report(loss, evaluated)
                stop = tasks.end_epoch(history)
                if stop or (
                    settings.early_stopping
                    and history.epochs_without_improvement >= settings.n_iter_no_change
                ):
                    break
                if len(history.losses) < settings.epochs:
                    tasks.begin_epoch()
    except KeyboardInterrupt as interrupt:
        if not history.losses:
            raise
        return history._replace(interrupt=interrupt)
    return history


def _run_epochs(start, rows, settings):
    """Yield the loss and the state after each epoch."""
    network, state, n_rows = start.network, start.state, len(rows.indices)
    batch_size = bounded_batch_size(settings.batch_size, n_rows)
    shape = block_shape(rows.X, batch_size, state.weights.dtype)
    steps_per_epoch = math.ceil(n_rows / batch_size)
    blocks_per_epoch = math.ceil(steps_per_epoch / shape.n_steps)
    jobs = _block_jobs(start, rows, settings, shape)
    if blocks_per_epoch == 1:  # a thread's memory is not worth it for small fits
        blocks = (job() for job in jobs)
    else:  # user callables are never called concurrently
        at_once = is_random_affine(settings.augmentation) and joblib.cpu_count() > 1
        blocks = prefetch(jobs, n_ahead=_BLOCKS_AHEAD if at_once else 1)
    program = training_program(network.layer_sizes, network.activation, shape)
    n_steps = settings.epochs * steps_per_epoch
    optimizer_settings = _optimizer_settings(settings, state.step, n_steps)
    with closing(blocks):
        for _ in range(settings.epochs):
            state, loss = train_epoch(
                program,
                state,
                islice(blocks, blocks_per_epoch),
                network.input_scale,
                optimizer_settings,
            )
            yield loss / n_rows, state


def _block_jobs(start, rows, settings, shape):
    """Return an iterator over the jobs that fill the blocks of all epochs."""
    augment = make_augment(
        settings.augmentation, settings.image_shape, rows.X, rows.indices
    )

    def jobs_of(epoch):
        order = rows.indices
        if settings.shuffle:
            order = order_rng(start.seed, epoch).permutation(order)
        return epoch_jobs(
            rows._replace(indices=order),
            shape,
            augment,
            partial(block_rng, start.seed, epoch),
        )

    epochs = range(start.first_epoch, start.first_epoch + settings.epochs)
    return chain.from_iterable(map(jobs_of, epochs))


def _optimizer_settings(settings, step, n_steps):
    cosine = settings.learning_rate_schedule == "cosine"
    return OptimizerSettings(
        settings.learning_rate,
        start=int(step),
        **(cosine_steps(n_steps) if cosine else {}),
        weight_decay=settings.weight_decay,
        ema_momentum=settings.ema_momentum,
    )


def _refuse_nan_score(score, epoch):
    if math.isnan(score):
        raise ValueError(
            f"scoring returned NaN for the validation rows in epoch {epoch}: choose a "
            f"scorer that is defined on them."
        )


def _refuse_divergence(loss, state, epoch, network, settings):
    results = {"training loss": loss, "weights": state.average}
    for name, values in results.items():
        if np.isfinite(values).all():
            continue
        rate, decay = settings.learning_rate, settings.weight_decay
        # A step multiplies the weights by 1 - rate × decay: below -1 they grow.
        if rate * decay > 2 and decay > rate:
            cause = f"weight_decay={decay} and learning_rate={rate}"
            advice = "try a smaller weight_decay"
        else:
            cause = f"learning_rate={rate}"
            advice = "try a smaller learning_rate"
            if network.input_scale == 1:
                advice += ", or fit anew with rescale=True"
        raise ValueError(
            f"The {name} became infinite or NaN in epoch {epoch} with {cause}: "
            f"{advice}."
        )
