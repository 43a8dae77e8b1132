"""The annotations, as a user's type checker sees them."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import skdigits

SCRIPT = (Path(__file__).parent / "typing_user.py").read_text()
CHECKERS = {
    "mypy": ["--strict", "--config-file=", "--python-executable", sys.executable],
    "pyright": ["--pythonpath", sys.executable],
}


def check(checker, script, folder):
    """Return the lines that the checker prints, away from this project's settings."""
    pytest.importorskip(checker)
    (folder / "script.py").write_text(script)
    command = [sys.executable, "-m", checker, *CHECKERS[checker], "script.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.stdout.splitlines()


def test_the_script_uses_every_public_name():
    assert all(name in SCRIPT for name in skdigits.__all__)


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_users_script_passes(checker, tmp_path):
    (*found, summary) = check(checker, SCRIPT, tmp_path)
    assert found == []
    assert summary.startswith(("Success", "0 errors"))


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_wrong_type_is_caught(checker, tmp_path):
    wrong = SCRIPT.replace("epochs=3", 'epochs="3"')
    (found,) = (line for line in check(checker, wrong, tmp_path) if "error:" in line)
    assert '"epochs"' in found


PUBLIC = [getattr(skdigits, name) for name in skdigits.__all__]


@pytest.mark.parametrize("public", PUBLIC, ids=lambda public: public.__name__)
def test_every_parameter_is_annotated_as_it_is_documented(public):
    """For the types that both name alike: int, float, bool and str."""
    own = vars(public).items() if inspect.isclass(public) else [("__init__", public)]
    for name, member in own:
        function = inspect.unwrap(getattr(member, "__func__", member))
        if not inspect.isfunction(function) or (name[0] == "_" and name != "__init__"):
            continue
        documented = (public if name == "__init__" else function).__doc__
        for parameter in [*inspect.signature(function).parameters.values()]:
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                continue  # mypy compares it with the method that it is passed on to
            if parameter.name in ("self", "cls"):
                continue
            annotation = inspect.formatannotation(parameter.annotation).strip("'")
            assert annotation != "inspect._empty", (name, parameter)
            (types,) = re.findall(
                rf"^ *(?:\w+, )*{parameter.name}(?:, \w+)* : (.*)", documented, re.M
            )
            for simple in {"int", "float", "bool", "str"} & set(
                annotation.split(" | ")
            ):
                assert re.search(rf"\b{simple}\b|\binf\b", types), (name, parameter)
