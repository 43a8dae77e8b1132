"""The benchmarks run; their figures are not tested."""

import json
from pathlib import Path

import pytest

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
    assert "scikit-learn's 8 × 8             1797" in done.stdout
    assert "megapixels" in done.stdout


def test_the_soak_test_prints_the_figures_of_each_tenth(run_python):
    few = ["--fits", 20, "--shapes", 0, "--predictions", 100]
    done = run_python(BENCHMARKS / "soak.py", *few)
    assert done.stdout.count("last / first tenth") == 2
    assert len(done.stdout.splitlines()) == 2 * (2 + 10 + 1)
