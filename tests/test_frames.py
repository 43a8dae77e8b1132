"""pandas and polars DataFrames: feature names are stored, checked and passed on."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skdigits import DigitMLPClassifier, Flatten

NAMES = [f"pixel_{i}_{j}" for i in range(8) for j in range(8)]
LIBRARIES = {"pandas": (pd.DataFrame, pd.Series), "polars": (pl.DataFrame, pl.Series)}


@pytest.fixture(params=list(LIBRARIES))
def table(request, digits):
    """The digits as a DataFrame with column names, the labels as strings."""
    make_frame, make_series = LIBRARIES[request.param]
    X, y = digits
    return make_frame(dict(zip(NAMES, X.T))), make_series(list(map(str, y)))


@pytest.fixture
def named(table):
    return DigitMLPClassifier(epochs=5, random_state=0).fit(*table)


def test_a_frame_gives_the_same_network_as_its_values(table, named, fitted, digits):
    X, y = digits
    np.testing.assert_array_equal(named.feature_names_in_, NAMES)
    np.testing.assert_array_equal(named.coefs_[0], fitted.coefs_[0])
    np.testing.assert_array_equal(
        named.predict(table[0]), fitted.predict(X).astype(str)
    )
    assert named.score(*table) == fitted.score(X, y)


def test_columns_with_other_names_or_in_another_order_raise_value_error(table, named):
    frame, labels = table
    reordered = frame[NAMES[::-1]]
    fewer = frame[NAMES[:-1]]
    renamed = type(frame)({f"p{i}": frame[name] for i, name in enumerate(NAMES)})
    for wrong, message in (
        (reordered, "must be in the same order"),
        (fewer, "yet now missing"),
        (renamed, "unseen at fit time"),
    ):
        with pytest.raises(ValueError, match=message):
            named.predict(wrong)
        with pytest.raises(ValueError, match=message):
            named.partial_fit(wrong, labels)


def test_partial_fit_stores_the_names_of_blocks_of_a_frame(table):
    frame, labels = table
    clf = DigitMLPClassifier(random_state=0)
    for start in range(0, 1500, 300):
        rows = slice(start, start + 300)
        clf.partial_fit(frame[rows], labels[rows], classes=list("0123456789"))
    np.testing.assert_array_equal(clf.feature_names_in_, NAMES)
    assert clf.n_iter_ == 5


def test_a_search_accepts_a_frame(table):
    clf = DigitMLPClassifier(epochs=5, random_state=0)
    search = GridSearchCV(clf, {"learning_rate": [1e-5, 1e-2]}, cv=2).fit(*table)
    assert search.best_params_ == {"learning_rate": 1e-2}
    np.testing.assert_array_equal(search.feature_names_in_, NAMES)
    assert search.score(*table) > 0.9


@pytest.mark.parametrize("library", LIBRARIES)
def test_flatten_names_the_pixels_in_the_requested_frame(library, digits, fitted):
    X, y = digits
    images = X.reshape(-1, 8, 8)
    flatten = Flatten().set_output(transform=library)
    frame = flatten.fit_transform(images)
    assert type(frame) is LIBRARIES[library][0]
    assert list(frame.columns) == NAMES
    np.testing.assert_array_equal(frame.to_numpy(), X)
    np.testing.assert_array_equal(flatten.inverse_transform(frame), images)

    pipe = Pipeline([("flatten", Flatten()), ("clf", clone(fitted))])
    pipe.set_output(transform=library).fit(images, y)
    np.testing.assert_array_equal(pipe[-1].feature_names_in_, NAMES)
    np.testing.assert_array_equal(pipe.predict(images), fitted.predict(X))
