"""Read the digits in pictures, from the terminal: skdigits photo.jpg."""

import io
import os
import sys
from collections.abc import Sequence

from skdigits._terminal._arguments import parse


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments : sequence of str or None
        None takes those of the process.

    Returns
    -------
    status : int
        For the process to exit with.
    """
    options = parse(arguments)
    # Only now: --help and a wrong option do not wait a second for scikit-learn.
    from skdigits._terminal._run import run

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may hold what the terminal cannot print.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run(options)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as shells have it
    except BrokenPipeError:
        # `| head` has seen enough. Python flushes what is left at its end: to nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
