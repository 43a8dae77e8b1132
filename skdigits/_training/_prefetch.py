"""Let a second thread work ahead, for example fill blocks while the program runs."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice

from skdigits._signals import signals_held_back

# Seconds: while a job runs, signals wait at most this long for their handlers.
_LONGEST_WAIT = 0.1


def prefetch(jobs, n_ahead):
    """Yield the results of the jobs, in their order; another thread works ahead.

    Instead of waiting for a result, the caller's thread does a job that the other
    thread has not begun. If Python starts no other thread, it does them all.

    Parameters
    ----------
    jobs : iterator of callable
        Without arguments.
    n_ahead : int
        Size of the queue of jobs. With 1, jobs run one at a time, in order; with more,
        concurrently and in any order.

    Yields
    ------
    result : object
    """
    coming: deque[tuple[Callable, Future]] = deque()
    executor = ThreadPoolExecutor(max_workers=1)

    def submit():
        for job in islice(jobs, n_ahead - len(coming)):
            try:
                future = executor.submit(job)
            except RuntimeError:  # the script has ended, or there are too many threads
                executor.shutdown(wait=False)  # a later thread would do this job again
                future = Future()
            coming.append((job, future))

    def do_another():
        for place, (job, future) in enumerate(coming):
            with signals_held_back():
                not_begun = future.cancel()
            if not_begun:
                done: Future = Future()
                done.set_result(job())
                coming[place] = job, done
                return True
        return False

    try:
        with signals_held_back():
            submit()
        while coming:
            while not coming[0][1].done() and do_another():
                pass
            with signals_held_back():
                if not wait([coming[0][1]], _LONGEST_WAIT).done:
                    continue
                _, future = coming.popleft()
                result = future.result()
                submit()
            yield result
    finally:
        executor.shutdown(cancel_futures=True)
