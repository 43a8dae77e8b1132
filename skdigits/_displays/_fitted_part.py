"""Find the fitted estimator inside pipelines and searches."""

from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted


def find_fitted_part(attribute, estimator):
    """Find the fitted estimator that has the attribute a display draws.

    Parameters
    ----------
    attribute : str
        Name of the fitted attribute, such as "coefs_".

    estimator : estimator instance
        A fitted estimator, a Pipeline that ends in one, or a search over either;
        nested to any depth.

    Returns
    -------
    part : estimator instance
        Its `attribute` is not None.

    Raises
    ------
    NotFittedError
        If `estimator` is not fitted, or is a search that kept no fitted estimator.
    AttributeError
        If the fitted estimator has no such attribute.
    """
    check_is_fitted(estimator)
    part = estimator
    while getattr(part, attribute, None) is None:
        if isinstance(part, Pipeline):
            part = part[-1]
        elif hasattr(part, "best_estimator_"):
            part = part.best_estimator_
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
    return part
