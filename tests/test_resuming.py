"""Resuming training: warm_start, partial_fit, and after an interrupt."""

import copy
import os
import pickle
import signal
import threading

import numpy as np
import pytest
from conftest import assert_same_network
from scipy.sparse import csr_array
from sklearn.base import clone

from skdigits import DigitMLPClassifier

CONSTANT = {
    "learning_rate_schedule": "constant",
    "weight_decay": 0.1,
    "random_state": 0,
}


# warm_start


@pytest.mark.parametrize("augmentation", [None, "affine"])
@pytest.mark.parametrize("between", [lambda clf: clf, copy.deepcopy, "pickle"])
def test_five_epochs_and_five_more_equal_ten_bit_for_bit(digits, augmentation, between):
    if between == "pickle":

        def between(clf):
            return pickle.loads(pickle.dumps(clf))

    settings = CONSTANT | {"augmentation": augmentation}
    ten = DigitMLPClassifier(**settings, epochs=10).fit(*digits)
    clf = DigitMLPClassifier(**settings, epochs=5, warm_start=True).fit(*digits)
    clf = between(clf).fit(*digits)
    assert_same_network(clf, ten)


def test_a_warm_start_draws_nothing_from_a_random_state_instance(digits):
    clf = DigitMLPClassifier(**CONSTANT, epochs=2, warm_start=True)
    clf.set_params(random_state=np.random.RandomState(0)).fit(*digits)
    state = clf.random_state.get_state()[1].copy()
    clf.fit(*digits)
    np.testing.assert_array_equal(clf.random_state.get_state()[1], state)


def test_a_warm_start_restarts_the_cosine(digits):
    clf = DigitMLPClassifier(epochs=10, warm_start=True, random_state=0).fit(*digits)
    change_at_the_end = np.abs(np.diff(clf.loss_curve_[-2:])).max()
    clf.fit(*digits)
    change_after_restart = np.abs(np.diff(clf.loss_curve_[10:15])).max()
    assert clf.n_iter_ == 20
    assert change_after_restart > 3 * change_at_the_end


def test_new_parameters_apply_from_the_next_fit_on(digits):
    clf = DigitMLPClassifier(**CONSTANT, epochs=2, warm_start=True).fit(*digits)
    before = clf.coefs_[1].copy()
    clf.set_params(learning_rate=1e-30, weight_decay=0, epochs=1).fit(*digits)
    assert clf.n_iter_ == 3
    # The average still moves towards the weights, which do not move.
    assert np.abs(clf.coefs_[1] - before).max() < 0.1


def test_a_warm_start_keeps_the_scale_of_the_first_fit(digits):
    X, y = digits
    clf = DigitMLPClassifier(**CONSTANT, epochs=1, warm_start=True).fit(X, y)
    input_scale = clf._input_scale
    clf.fit(X[:, ::-1] // 2, y)
    assert clf._input_scale == input_scale


@pytest.mark.parametrize(("dtype", "factor"), [("uint8", 1e20), ("float64", 1e200)])
@pytest.mark.parametrize("kind", [np.asarray, csr_array])
def test_values_that_overflow_on_the_first_scale_raise_value_error(
    digits, dtype, factor, kind
):
    X, y = digits[0].astype(dtype), digits[1]
    clf = DigitMLPClassifier(epochs=1, warm_start=True).fit(X, y)
    large, before = kind(X * factor), clf.coefs_[0].copy()
    for train in (clf.fit, clf.partial_fit):
        with pytest.raises(ValueError, match=r"X holds values as large as 1.6e\+"):
            train(large, y)
    np.testing.assert_array_equal(clf.coefs_[0], before)
    weight = (np.arange(len(X)) >= 9).astype(float)
    with_large_rows = np.concatenate([X[:9] * factor, X[9:]])
    clf.fit(kind(with_large_rows), y, weight)  # not trained on


def test_a_default_fit_keeps_no_moments_and_resumes_from_its_weights(digits):
    cold = DigitMLPClassifier(**CONSTANT, epochs=2).fit(*digits)
    assert cold._state is None
    warm = copy.deepcopy(cold).set_params(
        warm_start=True, learning_rate=1e-30, epochs=1
    )
    warm.set_params(weight_decay=0).fit(*digits)
    for a, b in zip(warm.coefs_, cold.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-7)
    assert warm.n_iter_ == 3
    assert warm._state is not None


def test_only_a_pickle_with_warm_start_contains_the_moments():
    X, y = np.zeros((20, 784), np.uint8), np.arange(20) % 10
    clf = DigitMLPClassifier(epochs=1)
    sizes = [
        len(pickle.dumps(clone(clf).set_params(warm_start=warm).fit(X, y)))
        for warm in (False, True)
    ]
    assert sizes[0] < 100_000 < 400_000 < sizes[1] < 500_000


def test_without_warm_start_a_second_fit_starts_from_new_weights(digits, fitted):
    again = copy.deepcopy(fitted).fit(*digits)
    assert_same_network(again, fitted)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X[:, :60], y), r"60 features.*expecting 64"),
        (lambda X, y: (X, y % 9), "the labels in y cannot change from"),
        (lambda X, y: (X, y.astype(str)), "the labels in y cannot change from"),
    ],
    ids=["features", "fewer classes", "other labels"],
)
def test_other_features_or_labels_raise_value_error_and_change_nothing(
    digits, change, message
):
    clf = DigitMLPClassifier(**CONSTANT, epochs=1, warm_start=True).fit(*digits)
    before = pickle.dumps(clf)
    with pytest.raises(ValueError, match=message):
        clf.fit(*change(*digits))
    assert pickle.dumps(clf) == before


