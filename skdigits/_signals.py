"""Delay signals while code runs that a signal handler must not interrupt."""

import signal
import threading
from contextlib import contextmanager

# As ints, with which `getsignal` is faster, and without the unnamed real-time signals,
# which would double the time that `signals_held_back` takes.
_SIGNALS = [int(s) for s in signal.valid_signals() if isinstance(s, signal.Signals)]


@contextmanager
def signals_held_back():
    """Delay the signals that have a Python handler until the block ends.

    A handler may raise at any bytecode of the main thread, as the handlers of Ctrl-C
    and of most time limits do. During TensorFlow's import, such an error breaks
    TensorFlow for the rest of the process; in TensorFlow's C++ code, it becomes a
    SystemError; and it can leave a Python lock locked.

    After the block, the handler of each signal that arrived is called once, in the
    order of arrival; if one raises, the others are still called.

    For these signals the block undoes what Python cannot restore: a handler that
    `faulthandler.register` has put before Python's, and `signal.siginterrupt`.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python runs handlers only in the main thread
        return
    handlers: dict = {}
    arrived: dict = {}
    try:
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler):
                handlers[number] = handler
                signal.signal(number, arrived.setdefault)
        yield
    finally:
        try:
            _call_with_each(signal.signal, iter(handlers.items()))
        finally:
            _call_with_each(
                lambda n, frame: handlers[n](n, frame), iter(arrived.items())
            )


def _call_with_each(function, arguments):
    """Call a function with each tuple of an iterator, even if earlier calls raise.

    A restored handler may raise before the others are restored.
    """
    for one in arguments:
        try:
            function(*one)
        finally:
            _call_with_each(function, arguments)
