import re
import shutil
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


def test_the_reader_is_loaded_from_a_package_in_a_zip_file(tmp_path, run_python):
    folder = Path(skdigits.__file__).parent
    path = shutil.make_archive(tmp_path / "app", "zip", folder.parent, folder.name)
    code = (
        "import skdigits; assert 'app.zip' in skdigits.__file__;"
        "assert skdigits.load_digit_reader().DESCR"
    )
    run_python("-P", "-c", code, PYTHONPATH=path)


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


def modules_on_the_page():
    """List the modules of docs/how_it_is_built.md, from the top down."""
    path = Path(__file__).parents[1] / "docs" / "how_it_is_built.md"
    listing = path.read_text(encoding="utf-8").split("```")[1]
    modules, folder = [], ""
    for line in listing.splitlines()[1:]:
        branch, names = re.match(r"([├└]── )?([\w/]+(?:, \w+)*)", line).groups()
        folder = folder if branch else names.replace("/", ".")
        modules += [folder + names] if branch else names.strip("/").split(", ")
    return modules


def imports_by_module():
    folder = Path(skdigits.__file__).parent
    imports = {}
    for path in folder.rglob("*.py"):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        module = module.removesuffix(".__init__")
        imports[module] = re.findall(r"from skdigits\.(\S+) import", path.read_text())
    return imports


def test_modules_import_only_from_those_below_them():
    order = modules_on_the_page()
    for module, imported in imports_by_module().items():
        for other in imported:
            assert order.index(other) > order.index(module), (module, other)


def test_the_page_lists_every_module():
    assert sorted(modules_on_the_page()) == sorted(imports_by_module())


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
