"""A training run: the epochs of one call of `fit` or `partial_fit`."""

import math
from contextlib import closing
from functools import partial

import numpy as np

from skdigits._augmentation import make_augment
from skdigits._training._batches import bounded_batch_size, epoch_blocks
from skdigits._training._early_stopping import accuracy
from skdigits._training._optimizer import cosine_steps, make_settings
from skdigits._training._program import run_epochs, training_program
from skdigits._training._progress import epoch_progress
from skdigits._training._random import epoch_rng


class TrainingRun:
    """Epochs over some rows, until the last of them or a reason to stop.

    Parameters
    ----------
    clf : DigitMLPClassifier
        Read for its parameters, and left as it is.
    network : Network
    seed : tuple of int
        Of the random numbers.
    rows : LabelledRows
        To learn from.
    held_out : LabelledRows or None
        To score each epoch on.
    epochs : int
    schedule : {"constant", "cosine"}

    Raises
    ------
    ValueError
        If the rows are not the images that augmentation needs.
    """

    def __init__(self, clf, network, seed, rows, held_out, *, epochs, schedule):
        self._clf = clf
        self._network = network
        self._seed = seed
        self._rows = rows
        self._held_out = held_out
        self._epochs = epochs
        self._schedule = schedule
        self._batch_size = bounded_batch_size(clf.batch_size, len(rows.indices))
        self._augment = make_augment(clf.augmentation, clf.image_shape, rows.X.shape[1])

    def follow(self, history, tasks):
        """Let the epochs run, until they stop improving or an interrupt comes.

        Parameters
        ----------
        history : History
            Before the first of them.
        tasks : FitTasks

        Returns
        -------
        history : History
            After the last of them.
        interrupt : KeyboardInterrupt or None
            What ended them too early, but not before the first one was done.

        Raises
        ------
        ValueError
            If the loss or the weights become infinite or NaN.
        KeyboardInterrupt
            During the first epoch.
        """
        clf, epochs_before = self._clf, len(history.losses)
        try:
            with (
                closing(self._run(history)) as run,
                epoch_progress(clf.verbose, self._epochs) as report,
            ):
                tasks.begin_epoch()
                for loss, state in run:
                    epoch = len(history.losses) + 1
                    self._check_finite(loss, "training loss", epoch)
                    self._check_finite(state.average, "weights", epoch)
                    score = self.score(state)
                    history = history.after_epoch(state, loss, score, clf.tol)
                    report(loss, score)
                    stop = tasks.end_epoch(partial(self._reconstruct, history))
                    if stop or history.stale_epochs >= clf.n_iter_no_change:
                        break
                    if epoch < epochs_before + self._epochs:
                        tasks.begin_epoch()
        except KeyboardInterrupt as interrupt:
            if len(history.losses) == epochs_before:
                raise
            return history, interrupt
        return history, None

    def score(self, state):
        """Compute the accuracy on the held-out rows; None if there are none."""
        if self._held_out is None:
            return None
        coefs, intercepts = self._network.arrays(state.average)
        return accuracy(self._held_out, coefs, intercepts, self._network.activation)

    def fitted_attributes(self, history, state):
        """Gather what a classifier has after this history, with the weights of a state.

        Returns
        -------
        attributes : dict
            By name.
        """
        coefs, intercepts = self._network.arrays(state.average)
        attributes = {
            "coefs_": coefs,
            "intercepts_": intercepts,
            "loss_curve_": list(history.losses),
            "n_iter_": len(history.losses),
        }
        if self._held_out is None:
            return attributes
        return attributes | {
            "validation_scores_": list(history.scores),
            "best_validation_score_": history.best_score,
            "best_epoch_": history.best_epoch,
        }

    def _reconstruct(self, history):
        """Give callbacks what makes the classifier one that ends with this epoch."""
        return vars(self._clf) | self.fitted_attributes(history, history.state)

    def _run(self, history):
        network, rows, state = self._network, self._rows, history.state
        n_rows = len(rows.indices)
        return run_epochs(
            training_program(
                network.layer_sizes,
                network.activation,
                self._batch_size,
                rows.X.dtype,
                state.weights.dtype,
            ),
            state,
            1.0 / network.divisor,
            self._settings(state.step, math.ceil(n_rows / self._batch_size)),
            partial(self._blocks, dtype=state.weights.dtype),
            n_rows=n_rows,
            first_epoch=len(history.losses) + 1,
            epochs=self._epochs,
        )

    def _blocks(self, epoch, dtype):
        X, codes, weight, order = self._rows
        rng = epoch_rng(self._seed, epoch)
        if self._clf.shuffle:
            order = rng.permutation(order)
        return epoch_blocks(
            X, codes, weight, order, self._batch_size, dtype, self._augment, rng
        )

    def _settings(self, start, steps_of_epoch):
        clf = self._clf
        n_steps = self._epochs * steps_of_epoch
        schedule = cosine_steps(n_steps) if self._schedule == "cosine" else {}
        weight_decay = clf.weight_decay
        if weight_decay == "auto":
            weight_decay = 0.1 if clf.augmentation is None else 0.02
        return make_settings(
            clf.learning_rate,
            start=start,
            **schedule,
            weight_decay=weight_decay,
            ema_momentum=0.0 if clf.ema_momentum is None else clf.ema_momentum,
        )

    def _check_finite(self, values, name, epoch):
        if not np.isfinite(values).all():
            advice = "" if self._clf.rescale else ", or train with rescale=True"
            raise ValueError(
                f"The {name} became infinite or NaN in epoch {epoch} with "
                f"learning_rate={self._clf.learning_rate}: try a smaller learning_rate"
                f"{advice}."
            )
