"""scikit-learn's contract for steps that take images and learn nothing."""

from typing import Any, ClassVar, Self

from sklearn.base import TransformerMixin
from sklearn.utils import Tags

from skdigits._callbacks import CallbackSupportMixin, FitTasks, with_callbacks
from skdigits._types import Array, Pictures, validate_parameters


class ImageStepMixin(CallbackSupportMixin, TransformerMixin):
    """Adds `fit`, `set_output` and tags to a step; put it before `BaseEstimator`."""

    _parameter_constraints: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls, **keywords: Any) -> None:
        # Images do not fit into a data frame.
        super().__init_subclass__(auto_wrap_output_keys=None, **keywords)

    def _check(self, X):
        """Raise an error if `transform` cannot use the parameters or X."""
        raise NotImplementedError

    @with_callbacks
    @validate_parameters
    def fit(self, X: Pictures, y: Any = None) -> Self:
        """Check the parameters and X; learn nothing.

        Parameters
        ----------
        X : array-like or list
            As in `transform`.

        y : Ignored
            Present for consistency with scikit-learn's API.

        Returns
        -------
        self : estimator instance
            The estimator itself.

        Raises
        ------
        ValueError
            If a parameter or X is not as described. Only `transform` looks for blank
            pictures.
        TypeError
            If X is sparse.
        OSError, ImportError
            As in `transform`, if X holds paths of pictures.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import StraightenDigit
        >>> StraightenDigit().fit(load_digits().images)
        StraightenDigit()
        """
        tasks = FitTasks(self)
        tasks.begin(X, y)
        self._check(X)
        tasks.end()
        return self

    @with_callbacks
    def fit_transform(self, X: Pictures, y: Any = None) -> Array:
        """Transform X, as there is nothing to learn.

        Each file is opened once; `fit` followed by `transform` opens it twice.

        Parameters
        ----------
        X : array-like or list
            As in `transform`.

        y : Ignored
            Present for consistency with scikit-learn's API.

        Returns
        -------
        images : ndarray
            As from `transform`, which also lists the errors and warnings.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import StraightenDigit
        >>> StraightenDigit().fit_transform(load_digits().images).shape
        (1797, 8, 8)
        """
        tasks = FitTasks(self)
        tasks.begin(X, y)
        images = self.transform(X)
        tasks.end()
        return images

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Return the names of the input, for the steps after this one in a pipeline.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the input.

        Returns
        -------
        names : array-like of str or None
            `input_features`. `Flatten` names pixels whatever the names of its input.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from sklearn.pipeline import make_pipeline
        >>> from skdigits import Flatten, StraightenDigit
        >>> pipe = make_pipeline(StraightenDigit(), Flatten()).fit(load_digits().images)
        >>> pipe.get_feature_names_out()[:2]
        array(['pixel_0_0', 'pixel_0_1'], dtype=object)
        """
        return input_features

    def set_output(self, *, transform: Any = None) -> Self:
        """Do nothing, so that a pipeline can set the output of its other steps.

        Parameters
        ----------
        transform : Ignored
            Images do not fit into a data frame.

        Returns
        -------
        self : estimator instance
            The estimator itself.

        Examples
        --------
        >>> from skdigits import StraightenDigit
        >>> StraightenDigit().set_output(transform="pandas")
        StraightenDigit()
        """
        return self

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.requires_fit = False
        tags.transformer_tags.preserves_dtype = ["uint8", "float32", "float64"]
        return tags
