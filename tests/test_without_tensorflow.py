"""`pip install --no-deps skdigits` beside NumPy, SciPy and scikit-learn predicts."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

import skdigits

SCRIPT = Path(__file__).parent / "without_tensorflow.py"
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


def test_it_predicts_and_says_what_else_needs(run_python, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(FILES / "none"))
    hide = f"import sys, runpy; sys.modules |= dict.fromkeys({ABSENT});"
    run = f"sys.argv = [..., {str(FILES)!r}]; runpy.run_path({str(SCRIPT)!r})"
    assert run_python("-c", hide + run).stdout.strip() == skdigits.__version__


@pytest.mark.slow
def test_it_does_so_in_an_environment_without_them(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    venv.create(tmp_path / "venv", with_pip=True)
    (folder,) = (tmp_path / "venv").glob("[bS]*/")  # bin, or Scripts on Windows
    python = folder / Path(sys.executable).name
    root = Path(__file__).parents[1]
    for arguments in (["numpy", "scipy", "scikit-learn"], ["--no-deps", root]):
        subprocess.run([python, "-m", "pip", "install", "-q", *arguments], check=True)
    packages = subprocess.run(
        [python, "-m", "pip", "list"], capture_output=True, text=True, check=True
    ).stdout
    assert not any(name in packages for name in ABSENT)
    subprocess.run([python, SCRIPT, FILES], check=True)
