"""Sets the module name of public classes and functions."""

from typing import TypeVar

Public = TypeVar("Public")


def public(member: Public) -> Public:
    """Decorate a public class or function: set its module name to `skdigits`.

    Pickle and skops files then name only `skdigits`, and still load after private
    modules have moved.
    """
    member.__module__ = "skdigits"
    return member
