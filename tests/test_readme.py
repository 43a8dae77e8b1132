"""The README is right: its code, output, pictures and links."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.slow
def test_its_code_runs_and_prints_the_output_shown(mnist, capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    code_and_output = r"```python\n([^`]*)```(?:\n\n```text\n(.*?)```)?"
    blocks = re.findall(code_and_output, README, re.DOTALL)
    names = {}
    for code, output in blocks:
        exec(code, names)
        # Accuracies have the two digits that hold on any machine.
        assert capsys.readouterr().out == output


def test_its_pictures_exist_and_are_small():
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README, re.DOTALL)
    assert pictures[0] == "docs/sheet_read.jpg"
    for picture in pictures:
        assert 0 < (ROOT / picture).stat().st_size < 100_000


def test_the_pages_that_it_links_to_exist():
    links = set(re.findall(r"\]\((.*?)\)", README))
    assert all((ROOT / link).is_file() for link in links)
    guide = {f"docs/guide/{path.name}" for path in ROOT.glob("docs/guide/*.md")}
    # Whoever gets images into a pipeline needs to read no more than the first example.
    assert guide - links == {"docs/guide/index.md", "docs/guide/images_into_rows.md"}


def test_its_three_commands_are_each_one_line():
    commands = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [command.count("\n") for command in commands] == [1, 1, 1]
    assert all(command.startswith("python3 -m venv") for command in commands)
