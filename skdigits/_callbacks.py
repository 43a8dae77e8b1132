"""scikit-learn's callbacks, which exist since version 1.9."""

from collections.abc import Callable
from functools import partial
from typing import Any

from skdigits._types import Method

try:
    from sklearn.callback import CallbackSupportMixin
    from sklearn.callback import with_callbacks as _with_callbacks
except ImportError:  # scikit-learn before 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Replaces the mixin where scikit-learn has no callbacks."""

    def _with_callbacks(method):
        return method


def with_callbacks(fit: Method) -> Method:
    """Decorate `fit` to support callbacks, if scikit-learn has them."""
    return _with_callbacks(fit)


class FitTasks:
    """Runs an estimator's callbacks, if any, for each task: the fit and its epochs.

    Parameters
    ----------
    estimator : estimator, default=None
        None disables the callbacks.
    epochs : int, default=0
        The largest number of epochs.

    Attributes
    ----------
    attributes_after : callable
        Maps a `History` to the fitted attributes that the estimator would have if
        training stopped there. Set it before the first epoch.
    """

    def __init__(self, estimator: Any = None, epochs: int = 0) -> None:
        self.attributes_after: Callable[..., dict[str, Any]] | None = None
        self._estimator = estimator
        open_context = getattr(estimator, "_init_callback_context", None)
        self._fit = open_context and open_context(max_subtasks=epochs)

    def begin(self, X, y, sample_weight=None):
        """Begin the fit on this data."""
        self._data = {"estimator": self._estimator, "X": X, "y": y}
        if sample_weight is not None:
            self._data["metadata"] = {"sample_weight": sample_weight}
        if self._fit:
            self._fit.call_on_fit_task_begin(**self._data)

    def begin_epoch(self):
        """Begin an epoch."""
        if self._fit:
            self._epoch = self._fit.subcontext(task_name="epoch")
            self._epoch.call_on_fit_task_begin(**self._data)

    def end_epoch(self, history):
        """End an epoch.

        Parameters
        ----------
        history : History
            Passed to `attributes_after`, if a callback asks for a fitted estimator.

        Returns
        -------
        stop : bool
            Whether a callback asks to stop the fit.
        """
        if not self._fit or self.attributes_after is None:
            return False
        return self._epoch.call_on_fit_task_end(
            **self._data,
            reconstruction_attributes=partial(self.attributes_after, history),
        )

    def end(self):
        """End the fit; the estimator is fitted now."""
        if self._fit:
            self._fit.call_on_fit_task_end(**self._data, reconstruction_attributes={})
