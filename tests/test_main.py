"""python -m skdigits: the digits on standard output, one clear line for what fails."""

import subprocess
import sys

import matplotlib.image
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from skdigits.__main__ import main


def draw_page():
    """Draw two lines: a 7 and two ones, then a one, dark on light."""
    page = Image.new("L", (220, 160), 235)
    pen = ImageDraw.Draw(page)
    pen.line([(20, 20), (52, 20), (34, 66)], 30, 5, "curve")
    for x, y in ((80, 22), (120, 18), (30, 95)):
        pen.line([(x, y), (x, y + 45)], 30, 5)
    return page


@pytest.fixture
def folder(tmp_path):
    page = draw_page()
    page.save(tmp_path / "page.png")
    turned = Image.Exif()
    turned[0x0112] = 6  # orientation: a quarter turn
    page.rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=turned)
    page.convert("P").save(tmp_path / "palette.png")
    page.convert("CMYK").save(tmp_path / "print.tif")
    deep = np.asarray(page).astype(np.uint16) * 200
    Image.fromarray(deep).save(tmp_path / "deep.png")
    Image.new("RGB", (100, 80), "white").save(tmp_path / "empty.png")
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    (tmp_path / "notes.txt").write_text("1 2 3")
    return tmp_path


def test_digits_are_printed_line_by_line(folder, run_python):
    done = run_python("-m", "skdigits", folder / "page.png")
    assert done.stdout == "711\n1\n"
    assert done.stderr == ""


