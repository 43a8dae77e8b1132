import pickle
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import skdigits

HEAVY = ["tensorflow", "keras", "matplotlib", "seaborn", "pooch"]


def test_importing_skdigits_imports_nothing_heavy(run_python):
    code = f"import sys, skdigits; assert not set({HEAVY}) & set(sys.modules)"
    run_python("-c", code)


def test_predicting_imports_nothing_heavy(fitted, tmp_path, run_python):
    path = tmp_path / "clf.pickle"
    path.write_bytes(pickle.dumps(fitted))
    code = (
        "import pickle, sys; from pathlib import Path;"
        f"clf = pickle.loads(Path({str(path)!r}).read_bytes());"
        "clf.predict([[0] * 64]);"
        f"assert not set({HEAVY}) & set(sys.modules)"
    )
    run_python("-c", code)


@pytest.mark.parametrize("name", skdigits.__all__)
def test_every_public_name_is_documented(name):
    assert len(getattr(skdigits, name).__doc__.splitlines()) > 10


# Each module or folder imports only from those below it, and the modules of a folder
# import one another without a cycle: the order that the README's diagram shows.
ORDER = [
    "__main__",
    "__init__",
    "_reader",
    "_classifier",
    "_training",
    "_augmentation",
    "_flatten",
    "_directions",
    "_straighten",
    "_center",
    "_datasets",
    "_displays",
    "_network",
    "_validation",
    "_scale",
    "_rows",
    "_image_shape",
    "_image_stack",
    "_callbacks",
    "_version",
    "_signals",
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


def test_the_package_is_marked_as_typed():
    assert (Path(skdigits.__file__).parent / "py.typed").exists()
