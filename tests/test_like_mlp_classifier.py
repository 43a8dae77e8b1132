"""A swap for MLPClassifier: what its users set and read is there, or is listed."""

import copy
import inspect
import re
from pathlib import Path

import pytest
from sklearn.neural_network import MLPClassifier

from skdigits import DigitMLPClassifier

PAGE = (
    Path(__file__).parents[1] / "docs" / "coming_from_mlp_classifier.md"
).read_text()


def table(heading):
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(.*?)` \| (?:`(.*?)`|–) \|", section, re.MULTILINE)
    return {
        theirs.split("=")[0]: ours.split("=")[0] if ours else None
        for theirs, ours in rows
    }


@pytest.fixture(scope="module")
def ours(digits):
    clf = DigitMLPClassifier((8,), early_stopping=True, epochs=3, random_state=0)
    return clf.fit(*digits)


def test_the_page_lists_every_parameter_of_mlp_classifier():
    listed = table("Parameters")
    assert set(inspect.signature(MLPClassifier).parameters) <= set(listed)
    assert set(listed.values()) - {None} <= set(DigitMLPClassifier().get_params())


def test_the_page_lists_every_fitted_attribute_of_mlp_classifier(mlp, ours):
    listed = table("Fitted attributes")
    public = re.compile(r"[a-z]\w*_")
    assert {name for name in dir(mlp) if public.fullmatch(name)} <= set(listed)
    for name in set(listed.values()) - {None, "feature_names_in_"}:
        assert hasattr(ours, name)


def test_the_defaults_on_the_page_are_the_real_ones():
    for clf, column in ((MLPClassifier, 0), (DigitMLPClassifier, 1)):
        tables = PAGE[PAGE.index("## Parameters") :]
        for row in re.findall(r"^\| `(\w+=.*?)` \| (?:`(\w+=.*?)`|–)", tables, re.M):
            if row[column]:
                name, default = row[column].split("=")
                real = inspect.signature(clf).parameters[name].default
                assert eval(default) == real


def test_the_counterpart_of_each_parameter_is_accepted():
    first = PAGE[: PAGE.index("## Parameters")]
    rows = re.findall(
        r"^\| `(\w+)=(.*?)` \| (?:`(\w+)=(.*?)`|leave it out)", first, re.M
    )
    assert len(rows) == 7
    for theirs, value, ours, our_value in rows:
        MLPClassifier(**{theirs: eval(value)})._validate_params()
        if ours:
            DigitMLPClassifier(**{ours: eval(our_value)})._validate_params()


def test_derived_attributes_follow_the_network(ours):
    clf = copy.deepcopy(ours)
    clf.loss_curve_.append(9.0)
    assert clf.loss_ == clf.loss_curve_[-1]
    assert clf.best_loss_ == min(ours.loss_curve_)
    assert (ours.n_layers_, ours.n_outputs_, ours.out_activation_) == (3, 10, "softmax")


def test_derived_attributes_are_missing_before_fit():
    clf = DigitMLPClassifier()
    for name in ("loss_", "best_loss_", "n_layers_", "n_outputs_", "out_activation_"):
        assert not hasattr(clf, name)
