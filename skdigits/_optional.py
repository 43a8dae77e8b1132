"""Packages that prediction does without: what to install where one is missing."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed(*packages: str, to: str) -> Iterator[None]:
    """Import packages in the block; if one is missing, say what to install.

    Parameters
    ----------
    *packages : str
        Names for pip.
    to : str
        What they are needed for.

    Raises
    ------
    ModuleNotFoundError
        If the block's imports do.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"To {to}, skdigits needs {' and '.join(packages)}: "
            f"pip install {' '.join(packages)}",
            name=error.name,
        ) from error
