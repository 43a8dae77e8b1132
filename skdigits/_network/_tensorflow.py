"""TensorFlow and Keras: imported when they are first needed, quietly.

Importing TensorFlow takes seconds and writes to the process's standard error
from C++, out of Python's reach. ``import skdigits`` must do neither, so every module
that trains or builds a Keras network gets the two modules from this one.
"""

import gc
import os
import subprocess
import sys
import threading
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import cache

from skdigits._optional import needed
from skdigits._signals import signals_held_back

# Training runs on the CPU even if there is a GPU: steps this small would wait for
# kernel launches, and TensorFlow would take GPU memory in every worker of a search.
DEVICE = "/CPU:0"

_LOCK = threading.RLock()

# ID of the process that loaded TensorFlow; None before.
_loading_process: int | None = None

# Messages of TensorFlow's C++ logger at INFO and WARNING, in its newer form ("I0000
# 00:00:1795386611 ... file.cc:31] ...") and its older one ("2026-11-22 22:49:09: I
# tensorflow/..."), and errors about a missing GPU.
_CHATTER = (
    r"WARNING: All log messages before absl::InitializeLog"
    r"|To enable the following instructions: "
    r"|[IW]\d{4} [\d:.]+ +\d+ \S+:\d+\] "
    r"|E\d{4} [\d:.]+ +\d+ (cuda|computation_placer|.*Failed call to cuInit)"
    r"|\d{4}-\d\d-\d\d [\d:.]+: [IW] (tensorflow|external)/"
    r"|\d{4}-\d\d-\d\d [\d:.]+: E .*(cuda|cuInit|cuDNN|cuFFT|cuBLAS)"
)

_FILTER = """
import re, signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
chatter = re.compile(sys.argv[1].encode())
for line in sys.stdin.buffer:
    if not chatter.match(line):
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
"""


def refuse_after_fork():
    """Raise RuntimeError in a fork of a process that has loaded TensorFlow.

    A fork does not copy TensorFlow's threads, so work for them would wait for ever.
    Call this before taking a lock: a thread that was not copied may hold the lock.
    """
    global _loading_process
    if _loading_process is None:
        _loading_process = os.getpid()
    if _loading_process != os.getpid():
        raise RuntimeError(
            "This process was forked from one in which skdigits has trained, and "
            "TensorFlow does not work after a fork. Train in a new process instead: "
            "joblib's backend 'loky', or multiprocessing's start method 'spawn' or "
            "'forkserver'. Fitted networks can still predict in this process."
        )


def load_tensorflow():
    """Import TensorFlow and Keras, and return the two modules.

    Returns
    -------
    tensorflow, keras : module

    Raises
    ------
    ValueError
        If Keras is set to a backend other than TensorFlow.
    RuntimeError
        If this process was forked from one in which skdigits has loaded TensorFlow.
    ModuleNotFoundError
        If TensorFlow or Keras is not installed.
    """
    refuse_after_fork()
    return _load()


@cache
@signals_held_back()
def _load():
    with _LOCK:
        if "keras" not in sys.modules:
            _check_backend(os.environ.get("KERAS_BACKEND") or "tensorflow")
        with quiet_stderr():
            try:
                with (
                    needed("tensorflow", "keras", to="train or use Keras"),
                    garbage_left_alone(),
                ):
                    import keras
                    import tensorflow
            except ModuleNotFoundError as error:
                if error.name in ("jax", "openvino", "torch"):
                    _check_backend(error.name)  # as set in the user's keras.json
                raise
            _check_backend(keras.backend.backend())
            # TensorFlow reports on its devices and on XLA when a process compiles its
            # first program; let it be this one.
            with_own_settings(_compile_nothing, tensorflow)
    return tensorflow, keras


def _compile_nothing(tensorflow):
    with tensorflow.device(DEVICE):
        add = tensorflow.function(lambda x: x + 1, jit_compile=True, autograph=False)
        # Wait for the value, which TensorFlow computes later if the user has set it to
        # be asynchronous: a call whose function is gone breaks it for the process.
        tensorflow.get_static_value(add(0.0))


def with_own_settings(function, *arguments):
    """Call a function in a new thread, and return its result.

    A scope or debugger that the user has enabled in TensorFlow, such as
    `tf.debugging.enable_check_numerics`, adds operations that cannot be compiled. It
    acts in the thread that enabled it, so the new thread is free of it.

    A pool of threads takes no jobs once the main thread has reached the end of the
    script; other threads may still fit.
    """
    future: Future = Future()

    def run():
        try:
            future.set_result(function(*arguments))
        except BaseException as error:
            future.set_exception(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return future.result()


def _check_backend(backend):
    if backend != "tensorflow":
        raise ValueError(
            f"skdigits trains with Keras on TensorFlow, but Keras's backend is set "
            f"to {backend!r}: set the environment variable KERAS_BACKEND=tensorflow "
            f"before Python starts."
        )


@contextmanager
def garbage_left_alone():
    """Suspend garbage collection while TensorFlow creates many objects.

    During TensorFlow's import, collections take a sixth of the time and free nothing.
    Afterwards the objects are moved to the oldest generation: scanning them in the next
    young collection would take a fifth of the first fit's time. If objects are already
    frozen, by the user or by Python 3.12 at its start, these stay frozen and the new
    objects stay young.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()  # into the oldest generation
            gc.enable()


@contextmanager
def quiet_stderr():
    """Remove TensorFlow's messages from the output to file descriptor 2.

    A small separate process does the filtering, so messages that TensorFlow writes
    before it aborts still appear. TensorFlow's log level, which belongs to the whole
    process, stays as the user set it.
    """
    with _LOCK:
        _flush(sys.stderr)
        try:
            stderr = os.dup(2)
        except OSError:  # a process without standard error has nothing to filter
            yield
            return
        if not sys.executable or getattr(sys, "frozen", False):
            os.close(stderr)  # an application with no Python to run the filter
            yield
            return
        command = [sys.executable, "-I", "-S", "-c", _FILTER, _CHATTER]
        with open(stderr, "wb") as output:
            try:
                filtering = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=output
                )
            except OSError:  # Python was replaced, or there are too many processes
                yield
                return
            with filtering.stdin as pipe:  # type: ignore[union-attr]
                os.dup2(pipe.fileno(), 2)
            try:
                yield
            finally:
                _flush(sys.stderr)
                os.dup2(stderr, 2)
                # A child that another thread started meanwhile keeps the filter's input
                # open.
                with suppress(subprocess.TimeoutExpired):
                    filtering.wait(timeout=1)


def _flush(stream):
    if stream is not None:  # pythonw and some services have none
        stream.flush()
