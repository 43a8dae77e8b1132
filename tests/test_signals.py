import signal
import threading

import pytest

from skdigits._signals import signals_held_back


class TimeIsUpError(Exception):
    pass


def raise_time_is_up(number, frame):
    raise TimeIsUpError


@pytest.fixture
def set_handler():
    """Set a signal's handler for the time of the test."""
    before = {}

    def set_handler(name, handler):
        number = getattr(signal, name, None) or pytest.skip(f"no {name} here")
        before.setdefault(number, signal.signal(number, handler))
        return number

    yield set_handler
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGALRM", "SIGUSR1"])
def test_a_signal_is_delayed_until_the_outermost_block_ends(name, set_handler):
    number, done = set_handler(name, raise_time_is_up), []

    def work():
        with signals_held_back():
            with signals_held_back():
                signal.raise_signal(number)
                done.append("inner")
            done.append("outer")

    with pytest.raises(TimeIsUpError):
        work()
    assert done == ["inner", "outer"]
    assert signal.getsignal(number) is raise_time_is_up


def test_handlers_are_called_in_the_order_in_which_the_signals_came(set_handler):
    called = []

    def record(number, frame):
        called.append((number, frame.f_code.co_name))
        raise TimeIsUpError

    names = ["SIGUSR2", "SIGINT", "SIGUSR1"]
    numbers = [set_handler(name, record) for name in names]

    def work():
        with signals_held_back():
            for number in numbers + numbers:
                signal.raise_signal(number)

    with pytest.raises(TimeIsUpError):
        work()
    assert called == [(number, "work") for number in numbers]


def test_the_other_handlers_are_restored_if_a_restored_one_raises(
    set_handler, monkeypatch
):
    called, set_signal = [], signal.signal
    numbers = [set_handler(n, raise_time_is_up) for n in ["SIGINT", "SIGUSR2"]]
    held = set_handler("SIGUSR1", lambda number, frame: called.append(number))

    def set_and_raise(number, handler):
        set_signal(number, handler)
        if handler is raise_time_is_up:
            signal.raise_signal(number)

    def work():
        with signals_held_back():
            signal.raise_signal(held)
            monkeypatch.setattr(signal, "signal", set_and_raise)

    with pytest.raises(TimeIsUpError):
        work()
    monkeypatch.undo()
    assert called == [held]
    assert [signal.getsignal(n) for n in numbers] == [raise_time_is_up] * 2


def test_signals_without_a_python_handler_are_not_delayed(set_handler):
    ignored = set_handler("SIGUSR1", signal.SIG_IGN)
    default = set_handler("SIGUSR2", signal.SIG_DFL)
    with signals_held_back():
        assert signal.getsignal(ignored) == signal.SIG_IGN
        assert signal.getsignal(default) == signal.SIG_DFL


def test_an_error_in_the_block_is_the_context_of_what_a_handler_raises():
    def work():
        with signals_held_back():
            signal.raise_signal(signal.SIGINT)
            raise KeyError("first")

    with pytest.raises(KeyboardInterrupt) as interrupt:
        work()
    assert isinstance(interrupt.value.__context__, KeyError)


def test_other_threads_do_not_change_the_handlers():
    handlers = []

    def work():
        with signals_held_back():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGINT)]


TIME_LIMITS = """
import random, signal
from sklearn.datasets import load_digits
from skdigits import DigitMLPClassifier

class TimeIsUpError(Exception):
    pass

def handle(number, frame):
    raise TimeIsUpError

def fit_within(seconds):
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        clf.fit(X, y)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except TimeIsUpError:
        return True
    return False

signal.signal(signal.SIGALRM, handle)
X, y = load_digits(return_X_y=True)
clf = DigitMLPClassifier(epochs=10)
random.seed(0)

assert fit_within(0.5)  # while TensorFlow is imported
limit = 0.02
while fit_within(limit):
    limit *= 2
for _ in range(25):
    fit_within(random.uniform(0.01 * limit, limit))
clf.fit(X, y)
assert clf.score(X, y) > 0.9
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_only_the_error_of_a_time_limits_handler_ends_a_fit(
    run_python,
):
    run_python("-c", TIME_LIMITS)
