"""The pages of the user guide are right: their code and its output, and their names."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

import skdigits

DOCS = Path(__file__).parents[1] / "docs"
GUIDE = sorted((DOCS / "guide").glob("*.md"))
CODE_AND_OUTPUT = r"```python\n([^`]*)```(?:\n\n```text\n(.*?)```)?"


@pytest.mark.parametrize("path", GUIDE, ids=lambda path: path.stem)
def test_its_code_runs_and_prints_the_output_shown(path, mnist, capsys):
    """All blocks except the service, which the test of the README runs."""
    names = {}
    for code, output in re.findall(CODE_AND_OUTPUT, path.read_text(), re.DOTALL):
        if code.startswith("import joblib\nimport numpy"):
            continue
        if "sklearn.callback" in code and find_spec("sklearn.callback") is None:
            continue  # before scikit-learn 1.9
        exec(code, names)
        assert capsys.readouterr().out == output


def test_its_service_is_the_readmes():
    service = r"```python\n(import joblib\nimport numpy[^`]*)```"
    page = (DOCS / "guide" / "files_and_services.md").read_text()
    readme = (DOCS.parent / "README.md").read_text()
    assert re.search(service, page)[1] == re.search(service, readme)[1]


@pytest.mark.parametrize("path", [*GUIDE, *DOCS.glob("*.md")], ids=lambda p: p.stem)
def test_the_names_that_it_links_to_are_public(path):
    named = re.findall(r"\{py:obj\}`[^`]*?skdigits\.(\w+)>?`", path.read_text())
    assert set(named) <= set(skdigits.__all__)


def test_the_guide_lists_all_its_pages():
    index = (DOCS / "guide" / "index.md").read_text()
    assert {path.stem for path in GUIDE} - {"index"} == set(
        re.findall(r"^[a-z_]+$", index, re.MULTILINE)
    )