@pytest.mark.parametrize("name", ["turned.jpg", "palette.png", "print.tif", "deep.png"])
def test_files_of_many_kinds_are_read(folder, name, capsys):
    assert main([str(folder / name)]) == 0
    assert capsys.readouterr().out == "711\n1\n"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.jpg", "No such file or directory"),
        ("paper.pdf", "not a picture that can be read, such as PNG or JPEG"),
        ("notes.txt", "not a picture that can be read, such as PNG or JPEG"),
        ("empty.png", "no digit found"),
        ("", "Is a directory"),
    ],
)
def test_what_cannot_be_read_is_named_in_one_line(folder, name, reason, capsys):
    path = folder / name
    assert main([str(path)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"{path}: {reason}\n"


def test_the_others_are_read_after_one_that_fails(folder, capsys):
    assert main([str(folder / name) for name in ("notes.txt", "page.png")]) == 1
    printed = capsys.readouterr()
    assert printed.out == f"{folder / 'page.png'}:\n711\n1\n"
    assert len(printed.err.splitlines()) == 1


def test_a_letter_is_a_question_mark(tmp_path, capsys):
    page = draw_page()
    font = ImageFont.load_default(60)
    ImageDraw.Draw(page).text((160, 10), "X", 30, font)
    page.save(tmp_path / "page.png")
    assert main([str(tmp_path / "page.png")]) == 0
    assert capsys.readouterr().out == "711?\n1\n"


def test_the_picture_is_saved_with_what_was_read(folder):
    output = folder / "new" / "read.png"
    assert main([str(folder / "page.png"), "--output", str(output)]) == 0
    drawn = matplotlib.image.imread(output)
    assert drawn.shape == (160, 220, 3)
    coloured = np.ptp(drawn, axis=2) > 0.2
    assert coloured[15:70, 15:60].any()  # around the 7
    assert not coloured[:, 170:].any()


def test_several_pictures_are_saved_into_a_folder(folder):
    names = [str(folder / name) for name in ("page.png", "turned.jpg")]
    assert main([*names, "--output", str(folder / "read")]) == 0
    for name in ("page.png", "turned.png"):
        assert matplotlib.image.imread(folder / "read" / name).shape == (160, 220, 3)


def test_pictures_of_one_name_do_not_overwrite_each_other(folder, capsys):
    (folder / "more").mkdir()
    draw_page().save(folder / "more" / "page.jpg")
    names = [str(folder / name) for name in ("page.png", "more/page.jpg")]
    with pytest.raises(SystemExit) as done:
        main([*names, "--output", str(folder / "read")])
    assert done.value.code == 2
    assert "several pictures as page.png" in capsys.readouterr().err
    assert not (folder / "read").exists()


def test_an_output_that_cannot_be_saved_is_named(folder, capsys):
    output = folder / "read.unknown"
    assert main([str(folder / "page.png"), "--output", str(output)]) == 1
    printed = capsys.readouterr()
    assert printed.out == "711\n1\n"
    assert printed.err.startswith(f"{output}: cannot be saved: ")


def test_a_picture_is_saved_into_a_folder_that_is_there(folder):
    assert main([str(folder / "turned.jpg"), "--output", str(folder)]) == 0
    assert (folder / "turned.png").exists()


def test_how_the_picture_is_read_is_saved(folder, capsys):
    output = folder / "new" / "explained.png"
    assert main([str(folder / "page.png"), "--explain", str(output)]) == 0
    assert capsys.readouterr() == ("711\n1\n", "")
    drawn = matplotlib.image.imread(output)
    assert drawn.shape == (810, 1500, 4)
    assert drawn.std() > 0.1


def test_why_nothing_is_read_is_saved(folder, capsys):
    output = folder / "explained.png"
    assert main([str(folder / "empty.png"), "--explain", str(output)]) == 1
    assert capsys.readouterr().err == f"{folder / 'empty.png'}: no digit found\n"
    assert output.exists()


def test_several_pictures_are_explained_in_a_folder(folder, capsys):
    names = [str(folder / name) for name in ("notes.txt", "page.png", "turned.jpg")]
    marked, explained = folder / "marked", folder / "explained"
    arguments = [*names, "--output", str(marked), "--explain", str(explained)]
    assert main(arguments) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
    for saved in (marked, explained):
        assert {path.name for path in saved.iterdir()} == {"page.png", "turned.png"}


@pytest.mark.parametrize("name", ["read.unknown", "notes.txt/read.png"])
def test_an_explanation_that_cannot_be_saved_is_named(folder, name, capsys):
    output = folder / name
    assert main([str(folder / "page.png"), "--explain", str(output)]) == 1
    printed = capsys.readouterr()
    assert printed.out == "711\n1\n"
    assert printed.err.startswith(f"{output}: cannot be saved: ")
    assert len(printed.err.splitlines()) == 1


def test_two_figures_are_not_saved_under_one_name(folder, capsys):
    names = [str(folder / "page.png")] * 2
    for arguments, message in [
        ([*names, "--explain", "read"], "--explain would save several"),
        ([names[0], "--output", "a.png", "--explain", "a.png"], "both save as a.png"),
    ]:
        with pytest.raises(SystemExit) as done:
            main(arguments)
        assert done.value.code == 2
        assert message in capsys.readouterr().err


def test_a_picture_that_is_too_large_is_named(folder, capsys, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10**4)
    assert main([str(folder / "page.png")]) == 1
    assert capsys.readouterr().err.count("more than 0 megapixels") == 1
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3 * 10**4)  # Pillow would warn
    assert main([str(folder / "page.png")]) == 0
    assert capsys.readouterr() == ("711\n1\n", "")


def test_without_pillow_one_line_says_what_to_install(folder):
    code = "import sys; sys.modules['PIL'] = None; import skdigits.__main__ as command;"
    code += "sys.exit(command.main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, str(folder / "page.png")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"{folder / 'page.png'}: To open pictures, skdigits needs pillow: pip install "
        f"pillow\n"
    )


def test_a_picture_of_16_bits_is_saved_with_what_was_read(folder):
    output = folder / "read.png"
    assert main([str(folder / "deep.png"), "--output", str(output)]) == 0
    drawn = matplotlib.image.imread(output)
    assert drawn.shape == (160, 220, 3)
    assert drawn[0, 0].min() > 0.9  # paper


def test_help_names_the_arguments(capsys):
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    printed = capsys.readouterr().out
    assert "python -m skdigits" in printed
    assert "--output" in printed
    assert "--explain" in printed


def test_without_a_picture_the_usage_is_printed(capsys):
    with pytest.raises(SystemExit) as done:
        main([])
    assert done.value.code == 2
    assert "usage: python -m skdigits" in capsys.readouterr().err
