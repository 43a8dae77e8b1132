"""Reading pictures keeps one core busy, not all."""

import os
import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from skdigits import CenterDigit, ReadingDisplay, split_digits
from skdigits._ink import _network, _ways
from skdigits._one_thread import one_blas_thread
from skdigits._page import _page_ink

PAGE = np.full((320, 290), 255, np.uint8)
PAGE[60:240, 150:170] = 0
PAGE -= np.random.default_rng(0).integers(0, 9, PAGE.shape, np.uint8) * (PAGE > 0)


def center(picture):
    return CenterDigit().transform([picture])


def n_threads():
    """Return the number of threads of NumPy's BLAS."""
    (n,) = (
        each["num_threads"]
        for each in threadpool_info()
        if each["user_api"] == "blas" and "numpy" in each["filepath"]
    )
    return n


def set_threads(n):
    """Set the number by a thread that ends: while it lives, no other thread can."""
    setting = threading.Thread(target=threadpool_limits, args=(n,))
    setting.start()
    setting.join()


@pytest.fixture(autouse=True)
def _three_threads():
    before = n_threads()
    set_threads(3)
    yield
    set_threads(before)


@pytest.fixture
def seen(monkeypatch):
    """The numbers of threads when pictures' ink is predicted."""
    seen = []

    def spy(*arguments):
        seen.append(n_threads())
        return _network.find_ink(*arguments)

    for module in (_ways, _page_ink):
        monkeypatch.setattr(module, "find_ink", spy)
    return seen


@pytest.mark.parametrize("read", [center, split_digits, ReadingDisplay.from_picture])
def test_matrix_products_take_one_thread_while_a_picture_is_read(read, seen):
    read(PAGE)
    assert {*seen} == {1}
    assert n_threads() == 3


def test_a_failed_call_leaves_the_number_of_threads_as_it_was(seen):
    with pytest.raises(ValueError, match="blank"):
        center(np.random.default_rng(0).random((40, 40)))
    assert {*seen} == {1}
    assert n_threads() == 3


def test_one_thread_sets_the_limit_and_ends_it():
    """Another would restore the limit of one thread that it has found."""
    may_leave = threading.Event()

    def read():
        with one_blas_thread():
            is_inside.release()
            may_leave.wait(60)

    is_inside = threading.Semaphore(0)
    other = threading.Thread(target=read)
    with one_blas_thread():
        other.start()
        is_inside.acquire(timeout=60)
    may_leave.set()
    other.join()
    assert n_threads() == 3


FORK = """
import os, threading
import numpy
from threadpoolctl import threadpool_info, threadpool_limits
from skdigits._one_thread import one_blas_thread

def n_threads():
    return {each["num_threads"] for each in threadpool_info()}

def read():
    with one_blas_thread():
        is_inside.set()
        may_leave.wait()

threadpool_limits(3)
is_inside, may_leave = threading.Event(), threading.Event()
threading.Thread(target=read).start()
is_inside.wait()
child = os.fork()
if child == 0:
    before = n_threads()
    with one_blas_thread():
        os._exit((before, n_threads()) != ({3}, {1}))
may_leave.set()
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_fork_while_another_thread_reads_has_no_limit(run_python):
    run_python("-c", FORK)
