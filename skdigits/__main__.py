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
        None means the arguments of the process, `sys.argv[1:]`.

    Returns
    -------
    status : int
        Exit status of the process.
    """
    options = parse(arguments)
    # Imported late: --help and option errors do not wait a second for scikit-learn.
    from skdigits._terminal._run import run

    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may hold characters that the terminal cannot print.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run(options)
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as in shells
    except BrokenPipeError:
        # The pipe's reader has exited, as `| head` does. Discard what Python flushes at
        # exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
