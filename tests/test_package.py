import pickle
from pathlib import Path

import pytest

import skdigits

HEAVY = ["tensorflow", "keras", "matplotlib", "seaborn"]


def test_importing_skdigits_imports_nothing_heavy(run_python):
    code = f"import sys, skdigits; assert not set({HEAVY}) & set(sys.modules)"
    run_python("-c", code)


def test_predicting_scores_imports_no_plotting(fitted, tmp_path, run_python):
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


def sources_by_room():
    folder = Path(skdigits.__file__).parent
    sources = {}
    for path in folder.rglob("*.py"):
        room = ".".join(path.relative_to(folder).with_suffix("").parts)
        sources[room.removesuffix(".__init__")] = path.read_text()
    return sources


def test_rooms_only_import_rooms_below_them():
    """The README's picture of the house: arrows only point down."""
    order = [
        "__init__",
        "_classifier",
        "_run",
        "_training",
        "_history",
        "_conversion",
        "_optimizer",
        "_network",
        "_augmentation",
        "_tensorflow",
        "_batches",
        "_held_out",
        "_forward",
        "_checks",
        "_labels",
        "_weights",
        "_scale",
        "_rows",
        "_random",
        "_version",
        "_progress",
        "_flatten",
        "_center",
        "_callbacks",
        "_ink",
        "_framing",
        "_datasets",
        "_download",
        "_displays",
        "_displays._confusion",
        "_displays._loss_curve",
        "_displays._gallery",
        "_displays._first_layer",
        "_displays._fitted_part",
        "_displays._images",
        "_displays._mosaic",
    ]
    sources = sources_by_room()
    assert set(sources) == set(order)
    for above, room in enumerate(order):
        source = sources[room]
        imported = [name for name in order if f"from skdigits.{name} import" in source]
        assert all(order.index(name) > above for name in imported), (room, imported)


def test_the_package_says_that_it_is_typed():
    assert (Path(skdigits.__file__).parent / "py.typed").exists()
