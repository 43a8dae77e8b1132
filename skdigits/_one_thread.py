"""One thread for matrix products while pictures are read."""

import os
import threading
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

_IS_LIMITED = threading.Lock()
_limit = None


@contextmanager
def one_blas_thread():
    """Limit NumPy's matrix products to one thread.

    A picture's products are so small that a second thread saves no time, but keeps a
    core busy while it waits for the next one: table in benchmarks/README.md.

    The limit holds for the whole process. If several threads read at once, the first
    one sets it and ends it: another would restore the limit as it found it.
    """
    global _limit
    if not _IS_LIMITED.acquire(blocking=False):
        yield
        return
    try:
        with _find_blas().limit(limits=1) as _limit:
            yield
    finally:
        _IS_LIMITED.release()


def _end_limit():
    """End a limit in a fork, which has not copied the thread that set it."""
    if _IS_LIMITED.locked():
        if _limit is not None:
            _limit.restore_original_limits()
        _IS_LIMITED.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_end_limit)


@cache
def _find_blas():
    """Search once: the search takes 10 ms, as long as several small pictures."""
    return ThreadpoolController().select(user_api="blas")
