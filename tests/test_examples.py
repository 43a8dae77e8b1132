"""Every example runs to its end, as a newcomer runs it, and saves its picture."""

import re
import runpy
import sys
from pathlib import Path

import matplotlib.image
import pytest
from PIL import Image, ImageDraw

from skdigits import DigitMLPClassifier

EXAMPLES = Path(__file__).parents[1] / "examples"
OWN_HANDWRITING = EXAMPLES / "plot_own_handwriting.py"
PLOTS = sorted(set(EXAMPLES.glob("plot_*.py")) - {OWN_HANDWRITING})
NEEDS_CALLBACKS = pytest.mark.skipif(
    not hasattr(DigitMLPClassifier, "set_callbacks"),
    reason="callbacks came with scikit-learn 1.9",
)


@pytest.fixture
def without_mnist(tmp_path):
    """Environment variables that leave neither a copy of MNIST nor internet access."""
    return {
        "SCIKIT_LEARN_DATA": str(tmp_path / "data"),
        "KERAS_HOME": str(tmp_path / "keras"),
        "https_proxy": "http://127.0.0.1:9",  # nothing listens there
    }


@pytest.mark.parametrize(
    ("script", "arguments", "printed"),
    [
        ("plot_digits.py", ["--epochs", "2"], "Test accuracy: 9"),
        ("plot_blog_post.py", ["--epochs", "1"], "95.38 %"),
        ("plot_what_it_learnt.py", ["--epochs", "2"], "Test accuracy: 9"),
        ("plot_learning_rate_search.py", ["--rows", "600"], "Best: "),
        ("plot_steps_before_the_network.py", ["--epochs", "1"], "on planes: 9"),
        ("plot_on_a_cluster.py", ["--rows", "1200"], "Trained on 30 blocks"),
        pytest.param(
            "plot_pruned_search.py",
            ["--rows", "600", "--trials", "3"],
            "Pruned: ",
            marks=NEEDS_CALLBACKS,
        ),
    ],
)
def test_the_example_runs_on_mnist(
    script, arguments, printed, run_python, mnist, tmp_path
):
    picture = tmp_path / "picture.png"
    done = run_python(EXAMPLES / script, *arguments, "--output", picture, DISPLAY="")
    assert printed in done.stdout
    assert str(picture) in done.stdout
    assert "8 × 8" not in done.stdout
    assert matplotlib.image.imread(picture).std() > 0.01
    assert done.stderr == ""


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(
            path,
            id=path.stem,
            marks=NEEDS_CALLBACKS if path.stem == "plot_pruned_search" else (),
        )
        for path in PLOTS
    ],
)
def test_without_mnist_it_says_so_and_uses_the_bundled_digits(
    script, run_python, without_mnist, tmp_path
):
    picture = tmp_path / "picture.png"
    arguments = ["--epochs", 3, "--output", picture]
    done = run_python(script, *arguments, **without_mnist)
    assert "scikit-learn's 8 × 8 digits" in done.stdout
    assert picture.exists()


@pytest.mark.parametrize("script", PLOTS, ids=lambda path: path.stem)
def test_help_says_what_it_does(script, run_python):
    assert "--epochs" in run_python(script, "--help").stdout


@NEEDS_CALLBACKS
def test_pruning_saves_epochs(run_python, without_mnist, tmp_path):
    script = EXAMPLES / "plot_pruned_search.py"
    arguments = ["--epochs", 4, "--trials", 12, "--output", tmp_path / "picture.png"]
    printed = run_python(script, *arguments, **without_mnist).stdout
    whole, pruned = map(int, re.findall(r"12 trials, (\d+) epochs", printed))
    assert pruned < whole == 12 * 4


def test_without_optuna_one_line_says_what_to_install(monkeypatch):
    script = str(EXAMPLES / "plot_pruned_search.py")
    monkeypatch.setattr(sys, "argv", [script])
    monkeypatch.setitem(sys.modules, "optuna", None)
    monkeypatch.syspath_prepend(str(EXAMPLES))
    with pytest.raises(SystemExit, match=r"^Optuna is missing: pip install .*$"):
        runpy.run_path(script, run_name="__main__")


@pytest.fixture
def photos(tmp_path):
    """Folder with a JPEG that its EXIF data rotates, a palette PNG and a blank PNG."""
    folder = tmp_path / "photos"
    folder.mkdir()
    page = Image.new("L", (90, 70), 230)
    ImageDraw.Draw(page).line([(10, 30), (60, 30)], fill=20, width=6)
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: a quarter turn
    page.save(folder / "one.JPG", exif=exif)
    page.rotate(90, expand=True).convert("P").save(folder / "palette.png")
    Image.new("L", (30, 30), 255).save(folder / "white.png")
    (folder / "notes.txt").write_text("not a picture")
    return folder


def test_own_pictures_are_read(photos, run_python, without_mnist, tmp_path):
    files = sorted(photos.glob("*[gG]"))
    script = tmp_path / "plot_own_handwriting.py"
    text = OWN_HANDWRITING.read_text(encoding="utf-8")
    none = "files: list[Path] = []"
    assert none in text
    some = f"files = [Path(name) for name in {list(map(str, files))}]"
    script.write_text(text.replace(none, some), encoding="utf-8")
    done = run_python(script, MPLBACKEND="agg", **without_mnist)
    assert re.findall(r"(.*): (\d|no digit)", done.stdout) == [
        ("one.JPG", "1"),
        ("palette.png", "1"),
        ("white.png", "no digit"),
    ]


def test_drawn_digits_are_read_without_training(run_python, without_mnist):
    done = run_python(OWN_HANDWRITING, MPLBACKEND="agg", **without_mnist)
    answers = re.findall(r"drawn: (\d|no digit)", done.stdout)
    assert answers == [*"0123457", "no digit"]
