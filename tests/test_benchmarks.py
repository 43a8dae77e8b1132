"""The benchmarks run; their figures are not tested."""

import json
import re
from pathlib import Path

import joblib
import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_the_benchmark_tries_its_peers_and_saves_its_figures(run_python, tmp_path):
    output = tmp_path / "results.json"
    script = BENCHMARKS / "run.py"
    done = run_python(script, "--quick", "--only", "import", "--output", output)
    results = json.loads(output.read_text())
    names = {result["name"] for result in results["results"]}
    assert {"skdigits", "sklearn.base", "tensorflow"} <= names
    for failure in results["failures"]:  # such as peers that are not installed
        assert failure["name"] != "skdigits"
        assert f"{failure['name']} left out of {failure['measure']}: " in done.stdout


def test_the_framing_benchmark_runs(run_python, mnist):
    done = run_python(BENCHMARKS / "framing.py", "--images", "20", "--pages", "2")
    assert "0.5 times the size" in done.stdout
    assert "megapixels" in done.stdout


def test_the_table_of_what_is_read_is_made(run_python, mnist):
    done = run_python(BENCHMARKS / "reading.py", "--images", "50", "--rst")
    assert "scikit-learn's 8 × 8 pixels       1,797" in done.stdout
    assert "8 separated digits in a picture" in done.stdout
    assert "99% – 100%" in done.stdout


def test_the_soak_test_prints_the_figures_of_each_tenth(run_python):
    few = ["--fits", 20, "--shapes", 0, "--predictions", 100]
    done = run_python(BENCHMARKS / "soak.py", *few)
    assert done.stdout.count("last / first tenth") == 2
    assert len(done.stdout.splitlines()) == 2 * (2 + 10 + 1)


def test_rows_of_a_file_are_fitted(run_python):
    done = run_python(BENCHMARKS / "large.py", "--rows", 2000, "--candidates", 0)
    assert re.findall("([0-9,]+) rows", done.stdout) == ["500", "1,000", "2,000"]


@pytest.fixture
def reading_pages(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import reading_pages

    return reading_pages


@pytest.mark.parametrize(
    ("truth", "printed", "right", "wrong", "false"),
    [
        ("1234", "1234", 4, 0, 0),
        ("1234", "1734", 3, 1, 0),
        ("1234", "134", 3, 0, 0),
        ("1234", "12934", 4, 0, 1),
        ("1234", "", 0, 0, 0),
        ("", "17", 0, 0, 2),
        ("12", "31", 1, 0, 1),  # two edits, as two wrong ones are
    ],
)
def test_digits_are_counted_by_the_alignment_with_the_fewest_edits(
    reading_pages, truth, printed, right, wrong, false
):
    assert reading_pages.align(truth, printed) == (right, wrong, false)


def test_boxes_are_read_line_by_line_from_left_to_right(reading_pages):
    boxes = np.array([[5, 60, 25, 75], [0, 0, 20, 10], [40, 0, 60, 9], [2, 30, 22, 40]])
    assert reading_pages.join_boxes(boxes, ["3", "1", "4", "2"]) == ["123", "4"]


def test_the_pages_benchmark_reads_a_folder(run_python, tmp_path):
    paper = np.full((120, 320), 230, np.uint8)
    Image.fromarray(paper).save(tmp_path / "blank.png")
    for i in range(3):
        paper[30:90, 60 + 80 * i : 68 + 80 * i] = 20  # ones
    Image.fromarray(paper).save(tmp_path / "ones.png")
    (tmp_path / "truth.csv").write_text(
        "file,group,digits\nones.png,ones,111\nblank.png,none,\n"
    )
    printed = run_python(BENCHMARKS / "reading_pages.py", tmp_path).stdout
    none, ones = printed.split("none: 1 pictures, 0 digits")[1].split(
        "ones: 1 pictures, 3 digits"
    )
    for engine in ("skdigits", "contours"):
        assert re.search(rf"^{engine} +0 +0 +0 +1 ", none, re.MULTILINE)
        assert re.search(rf"^{engine} +3 +0 +0 +1 ", ones, re.MULTILINE)
    for engine in ("rapidocr", "Tesseract, psm 6"):
        assert f"{engine} left out: " in printed or f"\n{engine}  " in ones


def test_candidates_and_hypotheses_are_drawn_to_train_on(mnist, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    from train_ink import draw_candidates
    from train_pages import draw_hypotheses

    by_label = [mnist[2][mnist[3] == label] for label in range(10)]
    with joblib.parallel_config("sequential"):
        candidates = draw_candidates(by_label, n_pictures=16)
        hypotheses = draw_hypotheses(by_label, n_pages=1, seed=0)
    assert len(candidates.evidence) == len(candidates.images) > 0
    assert len(hypotheses.evidence) == len(hypotheses.place) > 0


def test_only_its_context_tells_that_an_s_in_a_word_is_no_digit(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import train_pages
    from page_pictures import _tell_kinds

    assert _tell_kinds([True, False, False]) == ["in word", "other", "other"]
    assert _tell_kinds([True, False]) == ["ambiguous", "other"]
    labels = []

    class Network:
        def decision_function(self, rows):
            return np.zeros(len(rows))

    def train(rows, label):
        labels.append(label.tolist())
        return Network()

    monkeypatch.setattr(train_pages, "_train", train)
    unclear, other, digit = train_pages.UNCLEAR, train_pages.OTHER, train_pages.DIGIT
    rows = np.zeros((4, 38))
    label = np.array([unclear, other, digit, train_pages.IN_WORD])
    place = np.column_stack([np.zeros(4), range(4), range(1, 5), range(4)]).astype(int)
    hypotheses = train_pages.Hypotheses(rows, label, place, np.zeros(4, int))
    train_pages.train_pages(hypotheses)
    alone, in_context = labels
    assert alone == [unclear, other, digit, unclear]
    assert in_context == [unclear, other, digit, other]
