import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from skdigits import FirstLayerDisplay, Flatten, GradientDirections


@pytest.fixture
def weights():
    return np.random.default_rng(0).normal(size=(6, 3, 4))


def test_each_unit_is_the_image_of_its_weights(fitted):
    display = FirstLayerDisplay.from_estimator(fitted)
    assert display.weights.shape == (25, 8, 8)
    np.testing.assert_array_equal(
        display.weights[7], fitted.coefs_[0][:, 7].reshape(8, 8)
    )


def test_all_images_are_drawn_in_order_in_one_mosaic(weights):
    display = FirstLayerDisplay(weights).plot(n_columns=3)
    drawn = display.im_.get_array()
    # The first and the last image are in opposite corners of the mosaic.
    np.testing.assert_array_equal(drawn[1:4, :4], weights[0])
    np.testing.assert_array_equal(drawn[-3:, -4:], weights[5])
    assert drawn.count() == weights.size
    assert [text.get_text() for text in display.text_] == list("012345")


def test_colours_are_symmetric_about_zero_and_shared(weights):
    display = FirstLayerDisplay(weights - 5).plot()
    low, high = display.im_.get_clim()
    assert low == -high
    assert high == np.quantile(abs(weights - 5), 0.995)
    assert display.colorbar_.mappable is display.im_
    assert display.colorbar_.ax.get_ylabel() == "Weight of a pixel in the unit"


def test_zero_is_neutral_and_greyscale_shows_the_sign(weights):
    cmap = FirstLayerDisplay(weights).plot().im_.get_cmap()
    colours = cmap(np.linspace(0, 1, 101))[:, :3]
    assert np.ptp(colours[50]) < 0.02
    luminance = colours @ [0.299, 0.587, 0.114]
    assert (np.diff(luminance) > 0).all()


def test_weights_that_are_all_zero_can_be_drawn():
    display = FirstLayerDisplay(np.zeros((2, 3, 3))).plot()
    display.figure_.canvas.draw()
    assert display.im_.get_clim() == (-1, 1)


def test_scikit_learns_network_is_drawn_too(mlp):
    display = FirstLayerDisplay.from_estimator(mlp)
    assert display.weights.shape == (20, 8, 8)
    assert len(display.text_) == 20


def test_images_need_not_be_square(mlp):
    display = FirstLayerDisplay.from_estimator(mlp, image_shape=(4, 16))
    assert display.weights.shape == (20, 4, 16)


def test_a_shape_that_does_not_fit_raises_value_error(mlp):
    with pytest.raises(
        ValueError, match=r"\(8, 9\) has 72 pixels, but each image has 64"
    ):
        FirstLayerDisplay.from_estimator(mlp, image_shape=(8, 9))


@pytest.fixture(scope="module")
def directions_pipeline(digits, fitted):
    """A network over GradientDirections: four planes of 4 × 4."""
    X, y = digits
    pipe = make_pipeline(GradientDirections(), Flatten(), clone(fitted))
    return pipe.fit(X[:200].reshape(-1, 8, 8), y[:200])


def test_a_layer_over_four_directions_is_drawn_as_four_planes(directions_pipeline):
    display = FirstLayerDisplay.from_estimator(directions_pipeline, n_columns=5)
    planes = directions_pipeline[-1].coefs_[0].T.reshape(25, 4, 4, 4)
    np.testing.assert_array_equal(display.weights, planes)
    drawn = display.im_.get_array()
    first = drawn[2:11, :9]  # below the number
    for plane, (i, j) in zip(planes[0], [(0, 0), (0, 5), (5, 0), (5, 5)]):
        np.testing.assert_array_equal(first[i : i + 4, j : j + 4], plane)
    assert drawn.count() == planes.size
    assert len(display.text_) == 25
    assert "| / over — \\" in display.colorbar_.ax.get_ylabel()


def test_four_planes_can_be_asked_for(directions_pipeline, mlp):
    network = directions_pipeline[-1]
    display = FirstLayerDisplay.from_estimator(network, image_shape=(4, 4, 4))
    assert display.weights.shape == (25, 4, 4, 4)
    with pytest.raises(ValueError, match=r"\(4, 4, 5\) has 80 values.*64 weights"):
        FirstLayerDisplay.from_estimator(mlp, image_shape=(4, 4, 5))


def test_the_shape_that_flatten_saw_is_taken(digits, fitted):
    X, y = digits
    for shape, seen in [((4, 16), (4, 16)), ((4, 16, 1), (4, 16))]:
        pipe = make_pipeline(Flatten(), clone(fitted))
        pipe.fit(X[:200].reshape(-1, *shape), y[:200])
        assert FirstLayerDisplay.from_estimator(pipe).weights.shape == (25, *seen)


@pytest.mark.parametrize("n_units", [1, 2, 100])
def test_the_figure_has_a_sensible_size_for_few_and_many_units(n_units):
    weights = np.random.default_rng(0).normal(size=(n_units, 8, 8))
    display = FirstLayerDisplay(weights).plot()
    display.figure_.canvas.draw()
    assert len(display.text_) == n_units
    width, height = display.figure_.get_size_inches()
    assert 4 <= width <= 12
    assert 1 <= height <= 12


def test_it_draws_into_given_axes_with_the_given_style(weights):
    figure, axes = plt.subplots(1, 2)
    axes[1].set_title("mine")
    display = FirstLayerDisplay(weights).plot(ax=axes[1], cmap="vlag", colorbar=False)
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert display.im_.get_cmap().name == "vlag"
    assert display.colorbar_ is None
    assert display.ax_.get_title() == "mine"
    assert not axes[0].images


def test_the_colour_bar_is_as_high_as_the_images(weights):
    display = FirstLayerDisplay(weights).plot(ax=plt.subplots()[1])
    display.figure_.canvas.draw()
    images = display.ax_.get_window_extent()
    bar = display.colorbar_.ax.get_window_extent()
    # The arrows at its ends, for weights beyond the limits, take 5 % each.
    arrow = 0.05 * bar.height
    assert bar.y0 - arrow == pytest.approx(images.y0)
    assert bar.y1 + arrow == pytest.approx(images.y1)


def test_matplotlibs_settings_do_not_change(weights):
    before = mpl.rcParams.copy()
    FirstLayerDisplay(weights).plot().figure_.canvas.draw()
    assert mpl.rcParams == before