@pytest.mark.parametrize(
    "other", [{"hidden_layer_sizes": (7,)}, {"activation": "tanh"}], ids=str
)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_other_layers_raise_value_error(digits, other, method):
    clf = DigitMLPClassifier(**CONSTANT, epochs=1, warm_start=True).fit(*digits)
    clf.set_params(**other)
    with pytest.raises(ValueError, match=f"{next(iter(other))} cannot change from"):
        getattr(clf, method)(*digits)


def test_early_stopping_resumes_from_the_best_epoch(digits):
    X, y = digits
    clf = DigitMLPClassifier(
        early_stopping=True, epochs=6, warm_start=True, random_state=0
    ).fit(X, y)
    first_best = clf.best_validation_score_
    clf.set_params(learning_rate=1e-30, weight_decay=0, ema_momentum=None).fit(X, y)
    assert len(clf.validation_scores_) == clf.n_iter_ == 12
    assert clf.best_validation_score_ >= first_best
    clf.set_params(early_stopping=False).fit(X, y)
    assert not hasattr(clf, "validation_scores_")
    clf.set_params(early_stopping=True).fit(X, y)
    assert len(clf.validation_scores_) == clf.n_iter_ == 24
    assert np.isnan(clf.validation_scores_[:18]).all()


def test_the_best_epoch_stays_if_a_warm_start_does_not_improve_on_it(digits):
    X, y = digits
    clf = DigitMLPClassifier(
        early_stopping=True, n_iter_no_change=4, epochs=60, warm_start=True
    ).set_params(learning_rate_schedule="constant", random_state=0)
    clf.fit(X, y)
    best_epoch, coefs = clf.best_epoch_, clf.coefs_
    assert best_epoch < clf.n_iter_
    still = {"learning_rate": 1e-30, "weight_decay": 0, "ema_momentum": None}
    clf.set_params(**still, epochs=2).fit(X, y)
    np.testing.assert_array_equal(clf.coefs_[0], coefs[0])
    assert clf.best_epoch_ == best_epoch


def test_without_early_stopping_the_best_epoch_is_that_of_all_warm_starts(digits):
    X, y = digits
    settings = CONSTANT | {"learning_rate": 0.03, "epochs": 4, "warm_start": True}
    clf = DigitMLPClassifier(**settings)
    for _ in range(4):
        clf.fit(X[:900], y[:900], X_val=X[900:], y_val=y[900:])
    scores = clf.validation_scores_
    assert clf.best_validation_score_ == max(scores) > scores[-1]
    assert clf.best_epoch_ == 1 + scores.index(max(scores))

    # With early stopping it is the epoch of the weights, which were the last one's.
    still = {"learning_rate": 1e-30, "weight_decay": 0, "ema_momentum": None}
    clf.set_params(**still, early_stopping=True)
    clf.fit(X[:900], y[:900], X_val=X[900:], y_val=y[900:])
    assert clf.best_epoch_ == 16
    assert clf.best_validation_score_ == scores[-1] == clf.score(X[900:], y[900:])


