"""Prediction beside NumPy, SciPy and scikit-learn alone: skdigits-predict."""

import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

import skdigits

SCRIPT = Path(__file__).parent / "without_tensorflow.py"
ROOT = Path(__file__).parents[1]
PREDICT = ROOT / "predict"
FILES = Path(__file__).parent / "data" / skdigits.__version__
ABSENT = [
    "tensorflow",
    "keras",
    "rich",
    "pooch",
    "matplotlib",
    "seaborn",
    "PIL",
    "pillow",
    "onnx",
    "skl2onnx",
]


def test_without_tensorflow_it_predicts_and_errors_name_missing_packages(
    run_python, monkeypatch
):
    monkeypatch.setenv("KERAS_HOME", str(FILES / "none"))
    hide = f"import sys, runpy; sys.modules |= dict.fromkeys({ABSENT});"
    run = f"sys.argv = [..., {str(FILES)!r}]; runpy.run_path({str(SCRIPT)!r})"
    assert run_python("-c", hide + run).stdout.strip() == skdigits.__version__


@pytest.mark.slow
def test_it_predicts_in_the_environment_of_the_guide(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    venv.create(tmp_path / "venv", with_pip=True)
    (folder,) = (tmp_path / "venv").glob("[bS]*/")  # bin, or Scripts on Windows
    python = folder / Path(sys.executable).name
    guide = (ROOT / "docs" / "install.md").read_text()
    (command,) = re.findall(r"^pip (.*) && pip (.*predict)$", guide, re.MULTILINE)
    for arguments in (*command, "check"):
        arguments = arguments.split()
        subprocess.run([python, "-m", "pip", *arguments], check=True, cwd=ROOT)
    packages = subprocess.run(
        [python, "-m", "pip", "list"], capture_output=True, text=True, check=True
    ).stdout
    assert not any(name in packages for name in set(ABSENT) - {"PIL", "pillow"})
    subprocess.run([python, SCRIPT, FILES], check=True, cwd=tmp_path)


def read_project(path):
    return tomllib.loads(path.read_text())["project"]


def test_it_asks_for_the_same_versions_as_skdigits():
    whole, predict = map(
        read_project, (ROOT / "pyproject.toml", PREDICT / "pyproject.toml")
    )
    assert set(predict["dependencies"]) < set(whole["dependencies"])
    assert predict["requires-python"] == whole["requires-python"]
    assert predict.get("scripts") == whole.get("scripts")
    serve = predict["optional-dependencies"]["serve"]
    assert serve == whole["optional-dependencies"]["serve"]


@pytest.mark.parametrize(
    ("file", "extras"), [("requirements.txt", []), ("serve.txt", ["serve"])]
)
def test_each_requirement_is_pinned_with_hashes(file, extras):
    predict = read_project(PREDICT / "pyproject.toml")
    requirements = [
        *predict["dependencies"],
        *(r for extra in extras for r in predict["optional-dependencies"][extra]),
    ]
    text = (PREDICT / file).read_text()
    pins = dict(
        re.findall(r"^([\w-]+)==.*?((?:\n    --hash=sha256:\w{64}.*)+)", text, re.M)
    )
    assert {re.match(r"[\w-]+", r)[0] for r in requirements} <= pins.keys()
    assert len(pins) == len(set(re.findall(r"^[\w-]+(?===)", text, re.MULTILINE)))
