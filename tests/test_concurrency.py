"""Threads, processes and forks."""

import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import joblib
import numpy as np
import pytest
from conftest import assert_same_network
from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skdigits import DigitMLPClassifier

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


# Threads


def test_sixteen_threads_predict_while_others_fit(digits, fitted):
    X, y = digits
    expected = fitted.predict_proba(X)
    done = threading.Event()

    def predict(_):
        n_calls = 0
        while not done.is_set():
            np.testing.assert_array_equal(fitted.predict_proba(X), expected)
            n_calls += 1
        return n_calls

    def fit(random_state):
        clf = DigitMLPClassifier(epochs=5, random_state=random_state)
        return clf.fit(X, y)

    with ThreadPoolExecutor(20) as threads:
        calls = threads.map(predict, range(16))
        try:
            fits = list(threads.map(fit, [0] * 8))
        finally:
            done.set()
        assert min(calls) > 0
    for clf in fits:
        assert_same_network(clf, fitted)


def test_an_estimator_may_be_refitted_while_threads_predict_with_it(digits):
    """Each prediction comes from the old network or from the new one, never both."""
    X, y = digits
    X = X[:300]
    networks = [
        DigitMLPClassifier(epochs=1, random_state=i, hidden_layer_sizes=sizes)
        for i, sizes in enumerate([(25, 15), (7,)])
    ]
    labels = [y[:300], np.array([f"digit {digit}" for digit in y[:300]])]
    expected = [
        (fitted.predict_proba(X[:3]), fitted.predict(X[:3]))
        for fitted in map(DigitMLPClassifier.fit, map(clone, networks), [X] * 2, labels)
    ]
    clf = clone(networks[0]).fit(X, labels[0])
    done = threading.Event()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)

    def predict(_):
        while not done.is_set():
            p = clf.predict_proba(X[:3])
            assert any(np.array_equal(p, each) for each, _ in expected)
            y_pred = clf.predict(X[:3])
            assert any(np.array_equal(y_pred, each) for _, each in expected)

    with ThreadPoolExecutor(4) as threads:
        checks = threads.map(predict, range(4))
        try:
            for i in [1, 0] * 20:
                clf.set_params(**networks[i].get_params()).fit(X, labels[i])
        finally:
            done.set()
            sys.setswitchinterval(interval)
        list(checks)


def test_a_search_in_threads_gives_the_same_bits_as_in_one_thread(digits):
    grid = {"learning_rate": [1e-3, 1e-2], "hidden_layer_sizes": [(6,), (7,)]}
    search = GridSearchCV(DigitMLPClassifier(epochs=2, random_state=0), grid, cv=2)
    one = clone(search).fit(*digits)
    with joblib.parallel_config("threading", n_jobs=8):
        many = clone(search).fit(*digits)
    np.testing.assert_array_equal(
        one.cv_results_["mean_test_score"], many.cv_results_["mean_test_score"]
    )
    assert_same_network(one.best_estimator_, many.best_estimator_)


LATE_THREAD = """
import threading
import joblib
import numpy as np
from sklearn.datasets import load_digits
from skdigits import DigitMLPClassifier

X, y = load_digits(return_X_y=True)

def fit():
    threading.main_thread().join()
    clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X.astype(np.uint8), y)
    DigitMLPClassifier(batch_size=1, epochs=2).fit(X, y)  # with another thread
    print(joblib.hash([clf.coefs_, clf.intercepts_]))

threading.Thread(target=fit).start()
"""


@pytest.mark.slow
def test_a_thread_fits_after_the_end_of_the_script(run_python, fitted):
    printed = run_python("-c", LATE_THREAD).stdout.strip()
    assert printed == joblib.hash([fitted.coefs_, fitted.intercepts_])


# Processes


