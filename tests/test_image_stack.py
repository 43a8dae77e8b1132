"""What the steps that take images promise alike."""

import pickle
import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import SkipTestWarning
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.utils import estimator_checks, get_tags

from skdigits import (
    CenterDigit,
    Flatten,
    GradientDirections,
    StraightenDigit,
    random_affine,
)

BOTH = pytest.mark.parametrize("transformer", [StraightenDigit(), GradientDirections()])
ALL = pytest.mark.parametrize(
    "transformer", [CenterDigit(), StraightenDigit(), GradientDirections()]
)


@pytest.fixture(scope="module")
def images(digits):
    """Some of the bundled digits as uint8, 0 – 240."""
    return 15 * digits[0][:50].reshape(-1, 8, 8)


@BOTH
@pytest.mark.parametrize(
    ("dtype", "result"),
    [
        ("uint8", "uint8"),
        ("float32", "float32"),
        ("float64", "float64"),
        (">f8", "float64"),
        ("float16", "float32"),
        ("longdouble", "float64"),
        ("int64", "float64"),
        ("bool", "float32"),
    ],
)
def test_uint8_stays_uint8_and_other_dtypes_become_floats(
    transformer, images, dtype, result
):
    images = images > 200 if dtype == "bool" else images.astype(dtype)
    assert transformer.transform(images).dtype == result


@BOTH
def test_uint8_is_the_floats_rounded(transformer, images):
    exact = transformer.transform(images.astype(float))
    np.testing.assert_array_equal(transformer.transform(images), np.rint(exact))
    single = transformer.transform(images.astype(np.float32))
    np.testing.assert_allclose(single, exact, atol=1e-3)


@BOTH
def test_each_image_is_processed_independently(transformer, mnist):
    for dtype in (np.uint8, np.float32):
        images = mnist[0][:200].astype(dtype)  # several blocks
        alone = [transformer.transform([image])[0] for image in images]
        np.testing.assert_array_equal(transformer.transform(images), alone)


@BOTH
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 3), (7, 5), (300, 400)])
def test_images_of_any_size_are_taken(transformer, shape):
    X = np.random.default_rng(0).random((2, *shape))
    assert np.isfinite(transformer.transform(X)).all()


@BOTH
@pytest.mark.parametrize(("dtype", "exponent"), [("float32", 123), ("float64", 1019)])
def test_values_near_the_largest_do_not_overflow(transformer, images, dtype, exponent):
    X = (images // 15).astype(dtype)  # 0 – 16
    scales = 2.0 ** np.where(np.arange(len(X)) % 2, exponent, 0).astype(dtype)
    expected = transformer.transform(X)
    result = transformer.transform((X.T * scales).T)
    np.testing.assert_array_equal((result.T / scales).T, expected)


@BOTH
def test_blank_images_stay_blank(transformer, images):
    X = np.stack([images[0], np.zeros((8, 8), np.uint8), images[1]])
    result = transformer.transform(X)
    assert not result[1].any()
    np.testing.assert_array_equal(result[[0, 2]], transformer.transform(images[:2]))


@BOTH
def test_lists_and_any_view_are_taken_and_not_changed(transformer, images):
    expected = transformer.transform(images)
    np.testing.assert_array_equal(transformer.transform(list(images)), expected)
    nested = transformer.transform(images.astype(float).tolist())
    np.testing.assert_array_equal(np.rint(nested), expected)
    X = np.asfortranarray(images)[::-1]
    X.flags.writeable = False
    np.testing.assert_array_equal(transformer.transform(X), expected[::-1])
    np.testing.assert_array_equal(X[::-1], images)


@BOTH
@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((28, 28)), r"\(28, 28\): one image.*\[image\].*, height, width\)\."),
        (np.zeros((28, 28), np.uint8), r"\(28, 28\): one image.*give \[image\]"),
        (np.zeros(784), r"Got \(784,\)"),
        (np.zeros((3, 784)), r"for rows, numpy\.asarray\(X\)\.reshape\(-1, 28, 28\)\."),
        (np.zeros((28, 28, 1)), r"one image of 28 × 28 pixels.*give \[image\]"),
        (np.zeros((28, 20, 3)), r"one image of 28 × 20 pixels.*give \[image\]"),
        (7, r"Got \(\)"),
        (np.zeros((2, 9, 9, 3)), r"grey images.*Got \(2, 9, 9, 3\)"),
        (np.zeros((0, 28, 28)), r"at least one sample.*Got shape \(0, 28, 28\)"),
        (np.zeros((2, 0, 28), np.uint8), r"one pixel. Got shape \(2, 0, 28\)"),
        ([np.zeros((2, 2)), np.zeros((3, 3))], "inhomogeneous"),
        (np.full((2, 3, 3), np.nan), "contains NaN"),
        (np.full((2, 3, 3), np.inf), "contains infinity"),
        ([[["a", "b"]]], "bytes/strings"),
        (np.zeros((2, 3, 3)) * 1j, "Complex data not supported"),
    ],
)
def test_invalid_input_raises_an_error_with_advice(transformer, X, message):
    for method in ("fit", "transform"):
        with pytest.raises(ValueError, match=message):
            getattr(transformer, method)(X)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_one_channel_is_the_same_as_none_in_all_image_steps(images, dtype):
    """Keras's images have an axis for it."""
    images = images.astype(dtype)
    X = images[..., np.newaxis]
    for transformer in (CenterDigit(), StraightenDigit(), GradientDirections()):
        expected = transformer.fit_transform(images)
        np.testing.assert_array_equal(transformer.fit_transform(X), expected)
    warped = random_affine(X, 0)
    assert warped.dtype == dtype
    np.testing.assert_array_equal(warped, random_affine(images, 0)[..., np.newaxis])


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((64,), r"images must have shape.*Got \(64,\)"),
        ((20, 64), r"for rows, numpy\.asarray\(images\)\.reshape\(-1, 8, 8\)"),
        ((28, 28, 1), r"one image of 28 × 28 pixels.*images\[\.\.\., numpy\.newaxis\]"),
        ((2, 9, 9, 3), r"images must be grey images"),
    ],
)
def test_random_affine_raises_the_same_errors(shape, message):
    with pytest.raises(ValueError, match=message):
        random_affine(np.zeros(shape), 0)


