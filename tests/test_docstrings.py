"""Every public docstring passes numpydoc's validation, and its example runs."""

import doctest

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


@pytest.mark.parametrize("name", methods())
def test_the_example_of_a_method_runs(name, capsys):
    """pytest itself runs those of classes and functions."""
    _, of_class, member = name.split(".")
    method = getattr(getattr(skdigits, of_class), member)
    (example,) = doctest.DocTestFinder(recurse=False).find(method, name, globs={})
    assert doctest.DocTestRunner().run(example).failed == 0, capsys.readouterr().out
