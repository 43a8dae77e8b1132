"""All of scikit-learn's conformance checks; none is expected to fail."""

from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from skdigits import DigitMLPClassifier, Flatten

ESTIMATORS = [Flatten(), DigitMLPClassifier()]


@parametrize_with_checks(ESTIMATORS)
def test_scikit_learn_check_passes(estimator, check):
    check(estimator)


def test_no_tag_exempts_the_classifier_from_a_check():
    tags = get_tags(DigitMLPClassifier())
    assert not tags.non_deterministic
    assert not tags.no_validation
    assert not tags._skip_test
    assert not tags.classifier_tags.poor_score
