"""Types that annotations share, and a typed form of a scikit-learn decorator."""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import sparray, spmatrix
from sklearn.base import _fit_context

if TYPE_CHECKING:
    from PIL.Image import Image

Array: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.floating[Any]]
Rows: TypeAlias = ArrayLike | spmatrix | sparray
Picture: TypeAlias = "ArrayLike | str | os.PathLike[str] | Image"
Pictures: TypeAlias = "ArrayLike | Sequence[Picture]"
Augmentation: TypeAlias = Callable[[Array, np.random.Generator], Array]

Method = TypeVar("Method", bound=Callable[..., Any])


def validate_parameters(fit: Method) -> Method:
    """Decorate `fit` to validate parameters by the class's `_parameter_constraints`."""
    return _fit_context(prefer_skip_nested_validation=True)(fit)