# Weights from elsewhere


@pytest.mark.parametrize("change", ["float32", "float64", "in place"])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_training_resumes_from_weights_that_were_set(digits, method, change):
    """In the precision of the fit."""
    clf = DigitMLPClassifier(**CONSTANT, epochs=2, warm_start=True).fit(*digits)
    steps = clf._state[-1]
    if change == "in place":
        for weights in clf.coefs_ + clf.intercepts_:
            weights[...] = 0
    else:
        clf.coefs_ = [np.zeros_like(coef, change) for coef in clf.coefs_]
        clf.intercepts_ = [np.zeros_like(b, change) for b in clf.intercepts_]
    clf.set_params(learning_rate=1e-30, weight_decay=0, epochs=1)
    getattr(clf, method)(*digits)
    for weights in clf.coefs_ + clf.intercepts_:
        np.testing.assert_allclose(weights, 0, atol=1e-20)
        assert weights.dtype == np.float32
    assert clf._state[-1] > steps  # the optimizer kept its moments


def test_fewer_units_train_without_the_moments_of_all(digits):
    clf = DigitMLPClassifier((9,), **CONSTANT, epochs=1, warm_start=True).fit(*digits)
    first, last = clf.coefs_
    clf.coefs_, clf.intercepts_[0] = [first[:, :7], last[:7]], clf.intercepts_[0][:7]
    clf.set_params(hidden_layer_sizes=(7,))
    without_moments = copy.deepcopy(clf)
    without_moments._state = None
    assert_same_network(clf.fit(*digits), without_moments.fit(*digits))


def test_weights_of_half_precision_train_in_single(digits, fitted):
    clf = copy.deepcopy(fitted)
    clf.coefs_ = [weights.astype(np.float16) for weights in clf.coefs_]
    clf.intercepts_ = [weights.astype(np.float16) for weights in clf.intercepts_]
    clf.partial_fit(*digits)
    assert clf.coefs_[0].dtype == np.float32
    assert clf.score(*digits) > 0.9


def test_federated_averaging_learns_the_classes_of_both_clients(digits):
    X, y = digits
    halves = [(X[y < 5], y[y < 5]), (X[y >= 5], y[y >= 5])]
    clients = [DigitMLPClassifier(learning_rate=3e-3, random_state=0) for _ in halves]
    for _ in range(15):
        for client, half in zip(clients, halves, strict=True):
            client.partial_fit(*half, classes=range(10))
        coefs, intercepts = (
            [np.mean(pair, axis=0) for pair in zip(*weights, strict=True)]
            for weights in (
                [client.coefs_ for client in clients],
                [client.intercepts_ for client in clients],
            )
        )
        for client in clients:
            client.coefs_ = [w.copy() for w in coefs]
            client.intercepts_ = [w.copy() for w in intercepts]
    assert clients[0].score(X, y) > 0.85


def test_weights_of_another_shape_raise_value_error(digits, fitted):
    clf = copy.deepcopy(fitted)
    clf.coefs_ = [clf.coefs_[0][:60], *clf.coefs_[1:]]
    with pytest.raises(ValueError, match=r"coefs_ must hold .*\(64, 25\).*\(60, 25\)"):
        clf.partial_fit(*digits)
    clf = copy.deepcopy(fitted)
    clf.intercepts_[-1] = clf.intercepts_[-1][:9]
    with pytest.raises(ValueError, match=r"intercepts_ must hold .*\(10,\).*\(9,\)"):
        clf.partial_fit(*digits)


# partial_fit


def test_the_loss_curve_grows_in_place_and_copies_have_their_own(digits):
    X, y = digits
    clf = DigitMLPClassifier().partial_fit(X, y, classes=range(10))
    curve, copied = clf.loss_curve_, copy.copy(clf)
    clf.partial_fit(X, y)
    assert clf.loss_curve_ is curve
    assert len(curve) == clf.n_iter_ == 2
    assert len(copied.loss_curve_) == copied.n_iter_ == 1


