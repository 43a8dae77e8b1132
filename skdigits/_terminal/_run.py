"""Reads each page of each file, prints and saves; a failure does not stop the rest."""

import os
import sys
import warnings
from collections import Counter
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from skdigits._ink._several import SeveralDigitsWarning
from skdigits._page._digits import TurnedPageWarning
from skdigits._terminal._drawings import save_explained, save_marked
from skdigits._terminal._files import list_files
from skdigits._terminal._formats import Page, make_writer, name_page
from skdigits._terminal._pages import open_pages
from skdigits._terminal._reading import read

_FAILURES = (OSError, ValueError, ImportError, MemoryError)

_SEVERAL = "several digits are read as one; without --single, each is read"
_TURNED = (
    "the page was turned by {} degrees counterclockwise to read it; boxes refer to the "
    "page before the turn"
)


def run(options):
    """Run the command with its arguments.

    Parameters
    ----------
    options : Namespace
        From `parse`.

    Returns
    -------
    status : int
        0, or 1 if something failed.
    """
    return _Run(options).run()


class _Run:
    """One run of the command: its files and output, and whether something failed."""

    def __init__(self, options):
        self.options = options
        self.failed = False
        self.files = list_files(options.pictures, options.recursive, self._fail)
        self._check_names()
        self.several = len(self.files) > 1 or any(map(os.path.isdir, options.pictures))
        # Pictures, and drawings of this run: no drawing may replace them.
        self.taken = set().union(*(_identify(file.path) for file in self.files))
        self.writer = make_writer(options.format, sys.stdout, self.several)

    def run(self):
        for file in self.files:
            self._read_file(file)
        self.writer.close()
        return int(self.failed)

    def _check_names(self):
        """Exit if two pictures would be saved under one name."""
        counts = Counter(file.saved_as for file in self.files)
        same = next((name for name in counts if counts[name] > 1), None)
        for option in ("output", "explain"):
            if getattr(self.options, option) is not None and same is not None:
                self.options.error(
                    f"--{option} would save several pictures as {same}.png; run the "
                    f"command once for each of them, with another --{option}"
                )

    def _read_file(self, file):
        with warnings.catch_warnings(), ExitStack() as stack:
            # Pillow warns of pictures with half as many pixels as it opens at most.
            warnings.filterwarnings("ignore", "Image size")
            # Of opening; those of reading a page are printed with its name.
            warnings.simplefilter("ignore", UserWarning)
            try:
                pages = stack.enter_context(open_pages(file.path))
            except _FAILURES as error:
                self._fail(file.name, error)
                return
            for number, open_page in enumerate(pages, 1):
                self._read_page(file, number, len(pages), open_page)

    def _read_page(self, file, number, n_pages, open_page):
        options = self.options
        name = name_page(file.name, number, n_pages)
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", UserWarning)
                picture = open_page()
                digits = read(
                    picture,
                    single=options.single,
                    min_confidence=options.min_confidence,
                    digits_only=options.digits_only,
                )
        except _FAILURES as error:
            self._fail(name, error)
            return
        for text in dict.fromkeys(_describe(warning.message) for warning in caught):
            _say(name, text)
        self.writer.write(Page(file.name, number, n_pages, picture.shape[:2], digits))
        if all(each.digit is None for each in digits):
            self._fail(name, "no digit found")
        several = self.several or n_pages > 1
        saved_as = f"{file.saved_as}-page-{number}" if n_pages > 1 else file.saved_as
        if digits and options.output is not None:
            save = partial(save_marked, picture, digits)
            self._save(save, options.output, f"{saved_as}.png", several)
        if options.explain is not None:  # also if no digit is found
            save = partial(save_explained, picture)
            self._save(save, options.explain, f"{saved_as}.png", several)

    def _save(self, save, output, name, several):
        path = Path(output)
        if several or output.endswith(("/", os.sep)) or path.is_dir():
            path /= name
        elif not path.suffix:
            path = path.with_suffix(".png")
        identity = _identify(path)
        if identity & self.taken:
            self._fail(path, "not saved: it is a picture or a drawing of this run")
            return
        self.taken |= identity
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save(path)
        except _FAILURES as error:
            self._fail(path, f"cannot be saved: {_reason(error)}")

    def _fail(self, name, error):
        _say(name, _reason(error))
        self.failed = True


def _describe(warning):
    """Write a warning in the command's words, where it has words of its own."""
    if isinstance(warning, SeveralDigitsWarning):
        return _SEVERAL
    if isinstance(warning, TurnedPageWarning):
        return _TURNED.format(*warning.args)
    return str(warning)


def _identify(path):
    """Return the real path of a file and, if it exists, what its hard links share.

    Parameters
    ----------
    path : path-like or None
        None means standard input.

    Returns
    -------
    identity : set
        Two files are the same if their sets overlap.
    """
    identity = set() if path is None else {os.path.realpath(path)}
    with suppress(OSError):
        status = os.stat(0 if path is None else path)
        identity.add((status.st_dev, status.st_ino))
    return identity


def _say(name, text):
    if sys.stderr is None:  # closed, as by 2>&-; print would use standard output
        return
    try:
        print(f"{name}: {text}", file=sys.stderr)
    except OSError:  # its reader has exited, or its disk is full
        sys.stderr = None  # Python would flush it at exit, and exit with status 120


def _reason(error):
    if isinstance(error, MemoryError):  # Pillow's has no text
        return "not enough memory; make the picture smaller"
    return getattr(error, "strerror", None) or error
