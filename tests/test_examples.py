"""Every example runs to its end, as a newcomer would run it, and leaves its picture."""

from pathlib import Path

import matplotlib.image
import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture
def without_mnist(tmp_path):
    """Environment with neither a copy of MNIST nor a network."""
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
        ("plot_on_a_cluster.py", ["--rows", "1200"], "Learnt in 30 blocks"),
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
    "script", sorted(EXAMPLES.glob("plot_*.py")), ids=lambda path: path.stem
)
def test_without_mnist_it_says_so_and_takes_the_bundled_digits(
    script, run_python, without_mnist, tmp_path
):
    picture = tmp_path / "picture.png"
    arguments = ["--epochs", 3, "--output", picture]
    done = run_python(script, *arguments, **without_mnist)
    assert "scikit-learn's 8 × 8 digits" in done.stdout
    assert picture.exists()


@pytest.mark.parametrize(
    "script", sorted(EXAMPLES.glob("plot_*.py")), ids=lambda path: path.stem
)
def test_help_says_what_it_does(script, run_python):
    assert "--epochs" in run_python(script, "--help").stdout
