"""The module that public names give as theirs."""

from typing import TypeVar

Public = TypeVar("Public")


def public(name: Public) -> Public:
    """Decorate a public class or function: its home is `skdigits`.

    A pickle or skops file then names `skdigits` alone, and still loads after private
    modules have moved.
    """
    name.__module__ = "skdigits"
    return name
