"""All of scikit-learn's conformance checks; none is expected to fail."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import sklearn
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.exceptions import SkipTestWarning
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)
from sklearn.utils.validation import validate_data

from skdigits import (
    CenterDigit,
    DigitMLPClassifier,
    Flatten,
    GradientDirections,
    StraightenDigit,
)


class RowsAsImages(TransformerMixin, BaseEstimator):
    """Make images of rows, transform them with a step, and make rows of the result.

    scikit-learn's checks know rows only, and run one check on an estimator whose tags
    say that it takes images. Each value becomes a square of 8 × 8 pixels. The step sees
    the values as the checks give them, also those that it must refuse.
    """

    def __init__(self, step=None):
        self.step = step

    def fit(self, X, y=None):
        images = self._as_images(X, reset=True)
        self.step_ = clone(self.step).fit(images, y)
        return self

    def transform(self, X):
        step = getattr(self, "step_", self.step)
        result = step.transform(self._as_images(X, reset=False))
        return result.reshape(len(result), -1)

    def _as_images(self, X, reset):
        X = validate_data(
            self,
            X,
            reset=reset,
            dtype=None,
            ensure_all_finite=False,
            accept_sparse=True,
        )
        if sparse.issparse(X):
            return X
        squares = X[:, np.newaxis].repeat(8, axis=1).repeat(8, axis=2)
        paper = np.zeros_like(squares[:, :4])
        return np.concatenate([paper, squares, paper], axis=1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if self.step is not None:
            of_step = get_tags(self.step)
            tags.requires_fit = of_step.requires_fit
            tags.transformer_tags = of_step.transformer_tags
            tags.input_tags.positive_only = of_step.input_tags.positive_only
            tags.input_tags.allow_nan = of_step.input_tags.allow_nan
        return tags


STEPS = [
    CenterDigit(on_blank="keep"),
    StraightenDigit(),
    GradientDirections(),
    Flatten(),
]
ESTIMATORS = [Flatten(), DigitMLPClassifier(), *map(RowsAsImages, STEPS)]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_check_passes(estimator, check):
    check(estimator)


@pytest.mark.parametrize("step", STEPS)
def test_the_checks_give_the_steps_images_with_ink(step):
    """Checks on blank images would pass whatever a step does."""
    X = np.random.default_rng(0).random((20, 6))
    result = RowsAsImages(step).fit_transform(X)
    assert len(np.unique(result, axis=0)) > 10


def test_the_readme_says_how_many_checks_pass():
    readme = Path(__file__).parents[1].joinpath("README.md").read_text()
    version = ".".join(sklearn.__version__.split(".")[:2])
    if f"All checks of scikit-learn {version} " not in readme:
        pytest.skip("the README counts the checks of another scikit-learn")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkipTestWarning)
        counts = [len([*estimator_checks_generator(e)]) for e in ESTIMATORS]
    flatten, classifier, *steps = counts
    assert f"{classifier} for the classifier, {flatten} for `Flatten`" in readme
    assert {*steps} == {46, 47}


def test_no_tag_exempts_the_classifier_from_a_check():
    tags = get_tags(DigitMLPClassifier())
    assert not tags.non_deterministic
    assert not tags.no_validation
    assert not tags._skip_test
    assert not tags.classifier_tags.poor_score
