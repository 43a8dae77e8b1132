"""Flatten: reshapes images into rows."""

import math
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_array, check_is_fitted, validate_data

from skdigits._callbacks import CallbackSupportMixin, FitTasks, with_callbacks
from skdigits._public import public
from skdigits._types import Array
from skdigits._validation import is_plain


@public
class Flatten(
    CallbackSupportMixin, OneToOneFeatureMixin, TransformerMixin, BaseEstimator
):
    """Reshape each sample, such as an image, into one row of features.

    The values stay as they are, NaN included, and so do NumPy's numeric dtypes; objects
    and pandas' nullable types become floats. The result is a view of X wherever NumPy
    can make one.

    Attributes
    ----------
    sample_shape_ : tuple of int
        Shape of one sample, such as (28, 28). `transform` takes samples of this shape
        only; (28, 28) and (28, 28, 1), which has one channel, count as the same.

    n_features_in_ : int
        Number of values in a sample: the product of `sample_shape_`, such as 784.

    feature_names_in_ : ndarray of shape (n_features,)
        Column names; exists only if X was a DataFrame whose names are all strings.

    See Also
    --------
    DigitMLPClassifier : Takes the rows.

    Examples
    --------
    >>> import numpy as np
    >>> from skdigits import Flatten
    >>> images = np.zeros((5, 28, 28), dtype=np.uint8)
    >>> flatten = Flatten().fit(images)
    >>> flatten.transform(images).shape
    (5, 784)
    >>> flatten.inverse_transform(flatten.transform(images)).shape
    (5, 28, 28)
    """

    sample_shape_: tuple[int, ...]
    n_features_in_: int
    feature_names_in_: Array

    @with_callbacks
    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learn the shape of a sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            An array of at least two dimensions, a list of images, or a DataFrame.

        y : Ignored
            Present for consistency with scikit-learn's API.

        Returns
        -------
        self : Flatten
            The estimator itself.

        Raises
        ------
        ValueError
            If X has fewer than two dimensions, no samples, or images of several shapes.
        TypeError
            If X is sparse.

        Examples
        --------
        >>> import numpy as np
        >>> from skdigits import Flatten
        >>> Flatten().fit(np.zeros((5, 28, 28))).sample_shape_
        (28, 28)
        """
        samples = self._check_samples(X)
        tasks = FitTasks(self)
        tasks.begin(X, y)
        self._check_names_and_width(X, samples, reset=True)
        self.sample_shape_ = samples.shape[1:]
        tasks.end()
        return self

    def transform(self, X: ArrayLike) -> Array:
        """Reshape each sample into one row.

        Parameters
        ----------
        X : array-like of shape (n_samples, ``*sample_shape_``)
            Samples of the shape seen in `fit`; an axis of one channel may be added or
            missing.

        Returns
        -------
        rows : ndarray of shape (n_samples, n_features), dtype of X
            A view of X where possible.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If the samples do not have the shape seen in `fit`.

        See Also
        --------
        inverse_transform : Reshapes rows into samples.

        Examples
        --------
        >>> import numpy as np
        >>> from skdigits import Flatten
        >>> images = np.zeros((5, 28, 28))
        >>> Flatten().fit(images).transform(images).shape
        (5, 784)
        """
        check_is_fitted(self)
        is_table = len(self.sample_shape_) == 1  # whose columns may have names
        if not is_table and is_plain(X, self.sample_shape_):
            return X.reshape(len(X), -1)
        samples = self._check_samples(X)
        shape, fitted = samples.shape[1:], self.sample_shape_
        are_rows = len(shape) == len(fitted) == 1
        if not are_rows and _drop_channel(shape) != _drop_channel(fitted):
            raise ValueError(
                f"X has samples of shape {shape}, but Flatten was fitted on samples of "
                f"shape {fitted}.{_how_to_fit(samples.shape, fitted)}"
            )
        return self._check_names_and_width(X, samples, reset=False)

    def inverse_transform(self, X: ArrayLike) -> Array:
        """Reshape each row back into a sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows, as `transform` returns them.

        Returns
        -------
        samples : ndarray of shape (n_samples, ``*sample_shape_``), dtype of X
            A view of X where possible.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If the rows do not have `n_features_in_` features.

        See Also
        --------
        transform : Reshapes samples into rows.

        Examples
        --------
        >>> import numpy as np
        >>> from skdigits import Flatten
        >>> flatten = Flatten().fit(np.zeros((5, 28, 28)))
        >>> flatten.inverse_transform(np.ones((2, 784))).shape
        (2, 28, 28)
        """
        check_is_fitted(self)
        rows = check_array(X, ensure_all_finite=False, input_name="X")
        if rows.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {rows.shape[1]} features, but Flatten is expecting "
                f"{self.n_features_in_} features, from samples of shape "
                f"{self.sample_shape_}."
            )
        return rows.reshape(-1, *self.sample_shape_)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> Array:
        """Return feature names: those of the DataFrame, or names from pixel indices.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            As in scikit-learn's one-to-one transformers; ignored for images.

        Returns
        -------
        names : ndarray of str objects of shape (n_features,)
            For images "pixel_0_0", "pixel_0_1", ..., as in
            :func:`sklearn.datasets.load_digits`.

        Examples
        --------
        >>> import numpy as np
        >>> from skdigits import Flatten
        >>> Flatten().fit(np.zeros((1, 2, 2))).get_feature_names_out()
        array(['pixel_0_0', 'pixel_0_1', 'pixel_1_0', 'pixel_1_1'], dtype=object)
        """
        check_is_fitted(self)
        if len(self.sample_shape_) == 1:
            return super().get_feature_names_out(input_features)
        indices = np.ndindex(*self.sample_shape_)
        names = ["_".join(["pixel", *map(str, index)]) for index in indices]
        return np.asarray(names, dtype=object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32", "uint8"]
        return tags

    def _check_samples(self, X):
        return check_array(
            X, allow_nd=True, ensure_all_finite=False, estimator=self, input_name="X"
        )

    def _check_names_and_width(self, X, samples, reset):
        rows = samples.reshape(len(samples), -1)
        table = X if samples.ndim == 2 else rows
        validate_data(self, table, reset=reset, skip_check_array=True)
        return rows


def _how_to_fit(shape, fitted):
    """Advise how to reshape X if it is one image, or if only X or `fitted` is flat."""
    if _drop_channel(shape) == _drop_channel(fitted):
        return " For one image, give [image]."
    if min(len(shape) - 1, len(fitted)) == 1 and math.prod(shape[1:]) == math.prod(
        fitted
    ):
        return f" Give numpy.asarray(X).reshape{(-1, *fitted)}."
    return ""


def _drop_channel(shape):
    """Return the shape of an image without an axis of one channel."""
    return shape[:-1] if len(shape) > 2 and shape[-1] == 1 else shape
