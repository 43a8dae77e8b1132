"""The pages of the user guide are right: their code and its output, and their names."""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import joblib
import pytest

import skdigits

DOCS = Path(__file__).parents[1] / "docs"
GUIDE = sorted((DOCS / "guide").glob("*.md"))
CODE_AND_OUTPUT = r"```python\n([^`]*)```(?:\n\n```text\n(.*?)```)?"


@pytest.mark.parametrize("path", GUIDE, ids=lambda path: path.stem)
def test_its_code_runs_and_prints_the_output_shown(path, mnist, capsys):
    """All blocks except the service, which has its own test."""
    names = {}
    for code, output in re.findall(CODE_AND_OUTPUT, path.read_text(), re.DOTALL):
        if code.startswith("import joblib\nimport numpy"):
            continue
        if "sklearn.callback" in code and find_spec("sklearn.callback") is None:
            continue  # before scikit-learn 1.9
        exec(code, names)
        assert capsys.readouterr().out == output


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_the_service_answers_from_forked_workers(fitted, digits, tmp_path, run_python):
    page = (DOCS / "guide" / "files_and_services.md").read_text()
    app = re.search(r"```python\n(import joblib\nimport numpy[^`]*)```", page)[1]
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


@pytest.mark.parametrize("path", [*GUIDE, *DOCS.glob("*.md")], ids=lambda p: p.stem)
def test_the_names_that_it_links_to_are_public(path):
    named = re.findall(r"\]\(#skdigits\.(\w+)\)", path.read_text())
    assert set(named) <= set(skdigits.__all__)


def test_the_tests_and_examples_that_the_pages_name_exist():
    for path in [*GUIDE, *DOCS.glob("*.md")]:
        named = re.findall(r"(?:tests|examples)/\w+\.py", path.read_text())
        assert all((DOCS.parent / name).exists() for name in named)


def test_the_guide_lists_all_its_pages():
    index = (DOCS / "guide" / "index.md").read_text()
    assert {path.stem for path in GUIDE} - {"index"} == set(
        re.findall(r"^[a-z_]+$", index, re.MULTILINE)
    )
