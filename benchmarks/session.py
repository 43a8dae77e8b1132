"""One run of the benchmark: its peers, its rounds, its results."""

import sys
import time
from contextlib import ExitStack, contextmanager

from workers import Worker, WorkerError


class Session:
    """The data, the peers and the results that every measure uses.

    Attributes
    ----------
    folder : Path
        Contains the data.
    sizes : Sizes
    rounds : int
    results : Results
    peers : list of str
        The peers that work on this machine, skdigits first.
    """

    def __init__(self, folder, sizes, rounds, results):
        self.folder = folder
        self.sizes = sizes
        self.rounds = rounds
        self.results = results
        self.peers = []

    def try_peers(self, names):
        """Keep the peers that work on a few rows, and report the others."""
        for name in names if self.sizes.peers is None else self.sizes.peers:
            try:
                with self.worker(name) as worker:
                    worker.ask("trial")
            except WorkerError as error:
                self.results.fail("all", name, str(error))
            else:
                self.peers.append(name)

    def worker(self, peer):
        """Start a worker for a peer."""
        return Worker(peer, self.folder)

    @contextmanager
    def living_workers(self, peers):
        """Start a worker for each peer; they run until the `with` block ends."""
        with ExitStack() as stack:
            yield {peer: stack.enter_context(self.worker(peer)) for peer in peers}

    def from_cold(self, peer, task, **options):
        """Ask a new worker; return its answer and the lifetime of the process, in s."""
        start = time.perf_counter()
        with self.worker(peer) as worker:
            answer = worker.ask(task, **options)
        return answer, time.perf_counter() - start

    def twice_from_cold(self, peer, task, **options):
        """Ask a new worker twice for the seconds that something takes.

        Returns
        -------
        first, second : float
            The worker's answers.
        total : float
            Seconds from start to end, without those of the second time.
        """
        start = time.perf_counter()
        with self.worker(peer) as worker:
            first = worker.ask(task, **options)
            pause = time.perf_counter()
            second = worker.ask(task, **options)
            pause = time.perf_counter() - pause
        return first, second, time.perf_counter() - start - pause

    def interleave(self, measure, names, run, rounds):
        """Call `run` for each name in turn, round after round.

        Parameters
        ----------
        measure : str
        names : list of str
            A name that fails is reported and removed from the list.
        run : callable
            ``name -> {figure: value}``
        rounds : int
        """
        for _ in range(rounds):
            for name in list(names):
                try:
                    figures = run(name)
                except WorkerError as error:
                    names.remove(name)
                    self.results.fail(measure, name, str(error))
                    print(error.printed, file=sys.stderr)
                    continue
                for figure, value in figures.items():
                    self.results.add(measure, figure, name, value)
