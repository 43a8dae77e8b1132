"""Sparse rows: the same network as from dense ones, without a dense copy of X."""

import tracemalloc

import numpy as np
import pytest
import scipy.sparse

from skdigits import DigitMLPClassifier

FORMATS = ["csr", "csc", "coo"]


def as_sparse(X, form, kind="array"):
    return getattr(scipy.sparse, f"{form}_{kind}")(X)


@pytest.mark.parametrize("kind", ["array", "matrix"])
@pytest.mark.parametrize("form", FORMATS)
def test_sparse_rows_train_and_predict_like_dense_ones(digits, fitted, form, kind):
    X, y = digits
    rows = as_sparse(X, form, kind)
    clf = DigitMLPClassifier(epochs=5, random_state=0).fit(rows, y)
    np.testing.assert_array_equal(clf.coefs_[0], fitted.coefs_[0])
    np.testing.assert_array_equal(clf.predict_proba(rows), fitted.predict_proba(X))


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool"])
def test_sparse_rows_of_every_dtype_give_the_same_network(digits, dtype):
    X, y = digits[0].astype(dtype), digits[1]
    clf = DigitMLPClassifier(epochs=1, random_state=0)
    dense = clf.fit(X, y).predict_proba(X)
    rows = as_sparse(X, "csr")
    np.testing.assert_allclose(clf.fit(rows, y).predict_proba(rows), dense, rtol=1e-5)


def test_partial_fit_and_early_stopping_accept_sparse_rows(digits):
    X, y = digits
    rows = as_sparse(X, "csr")
    clf = DigitMLPClassifier(random_state=0)
    dense = clf.partial_fit(X, y, classes=range(10)).coefs_[0]
    clf = DigitMLPClassifier(random_state=0)
    sparse = clf.partial_fit(rows, y, classes=range(10)).coefs_[0]
    np.testing.assert_array_equal(sparse, dense)

    clf = DigitMLPClassifier(early_stopping=True, epochs=2, random_state=0)
    assert (
        clf.fit(X, y).validation_scores_
        == clf.fit(rows, y).validation_scores_
        != clf.fit(rows, y, X_val=rows, y_val=y).validation_scores_
    )


def test_weights_and_augmentation_work_with_sparse_rows(digits):
    X, y = digits
    weight = np.random.default_rng(0).integers(0, 3, len(y))
    clf = DigitMLPClassifier(epochs=1, augmentation="affine", random_state=0)
    dense = clf.fit(X, y, weight).coefs_[0]
    np.testing.assert_array_equal(
        clf.fit(as_sparse(X, "csc"), y, weight).coefs_[0], dense
    )


@pytest.mark.parametrize("shape", [(10_000, 10_000), (300, 300_000)])
@pytest.mark.parametrize("stage", ["fit", "predict"])
def test_sparse_rows_are_made_dense_one_block_at_a_time(stage, shape):
    """As a whole they would take 400 or 360 MB in float32."""
    rng = np.random.default_rng(0)
    where = tuple(rng.integers(0, n, 10_000) for n in shape)
    rows = scipy.sparse.csr_array((np.ones(10_000, np.float32), where), shape=shape)
    y = np.arange(len(rows.indptr) - 1) % 3
    clf = DigitMLPClassifier((2,), epochs=1, random_state=0).fit(rows[:99], y[:99])
    tracemalloc.start()
    clf.fit(rows, y) if stage == "fit" else clf.predict(rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300e6


def test_sparse_pixels_on_another_scale_give_a_warning(digits):
    X, y = digits
    pixels = as_sparse(X.astype(np.uint8) * np.uint8(15), "csr")
    clf = DigitMLPClassifier(epochs=1, random_state=0).fit(pixels, y)
    with pytest.warns(UserWarning, match="goes up to 1, but .* went up to 240"):
        clf.predict(pixels / 240)
