import re
from graphlib import TopologicalSorter
from pathlib import Path

import joblib
import pytest

import skdigits

HEAVY = ["tensorflow", "keras", "matplotlib", "seaborn", "pooch", "PIL"]


IMPORTS = f"""
import sys
from pathlib import Path

def assert_nothing_heavy_is_imported():
    assert not set({HEAVY}) & set(sys.modules)

import skdigits
assert not {{"numpy", "scipy", "sklearn"}} & set(sys.modules)

repr(skdigits.DigitMLPClassifier())
skdigits.DigitMLPClassifier()._repr_html_()
assert_nothing_heavy_is_imported()

import joblib
from sklearn.datasets import load_digits

clf, (X, y) = joblib.load(Path(sys.argv[1])), load_digits(return_X_y=True)
clf.predict(X), clf.predict_proba(X), clf.predict_log_proba(X), clf.decision_function(X)
assert clf.score(X, y) > 0.8
assert_nothing_heavy_is_imported()
"""


def test_to_import_show_unpickle_and_predict_imports_nothing_heavy(
    fitted, tmp_path, run_python
):
    joblib.dump(fitted, tmp_path / "clf.joblib")
    run_python("-c", IMPORTS, tmp_path / "clf.joblib")


def test_editors_and_type_checkers_see_every_public_name():
    stub = Path(skdigits.__file__).with_suffix(".pyi").read_text()
    seen = re.findall(r"from skdigits\.(\w+) import (\w+) as \2", stub)
    modules = skdigits._MODULES | {"__version__": "_version"}
    assert dict(map(reversed, seen)) == modules
    assert set(modules) <= set(dir(skdigits))


def test_a_name_that_is_not_public_is_missing():
    with pytest.raises(AttributeError, match="'skdigits' has no attribute 'Flat'"):
        skdigits.Flat  # noqa: B018


NEVER_ASKED_FOR = """
import pickle
from skdigits._reader import load_digit_reader

file = pickle.dumps(load_digit_reader())
assert b"skdigits" in file and b"skdigits._" not in file
"""


def test_files_name_no_private_module(run_python):
    """Also if the classes in them were never taken from `skdigits`."""
    run_python("-c", NEVER_ASKED_FOR)


@pytest.mark.parametrize("name", skdigits.__all__)
def test_every_public_name_lives_in_the_package(name):
    assert getattr(skdigits, name).__module__ == "skdigits"


@pytest.mark.parametrize("name", skdigits.__all__)
def test_every_public_name_is_documented(name):
    assert len(getattr(skdigits, name).__doc__.splitlines()) > 10


# Each module or folder imports only from those below it, and the modules of a folder
# import one another without a cycle: as in the diagram of docs/how_it_is_built.md.
ORDER = [
    "__main__",
    "_terminal",
    "__init__",
    "onnx",
    "_displays",
    "_reader",
    "_page",
    "_classifier",
    "_training",
    "_augmentation",
    "_flatten",
    "_center",
    "_ink",
    "_directions",
    "_straighten",
    "_digit_images",
    "_datasets",
    "_network",
    "_weights",
    "_validation",
    "_scale",
    "_image_shape",
    "_image_step",
    "_image_stack",
    "_one_thread",
    "_pictures",
    "_warp",
    "_rows",
    "_callbacks",
    "_version",
    "_signals",
    "_optional",
    "_types",
    "_public",
]


def imports_by_module():
    folder = Path(skdigits.__file__).parent
    imports = {}
    for path in folder.rglob("*.py"):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        imports[module] = re.findall(r"from skdigits\.(\S+) import", path.read_text())
    return imports


def test_modules_import_only_from_those_below_them():
    for module, imported in imports_by_module().items():
        place = module.split(".")[0]
        for other in {name.split(".")[0] for name in imported} - {place}:
            assert ORDER.index(other) > ORDER.index(place), (module, other)


def test_every_module_has_its_place_in_the_order():
    assert {module.split(".")[0] for module in imports_by_module()} == set(ORDER)


def test_imports_have_no_cycle():
    TopologicalSorter(imports_by_module()).prepare()


def test_the_citation_names_this_version():
    citation = Path(__file__).parents[1].joinpath("CITATION.cff").read_text()
    assert f"\nversion: {skdigits.__version__}\n" in citation


def test_the_package_is_marked_as_typed():
    assert (Path(skdigits.__file__).parent / "py.typed").exists()


def test_diagrams_link_to_no_page_of_ours():
    """The site has no address yet: a link of scikit-learn's would be dead."""
    estimators = [skdigits.load_digit_reader(), skdigits.DigitMLPClassifier()]
    links = [
        link
        for estimator in estimators
        for link in re.findall(r'href="([^"]*)"', estimator._repr_html_())
    ]
    assert all(link.startswith("https://scikit-learn.org/") for link in links)
    assert not any("skdigits" in link or "Digit" in link for link in links)