def test_a_pass_over_all_rows_is_an_epoch_of_fit(digits):
    X, y = digits
    one_epoch = DigitMLPClassifier(**CONSTANT, epochs=1).fit(X, y)
    streamed = DigitMLPClassifier(**CONSTANT).partial_fit(X, y, classes=range(10))
    assert_same_network(streamed, one_epoch)


def test_passes_equal_epochs_across_a_pickle(digits):
    X, y = digits
    three = DigitMLPClassifier(**CONSTANT, epochs=3).fit(X, y)
    clf = DigitMLPClassifier(**CONSTANT).partial_fit(X, y, classes=np.arange(10))
    clf = pickle.loads(pickle.dumps(clf)).partial_fit(X, y)
    assert_same_network(clf.partial_fit(X, y, classes=np.arange(10)), three)


def test_the_learning_rate_is_constant_whatever_the_schedule(digits):
    X, y = digits
    cosine, constant = (
        DigitMLPClassifier(learning_rate_schedule=s, random_state=0)
        .partial_fit(X, y, classes=range(10))
        .partial_fit(X, y)
        for s in ("cosine", "constant")
    )
    assert_same_network(cosine, constant)


def test_blocks_from_a_file_give_the_accuracy_of_fit(digits, tmp_path):
    X, y = digits
    order = np.random.default_rng(0).permutation(len(y))
    np.save(tmp_path / "X.npy", X[order])
    stream = np.load(tmp_path / "X.npy", mmap_mode="r")
    labels = y[order]
    train, test = slice(0, 1400), slice(1400, None)
    whole = DigitMLPClassifier(**CONSTANT, epochs=30).fit(stream[train], labels[train])
    clf = DigitMLPClassifier(random_state=0)
    for _ in range(30):
        for start in range(0, 1400, 200):
            rows = slice(start, start + 200)
            clf.partial_fit(stream[rows], labels[rows], classes=range(10))
    accuracy = clf.score(stream[test], labels[test])
    assert accuracy > whole.score(stream[test], labels[test]) - 0.02
    assert clf.n_iter_ == 30 * 7


def test_blocks_of_mnist_from_a_file_come_within_one_percent_of_fit(mnist, tmp_path):
    X, y, X_test, y_test = mnist
    np.save(tmp_path / "X.npy", X.reshape(len(X), -1))
    stream = np.load(tmp_path / "X.npy", mmap_mode="r")
    X_test = X_test.reshape(len(X_test), -1)
    whole = DigitMLPClassifier(**CONSTANT, learning_rate=1e-3, epochs=3).fit(stream, y)
    clf = DigitMLPClassifier(**CONSTANT, learning_rate=1e-3)
    for _ in range(3):
        for start in range(0, len(y), 4000):
            rows = slice(start, start + 4000)
            clf.partial_fit(stream[rows], y[rows], classes=range(10))
    assert clf.score(X_test, y_test) > whole.score(X_test, y_test) - 0.01
    assert clf.score(X_test, y_test) > 0.95


def test_blocks_may_lack_classes_and_have_one_row(digits):
    X, y = digits
    clf = DigitMLPClassifier(random_state=0)
    clf.partial_fit(X[y < 2], y[y < 2], classes=range(10)).partial_fit(X[:1], y[:1])
    assert clf.predict_proba(X).shape == (len(X), 10)
    np.testing.assert_array_equal(clf.classes_, range(10))


def test_classes_may_come_in_any_order_in_every_call(digits):
    clf = DigitMLPClassifier()
    for _ in range(2):
        clf.partial_fit(*digits, classes=range(9, -1, -1))
    np.testing.assert_array_equal(clf.classes_, range(10))


def test_it_resumes_from_fit(digits):
    X, y = digits
    clf = DigitMLPClassifier(epochs=20, random_state=0).fit(X, y)
    accuracy = clf.score(X, y)
    clf.set_params(learning_rate=1e-3).partial_fit(X, y)
    assert clf.score(X, y) > accuracy - 0.02
    assert clf.n_iter_ == 21