def kill_worker_processes(main_process):
    """Make an augmentation that kills the process, if that is a worker."""

    def augment(images, rng):
        if os.getpid() != main_process:
            os.kill(os.getpid(), signal.SIGKILL)
        return images

    return augment


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_killed_worker_raises_joblibs_error_and_the_next_search_works(digits):
    grid = {"learning_rate": [1e-3, 1e-2]}
    clf = DigitMLPClassifier(epochs=1, random_state=0)
    search = GridSearchCV(clf, grid, cv=2, n_jobs=2)
    search.set_params(estimator__augmentation=kill_worker_processes(os.getpid()))
    with pytest.raises(TerminatedWorkerError, match="SIGKILL"):
        clone(search).fit(*digits)
    search.set_params(estimator__augmentation=None)
    search.fit(*digits)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


# Forks

FORKS = """
import os, signal, sys, warnings
import joblib
import numpy as np
from sklearn.datasets import load_digits
from skdigits import DigitMLPClassifier

X, y = load_digits(return_X_y=True)
clf = DigitMLPClassifier(epochs=2, random_state=0)

# Python 3.12 and later warn of every fork of a process with threads, as TensorFlow's.
warnings.filterwarnings("ignore", ".*use of fork", DeprecationWarning)


def run_in_a_fork(work):
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # kills a child that hangs
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(type(error).__name__, error, file=sys.stderr, flush=True)
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


def assert_refused(work):
    try:
        work()
    except RuntimeError as error:
        assert "forked" in str(error)
        assert "'loky'" in str(error)
        assert "'spawn'" in str(error)
    else:
        raise AssertionError("not refused")


"""


@needs_fork
def test_a_fork_of_a_process_that_has_fitted_predicts_but_fit_raises(run_python):
    code = """
clf.fit(X, y)
p = clf.predict_proba(X)

def child():
    np.testing.assert_array_equal(clf.predict_proba(X), p)
    clf.predict(X), clf.predict_log_proba(X), clf.decision_function(X), clf.score(X, y)
    other_shape = DigitMLPClassifier((3,), epochs=1)
    for work in (
        lambda: clf.fit(X, y),
        lambda: clf.partial_fit(X, y),
        lambda: other_shape.fit(X, y),
        lambda: clf.to_keras(),
    ):
        assert_refused(work)
    np.testing.assert_array_equal(clf.predict_proba(X), p)

run_in_a_fork(child)
run_in_a_fork(lambda: run_in_a_fork(child))
clf.fit(X, y)
np.testing.assert_array_equal(clf.predict_proba(X), p)
if child := os.fork():  # ends as Python does, not by os._exit
    assert os.waitpid(child, 0)[1] == 0
"""
    assert run_python("-c", FORKS + code).stderr == ""


@pytest.mark.slow
@needs_fork
def test_a_fork_while_other_threads_fit_predicts_but_fit_raises(run_python):
    """In the child, nothing ever releases the locks of those threads."""
    code = """
import itertools, threading, time

clf.fit(X, y)
widths, done = itertools.count(1), False

def fit_new_shapes():
    while not done:
        DigitMLPClassifier((next(widths),), epochs=1).fit(X, y)

def child():
    clf.predict(X)
    assert_refused(lambda: clf.fit(X, y))

threads = [threading.Thread(target=fit_new_shapes) for _ in range(2)]
for thread in threads:
    thread.start()
for _ in range(10):
    time.sleep(0.1)
    run_in_a_fork(child)
done = True
for thread in threads:
    thread.join()
"""
    run_python("-c", FORKS + code)


@pytest.mark.slow
@needs_fork
def test_a_fork_of_a_process_that_has_not_fitted_fits(run_python):
    code = """
run_in_a_fork(lambda: clf.fit(X, y).predict(X))
clf.fit(X, y)
"""
    run_python("-c", FORKS + code)


@pytest.mark.slow
@needs_fork
def test_after_a_fit_joblibs_forking_backend_raises_and_loky_works(run_python):
    code = """
def fit():
    return DigitMLPClassifier(epochs=1, random_state=0).fit(X, y)

def fit_in_two_processes(backend):
    return joblib.Parallel(2, backend=backend)(joblib.delayed(fit)() for _ in range(2))

expected = fit().coefs_[0]
assert_refused(lambda: fit_in_two_processes("multiprocessing"))
for clf in fit_in_two_processes("loky"):
    np.testing.assert_array_equal(clf.coefs_[0], expected)
"""
    run_python("-c", FORKS + code)
