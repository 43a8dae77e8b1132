"""One thread for matrix products while pictures are read."""

import threading
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController

_IS_LIMITED = threading.Lock()


@contextmanager
def one_blas_thread():
    """Limit NumPy's matrix products to one thread.

    A picture's products are so small that a second thread saves no time, but keeps a
    core busy while it waits for the next one: table in benchmarks/README.md.

    The limit holds for the whole process. If several threads read at once, the first
    one sets it and ends it: another would restore the limit as it found it.
    """
    if not _IS_LIMITED.acquire(blocking=False):
        yield
        return
    try:
        with _find_blas().limit(limits=1):
            yield
    finally:
        _IS_LIMITED.release()


@cache
def _find_blas():
    """Search once: the search takes 10 ms, as long as several small pictures."""
    return ThreadpoolController().select(user_api="blas")
