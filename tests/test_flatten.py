import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skdigits import Flatten


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (6, 4, 3), dtype=np.uint8)


@pytest.mark.parametrize("shape", [(12,), (4, 3), (4, 3, 1), (2, 2, 3, 1)])
def test_each_sample_becomes_one_row(images, shape):
    X = images.reshape(6, *shape)
    flatten = Flatten().fit(X)
    np.testing.assert_array_equal(flatten.transform(X), images.reshape(6, 12))
    assert flatten.sample_shape_ == shape
    assert flatten.n_features_in_ == 12


@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool", "float16", "float64"])
def test_the_dtype_is_kept(images, dtype):
    assert Flatten().fit_transform(images.astype(dtype)).dtype == dtype


def test_the_result_is_a_view_where_possible(images):
    flatten = Flatten().fit(images)
    assert np.shares_memory(flatten.transform(images), images)
    rows = flatten.transform(images)
    assert np.shares_memory(flatten.inverse_transform(rows), images)


def test_non_contiguous_and_read_only_arrays_are_accepted(images):
    turned = images.transpose(0, 2, 1)[::2]
    expected = np.array([image.ravel() for image in turned])
    np.testing.assert_array_equal(Flatten().fit_transform(turned), expected)
    images.flags.writeable = False
    assert Flatten().fit_transform(images).shape == (6, 12)


def test_the_inverse_gives_the_images_back(images):
    flatten = Flatten().fit(images)
    back = flatten.inverse_transform(flatten.transform(images))
    assert back.dtype == images.dtype
    np.testing.assert_array_equal(back, images)


def test_nan_and_infinity_pass_through(images):
    X = images.astype(float)
    X[0, 0, :2] = np.nan, np.inf
    flatten = Flatten().fit(X)
    np.testing.assert_array_equal(flatten.transform(X), X.reshape(6, 12))
    np.testing.assert_array_equal(flatten.inverse_transform(X.reshape(6, 12)), X)


def test_lists_of_images_and_frames_are_accepted(images):
    expected = images.reshape(6, 12)
    np.testing.assert_array_equal(Flatten().fit_transform(list(images)), expected)
    np.testing.assert_array_equal(Flatten().fit_transform(images.tolist()), expected)
    frame = pd.DataFrame(expected).add_prefix("p")
    flatten = Flatten().fit(frame)
    np.testing.assert_array_equal(flatten.transform(frame), expected)
    assert list(flatten.get_feature_names_out()) == list(frame.columns)


def test_an_array_after_a_frame_gets_scikit_learns_warning(images):
    rows = images.reshape(6, 12)
    flatten = Flatten().fit(pd.DataFrame(rows).add_prefix("p"))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        flatten.transform(rows)


def test_set_output_names_the_pixels(images):
    flatten = Flatten().set_output(transform="pandas").fit(images)
    frame = flatten.transform(images)
    assert list(frame.columns[:4]) == [
        "pixel_0_0",
        "pixel_0_1",
        "pixel_0_2",
        "pixel_1_0",
    ]
    np.testing.assert_array_equal(frame.to_numpy(), images.reshape(6, 12))
    np.testing.assert_array_equal(flatten.inverse_transform(frame), images)


@pytest.mark.parametrize("shape", [(3, 4), (12,), (4, 3, 2), (1, 4, 3), (5, 5), (13,)])
def test_another_sample_shape_raises_value_error(images, shape):
    flatten = Flatten().fit(images)
    with pytest.raises(ValueError, match=r"fitted on samples of shape \(4, 3\)"):
        flatten.transform(np.zeros((2, *shape)))


@pytest.mark.parametrize("fitted", [(4, 3), (4, 3, 1)])
@pytest.mark.parametrize("given", [(4, 3), (4, 3, 1)])
def test_one_channel_is_the_same_as_none(images, fitted, given):
    flatten = Flatten().fit(images.reshape(6, *fitted))
    rows = flatten.transform(images.reshape(6, *given))
    np.testing.assert_array_equal(rows, images.reshape(6, 12))
    assert flatten.inverse_transform(rows).shape == (6, *fitted)
    with pytest.raises(ValueError, match=r"For one image, give \[image\]\."):
        flatten.transform(images[0].reshape(given))
    assert flatten.transform([images[0].reshape(given)]).shape == (1, 12)


@pytest.mark.parametrize("frame", [np.asarray, pd.DataFrame, np.ndarray.tolist])
def test_for_rows_of_the_same_pixels_the_error_advises_how_to_reshape_them(
    images, frame
):
    rows = images.reshape(6, 12)
    flatten = Flatten().fit(images)
    with pytest.raises(ValueError, match=r"numpy\.asarray\(X\)\.reshape\(-1, 4, 3\)\."):
        flatten.transform(frame(rows))
    again = np.asarray(frame(rows)).reshape(-1, 4, 3)
    np.testing.assert_array_equal(flatten.transform(again), rows)
    with pytest.raises(ValueError, match=r"numpy\.asarray\(X\)\.reshape\(-1, 12\)\."):
        Flatten().fit(frame(rows)).transform(images)


def test_other_invalid_input_raises_an_error(images):
    flatten = Flatten().fit(images)
    with pytest.raises(ValueError, match=r"11 features.*expecting 12"):
        flatten.inverse_transform(np.zeros((2, 11)))
    with pytest.raises(ValueError, match="Expected 2D array, got 1D"):
        Flatten().fit(np.zeros(5))
    with pytest.raises(ValueError, match="inhomogeneous"):
        Flatten().fit([np.zeros((2, 2)), np.zeros((3, 3))])
    with pytest.raises(ValueError, match="bytes/strings"):
        Flatten().fit([["a", "b"], ["c", "d"]])
    with pytest.raises(ValueError, match="0 sample"):
        Flatten().fit(np.zeros((0, 4, 3)))
    for method in ("transform", "inverse_transform", "get_feature_names_out"):
        with pytest.raises(NotFittedError):
            getattr(Flatten(), method)(images)


def test_a_failed_fit_does_not_change_the_transformer(images):
    flatten = Flatten().fit(images)
    with pytest.raises(ValueError, match="inhomogeneous"):
        flatten.fit([np.zeros((2, 2)), np.zeros((3, 3))])
    assert flatten.transform(images).shape == (6, 12)


def test_copies_behave_the_same(images):
    flatten = Flatten().fit(images)
    back = pickle.loads(pickle.dumps(flatten))
    np.testing.assert_array_equal(back.transform(images), flatten.transform(images))
    with pytest.raises(NotFittedError):
        clone(flatten).transform(images)
