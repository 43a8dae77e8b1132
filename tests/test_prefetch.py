import concurrent.futures.thread
import signal
import threading
import time
from functools import partial

import pytest

from skdigits._training._prefetch import prefetch

SECONDS = 20  # far more than anything here takes


@pytest.fixture(autouse=True)
def no_thread_stays():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.mark.parametrize("n_ahead", [1, 2, 4, 9])
def test_results_come_in_the_order_of_the_jobs(n_ahead):
    jobs = (partial(pow, number, 2) for number in range(7))
    assert list(prefetch(jobs, n_ahead)) == [0, 1, 4, 9, 16, 25, 36]


def test_without_jobs_there_are_no_results():
    assert not list(prefetch(iter([]), 4))


def test_the_next_job_is_done_while_the_caller_works():
    begun = threading.Event()
    results = prefetch(iter([int, begun.set]), 1)
    assert next(results) == 0
    assert begun.wait(SECONDS)
    assert list(results) == [None]


def test_a_thread_that_would_wait_does_another_job():
    """The first job ends when the second has been done."""
    second_done = threading.Event()

    def first():
        return second_done.wait(SECONDS)

    assert list(prefetch(iter([first, second_done.set, int]), 2)) == [True, None, 0]


def test_with_one_job_ahead_jobs_are_never_concurrent():
    running = threading.Lock()

    def job():
        assert running.acquire(blocking=False)
        threading.Event().wait(0.002)
        running.release()

    for _ in prefetch(iter([job] * 30), 1):
        pass


def test_no_more_jobs_are_taken_than_n_ahead():
    taken = []

    def jobs():
        for number in range(10):
            taken.append(number)
            yield int

    results = prefetch(jobs(), 3)
    next(results)
    assert taken == [0, 1, 2, 3]
    results.close()


@pytest.mark.parametrize("n_ahead", [1, 2, 3])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_error_in_a_job_is_raised_unchanged(n_ahead, place):
    jobs = [int] * 3
    jobs[place] = partial(int, "mine")
    with pytest.raises(ValueError, match="mine"):
        list(prefetch(iter(jobs), n_ahead))


@pytest.mark.parametrize("n_ahead", [1, 4])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_after_the_end_of_the_script_the_caller_does_the_jobs(
    n_ahead, place, monkeypatch
):
    """Python then refuses the jobs of every pool of threads."""
    results = prefetch((partial(pow, number, 2) for number in range(7)), n_ahead)
    begun = [next(results) for _ in range(place)]
    monkeypatch.setattr(concurrent.futures.thread, "_shutdown", True)
    assert begun + list(results) == [0, 1, 4, 9, 16, 25, 36]


def test_without_another_thread_the_caller_does_each_job_once(monkeypatch):
    def fail(thread):
        monkeypatch.undo()  # later threads could start
        raise RuntimeError("can't start new thread")

    done = []
    monkeypatch.setattr(threading.Thread, "start", fail)
    list(prefetch((partial(done.append, number) for number in range(7)), 2))
    assert done == [*range(7)]


def test_signal_handlers_are_called_while_a_job_runs():
    """A job may be a user's slow augmentation."""
    begun, called = threading.Event(), threading.Event()

    def slow():
        begun.set()
        time.sleep(0.2)  # the caller waits now
        signal.raise_signal(signal.SIGINT)
        return called.wait(SECONDS)

    before = signal.signal(signal.SIGINT, lambda number, frame: called.set())
    try:
        results = prefetch(iter([int, slow]), 1)
        next(results)
        begun.wait(SECONDS)
        assert list(results) == [True]
    finally:
        signal.signal(signal.SIGINT, before)


def test_jobs_not_begun_are_cancelled_when_the_caller_stops():
    begun, go_on = threading.Event(), threading.Event()
    left = threading.Event()

    def second():
        begun.set()
        go_on.wait(SECONDS)

    results = prefetch(iter([int, second, left.set, left.set]), 3)
    next(results)
    begun.wait(SECONDS)
    threading.Timer(0.05, go_on.set).start()
    results.close()
    assert go_on.is_set()  # what was begun is waited for
    assert not left.is_set()
