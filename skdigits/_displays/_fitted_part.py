"""Find the fitted estimator inside pipelines and searches, and the steps before it."""

import math

from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted


def path_to_fitted(attribute, estimator):
    """Find the fitted estimator that has an attribute, and the estimators around it.

    Parameters
    ----------
    attribute : str
        Name of the fitted attribute that a display draws, such as "coefs_".
    estimator : estimator instance
        A fitted estimator, a Pipeline that ends in one, or a search over either;
        nested to any depth.

    Returns
    -------
    parts : list of estimator instances
        From `estimator` to the one whose `attribute` is not None.

    Raises
    ------
    NotFittedError
        If `estimator` is not fitted, or is a search that kept no fitted estimator.
    AttributeError
        If the fitted estimator has no such attribute.
    """
    check_is_fitted(estimator)
    parts = [estimator]
    while getattr(part := parts[-1], attribute, None) is None:
        if isinstance(part, Pipeline):
            parts.append(part[-1])
        elif hasattr(part, "best_estimator_"):
            parts.append(part.best_estimator_)
        elif getattr(part, "refit", True) is False:
            raise NotFittedError(
                f"This {type(part).__name__} has refit=False, so it kept no fitted "
                f"estimator to draw. Fit it with refit=True."
            )
        else:
            raise AttributeError(
                f"{part!r} has no {attribute} to draw. Give a fitted network, a "
                f"Pipeline that ends in one, or a search over either."
            )
    return parts


def steps_before(parts):
    """List the transformers before the last of the parts, in their order.

    Parameters
    ----------
    parts : list of estimator instances
        As `path_to_fitted` returns them.

    Returns
    -------
    steps : list of transformers
        The transformers of all pipelines among the parts, without None and
        "passthrough".
    """
    pipelines = [part for part in parts if isinstance(part, Pipeline)]
    steps = [step for pipeline in pipelines for step in list(pipeline)[:-1]]
    return [step for step in steps if step not in (None, "passthrough")]


def shape_before_flatten(parts, n_features):
    """Find the shape of a sample before `Flatten` in the pipelines among `parts`.

    Return None if there is no `Flatten`, or if a later step changed the number of
    features.
    """
    for step in reversed(steps_before(parts)):
        shape = getattr(step, "sample_shape_", ())
        shape = shape[:-1] if shape[2:] == (1,) else shape
        if math.prod(shape) == n_features and (len(shape) == 2 or shape[:-2] == (4,)):
            return shape
    return None
