"""The command: digits on standard output, one clear line for what fails."""

import csv
import errno
import io
import json
import os
import pkgutil
import re
import runpy
import shutil
import signal
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib.image
import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin, TiffImagePlugin
from scipy.special import logit

from skdigits.__main__ import main
from skdigits._ink._framing import frame_ink
from skdigits._page._digits import PageDigits
from skdigits._terminal import _reading
from skdigits._terminal._pages import open_pages

ROOT = Path(__file__).parents[1]


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
        ("notes.txt", "not a picture that can be read, such as PNG or JPEG"),
        ("empty.png", "no digit found"),
    ],
)
def test_one_line_names_a_file_that_cannot_be_read_and_nothing_is_saved(
    folder, name, reason, capsys
):
    path, output = folder / name, folder / "read.png"
    assert main([str(path), "--output", str(output)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"{path}: {reason}\n"
    assert not output.exists()


def test_one_line_tells_of_a_picture_too_large_for_memory_and_the_others_are_read(
    folder, monkeypatch, capsys
):
    def read(picture, **options):
        if picture.shape[:2] == (80, 100):  # the empty one
            raise MemoryError
        return _reading.read(picture, **options)

    monkeypatch.setattr("skdigits._terminal._run.read", read)
    names = [str(folder / name) for name in ("empty.png", "page.png")]
    assert main(names) == 1
    assert capsys.readouterr() == (
        f"{names[1]}:\n711\n1\n",
        f"{names[0]}: not enough memory; make the picture smaller\n",
    )


def test_the_others_are_read_after_one_that_fails(folder, capsys):
    assert main([str(folder / name) for name in ("notes.txt", "page.png")]) == 1
    printed = capsys.readouterr()
    assert printed.out == f"{folder / 'page.png'}:\n711\n1\n"
    assert len(printed.err.splitlines()) == 1


def test_a_page_upside_down_is_read_and_told(tmp_path, capsys):
    path = tmp_path / "sheet.png"
    Image.open(ROOT / "docs" / "sheet.jpg").rotate(180).save(path)
    assert main([str(path)]) == 0
    printed = capsys.readouterr()
    assert printed.out == "3141592653\n2718281828\n1414213562\n"
    assert printed.err.startswith(f"{path}: ")
    assert printed.err == (
        f"{path}: the page was turned by 180 degrees counterclockwise to read it; "
        f"boxes refer to the page before the turn\n"
    )


def test_a_sign_is_a_question_mark(tmp_path, capsys):
    page = draw_page()
    font = ImageFont.load_default(60)
    ImageDraw.Draw(page).text((160, 10), "#", 30, font)
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
    draw_page().save(folder / "more" / "page.png")
    names = [str(folder / name) for name in ("page.png", "more/page.png")]
    with pytest.raises(SystemExit) as done:
        main([*names, "--output", str(folder / "read")])
    assert done.value.code == 2
    error = " ".join(capsys.readouterr().err.split())
    assert "once for each of them, with another --output" in error
    assert not (folder / "read").exists()


def test_drawings_of_pictures_that_differ_in_their_suffix_keep_it(folder):
    draw_page().save(folder / "page.jpg")
    names = [str(folder / name) for name in ("page.png", "page.jpg", "turned.jpg")]
    assert main([*names, "--output", str(folder / "read")]) == 0
    saved = {path.name for path in (folder / "read").iterdir()}
    assert saved == {"page.png.png", "page.jpg.png", "turned.png"}


@pytest.mark.parametrize("option", ["--output", "--explain"])
def test_a_path_that_ends_in_a_slash_is_a_folder(folder, monkeypatch, option):
    monkeypatch.chdir(folder)
    assert main(["page.png", option, "read/"]) == 0
    assert main(["turned.jpg", option, "read/"]) == 0
    saved = {path.name for path in Path("read").iterdir()}
    assert saved == {"page.png", "turned.png"}


def test_the_error_names_an_output_that_cannot_be_saved(folder, capsys):
    output = folder / "read.unknown"
    assert main([str(folder / "page.png"), "--output", str(output)]) == 1
    printed = capsys.readouterr()
    assert printed.out == "711\n1\n"
    assert printed.err.startswith(f"{output}: cannot be saved: ")


def test_a_picture_is_saved_into_an_existing_folder(folder):
    assert main([str(folder / "turned.jpg"), "--output", str(folder)]) == 0
    assert (folder / "turned.png").exists()


NO_LINKS = pytest.mark.skipif(sys.platform == "win32", reason="links need a permission")
LINK = pytest.param("link.png", marks=NO_LINKS)


@pytest.mark.parametrize("option", ["--output", "--explain"])
@pytest.mark.parametrize("target", ["page.png", ".", "hard.png", LINK])
def test_a_picture_that_is_read_is_not_replaced(
    folder, option, target, monkeypatch, capsys
):
    monkeypatch.chdir(folder)
    before = (folder / "page.png").read_bytes()
    if target == "link.png":
        (folder / target).symlink_to("page.png")
    if target == "hard.png":
        (folder / target).hardlink_to("page.png")
    assert main(["page.png", option, target]) == 1
    name = "page.png" if target == "." else target
    assert capsys.readouterr() == (
        "711\n1\n",
        f"{name}: not saved: it is a picture or a drawing of this run\n",
    )
    assert (folder / "page.png").read_bytes() == before


def test_a_picture_that_is_standard_input_is_not_replaced(folder):
    before = (folder / "page.png").read_bytes()
    with open(folder / "page.png", "rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "skdigits", "-", "-o", folder / "page.png"],
            stdin=file,
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert "not saved: it is a picture or a drawing of this run" in done.stderr
    assert (folder / "page.png").read_bytes() == before


def test_a_drawing_does_not_replace_another_one_of_this_run(
    folder, monkeypatch, capsys
):
    monkeypatch.chdir(folder)
    save_pages("pages.tif")
    draw_page().save("pages-page-1.png")
    assert main(["pages.tif", "pages-page-1.png", "--output", "read"]) == 1
    name = Path("read", "pages-page-1.png")
    error = capsys.readouterr().err
    assert error == f"{name}: not saved: it is a picture or a drawing of this run\n"
    assert main(["page.png", "--output", "a.png", "--explain", "a"]) == 1
    assert "not saved" in capsys.readouterr().err


def test_a_name_without_a_suffix_becomes_a_png(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert main(["page.png", "--output", "read", "--explain", "why"]) == 0
    assert Path("read.png").exists()
    assert Path("why.png").exists()


def test_an_empty_path_is_an_error(folder, capsys):
    with pytest.raises(SystemExit) as done:
        main([str(folder / "page.png"), "--output", ""])
    assert done.value.code == 2
    assert "--output: PATH is empty" in capsys.readouterr().err


def test_the_steps_of_reading_are_saved(folder, capsys):
    output = folder / "new" / "explained.png"
    assert main([str(folder / "page.png"), "--explain", str(output)]) == 0
    assert capsys.readouterr() == ("711\n1\n", "")
    drawn = matplotlib.image.imread(output)
    assert drawn.shape == (810, 1500, 4)
    assert drawn.std() > 0.1


def test_the_steps_of_a_blank_picture_are_saved(folder, capsys):
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
def test_the_error_names_an_explanation_that_cannot_be_saved(folder, name, capsys):
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


def test_the_error_names_a_picture_that_is_too_large(folder, capsys, monkeypatch):
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


def test_transparent_paper_is_saved_as_white(tmp_path):
    page = draw_page()
    ink = page.point(lambda grey: 255 * (grey < 200))
    black = Image.new("L", page.size)
    Image.merge("LA", (black, ink)).convert("RGBA").save(tmp_path / "clear.png")
    output = tmp_path / "read.png"
    assert main([str(tmp_path / "clear.png"), "--output", str(output)]) == 0
    assert matplotlib.image.imread(output)[0, 0].min() == 1


def test_help_names_the_arguments(capsys):
    with pytest.raises(SystemExit) as done:
        main(["--help"])
    assert done.value.code == 0
    printed = capsys.readouterr().out
    assert printed.startswith("usage: skdigits ")
    for option in ("recursive", "format", "single", "digits-only", "min-confidence"):
        assert f"--{option}" in printed
    assert "--output" in printed
    assert "--explain" in printed
    assert "Exit status: 0" in printed


def test_without_a_picture_the_usage_is_printed(capsys):
    with pytest.raises(SystemExit) as done:
        main([])
    assert done.value.code == 2
    assert "usage: skdigits" in capsys.readouterr().err


PAGES_WITH_COMMANDS = [ROOT / name for name in ("README.md", "docs/guide/terminal.md")]


@pytest.mark.parametrize("page", PAGES_WITH_COMMANDS, ids=lambda page: page.stem)
def test_the_commands_of_the_pages_print_what_is_shown(
    page, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    for folder in (tmp_path, tmp_path / "docs"):
        shutil.copy(ROOT / "docs" / "sheet.jpg", folder)
    blocks = re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL)
    commands = re.findall(r"^\$ skdigits (.*)\n((?:[^$].*\n)+)", "".join(blocks), re.M)
    assert commands
    for command, shown in commands:
        arguments, _, n_lines = command.partition(" | head -n ")
        main(arguments.split())
        printed = "".join(capsys.readouterr()).splitlines()
        printed = printed[: int(n_lines)] if n_lines else printed
        for line, line_shown in zip(printed, shown.splitlines(), strict=True):
            assert_same_line(line, line_shown)


def assert_same_line(printed, shown):
    """Assert that lines are equal; a table's numbers may differ a little."""
    printed, shown = printed.split(","), shown.split(",")
    assert printed[:4] == shown[:4]
    for one, other in zip(printed[4:], shown[4:], strict=True):
        if other.replace(".", "").isdigit():
            tolerance = 0.02 if "." in other else 2  # of a probability, or pixels
            assert float(one) == pytest.approx(float(other), abs=tolerance)
        else:
            assert one == other


def test_the_sheet_of_the_pages_is_drawn_by_its_script(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    draw_sheet = runpy.run_path(str(ROOT / "docs" / "draw_sheet.py"))["draw_sheet"]
    drawn = np.asarray(draw_sheet(np.random.default_rng(0)), float)
    stored = np.asarray(Image.open(ROOT / "docs" / "sheet.jpg"), float)
    assert np.abs(drawn - stored).mean() < 3  # JPEG's loss


def test_the_installed_command_is_main():
    project = (ROOT / "pyproject.toml").read_text()
    command = tomllib.loads(project)["project"]["scripts"]["skdigits"]
    assert pkgutil.resolve_name(command) is main


@pytest.mark.parametrize("arguments", [["--help"], ["--wrong"], []])
def test_help_and_a_wrong_option_wait_for_no_library(arguments, tmp_path):
    code = (
        "import sys\nimport skdigits.__main__ as command\n"
        "try:\n    command.main(sys.argv[1:])\n"
        "finally:\n    print({'numpy', 'sklearn', 'PIL'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True
    )
    assert done.returncode == (0 if arguments == ["--help"] else 2)
    assert done.stdout.endswith("set()\n")


@pytest.mark.parametrize("name", ["page.png", "pages.tif"])
def test_a_dash_is_standard_input(folder, name):
    save_pages(folder / "pages.tif")
    with open(folder / name, "rb") as file:
        done = subprocess.run(
            [sys.executable, "-m", "skdigits", "-"],
            stdin=file,
            capture_output=True,
            text=True,
        )
    assert done.stderr == ""
    assert done.stdout == {"page.png": "711\n1\n", "pages.tif": PAGES}[name].replace(
        "pages.tif", "<stdin>"
    )


def save_pages(path):
    """Save two pages, a 1 on the second, and a small copy of the first."""
    second = Image.new("L", (120, 100), 235)
    ImageDraw.Draw(second).line([(60, 20), (60, 70)], 30, 5)
    copy = draw_page().resize((55, 40))
    with TiffImagePlugin.AppendingTiffWriter(str(path), new=True) as file:
        for page, kind in ((draw_page(), 0), (second, 0), (copy, 1)):
            page.save(file, format="TIFF", tiffinfo={254: kind})
            file.newFrame()


PAGES = "pages.tif, page 1:\n711\n1\npages.tif, page 2:\n1\n"


def test_all_pages_of_a_tiff_are_read(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    save_pages("pages.tif")
    assert main(["pages.tif", "--output", "read"]) == 0
    assert capsys.readouterr() == (PAGES, "")
    saved = sorted(path.name for path in (tmp_path / "read").iterdir())
    assert saved == ["pages-page-1.png", "pages-page-2.png"]


def test_one_line_tells_of_damaged_exif(tmp_path, capsys):
    path = tmp_path / "page.jpg"
    draw_page().save(path, exif=b"Exif\0\0II*\0\x08\0\0\0\x05\0\x12\x01")
    assert main([str(path)]) == 0
    printed = capsys.readouterr()
    assert printed.out == "711\n1\n"
    assert re.fullmatch(rf"{re.escape(str(path))}: .*EXIF.*\n", printed.err)


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_the_whole_pages_of_a_truncated_tiff_are_read(
    tmp_path, monkeypatch, compression, capsys
):
    monkeypatch.chdir(tmp_path)
    page = draw_page()
    page.save(
        "pages.tif", save_all=True, append_images=[page] * 3, compression=compression
    )
    with Image.open("pages.tif") as tiff:
        tiff.seek(2)
        third = tiff.tag_v2._offset
    os.truncate("pages.tif", third - 1)
    assert main(["pages.tif"]) == 1
    printed = capsys.readouterr()
    assert printed.out == "pages.tif, page 1:\n711\n1\npages.tif, page 2:\n711\n1\n"
    assert re.fullmatch("pages.tif, page 3: .*may be damaged.*\n", printed.err)


def test_a_tiff_of_smaller_copies_only_is_read(tmp_path, capsys):
    draw_page().save(tmp_path / "copy.tif", tiffinfo={254: 1})
    assert main([str(tmp_path / "copy.tif")]) == 0
    assert capsys.readouterr().out == "711\n1\n"


def test_a_png_with_the_mark_of_a_pdf_in_its_text_is_a_png(tmp_path, capsys):
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "%PDF-1.4")
    draw_page().save(tmp_path / "page.png", pnginfo=text)
    assert main([str(tmp_path / "page.png")]) == 0
    assert capsys.readouterr().out == "711\n1\n"


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
def test_a_named_pipe_is_read(folder, capsys):
    os.mkfifo(folder / "pipe")
    picture = (folder / "page.png").read_bytes()
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit((folder / "pipe").write_bytes, picture)
        assert main([str(folder / "pipe")]) == 0
        written.result()
    assert capsys.readouterr().out == "711\n1\n"


def test_the_error_names_a_page_that_fails_and_the_others_are_read(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    large, page = Image.new("L", (400, 200)), draw_page()
    page.save("pages.tif", save_all=True, append_images=[large, page])
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 36_000)
    assert main(["pages.tif"]) == 1
    printed = capsys.readouterr()
    assert printed.out.count("711\n1\n") == 2
    assert printed.err.startswith("pages.tif, page 2: more than 0 megapixels")
    assert len(printed.err.splitlines()) == 1


def test_all_pages_of_a_pdf_are_read(tmp_path, monkeypatch, capsys):
    pytest.importorskip("pypdfium2")
    monkeypatch.chdir(tmp_path)
    page = draw_page()
    page.save("paper.pdf", save_all=True, append_images=[page], resolution=150)
    assert main(["paper.pdf", "-f", "json"]) == 0
    pages = json.loads(capsys.readouterr().out)
    assert [page["lines"] for page in pages] == [["711", "1"]] * 2
    assert [page["page"] for page in pages] == [1, 2]
    assert pages[0]["height"] == pytest.approx(320, abs=1)  # at 300 dpi


def test_a_pdf_keeps_its_colours(tmp_path):
    pytest.importorskip("pypdfium2")
    Image.new("RGB", (60, 40), (200, 10, 30)).save(tmp_path / "red.pdf", resolution=300)
    with open_pages(str(tmp_path / "red.pdf")) as (draw,):
        pixels = draw()
    np.testing.assert_allclose(pixels[20, 30], (200, 10, 30), atol=8)


FORM = b"""%PDF-1.4
1 0 obj <</Type/Catalog /Pages 2 0 R /AcroForm <</Fields[4 0 R]>> >> endobj
2 0 obj <</Type/Pages /Kids[3 0 R] /Count 1>> endobj
3 0 obj <</Type/Page /Parent 2 0 R /MediaBox[0 0 60 40] /Annots[4 0 R]>> endobj
4 0 obj <</Type/Annot /Subtype/Widget /FT/Tx /T(n) /V(1) /F 4 /Rect[10 10 50 30]
/AP <</N 5 0 R>> >> endobj
5 0 obj <</Type/XObject /Subtype/Form /BBox[0 0 40 20] /Length 15>> stream
0 0 40 20 re f
endstream endobj
trailer <</Root 1 0 R>>
"""


def test_a_filled_field_of_a_pdf_is_drawn(tmp_path):
    pytest.importorskip("pypdfium2")
    (tmp_path / "form.pdf").write_bytes(FORM)
    with open_pages(str(tmp_path / "form.pdf")) as (draw,):
        pixels = draw()
    height, width, _ = pixels.shape
    assert pixels[0, 0].min() == 255
    assert pixels[height // 2, width // 2].max() == 0


def test_a_pdf_of_a_plan_is_drawn_smaller(tmp_path, capsys):
    pytest.importorskip("pypdfium2")
    draw_page().save(tmp_path / "plan.pdf", resolution=1)  # 5.6 metres wide
    assert main([str(tmp_path / "plan.pdf"), "-f", "json"]) == 0
    (page,) = json.loads(capsys.readouterr().out)
    assert page["width"] == 4800
    assert page["lines"] == ["711", "1"]


def test_the_error_names_a_broken_pdf(tmp_path, capsys):
    pytest.importorskip("pypdfium2")
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    assert main([str(tmp_path / "paper.pdf")]) == 1
    assert "paper.pdf: this PDF cannot be read (" in capsys.readouterr().err


def test_without_pypdfium2_one_line_says_what_to_install(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    path = tmp_path / "paper.pdf"
    draw_page().save(path)
    assert main([str(path)]) == 1
    assert capsys.readouterr().err == (
        f"{path}: To read PDF files, skdigits needs pypdfium2: pip install pypdfium2\n"
    )


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A folder with a picture, one in a folder in it, and other files."""
    monkeypatch.chdir(tmp_path)
    for name in ("a/2.png", "a/deep/1.JPG", "a/.hidden/3.png", "a/.4.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        draw_page().save(tmp_path / name)
    (tmp_path / "a" / "notes.txt").write_text("1 2 3")
    (tmp_path / "nothing").mkdir()
    return tmp_path


def test_the_pictures_of_a_folder_are_read(archive, capsys):
    assert main(["a"]) == 0
    assert capsys.readouterr() == ("a/2.png:\n711\n1\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX")
def test_in_a_folder_only_files_and_links_to_them_are_read(archive, capsys):
    os.mkfifo("a/1.png")
    Path("a/3.png").symlink_to("2.png")
    assert main(["a"]) == 0
    assert capsys.readouterr() == ("a/2.png:\n711\n1\na/3.png:\n711\n1\n", "")


def test_recursive_descends_into_folders(archive, capsys):
    assert main(["a", "--recursive", "--output", "read"]) == 0
    printed = capsys.readouterr()
    assert printed == ("a/2.png:\n711\n1\na/deep/1.JPG:\n711\n1\n", "")
    saved = {str(path) for path in Path("read").rglob("*.png")}
    assert saved == {"read/2.png", "read/deep/1.png"}


def test_the_pictures_of_a_folder_come_in_the_order_of_their_names(archive, capsys):
    for name in ("a/3.png", "a/1.png", "a/5.png", "a/4.png", "a/c/1.png", "a/b/1.png"):
        (archive / name).parent.mkdir(exist_ok=True)
        draw_page().save(archive / name)
    assert main(["a", "--recursive", "--format", "csv"]) == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    names = list(dict.fromkeys(row["picture"] for row in rows))
    assert len(names) == 8
    assert names == sorted(names)


def test_the_error_names_a_folder_that_cannot_be_read(archive, capsys, monkeypatch):
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("deep"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr("os.scandir", refuse)
    assert main(["a", "--recursive"]) == 1
    assert capsys.readouterr() == ("a/2.png:\n711\n1\n", "a/deep: Permission denied\n")


def test_the_error_names_a_folder_without_pictures(archive, capsys):
    assert main(["nothing", "a/2.png"]) == 1
    printed = capsys.readouterr()
    assert printed == ("a/2.png:\n711\n1\n", "nothing: no picture in this folder\n")


def test_json_holds_boxes_lines_and_probabilities(folder, capsys):
    names = [str(folder / name) for name in ("page.png", "empty.png", "notes.txt")]
    assert main([*names, "--format", "json"]) == 1
    page, empty = json.loads(capsys.readouterr().out)
    assert page["picture"] == names[0]
    assert (page["height"], page["width"]) == (160, 220)
    assert page["lines"] == ["711", "1"]
    assert [digit["digit"] for digit in page["digits"]] == [7, 1, 1, 1]
    assert [digit["line"] for digit in page["digits"]] == [1, 1, 1, 2]
    seven = page["digits"][0]
    assert len(seven["probabilities"]) == 10
    assert seven["probability"] == seven["probabilities"][7] > 0.9
    assert 0.5 <= seven["is_digit"] <= 1
    box = [seven[side] for side in ("top", "left", "bottom", "right")]
    np.testing.assert_allclose(box, [18, 20, 68, 55], atol=4)
    assert empty["digits"] == empty["lines"] == []


def test_json_without_pictures_is_an_empty_list(folder, capsys):
    assert main([str(folder / "notes.txt"), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_a_table_has_a_row_for_each_digit(folder, name, delimiter, capsys):
    odd = folder / "one, two.png"
    draw_page().save(odd)
    assert main([str(odd), str(folder / "page.png"), "-f", name]) == 0
    table = pd.read_csv(io.StringIO(capsys.readouterr().out), sep=delimiter)
    assert list(table) == [
        *("picture", "page", "line", "digit", "probability", "is_digit"),
        *("top", "left", "bottom", "right"),
    ]
    assert table.digit.tolist() == [7, 1, 1, 1] * 2
    assert table.picture.unique().tolist() == [str(odd), str(folder / "page.png")]


@pytest.fixture
def sign(tmp_path):
    """The page with a sign behind its first line."""
    page = draw_page()
    ImageDraw.Draw(page).text((160, 10), "#", 30, ImageFont.load_default(60))
    page.save(tmp_path / "sign.png")
    return str(tmp_path / "sign.png")


def test_a_sign_is_an_empty_cell(sign, capsys):
    assert main([sign, "-f", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["digit"] for row in rows] == ["7", "1", "1", "", "1"]
    assert float(rows[3]["is_digit"]) < 0.5


def test_digits_only_drops_marks_that_are_not_digits(sign, capsys):
    assert main([sign, "--digits-only"]) == 0
    assert capsys.readouterr().out == "711\n1\n"


def test_a_picture_of_a_letter_alone_has_no_digits(tmp_path, capsys):
    page = Image.new("L", (120, 100), 235)
    ImageDraw.Draw(page).text((30, 10), "X", 30, ImageFont.load_default(60))
    page.save(tmp_path / "x.png")
    assert main([str(tmp_path / "x.png"), "--digits-only"]) == 1
    assert capsys.readouterr().err.endswith("x.png: no digit found\n")


def test_single_reads_the_whole_picture_as_one_digit(folder, capsys):
    """A 5 in two strokes, which are not joined."""
    page = Image.new("L", (120, 140), 235)
    pen = ImageDraw.Draw(page)
    curve = [(52, 40), (50, 65), (70, 68), (78, 84), (64, 104), (44, 100)]
    pen.line(curve, 30, 6, "curve")
    pen.line([(60, 30), (86, 28)], 30, 6)
    page.save(folder / "five.png")
    assert main([str(folder / "five.png"), "--single", "-f", "json"]) == 0
    ((five,),) = [page["digits"] for page in json.loads(capsys.readouterr().out)]
    assert five["digit"] == 5
    assert (five["top"], five["left"], five["bottom"], five["right"]) == (
        0,
        0,
        140,
        120,
    )
    assert main([str(folder / "empty.png"), "--single"]) == 1
    assert "no digit found" in capsys.readouterr().err
    main([str(folder / "page.png"), "--single"])
    assert "without --single, each is read" in capsys.readouterr().err


def test_a_digit_below_the_confidence_is_a_question_mark(folder, capsys):
    path = str(folder / "page.png")
    assert main([path, "-f", "json"]) == 0
    ((page),) = json.loads(capsys.readouterr().out)
    sure = [digit["probability"] * digit["is_digit"] for digit in page["digits"]]
    least = (min(sure) + max(sure)) / 2
    expected = [
        "?" if p < least else str(d["digit"]) for p, d in zip(sure, page["digits"])
    ]
    assert "?" in expected
    assert main([path, "--min-confidence", str(least)]) == 0
    assert capsys.readouterr().out.replace("\n", "") == "".join(expected)
    assert main([path, "--min-confidence", "1"]) == 1
    out, error = capsys.readouterr()
    assert out == "???\n?\n"
    assert error.endswith("page.png: no digit found\n")


ONE = np.ones((60, 6))


@pytest.mark.parametrize(("is_digit", "read"), [(0.45, ["?"]), (0.55, ["1"])])
def test_a_mark_that_is_likelier_a_digit_than_not_is_read(is_digit, read, monkeypatch):
    def find_digits(picture):
        box, line = np.array([(20, 50, 80, 56)]), np.zeros(1, int)
        return PageDigits([frame_ink(ONE)], box, line, np.array([logit(is_digit)]))

    monkeypatch.setattr(_reading, "find_digits", find_digits)
    page = np.full((120, 90), 255, np.uint8)
    assert _reading.join_lines(_reading.read(page)) == read


@pytest.mark.parametrize("value", ["1.5", "-1", "much", "nan"])
def test_a_confidence_is_a_number_from_0_to_1(value, capsys):
    with pytest.raises(SystemExit) as done:
        main(["page.png", f"--min-confidence={value}"])
    assert done.value.code == 2
    assert "--min-confidence: " in capsys.readouterr().err


@pytest.fixture
def _buffered(monkeypatch):
    """Processes that buffer what they print, as Python usually does."""
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)


@pytest.mark.usefixtures("_buffered")
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_closed_pipe_ends_the_command_quietly(folder):
    names = [str(folder / "page.png")] * 3
    command = subprocess.Popen(
        [sys.executable, "-m", "skdigits", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    command.stdout.readline()
    command.stdout.close()
    assert command.stderr.read() == ""
    command.stderr.close()
    assert command.wait() == 0


@pytest.mark.usefixtures("_buffered")
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("name", ["text", "json", "csv"])
def test_one_line_says_that_the_output_cannot_be_written(folder, name):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "skdigits", "page.png", "--format", name],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == "standard output: No space left on device\n"


@pytest.mark.usefixtures("_buffered")
@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", ""])
def test_what_standard_error_does_not_take_is_dropped(folder, redirection):
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("a device of Linux")
    reader, writer = os.pipe()
    os.close(reader)
    command = f'"$0" -m skdigits notes.txt page.png -f json {redirection}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=writer,
    )
    os.close(writer)
    assert done.returncode == 1
    (page,) = json.loads(done.stdout)
    assert page["lines"] == ["711", "1"]


def test_ctrl_c_ends_the_command_quietly(folder, monkeypatch, capsys):
    monkeypatch.setattr(
        "skdigits._terminal._run.read",
        lambda *_, **__: signal.raise_signal(signal.SIGINT),
    )
    assert main([str(folder / "page.png")]) == 130
    assert capsys.readouterr() == ("", "")


def test_a_name_that_cannot_be_printed_is_escaped(folder):
    odd = "one\udcff.png"
    (folder / "page.png").rename(folder / odd)
    done = subprocess.run(
        [sys.executable, "-m", "skdigits", odd, "turned.jpg"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("one\\udcff.png:\n711\n1\n")
