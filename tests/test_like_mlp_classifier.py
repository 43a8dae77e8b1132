"""A swap for MLPClassifier: what its users read and set is there, or listed."""

from skdigits import DigitMLPClassifier


def test_what_users_of_mlp_classifier_read_is_there(digits):
    X, y = digits
    ours = DigitMLPClassifier((8,), epochs=3, random_state=0).fit(X, y)
    assert ours.loss_ == ours.loss_curve_[-1]
    assert ours.best_loss_ == min(ours.loss_curve_)
    assert (ours.n_layers_, ours.n_outputs_, ours.out_activation_) == (3, 10, "softmax")


def test_they_are_missing_before_fit():
    clf = DigitMLPClassifier()
    for name in ("loss_", "best_loss_", "n_layers_", "n_outputs_", "out_activation_"):
        assert not hasattr(clf, name)
