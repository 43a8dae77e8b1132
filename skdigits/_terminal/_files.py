"""The files that the command's arguments name."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

# Formats of cameras, scanners and drawing programs. Other files are skipped in folders,
# but opened if they are arguments themselves.
SUFFIXES = {".avif", ".bmp", ".gif", ".heic", ".heif", ".jp2", ".jpe", ".jpeg", ".jpg"}
SUFFIXES |= {".pbm", ".pdf", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"}


class File(NamedTuple):
    """A file to read.

    Attributes
    ----------
    name : str
        Name of the file in messages.
    path : str or None
        None means standard input.
    saved_as : Path
        Path of the file's drawing within the output folder, without the drawing's
        suffix. It ends in the file's own suffix only where two files would otherwise
        have one path.
    """

    name: str
    path: str | None
    saved_as: Path


def list_files(
    arguments: list[str],
    recursive: bool,
    on_error: Callable[[str, object], None],
) -> list[File]:
    """List the files given as arguments, and the pictures in the given folders.

    Parameters
    ----------
    arguments : list of str
    recursive : bool
        Whether to list the pictures of subfolders, too.
    on_error : callable
        Called with a folder's name and the reason why nothing in it can be read.

    Returns
    -------
    files : list of File
        Files of a folder are sorted by name.
    """
    files = []
    for argument in arguments:
        if argument == "-":
            files.append(File("<stdin>", None, Path("stdin")))
        elif os.path.isdir(argument):
            found = _list_folder(argument, recursive, on_error)
            if not found:
                on_error(argument, "no picture in this folder")
            for path in found:
                within = Path(os.path.relpath(path, argument)).with_suffix("")
                files.append(File(path, path, within))
        else:
            files.append(File(argument, argument, Path(Path(argument).stem)))
    counts = Counter(file.saved_as for file in files)
    return [
        file._replace(saved_as=file.saved_as.with_name(os.path.basename(file.path)))
        if file.path and counts[file.saved_as] > 1
        else file
        for file in files
    ]


def _list_folder(folder, recursive, on_error):
    found = []
    walk = os.walk(folder, onerror=lambda e: on_error(e.filename, e.strerror))
    for place, folders, names in walk:
        folders[:] = sorted(f for f in folders if recursive and not f.startswith("."))
        found += [
            os.path.join(place, name)
            for name in sorted(names)
            if not name.startswith(".")
            and Path(name).suffix.lower() in SUFFIXES
            and os.path.isfile(os.path.join(place, name))  # no named pipe, which blocks
        ]
    return found
