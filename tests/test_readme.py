"""What the README shows is what a reader gets."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_its_code_runs_and_prints_what_it_says(mnist, capsys):
    blocks = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 3
    names = {}
    printed = []
    for code, _ in blocks:
        exec(code, names)
        printed.append(capsys.readouterr().out)
    digits, accuracy = printed[0].rsplit(maxsplit=1)
    said_digits, said_accuracy = blocks[0][1].rsplit(maxsplit=1)
    assert digits == said_digits
    # The last bits, and with them some images, are the machine's own.
    assert float(accuracy) == pytest.approx(float(said_accuracy), abs=0.006)
    assert float(accuracy) >= 0.96
    assert printed[1:] == [output for _, output in blocks[1:]]


def test_its_pictures_are_there_and_small():
    pictures = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert pictures
    for picture in pictures:
        path = Path(__file__).parents[1] / picture
        assert 0 < path.stat().st_size < 100_000


def test_the_tests_and_examples_that_it_names_are_there():
    root = Path(__file__).parents[1]
    named = set(re.findall(r"(?:tests|examples)/\w+\.py", README))
    assert {f"examples/{path.name}" for path in root.glob("examples/plot_*.py")} < named
    assert all((root / path).exists() for path in named)


def test_its_two_commands_are_each_one_line():
    commands = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert [command.count("\n") for command in commands] == [1, 1]
    assert all(command.startswith("python3.11 -m venv") for command in commands)