def test_sample_weights_are_not_scaled(digits):
    X, y = digits
    clf = DigitMLPClassifier(random_state=0)
    losses = [
        clone(clf).partial_fit(X, y, range(10), np.full(len(y), w)).loss_curve_[0]
        for w in (1.0, 3.0)
    ]
    assert losses[1] == pytest.approx(3 * losses[0], rel=0.05)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("batch_size", 0), ("learning_rate", -0.01), ("augmentation", "afine")],
)
def test_every_partial_fit_checks_the_parameters(digits, parameter, value):
    clf = DigitMLPClassifier(random_state=0).partial_fit(*digits, classes=range(10))
    clf.set_params(**{parameter: value})
    with pytest.raises(ValueError, match=parameter):
        clf.partial_fit(*digits)


def test_parameters_that_partial_fit_does_not_support_raise_value_error(digits):
    X, y = digits
    clf = DigitMLPClassifier(random_state=0)
    with pytest.raises(ValueError, match="classes must be given in the first call"):
        clf.partial_fit(X, y)
    with pytest.raises(ValueError, match=r"y holds labels .*\[9\]"):
        clf.partial_fit(X, y, classes=range(9))
    assert not hasattr(clf, "classes_")
    clf.partial_fit(X, y, classes=range(10))
    with pytest.raises(ValueError, match="classes cannot change from"):
        clf.partial_fit(X, y, classes=range(11))
    with pytest.raises(ValueError, match="early_stopping=True needs all rows"):
        clf.set_params(early_stopping=True).partial_fit(X, y)
    with pytest.raises(ValueError, match="class_weight='balanced'"):
        clf.set_params(early_stopping=False, class_weight="balanced").partial_fit(X, y)


# Interrupts


def interrupt_in_epoch(epoch):
    """Make an augmentation that raises KeyboardInterrupt in the given epoch."""
    epochs = []

    def augment(images, rng):
        epochs.append(1)
        if len(epochs) == epoch:
            raise KeyboardInterrupt
        return images

    return augment


def test_an_interrupt_keeps_the_finished_epochs_and_training_resumes(digits):
    three = DigitMLPClassifier(**CONSTANT, epochs=3).fit(*digits)
    clf = DigitMLPClassifier(
        **CONSTANT, epochs=10, warm_start=True, augmentation=interrupt_in_epoch(4)
    )
    with pytest.raises(KeyboardInterrupt):
        clf.fit(*digits)
    assert_same_network(clf, three)
    # The unfinished fourth epoch was discarded; training repeats it, bit by bit.
    clf.set_params(augmentation=None, epochs=2).fit(*digits)
    assert_same_network(clf, DigitMLPClassifier(**CONSTANT, epochs=5).fit(*digits))


def test_an_interrupt_in_the_first_epoch_does_not_change_the_estimator(digits, fitted):
    for clf in (DigitMLPClassifier(), copy.deepcopy(fitted)):
        clf.set_params(augmentation=interrupt_in_epoch(1))
        before = dict(vars(clf))
        with pytest.raises(KeyboardInterrupt):
            clf.fit(digits[0], digits[1] > 4)
        assert vars(clf) == before


@pytest.mark.usefixtures("capsys")
def test_an_interrupt_after_the_epoch_of_partial_fit_keeps_it(digits, monkeypatch):
    whole = DigitMLPClassifier(random_state=0).partial_fit(*digits, classes=range(10))
    clf = DigitMLPClassifier(random_state=0, verbose=1)

    def interrupt(*printed, flush):
        assert "1/1" in printed[0]
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.print", interrupt)
    with pytest.raises(KeyboardInterrupt):
        clf.partial_fit(*digits, classes=range(10))
    assert_same_network(clf, whole)


@pytest.mark.parametrize("augmentation", [None, "affine"])
def test_ctrl_c_at_any_moment_keeps_whole_epochs(digits, augmentation):
    """A real SIGINT, several times, in fits of several blocks."""
    X, y = digits[0].repeat(4, axis=0), digits[1].repeat(4)
    settings = CONSTANT | {"augmentation": augmentation}
    clf = DigitMLPClassifier(**settings, epochs=1, warm_start=True).fit(X, y)
    clf.set_params(epochs=10_000)
    n_interrupts = 0
    while n_interrupts < 3 or clf.n_iter_ <= 3:  # a busy machine finishes few epochs
        delay = 0.2 * 1.5**n_interrupts
        threading.Timer(delay, signal.raise_signal, [signal.SIGINT]).start()
        with pytest.raises(KeyboardInterrupt):
            clf.fit(X, y)
        n_interrupts += 1
    whole = clone(clf).set_params(epochs=clf.n_iter_).fit(X, y)
    assert_same_network(clf, whole)


