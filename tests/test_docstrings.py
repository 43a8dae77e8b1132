"""Every public docstring passes numpydoc's validation, with the exceptions below."""

import pytest

import skdigits

numpydoc_validate = pytest.importorskip(
    "numpydoc.validate", reason="docstrings are validated with numpydoc"
)

EVERYWHERE = {
    "ES01": "a summary of one line is enough where it says all",
    "RT02": "scikit-learn names what is returned, as in `labels : ndarray`",
}
METHODS = {
    "EX01": "the example of the class shows its methods at work together",
    "SA01": "the page of the class lists all of them",
}


def public_docstrings():
    """Names and allowed errors: those of objects, and of what their classes define."""
    for name in skdigits.__all__:
        yield f"skdigits.{name}", set(EVERYWHERE)
        members = vars(getattr(skdigits, name))
        for member in members if isinstance(getattr(skdigits, name), type) else ():
            is_method = callable(getattr(getattr(skdigits, name), member))
            # scikit-learn writes the methods of metadata routing and their docstrings.
            if is_method and not member.startswith("_") and "_request" not in member:
                yield f"skdigits.{name}.{member}", set(EVERYWHERE) | set(METHODS)


@pytest.mark.parametrize(("name", "allowed"), public_docstrings())
def test_numpydoc_finds_no_error(name, allowed):
    errors = numpydoc_validate.validate(name)["errors"]
    assert [error for error in errors if error[0] not in allowed] == []
