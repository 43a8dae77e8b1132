"""TensorFlow and Keras: imported when they are first needed, quietly.

Importing TensorFlow takes seconds and writes to the process's standard error
from C++, out of Python's reach. ``import skdigits`` must do neither, so every room
that trains or builds a Keras network asks this one for the two modules.
"""

import os
import re
import sys
import tempfile
import threading
from contextlib import contextmanager
from functools import cache

from skdigits._signals import signals_held_back

# Training runs on the CPU, also where there is a GPU: steps this small would wait for
# its launches, and TensorFlow would take its memory in every worker of a search.
DEVICE = "/CPU:0"

_LOCK = threading.RLock()

# The process that loads TensorFlow, once there is one.
_loading_process: int | None = None

# What TensorFlow's C++ logger says at INFO and WARNING, in its newer form
# ("I0000 00:00:1795386611 ... file.cc:31] ...") and its older one
# ("2026-11-22 22:49:09: I tensorflow/..."), and the errors about a GPU that is not
# there.
_CHATTER = re.compile(
    r"WARNING: All log messages before absl::InitializeLog"
    r"|To enable the following instructions: "
    r"|[IW]\d{4} [\d:.]+ +\d+ \S+:\d+\] "
    r"|E\d{4} [\d:.]+ +\d+ (cuda|computation_placer|.*Failed call to cuInit)"
    r"|\d{4}-\d\d-\d\d [\d:.]+: [IW] (tensorflow|external)/"
    r"|\d{4}-\d\d-\d\d [\d:.]+: E .*(cuda|cuInit|cuDNN|cuFFT|cuBLAS)"
)


def refuse_after_fork():
    """Refuse to go on in a fork of a process that has loaded TensorFlow.

    Its threads stay behind, and whoever gives them work waits for ever. No lock may be
    taken before: a thread that stayed behind may have held it.
    """
    global _loading_process
    if _loading_process is None:
        _loading_process = os.getpid()
    if _loading_process != os.getpid():
        raise RuntimeError(
            "This process was forked from one in which skdigits has trained, and "
            "TensorFlow does not work after a fork. Train in a new process instead: "
            "joblib's backend 'loky', or multiprocessing's start method 'spawn' or "
            "'forkserver'. Networks that are fitted predict here, too."
        )


def load_tensorflow():
    """Import TensorFlow and Keras, and return the two modules.

    Returns
    -------
    tensorflow, keras : module

    Raises
    ------
    ValueError
        If Keras is set to another backend than TensorFlow.
    RuntimeError
        If this process was forked from one in which skdigits has loaded them.
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
            import keras
            import tensorflow

            _check_backend(keras.backend.backend())
            # The first program that a process compiles makes TensorFlow report on its
            # devices and on XLA; let it be this one.
            with tensorflow.device(DEVICE):
                tensorflow.function(lambda x: x + 1, jit_compile=True)(0.0)
    return tensorflow, keras


def _check_backend(backend):
    if backend != "tensorflow":
        raise ValueError(
            f"skdigits trains with Keras on TensorFlow, but Keras's backend is set "
            f"to {backend!r}: set the environment variable KERAS_BACKEND=tensorflow "
            f"before Python starts."
        )


@contextmanager
def quiet_stderr():
    """Hold back what is written to file descriptor 2, and pass on all but chatter.

    Nothing lasting is changed: TensorFlow's log level, which is the whole process's,
    stays what the user made it, and what other threads write to standard error
    meanwhile comes out at the end.
    """
    with _LOCK, tempfile.TemporaryFile() as held:
        _flush(sys.stderr)
        try:
            stderr = os.dup(2)
        except OSError:  # a process without standard error has nothing to quieten
            yield
            return
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            _flush(sys.stderr)
            os.dup2(stderr, 2)
            os.close(stderr)
            held.seek(0)
            for line in held.read().decode(errors="replace").splitlines(keepends=True):
                if not _CHATTER.match(line):
                    os.write(2, line.encode())


def _flush(stream):
    if stream is not None:  # pythonw and some services have none
        stream.flush()
