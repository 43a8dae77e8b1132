"""The README is right: its code, output, pictures and file names."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import joblib
import pytest

README = (Path(__file__).parents[1] / "README.md").read_text()


@pytest.mark.slow
def test_its_code_runs_and_prints_the_output_shown(mnist, capsys):
    """All blocks except the service, which has its own test."""
    code_and_output = r"```python\n([^`]*)```(?:\n\n```text\n(.*?)```)?"
    blocks = re.findall(code_and_output, README, re.DOTALL)
    names = {}
    shown, printed = [], []
    for code, output in blocks:
        if code.startswith("import joblib"):
            continue
        if "sklearn.callback" in code and find_spec("sklearn.callback") is None:
            continue  # before scikit-learn 1.9
        exec(code, names)
        shown.append(output)
        printed.append(capsys.readouterr().out)
    digits, accuracy = printed[0].rsplit(maxsplit=1)
    shown_digits, shown_accuracy = shown[0].rsplit(maxsplit=1)
    assert digits == shown_digits
    # The last bits, and with them some predictions, depend on the machine.
    assert float(accuracy) == pytest.approx(float(shown_accuracy), abs=0.006)
    assert float(accuracy) >= 0.96
    assert printed[1:] == shown[1:]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_its_service_answers_from_forked_workers(fitted, digits, tmp_path, run_python):
    app = re.search(r"```python\n(import joblib[^`]*)```", README)[1]
    (tmp_path / "app.py").write_text(app)
    joblib.dump(fitted, tmp_path / "digits.joblib")
    X, _ = digits
    (tmp_path / "pixels").write_bytes(X[:9].tobytes())
    server = f"""
import os, sys
os.chdir({str(tmp_path)!r})
sys.path.insert(0, "")
from app import app

for _ in range(3):
    if os.fork() == 0:
        with open("pixels", "rb") as pixels:
            body = app({{"wsgi.input": pixels}}, lambda status, headers: None)
        print(*(part.decode() for part in body), flush=True)
        os._exit(0)
    os.wait()
assert "tensorflow" not in sys.modules
"""
    answer = " ".join(map(str, fitted.predict(X[:9])))
    assert run_python("-c", server).stdout.splitlines() == [answer] * 3


def test_its_pictures_exist_and_are_small():
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert pictures
    for picture in pictures:
        path = Path(__file__).parents[1] / picture
        assert 0 < path.stat().st_size < 100_000


def test_the_tests_and_examples_that_it_names_exist():
    root = Path(__file__).parents[1]
    named = set(re.findall(r"(?:tests|examples)/\w+\.py", README))
    assert {f"examples/{path.name}" for path in root.glob("examples/plot_*.py")} < named
    assert all((root / path).exists() for path in named)


def test_its_two_commands_are_each_one_line():
    commands = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [command.count("\n") for command in commands] == [1, 1]
    assert all(command.startswith("python3.11 -m venv") for command in commands)
