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
    if sys.stdout is None:
        print("standard output is closed", file=sys.stderr)
        return 1
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file's name may hold characters that the terminal cannot print.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        # Imported late: --help and option errors do not wait a second for scikit-learn.
        from skdigits._terminal._run import run

        status = run(options)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130  # 128 + SIGINT, as in shells
    except OSError as error:  # of standard output
        # Discard what Python flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0  # the pipe's reader has exited, as `| head` does
        print(f"standard output: {error.strerror or error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
