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
WHY_MISREAD = EXAMPLES / "plot_why_misread.py"
PLOTS = sorted(EXAMPLES.glob("plot_*.py"))
NEEDS_CALLBACKS = pytest.mark.skipif(
    not hasattr(DigitMLPClassifier, "set_callbacks"),
    reason="callbacks came with scikit-learn 1.9",
)


@pytest.fixture
def run_example(run_python, tmp_path, monkeypatch):
    """Run an example in a folder of its own, with other values of its constants."""

    def run(name, environment=None, **constants):
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        for constant, value in constants.items():
            text, n = re.subn(rf"(?m)^{constant} = .*$", f"{constant} = {value}", text)
            assert n == 1
        (tmp_path / name).write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        return run_python(name, **{"DISPLAY": "", **(environment or {})})

    return run


def picture_of(done, folder):
    """Return the picture that an example says it has saved."""
    return matplotlib.image.imread(folder / re.search(r"Picture: (.*)", done.stdout)[1])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "constants", "printed"),
    [
        ("plot_digits.py", {"EPOCHS": 2}, "Test accuracy: 9"),
        ("plot_blog_post.py", {"EPOCHS": 1}, "95.38 %"),
        ("plot_on_a_cluster.py", {"ROWS": 1200}, "Trained on 30 blocks"),
    ],
)
def test_the_example_runs_on_mnist(
    name, constants, printed, run_example, mnist, tmp_path
):
    """The site's gallery runs the others on MNIST."""
    done = run_example(name, **constants)
    assert printed in done.stdout
    assert "8 × 8" not in done.stdout
    assert picture_of(done, tmp_path).std() > 0.01
    assert done.stderr == ""


@pytest.mark.parametrize("path", PLOTS, ids=lambda path: path.stem)
def test_it_reads_as_prose_between_cells(path):
    text = path.read_text(encoding="utf-8")
    title, line = text.splitlines()[1:3]
    assert line == "=" * len(title)
    assert text.count("\n# %%\n") >= 2
    assert "argparse" not in text
    assert "matplotlib.use" not in text


@pytest.mark.slow
@NEEDS_CALLBACKS
def test_pruning_saves_epochs(run_example, without_mnist):
    done = run_example("plot_pruned_search.py", without_mnist, EPOCHS=4, TRIALS=12)
    whole, pruned = map(int, re.findall(r"12 trials, (\d+) epochs", done.stdout))
    assert pruned < whole == 12 * 4


@pytest.mark.parametrize(
    ("name", "module", "message"),
    [
        ("plot_pruned_search.py", "optuna", "Optuna is missing: pip install"),
        ("plot_on_a_cluster.py", "dask", "Dask is missing: pip install"),
        ("serve_reader.py", "fastapi", "The service needs packages: pip install"),
    ],
)
def test_without_an_optional_package_one_line_says_what_to_install(
    name, module, message, monkeypatch
):
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.syspath_prepend(str(EXAMPLES))
    with pytest.raises(SystemExit, match=f"^{message} .*$"):
        runpy.run_path(str(EXAMPLES / name), run_name="__main__")


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


@pytest.mark.slow
def test_own_pictures_are_read(photos, run_example, without_mnist):
    files = sorted(map(str, photos.glob("*[gG]")))
    done = run_example(OWN_HANDWRITING.name, without_mnist, files=files)
    assert re.findall(r"(.*): (\d|no digit)", done.stdout) == [
        ("one.JPG", "1"),
        ("palette.png", "1"),
        ("white.png", "no digit"),
    ]


@pytest.mark.slow
def test_drawn_digits_are_read_without_training(run_example, without_mnist, tmp_path):
    done = run_example(OWN_HANDWRITING.name, without_mnist)
    assert picture_of(done, tmp_path).std() > 0.01
    answers = re.findall(r"drawn: (\d|no digit)", done.stdout)
    assert answers == [*"0123457", "no digit"]


@pytest.mark.slow
def test_a_misread_digit_is_explained(run_example, without_mnist, tmp_path):
    done = run_example(WHY_MISREAD.name, without_mnist)
    assert "All digits: [7 1]" in done.stdout
    assert "Blank: True" in done.stdout
    wrong, n_images = map(
        int, re.search(r"Misread: (\d+) of (\d+)", done.stdout).groups()
    )
    assert 0 < wrong < 0.1 * n_images
    assert picture_of(done, tmp_path).std() > 0.01
    assert done.stderr == ""


@pytest.fixture
def gallery_pictures(monkeypatch):
    pytest.importorskip("sphinx_gallery")
    monkeypatch.syspath_prepend(EXAMPLES.parent / "docs")
    import gallery_pictures

    return gallery_pictures


def test_every_example_of_the_gallery_has_texts_for_its_pictures(gallery_pictures):
    executed = {path.stem for path in EXAMPLES.rglob("plot_*.py")}
    assert set(gallery_pictures.TEXTS) == executed - {"plot_on_a_cluster"}


def test_a_picture_without_a_text_fails_the_build(gallery_pictures, monkeypatch):
    saved = (
        ".. image-sg:: /images/sphx_glr_plot_digits_00{}.png\n   :alt: plot digits\n"
    )
    monkeypatch.setattr(
        gallery_pictures, "matplotlib_scraper", lambda block, *_: saved.format(block)
    )
    assert ":alt: Confusion matrix of" in gallery_pictures.scrape(1, {}, {})
    with pytest.raises(LookupError, match=r"no text for picture 2 of plot_digits\.py"):
        gallery_pictures.scrape(2, {}, {})


def test_examples_that_are_not_executed_have_a_thumbnail():
    for name in ("plot_on_a_cluster.py", "draw_a_digit.py", "serve_reader.py"):
        text = (EXAMPLES / name).read_text(encoding="utf-8")
        (path,) = re.findall(r"# sphinx_gallery_thumbnail_path = '(.*)'", text)
        with Image.open(EXAMPLES.parent / "docs" / path) as thumbnail:
            assert thumbnail.width == 480
