"""Every public docstring passes numpydoc's validation, and its example runs."""

import doctest
from operator import attrgetter

import pytest

import skdigits

# Errors that are allowed, and why.
EVERYWHERE = {
    "ES01": "a summary of one line is enough where it says all",
    "RT02": "scikit-learn names what is returned, as in `labels : ndarray`",
}
METHODS = EVERYWHERE | {"SA01": "the page of a class lists all of its methods"}


def methods():
    """The full names of the methods that this package defines for public classes."""
    for name in skdigits.__all__:
        public = getattr(skdigits, name)
        for member in dir(public) if isinstance(public, type) else ():
            module = getattr(getattr(public, member), "__module__", None) or ""
            if module.startswith("skdigits") and not member.startswith("_"):
                yield f"skdigits.{name}.{member}"


@pytest.mark.parametrize(
    ("name", "allowed"),
    [(f"skdigits.{name}", EVERYWHERE) for name in skdigits.__all__]
    + [(name, METHODS) for name in methods()],
)
def test_numpydoc_finds_no_error(name, allowed):
    numpydoc = pytest.importorskip("numpydoc.validate", reason="checked with numpydoc")
    errors = numpydoc.validate(name)["errors"]
    assert [error for error in errors if error[0] not in allowed] == []


CLASSES = [
    f"skdigits.{name}"
    for name in skdigits.__all__
    if isinstance(getattr(skdigits, name), type)
]


@pytest.mark.parametrize("name", [*CLASSES, *methods()])
def test_the_example_of_a_class_or_method_runs(name, capsys):
    """pytest itself runs those of functions."""
    documented = attrgetter(name.removeprefix("skdigits."))(skdigits)
    (example,) = doctest.DocTestFinder(recurse=False).find(documented, name, globs={})
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0, capsys.readouterr().out
