"""The pages of the user guide are right: their code and its output, and their names."""

import re
import runpy
from importlib.util import find_spec
from pathlib import Path

import pytest

import skdigits

DOCS = Path(__file__).parents[1] / "docs"
GUIDE = sorted((DOCS / "guide").glob("*.md"))
CODE_AND_OUTPUT = r"```python\n([^`]*)```(?:\n\n```text\n(.*?)```)?"


@pytest.mark.slow
@pytest.mark.parametrize("path", GUIDE, ids=lambda path: path.stem)
def test_its_code_runs_and_prints_the_output_shown(
    path, mnist, capsys, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    names = {}
    for code, output in re.findall(CODE_AND_OUTPUT, path.read_text(), re.DOTALL):
        if "sklearn.callback" in code and find_spec("sklearn.callback") is None:
            continue  # before scikit-learn 1.9
        exec(code, names)
        assert capsys.readouterr().out == output


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


def test_the_api_page_lists_every_public_name(tmp_path):
    runpy.run_path(str(DOCS / "write_api_page.py"))["write"](tmp_path / "api.rst")
    page = (tmp_path / "api.rst").read_text()
    assert sorted(re.findall(r"^   skdigits\.(\w+)$", page, re.MULTILINE)) == sorted(
        skdigits.__all__
    )
