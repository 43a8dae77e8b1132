"""What a training run has come through: its losses, its scores and its best state."""

import math
from typing import NamedTuple

from skdigits._training._optimizer import OptimizerState


class History(NamedTuple):
    """The epochs so far; each epoch makes a new one of it.

    As it is replaced whole, it is always that of a number of finished epochs, wherever
    an interrupt comes.

    Attributes
    ----------
    state : OptimizerState
        After the last epoch.
    losses : tuple of float
        Mean loss of each epoch.
    scores : tuple of float
        Score of each epoch; NaN for epochs that were not scored.
    best_score : float
    best_epoch : int
        The first epoch with that score.
    best_state : OptimizerState
        After that epoch; after the last where none was scored.
    stale_epochs : int
        Epochs in a row without a score that is better by the tolerance.
    """

    state: OptimizerState
    losses: tuple[float, ...]
    scores: tuple[float, ...]
    best_score: float
    best_epoch: int
    best_state: OptimizerState
    stale_epochs: int

    @classmethod
    def begin(cls, state, losses=(), scores=(), score=-math.inf):
        """Begin with a state, the epochs that led to it, and its score."""
        unscored = (math.nan,) * (len(losses) - len(scores))
        return cls(
            state=state,
            losses=tuple(losses),
            scores=(*scores, *unscored),
            best_score=score,
            best_epoch=len(losses),
            best_state=state,
            stale_epochs=0,
        )

    def after_epoch(self, state, loss, score=None, tol=0.0):
        """Return the history with one more epoch.

        Parameters
        ----------
        state : OptimizerState
        loss : float
        score : float, default=None
            None if the epoch was not scored: its state counts as the best.
        tol : float
            A score that is not better by this much makes the epoch a stale one.
        """
        epoch = len(self.losses) + 1
        best = self.best_score, self.best_epoch, self.best_state
        if score is None or score > self.best_score:
            best = (self.best_score if score is None else score), epoch, state
        stale = score is not None and score < self.best_score + tol
        return History(
            state,
            (*self.losses, loss),
            (*self.scores, math.nan if score is None else score),
            *best,
            stale_epochs=self.stale_epochs + 1 if stale else 0,
        )
