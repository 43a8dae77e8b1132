"""Loss and score of each epoch of a training run, and its best checkpoint."""

import math
from typing import NamedTuple

from skdigits._training._optimizer import OptimizerState


class History(NamedTuple):
    """The finished epochs of a training run.

    It is immutable: each epoch creates a new, longer history. So after an interrupt at
    any moment, the history describes finished epochs only.

    Attributes
    ----------
    state : OptimizerState
        After the last epoch.
    losses : tuple of float
        Mean training loss of each epoch.
    validation_losses, scores : tuple of float
        Mean loss and score of the validation rows after each epoch; empty if there are
        no validation rows.
    best_score : float
    best_epoch : int
        The first epoch with the best score, counted from the first epoch ever trained.
    best_state : OptimizerState
        After the best epoch; without validation rows, after the last one.
    epochs_without_improvement : int
        Number of latest epochs in a row that did not raise the best score by `tol` or
        more.
    interrupt : BaseException or None
        Set if Ctrl-C ended the run before its last epoch.
    """

    state: OptimizerState
    losses: tuple[float, ...]
    validation_losses: tuple[float, ...]
    scores: tuple[float, ...]
    best_score: float
    best_epoch: int
    best_state: OptimizerState
    epochs_without_improvement: int
    interrupt: BaseException | None = None

    @classmethod
    def before_training(cls, state, best_epoch, score):
        """Return a history without epochs.

        Parameters
        ----------
        state : OptimizerState
        best_epoch : int
            The epoch that produced the state.
        score : float
            Validation score of the state; -inf if there is none.
        """
        return cls(state, (), (), (), score, best_epoch, state, 0)

    def after_epoch(self, epoch, state, loss, validation, tol):
        """Return the history with one more epoch.

        Parameters
        ----------
        epoch : int
            Number of the epoch, counted from the first epoch ever trained.
        state : OptimizerState
        loss : float
        validation : tuple of (float, float) or None
            Loss and score of the validation rows; without them the last state counts as
            the best.
        tol : float
            A smaller gain counts as no improvement.
        """
        losses = (*self.losses, loss)
        if validation is None:
            return self._replace(state=state, losses=losses, best_state=state)
        validation_loss, score = validation
        improved = score >= self.best_score + tol
        history = self._replace(
            state=state,
            losses=losses,
            validation_losses=(*self.validation_losses, validation_loss),
            scores=(*self.scores, score),
            epochs_without_improvement=(
                0 if improved else self.epochs_without_improvement + 1
            ),
        )
        is_first = self.best_score == -math.inf and not self.scores
        if score > self.best_score or is_first:  # even if its score is -inf
            return history._replace(
                best_score=score, best_epoch=epoch, best_state=state
            )
        return history
