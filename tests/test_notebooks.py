"""The ready notebooks begin as they should, and run without MNIST and a network."""

import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
NAMES = sorted(
    path.relative_to(EXAMPLES).with_suffix("").as_posix()
    for path in EXAMPLES.rglob("plot_*.py")
)
LESSONS = [name for name in NAMES if name.startswith("lessons/")]
# test_examples.py runs their scripts.
ELSEWHERE = {
    "plot_on_a_cluster",
    "plot_own_handwriting",
    "plot_pruned_search",
    "plot_why_misread",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of notebooks, as it is built with the site."""
    pytest.importorskip("sphinx_gallery")
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "docs")
        import write_notebooks

        write_notebooks.write(folder)
    return folder


@pytest.fixture
def read(folder):
    nbformat = pytest.importorskip("nbformat")
    return lambda name: nbformat.read(folder / f"{name}.ipynb", as_version=4)


def texts(notebook, kind):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


def test_the_folder_holds_all_examples_and_the_lessons(folder):
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*.*")}
    assert made == {f"{name}.ipynb" for name in NAMES}
    assert len(LESSONS) == 4


@pytest.mark.parametrize("name", NAMES)
def test_it_starts_with_its_title_and_one_cell_that_installs(name, read):
    notebook = read(name)
    title, install = notebook.cells[:2]
    assert title.cell_type == "markdown"
    assert title.source.strip().startswith("# ")
    assert install.source == "%pip install --quiet skdigits"
    for code in texts(notebook, "code")[1:]:
        assert not code.startswith("%")
        compile(code, name, "exec")


@pytest.mark.parametrize("name", NAMES)
def test_its_text_is_markdown(name, read):
    for text in texts(read(name), "markdown"):
        assert not re.search(r"^\.\. |::$|:\w+:`", text, re.M)
        assert text.count("<details>") == text.count("</details>")


@pytest.mark.parametrize("name", LESSONS)
def test_each_question_of_a_lesson_has_a_folded_answer(name, read):
    text = "\n".join(texts(read(name), "markdown"))
    marks = re.findall(r"\*\*Question (\d+)\.\*\*|<details><summary>(Answer)", text)
    questions = [int(number) for number, _ in marks if number]
    assert questions == list(range(1, len(questions) + 1))
    assert 8 <= len(questions) <= 12
    assert [answer for _, answer in marks] == ["", "Answer"] * len(questions)


def test_an_answer_keeps_its_paragraphs_and_what_follows(folder):
    import write_notebooks

    text = "Why?\n\n.. dropdown:: Answer\n\n   A ``1``.\n\n   - Or a 7.\n\nNext::\n"
    assert write_notebooks.to_markdown(text) == (
        "Why?\n\n<details><summary>Answer</summary>\n\nA ``1``.\n\n- Or a 7.\n\n"
        "</details>\n\nNext:\n"
    )


def run(notebook, folder, environment):
    """Run all cells in a new kernel; return what they print and their pictures."""
    nbclient = pytest.importorskip("nbclient")
    environment = {**os.environ, **environment}
    environment.pop("MPLBACKEND", None)  # pictures go into the notebook
    client = nbclient.NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=environment)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    printed = "".join(out.text for out in outputs if out.get("name") == "stdout")
    return printed, [out for out in outputs if "image/png" in out.get("data", ())]


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name not in ELSEWHERE])
def test_it_runs_without_mnist_and_a_network(name, read, tmp_path, without_mnist):
    notebook = read(name)
    if name not in LESSONS:
        for cell in notebook.cells:
            cell.source = re.sub(r"(?m)^EPOCHS = \d+$", "EPOCHS = 3", cell.source)
    code = "\n".join(texts(notebook, "code"))
    printed, pictures = run(notebook, tmp_path, without_mnist)
    uses_images = "load_digit_images()" in code
    assert printed.count("scikit-learn's 8 × 8 digits") == uses_images
    assert "MNIST:" not in printed
    assert "95.38 %" not in printed  # is MNIST's story
    assert len(pictures) >= (3 if name in LESSONS else 1)
    check = {LESSONS[0]: check_figures, LESSONS[-1]: check_errors}.get(name)
    if check is not None:
        check(printed)


def check_figures(printed):
    """Lesson 1 prints what the teacher's page says; it trains no network."""
    page = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
    (rows,) = re.findall(r"^\| 1 .*\n(?:\| \|.*\n)*", page, re.M)
    figures = re.findall(r"[\d.]+%", rows.replace(" %", "%"))
    assert len(figures) == 7
    assert [figure for figure in figures if figure not in printed] == []


def check_errors(printed):
    """In lesson 4 the reader learns the pupils' forms, and forgets nobody else's."""
    assert "240 digits by 4 writers" in printed
    pairs = re.findall(r"before +(\d+) of 30 wrong, after +(\d+) of 30", printed)
    before, after = (sum(map(int, errors)) for errors in zip(*pairs))
    assert len(pairs) == 4
    assert before >= 3
    assert after <= before / 3
    others = re.findall(r"(?:before|after): +(\d+) of 500", printed)
    assert int(others[1]) <= int(others[0])
    (misled,) = re.findall(r"threes: +(\d+) of 12", printed)
    assert int(misled) >= 10
