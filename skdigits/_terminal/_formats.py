"""Write digits as text for people, or as JSON or a table for programs."""

import csv
import json
from typing import IO, NamedTuple

from skdigits._terminal._reading import Digit, join_lines

_COLUMNS = ["line", "digit", "probability", "is_digit"]
_COLUMNS += ["top", "left", "bottom", "right"]


class Page(NamedTuple):
    """A page of a picture, and the digits read on it.

    Attributes
    ----------
    picture : str
        The name of the file.
    number : int
        Counted from 1.
    n_pages : int
    shape : tuple of int
        Height and width in pixels.
    digits : list of Digit
    """

    picture: str
    number: int
    n_pages: int
    shape: tuple[int, int]
    digits: list[Digit]

    @property
    def name(self):
        """The page's name in messages."""
        return name_page(self.picture, self.number, self.n_pages)


def name_page(picture, number, n_pages):
    """Name a page, with its number if the picture has several pages."""
    return f"{picture}, page {number}" if n_pages > 1 else picture


class TextWriter:
    """Writes each line of digits as a text line, under the picture's name if asked."""

    def __init__(self, stream: IO[str], with_names: bool) -> None:
        self.stream = stream
        self.with_names = with_names

    def write(self, page: Page) -> None:
        """Write the digits of a page."""
        if not page.digits:
            return
        if self.with_names or page.n_pages > 1:
            print(f"{page.name}:", file=self.stream)
        print("\n".join(join_lines(page.digits)), file=self.stream, flush=True)

    def close(self) -> None:
        """End the output."""


class JsonWriter:
    """Writes a list with an object for each page, one per line."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self._before = "["

    def write(self, page: Page) -> None:
        """Write the digits of a page."""
        height, width = page.shape
        document = {
            "picture": page.picture,
            "page": page.number,
            "height": height,
            "width": width,
            "lines": join_lines(page.digits),
            "digits": [
                _row(digit) | {"probabilities": _round(digit.probabilities)}
                for digit in page.digits
            ],
        }
        print(self._before, json.dumps(document), sep="", end="", file=self.stream)
        self.stream.flush()
        self._before = ",\n"

    def close(self) -> None:
        """End the output."""
        print("[]" if self._before == "[" else "]", file=self.stream)


class TableWriter:
    """Writes a header, and a row for each digit."""

    def __init__(self, stream: IO[str], delimiter: str) -> None:
        self.stream = stream
        names = ["picture", "page", *_COLUMNS]
        self._rows = csv.DictWriter(
            stream, names, delimiter=delimiter, lineterminator="\n"
        )
        self._rows.writeheader()

    def write(self, page: Page) -> None:
        """Write the digits of a page."""
        where = {"picture": page.picture, "page": page.number}
        self._rows.writerows(where | _row(digit) for digit in page.digits)
        self.stream.flush()

    def close(self) -> None:
        """End the output."""


def make_writer(
    name: str, stream: IO[str], with_names: bool
) -> TextWriter | JsonWriter | TableWriter:
    """Make the writer of a format.

    Parameters
    ----------
    name : {"text", "json", "csv", "tsv"}
    stream : file
    with_names : bool
        Whether text has the name of each picture above its digits.
    """
    if name == "text":
        return TextWriter(stream, with_names)
    if name == "json":
        return JsonWriter(stream)
    return TableWriter(stream, {"csv": ",", "tsv": "\t"}[name])


def _row(digit):
    """Return a dict from the names of the table's columns to a digit's values."""
    probabilities = (digit.probability, digit.is_digit)
    return dict(
        zip(_COLUMNS, (digit.line, digit.digit, *_round(probabilities), *digit.box))
    )


def _round(probabilities):
    return [round(float(p), 4) for p in probabilities]
