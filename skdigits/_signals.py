"""Hold signals back while code runs that a signal handler must not interrupt."""

import signal
import threading
from contextlib import contextmanager

# As ints, with which `getsignal` is faster, and without the unnamed real-time signals,
# which would double the time that `signals_held_back` takes.
_SIGNALS = [int(s) for s in signal.valid_signals() if isinstance(s, signal.Signals)]


@contextmanager
def signals_held_back():
    """Let the signals that have a Python handler wait until the block is done.

    A handler may raise at any bytecode of the main thread, as those of Ctrl-C and of
    most time limits do. During TensorFlow's import that breaks TensorFlow for the rest
    of the process, in its C++ code it becomes a SystemError, and a lock of Python's can
    stay locked.

    After the block each handler is called that a signal asked for, once, in the order
    in which the signals came; if one raises, the others are called all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python runs handlers in the main thread alone
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
    """Call it with each of an iterator's tuples, whatever the calls before raise.

    A handler that is back in its place may raise before the others are.
    """
    for one in arguments:
        try:
            function(*one)
        finally:
            _call_with_each(function, arguments)