INTERRUPTS = """
import copy, os, random, signal, threading
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from skdigits import DigitMLPClassifier

X, y = load_digits(return_X_y=True)
X, y = X.astype(np.uint8).repeat(4, axis=0), y.repeat(4)  # an epoch of two blocks
settings = {"learning_rate_schedule": "constant", "random_state": 0}


def interrupt_fit(clf, seconds):
    timer = threading.Timer(seconds, os.kill, [os.getpid(), signal.SIGINT])
    try:
        timer.start()
        clf.fit(X, y)
    except KeyboardInterrupt:
        return
    raise AssertionError("no KeyboardInterrupt")

"""


@pytest.fixture
def uncovered(monkeypatch):
    """Processes that are not measured for coverage.

    Those take many a signal in a callback of a weak reference, where Python ignores
    exceptions, and KeyboardInterrupt is lost.
    """
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.slow
@pytest.mark.usefixtures("uncovered")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_an_interrupt_of_the_first_fit_of_a_process_breaks_nothing(run_python):
    """It comes during the import of TensorFlow, during compilation, or later."""
    code = """
random.seed(0)
for least in (0.02, 0.7, 3.0):
    if os.fork():
        assert os.wait()[1] == 0
        continue
    clf = DigitMLPClassifier(**settings, epochs=100_000)
    interrupt_fit(clf, random.uniform(least, 2 * least))
    if hasattr(clf, "coefs_"):
        again = clone(clf).set_params(epochs=clf.n_iter_)
        for a, b in zip(again.fit(X, y).coefs_, clf.coefs_):
            np.testing.assert_array_equal(a, b)
    else:
        assert vars(clf) == clf.get_params()
        clf.set_params(epochs=2).fit(X, y).predict(X)
    os._exit(0)
"""
    run_python("-c", INTERRUPTS + code)


@pytest.mark.slow
@pytest.mark.usefixtures("uncovered")
@pytest.mark.parametrize("augmentation", [None, "affine"])
def test_many_interrupts_at_random_moments_keep_whole_epochs(run_python, augmentation):
    code = f"settings['augmentation'] = {augmentation!r}"
    code += """
random.seed(0)
clf = DigitMLPClassifier(**settings, epochs=1, warm_start=True).fit(X, y)
clf.set_params(epochs=100_000)
for _ in range(30):
    epochs_before = clf.n_iter_
    interrupt_fit(clf, random.uniform(0, 0.1))
    assert epochs_before <= clf.n_iter_ == len(clf.loss_curve_)
whole = clone(clf).set_params(epochs=clf.n_iter_).fit(X, y)
assert whole.loss_curve_ == clf.loss_curve_
for a, b in zip(whole.coefs_, clf.coefs_):
    np.testing.assert_array_equal(a, b)
"""
    run_python("-c", INTERRUPTS + code)


def test_an_interrupted_fit_with_early_stopping_keeps_the_best_epoch(digits):
    clf = DigitMLPClassifier(
        early_stopping=True, random_state=0, augmentation=interrupt_in_epoch(8)
    )
    with pytest.raises(KeyboardInterrupt):
        clf.fit(*digits)
    assert clf.n_iter_ == len(clf.validation_scores_) == 7
    assert clf.best_validation_score_ == max(clf.validation_scores_)


def test_an_error_in_a_later_epoch_does_not_change_the_estimator(digits, fitted):
    calls = []

    def fail(images, rng):
        calls.append(1)
        if len(calls) == 3:
            raise RuntimeError("in epoch 3")
        return images

    clf = copy.deepcopy(fitted).set_params(augmentation=fail)
    before = dict(vars(clf))
    with pytest.raises(RuntimeError, match="in epoch 3"):
        clf.fit(*digits)
    assert vars(clf) == before
