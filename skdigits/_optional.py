"""Packages that prediction does not need; errors say what to install."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed(*packages: str, to: str) -> Iterator[None]:
    """Wrap imports: if a package is missing, the error says what to install.

    Parameters
    ----------
    *packages : str
        Names for pip.
    to : str
        What the packages are needed for.

    Raises
    ------
    ModuleNotFoundError
        If an import in the block fails.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"To {to}, skdigits needs {' and '.join(packages)}: "
            f"pip install {' '.join(packages)}",
            name=error.name,
        ) from error
