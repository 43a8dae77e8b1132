"""The input of a training run: validated rows, their classes and columns."""

from typing import Any, NamedTuple

import numpy as np

from skdigits._rows import LabelledRows
from skdigits._training._evaluation import Validation


class TrainingData(NamedTuple):
    """The validated data of `fit` or `partial_fit`.

    Attributes
    ----------
    rows : LabelledRows
        The rows to train on.
    classes : ndarray of shape (n_classes,)
        Sorted.
    columns : estimator
        Has `n_features_in_` and, if X has names, `feature_names_in_`.
    validation : Validation or None
        Evaluated after each epoch, and for early stopping.
    """

    rows: LabelledRows
    classes: np.ndarray
    columns: Any
    validation: Validation | None = None