@ALL
def test_sparse_input_raises_type_error(transformer):
    with pytest.raises(TypeError, match=r"(?i)sparse"):
        transformer.transform(sparse.csr_matrix(np.eye(5)))


@ALL
def test_fit_learns_nothing_and_copies_behave_the_same(transformer, images):
    expected = transformer.transform(images)
    copy = clone(transformer)
    assert copy.fit(images) is copy
    assert vars(copy) == vars(transformer)
    for other in (copy, pickle.loads(pickle.dumps(transformer))):
        np.testing.assert_array_equal(other.transform(images), expected)


@ALL
def test_set_output_is_left_to_the_other_steps(transformer, images):
    pipe = make_pipeline(clone(transformer), Flatten()).set_output(transform="pandas")
    frame = pipe.fit_transform(images)
    np.testing.assert_array_equal(
        frame.to_numpy(), transformer.transform(images).reshape(len(images), -1)
    )


@ALL
def test_names_of_columns_pass_through_a_pipeline_beside_others(transformer, images):
    pipe = make_pipeline(clone(transformer), Flatten())
    union = FeatureUnion([("raw", Flatten()), ("step", pipe)]).fit(images)
    names = union.get_feature_names_out()
    flat = Flatten().fit(transformer.transform(images)).get_feature_names_out()
    assert list(names[:64]) == [f"raw__pixel_{i}_{j}" for i, j in np.ndindex(8, 8)]
    assert list(names[64:]) == [f"step__{name}" for name in flat]


@BOTH
def test_the_tags_describe_the_input(transformer):
    tags = get_tags(transformer)
    assert tags.input_tags.three_d_array
    assert not tags.input_tags.two_d_array
    assert not tags.requires_fit
    assert tags.transformer_tags.preserves_dtype == ["uint8", "float32", "float64"]


@ALL
@pytest.mark.parametrize(
    "name",
    [
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_valid_tag_types",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_get_params_invariance",
        "check_set_params",
        "check_mixin_order",
    ],
)
def test_scikit_learns_checks_that_need_no_table_pass(transformer, name):
    getattr(estimator_checks, name)(type(transformer).__name__, transformer)


@ALL
def test_check_estimator_passes_what_it_can(transformer):
    # It knows no three-dimensional data, and says so.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SkipTestWarning)
        results = estimator_checks.check_estimator(transformer)
    assert {result["status"] for result in results} == {"passed"}


def test_both_before_flatten_and_a_network(fitted, digits):
    X, y = digits
    images = X[:300].reshape(-1, 8, 8)
    pipe = make_pipeline(
        StraightenDigit(), GradientDirections(), Flatten(), clone(fitted)
    )
    pipe.fit(images, y[:300])
    assert pipe[-1].n_features_in_ == 64
    assert pipe.predict_proba(images).shape == (300, 10)
    names = pipe[:-1].named_steps["flatten"].get_feature_names_out()
    assert list(names[[0, -1]]) == ["pixel_0_0_0", "pixel_3_3_3"]
