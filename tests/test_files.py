"""Files of other versions, what they contain, and which files are written."""

import copy
import json
import pickle
import pickletools
import re
import zipfile
import zlib
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.base import clone

import skdigits
from skdigits import DigitMLPClassifier

DATA = Path(__file__).parent / "data"
# Versions whose files this one must read.
VERSIONS = sorted(path.name for path in DATA.iterdir() if path.name[0].isdigit())
NAMES = ["predicts", "goes_on"]


def load(version, name, form):
    path = DATA / version / f"{name}.{form}"
    if form == "joblib":
        return joblib.load(path)
    skops = pytest.importorskip("skops.io")
    return skops.load(path, trusted=skops.get_untrusted_types(file=path))


# Files of older versions


def test_this_version_has_files_for_the_tests_of_later_versions():
    assert skdigits.__version__ in VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", ["joblib", "skops"])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_every_version_predicts_as_it_did(version, name, form, digits):
    X, y = digits
    clf = load(version, name, form)
    with np.load(DATA / version / "expected.npz") as expected:
        np.testing.assert_allclose(
            clf.predict_proba(X[:20]), expected[name], rtol=1e-4, atol=1e-7
        )
    labels = [f"digit {digit}" for digit in y] if name == "predicts" else y
    assert clf.score(X, labels) > 0.7
    assert clf.get_params().keys() == DigitMLPClassifier().get_params().keys()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("form", ["joblib", "skops"])
def test_training_resumes_from_a_file_of_every_version(version, form, digits):
    X, y = digits
    X = X.astype(np.float64)
    clf = load(version, "goes_on", form)
    epochs, moments = clf.n_iter_, clf._state[2]
    assert np.any(moments > 0)
    before = clf.score(X, y)
    clf.fit(X, y)
    assert clf.n_iter_ == epochs + 10
    assert clf.score(X, y) > before - 0.01
    clone(clf).set_params(epochs=1).fit(X, y)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_flatten_of_every_version_works(version, digits):
    X, _ = digits
    flatten = joblib.load(DATA / version / "flatten.joblib")
    np.testing.assert_array_equal(flatten.transform(X.reshape(-1, 8, 8)), X)


def test_the_files_are_small():
    assert sum(path.stat().st_size for path in DATA.rglob("*.*")) < 200_000


def test_parameters_missing_in_a_file_get_their_defaults(fitted, digits):
    X, y = digits
    state = fitted.__getstate__()
    for name in ("image_shape", "augmentation", "class_weight", "tol"):
        del state[name]
    older = DigitMLPClassifier.__new__(DigitMLPClassifier)
    older.__setstate__(state)
    assert older.get_params() == fitted.get_params()
    np.testing.assert_array_equal(older.predict_proba(X), fitted.predict_proba(X))
    older.fit(X, y)


# Files of newer versions


def pickled_by(version, clf, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("skdigits._version.__version__", version)
        return pickle.dumps(clf)


@pytest.mark.parametrize("version", ["99.0.0", "0.10.0", "0.1.1", "0.2.0.dev1"])
def test_the_warning_on_a_newer_file_names_its_version(
    fitted, digits, version, monkeypatch
):
    content = pickled_by(version, fitted, monkeypatch)
    with pytest.warns(UserWarning, match=rf"by skdigits {version}, and this is 0\.1"):
        clf = pickle.loads(content)
    X, _ = digits
    np.testing.assert_array_equal(clf.predict(X), fitted.predict(X))


@pytest.mark.parametrize("version", ["0.0.9", "0.1.0", "0.1"])
def test_a_file_of_this_or_an_older_version_gives_no_warning(
    fitted, version, monkeypatch
):
    pickle.loads(pickled_by(version, fitted, monkeypatch))


def test_a_newer_skops_file_gives_a_warning(fitted, tmp_path, monkeypatch):
    skops = pytest.importorskip("skops.io")
    with monkeypatch.context() as patch:
        patch.setattr("skdigits._version.__version__", "9.8.7")
        skops.dump(fitted, tmp_path / "clf.skops")
    trusted = skops.get_untrusted_types(file=tmp_path / "clf.skops")
    with pytest.warns(UserWarning, match=r"written by skdigits 9\.8\.7"):
        skops.load(tmp_path / "clf.skops", trusted=trusted)


def test_only_files_hold_the_version(fitted):
    for clf in (copy.copy(fitted), pickle.loads(pickle.dumps(fitted))):
        assert vars(clf).keys() == vars(fitted).keys()
    assert fitted.__getstate__()["_skdigits_version"] == skdigits.__version__
    assert "_skdigits_version" not in vars(fitted)


# Security


@pytest.mark.parametrize("version", VERSIONS)
def test_files_name_public_classes_only(version):
    folder = DATA / version
    contents = [zlib.decompress((folder / f"{n}.joblib").read_bytes()) for n in NAMES]
    for content in (*contents, (folder / "flatten.joblib").read_bytes()):
        names = set(re.findall(rb"skdigits[\w.]*", content))
        assert b"skdigits" in names
        assert names <= {b"skdigits", b"skdigits_version"}
    for name in NAMES:
        types = pytest.importorskip("skops.io").get_untrusted_types(
            file=DATA / version / f"{name}.skops"
        )
        assert types == ["skdigits.DigitMLPClassifier"]


def test_a_pickle_names_public_classes_only(digits):
    clf = DigitMLPClassifier(epochs=1, warm_start=True, early_stopping=True)
    content = pickle.dumps(clf.fit(*digits), protocol=2)
    modules = {
        argument.split()[0]
        for opcode, argument, _ in pickletools.genops(content)
        if opcode.name == "GLOBAL"
    }
    assert "skdigits" in modules
    assert not {name for name in modules if name.startswith("skdigits.")}


def test_a_skops_file_holds_no_pickle():
    for name in NAMES:
        path = DATA / skdigits.__version__ / f"{name}.skops"
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
            json.loads(archive.read("schema.json"))
        assert {Path(member).suffix for member in members} == {".json", ".npy"}


def test_no_file_is_written_and_no_server_is_called(first_fit):
    _, (home, temporary) = first_fit
    # Keras writes its configuration when it is first imported.
    assert {path.name for path in home.iterdir()} <= {".keras"}
    assert list(temporary.iterdir()) == []
