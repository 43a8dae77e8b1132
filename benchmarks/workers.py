"""Workers, as the parent process sees them."""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_SCRIPT = Path(__file__).with_name("worker.py")


class WorkerError(Exception):
    """A failed request: the reason in one line, and the output of the worker."""

    def __init__(self, reason, printed):
        super().__init__(reason)
        self.printed = printed


class Worker:
    """A running worker; leaving its `with` block ends the process."""

    def __init__(self, peer, folder):
        # A file, not a pipe: it is read only after a failure, and a full pipe would
        # block the worker.
        self.printed = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, _SCRIPT, peer, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.printed,
            text=True,
            env=quiet_environment(),
        )

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        # The worker ends when its standard input is closed. After a failure or an
        # interrupt in this process it may be busy for long, so it is killed.
        if exception[0] is not None:
            self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        self.printed.close()

    def ask(self, task, **options):
        """Send the worker a request and return its answer."""
        request = json.dumps({"task": task, "options": options})
        with suppress(BrokenPipeError):  # it has died, so reading finds no answer
            print(request, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            raise WorkerError(f"the process ended with code {code}", self._tail())
        answer = json.loads(line)
        if "error" in answer:
            raise WorkerError(answer["error"], self._tail())
        return answer["result"]

    def _tail(self):
        self.printed.seek(0)
        return "".join(self.printed.readlines()[-30:])


def quiet_environment():
    """Return environment variables with which TensorFlow prints errors only."""
    return os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
