"""The command's arguments. Imports nothing heavy, so --help answers at once."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from skdigits._version import __version__

DESCRIPTION = """\
Read the handwritten digits in pictures, such as photos of a sheet of paper, and print
them, one line for each line of digits. Marks that are not digits are printed as ?."""

EPILOG = """\
Exit status: 0 if digits were read in every picture; 1 if a picture could not be opened,
holds no digit or could not be saved (the others are read, and a line on standard error
gives the reason); 2 if the command line is wrong; 130 after Ctrl-C."""

FORMATS = """\
text: the digits. json: a list of pages, each with its lines and digits, for each
digit its box and ten probabilities. csv, tsv: one row for each digit. A digit is empty
(json: null) where text prints ?; boxes are in pixels; pages and lines count from 1;
is_digit is the probability that the mark is a digit at all"""


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; exit with status 2 if it is wrong.

    Parameters
    ----------
    arguments : sequence of str or None
        None means the arguments of the process, `sys.argv[1:]`.
    """
    parser = argparse.ArgumentParser(
        prog="skdigits", description=DESCRIPTION, epilog=EPILOG
    )
    parser.add_argument(
        "pictures",
        nargs="+",
        metavar="PICTURE",
        help="a file such as PNG or JPEG, all pages of a TIFF or, with pypdfium2, of a "
        "PDF; a folder of such files; - is standard input",
    )
    parser.add_argument(
        "-r",
        "--recursive",
        action="store_true",
        help="also read the folders inside a folder; hidden ones are skipped",
    )
    parser.add_argument(
        "-f",
        "--format",
        choices=("text", "json", "csv", "tsv"),
        default="text",
        help=FORMATS,
    )
    parser.add_argument(
        "--single",
        action="store_true",
        help="read each picture as one digit; do not look for several",
    )
    parser.add_argument(
        "--digits-only",
        action="store_true",
        help="leave out marks that would be printed as ?",
    )
    parser.add_argument(
        "--min-confidence",
        type=_probability,
        default=0.0,
        metavar="P",
        help="print ? for a digit whose confidence is below P, from 0 to 1: the "
        "probability of the digit times is_digit",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=_path,
        metavar="PATH",
        help="save the picture with boxes, digits and probabilities drawn in; if PATH "
        "is a folder or ends in /, or there are several pictures, as PNG into the "
        "folder PATH",
    )
    parser.add_argument(
        "--explain",
        type=_path,
        metavar="PATH",
        help="save a figure of the steps in which the picture is read as one digit: "
        "ink, candidates, framed image, probabilities; a folder or several pictures "
        "as with --output",
    )
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args(arguments)
    paths = [Path(path) for path in (options.output, options.explain) if path]
    if len(paths) > len(set(paths)):
        parser.error(f"--output and --explain would both save as {paths[0]}")
    options.error = parser.error
    return options


def _probability(text):
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 1")
    return value


def _path(text):
    if not text:  # Path("") is the current folder
        raise argparse.ArgumentTypeError("PATH is empty")
    return text  # Path would drop the slash at the end of a folder's name


_probability.__name__ = "number"  # argparse names it: "invalid number value"
