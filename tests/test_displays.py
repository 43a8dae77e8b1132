import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix
from sklearn.neural_network import MLPClassifier

from skdigits import (
    AttributionDisplay,
    ConfusionHeatmapDisplay,
    DigitGalleryDisplay,
    FirstLayerDisplay,
    LossCurveDisplay,
    ReadingDisplay,
)

Y_TRUE = ["cat", "dog", "cat", "bird", "dog", "dog"]
Y_PRED = ["cat", "dog", "dog", "bird", "dog", "cat"]


def cell_texts(display):
    return [[text.get_text() for text in row] for row in display.text_]


def test_it_computes_the_same_as_scikit_learns_display(fitted, digits):
    X, y = digits
    ours = ConfusionHeatmapDisplay.from_estimator(fitted, X, y)
    theirs = ConfusionMatrixDisplay.from_estimator(fitted, X, y)
    np.testing.assert_array_equal(ours.confusion_matrix, theirs.confusion_matrix)
    np.testing.assert_array_equal(ours.display_labels, theirs.display_labels)
    assert isinstance(ours, ConfusionMatrixDisplay)


def test_counts_are_written_as_integers_in_their_cells():
    display = ConfusionHeatmapDisplay.from_predictions(Y_TRUE, Y_PRED)
    matrix = confusion_matrix(Y_TRUE, Y_PRED)
    assert cell_texts(display) == [[str(n) for n in row] for row in matrix]
    np.testing.assert_array_equal(display.im_.get_array().ravel(), matrix.ravel())
    # The first row is at the top.
    assert display.ax_.yaxis_inverted()


def test_a_count_beyond_four_digits_is_still_an_integer():
    display = ConfusionHeatmapDisplay(np.array([[123456, 0], [1, 10000]])).plot()
    assert cell_texts(display)[0][0] == "123456"


def test_a_matrix_of_booleans_is_written_as_zeros_and_ones():
    display = ConfusionHeatmapDisplay(np.eye(2, dtype=bool)).plot()
    texts = [text.get_text() for text in display.text_.ravel()]
    assert texts == ["1", "0", "0", "1"]


def test_normalized_values_have_two_decimals():
    display = ConfusionHeatmapDisplay.from_predictions(Y_TRUE, Y_PRED, normalize="true")
    assert cell_texts(display)[1] == ["0.00", "0.50", "0.50"]


def test_axes_have_titles_and_the_class_labels():
    display = ConfusionHeatmapDisplay.from_predictions(Y_TRUE, Y_PRED)
    assert display.ax_.get_xlabel() == "Predicted label"
    assert display.ax_.get_ylabel() == "True label"
    labels = [label.get_text() for label in display.ax_.get_xticklabels()]
    assert labels == ["bird", "cat", "dog"]


def test_it_draws_into_given_axes_with_the_given_style():
    figure, axes = plt.subplots(1, 2)
    display = ConfusionHeatmapDisplay.from_predictions(
        Y_TRUE,
        Y_PRED,
        ax=axes[1],
        include_values=False,
        cmap="Blues",
        colorbar=False,
        xticks_rotation="vertical",
        im_kw={"linewidths": 2, "square": False},
    )
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert display.text_ is None
    assert display.im_.get_cmap().name == "Blues"
    assert len(figure.axes) == 2  # no colour bar
    assert display.ax_.get_xticklabels()[0].get_rotation() == 90
    assert not axes[0].collections


def colours(display):
    """The lightness of each cell, from the top left."""
    display.figure_.canvas.draw()
    rgb = display.im_.get_facecolor()[:, :3]
    return (rgb @ [0.2126, 0.7152, 0.0722]).reshape(display.confusion_matrix.shape)


@pytest.mark.parametrize("n", [1, 1000])
def test_a_few_confusions_among_many_right_predictions_show(n):
    counts = np.array([[980, 0, 15], [1, 1100, 0], [4, 0, 1000]])
    display = ConfusionHeatmapDisplay(counts / n if n > 1 else counts).plot()
    none, one, four, fifteen = colours(display)[[0, 1, 2, 0], [1, 0, 0, 2]]
    assert none + 0.05 < one < four < fifteen < colours(display)[0, 0]


def test_the_colours_can_be_linear():
    counts = np.array([[1000, 0], [500, 500]])
    display = ConfusionHeatmapDisplay(counts).plot(im_kw={"norm": None})
    assert display.im_.norm(500) == pytest.approx(0.5)
    display = ConfusionHeatmapDisplay(counts).plot(im_kw={"vmax": 2000})
    assert display.im_.norm(500) == pytest.approx(0.25)


@pytest.mark.parametrize(
    "matrix",
    [
        np.zeros((2, 2), dtype=int),
        5 * np.eye(2),
        np.array([[200, 0], [1, 90]], np.uint8),
        np.array([[120, 0], [1, 90]], np.int8),
        np.eye(2, dtype=bool),
    ],
)
def test_any_counts_have_colours(matrix):
    ConfusionHeatmapDisplay(matrix).plot().figure_.canvas.draw()


def test_a_new_figure_has_no_wide_margins():
    for colorbar in (True, False):
        display = ConfusionHeatmapDisplay(np.eye(10, dtype=int)).plot(colorbar=colorbar)
        figure = display.figure_
        figure.canvas.draw()
        drawn = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert drawn.width > 0.94 * width
        assert drawn.height > 0.94 * height


IMAGES = np.random.default_rng(0).random((6, 8, 8))
DISPLAYS = {
    "confusion": lambda: ConfusionHeatmapDisplay(np.eye(3)).plot(),
    "no colour bar": lambda: ConfusionHeatmapDisplay(np.eye(3)).plot(colorbar=False),
    "first layer": lambda: FirstLayerDisplay(IMAGES).plot(),
    "attribution": lambda: AttributionDisplay(
        IMAGES[0], IMAGES[1], constant=-1.0, labels=(3, 8)
    ).plot(),
    "losses": lambda: LossCurveDisplay([3, 2, 1], validation_scores=[1, 2, 3]).plot(),
    "gallery": lambda: DigitGalleryDisplay(IMAGES, Y_TRUE, Y_PRED, title="A").plot(),
    "no images": lambda: DigitGalleryDisplay([], [], [], title="No errors").plot(),
}
WAYS = ["learnt ink"] * 6
DISPLAYS["reading of a blank picture"] = lambda: ReadingDisplay(
    IMAGES[0][..., np.newaxis], IMAGES[0], IMAGES, range(-6, 0), WAYS
).plot()
DISPLAYS["reading"] = lambda: ReadingDisplay(
    IMAGES[0][..., np.newaxis],
    IMAGES[0],
    IMAGES,
    range(6),
    WAYS,
    chosen=5,
    framed=IMAGES[0],
    straightened=IMAGES[0],
    planes=IMAGES[:4],
    probabilities=IMAGES[0, 0],
).plot()
SETTINGS = [{}, {"figure.autolayout": True}, {"figure.constrained_layout.use": True}]


@pytest.mark.parametrize("draw", DISPLAYS.values(), ids=DISPLAYS)
def test_the_layout_of_a_new_figure_can_be_changed_without_a_warning(draw):
    display = draw()
    display.figure_.canvas.draw()
    plt.subplots_adjust(left=0.3, right=0.7)
    display.figure_.canvas.draw()
    box = display.ax_.get_position(original=True)
    assert (box.x0, box.x1) == pytest.approx((0.3, 0.7), abs=0.1)
    plt.tight_layout()
    display.figure_.canvas.draw()
    assert display.ax_.get_position(original=True).x0 < 0.25


@pytest.mark.parametrize("draw", DISPLAYS.values(), ids=DISPLAYS)
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_everything_fits_into_a_new_figure(draw, settings):
    with plt.rc_context(settings):
        figure = draw().figure_
        figure.canvas.draw()
    drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    assert min(drawn.x0, drawn.y0) > -0.02
    assert drawn.x1 < width + 0.02
    assert drawn.y1 < height + 0.02


@pytest.mark.parametrize("name", ["confusion", "no colour bar", "losses"])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_a_title_that_the_user_sets_fits_into_a_new_figure(name, settings):
    with plt.rc_context(settings):
        display = DISPLAYS[name]()
        assert display.ax_.get_title() == ""
        title = display.ax_.set_title("Test accuracy 97.62 %")
        display.figure_.canvas.draw()
    height_in_pixels = display.figure_.get_size_inches()[1] * display.figure_.dpi
    assert title.get_window_extent().y1 < height_in_pixels + 1


def test_the_layout_of_a_users_figure_stays():
    figure, axes = plt.subplots(1, 2)
    before = [ax.get_position(original=True).bounds for ax in axes]
    ConfusionHeatmapDisplay(np.eye(3)).plot(ax=axes[0], colorbar=False)
    DigitGalleryDisplay(IMAGES, Y_TRUE, Y_PRED).plot(ax=axes[1])
    assert [ax.get_position(original=True).bounds for ax in axes] == before
    assert figure.get_layout_engine() is None


def test_cells_without_a_text_hold_none():
    matrix = np.array([[0.5, np.nan], [0.25, 0.75]])
    display = ConfusionHeatmapDisplay(matrix).plot()
    assert display.text_[0, 1] is None
    assert display.text_[1, 0].get_text() == "0.25"
    mask = np.array([[True, False], [False, True]])
    display = ConfusionHeatmapDisplay(np.eye(2, dtype=int)).plot(im_kw={"mask": mask})
    assert [text and text.get_text() for text in display.text_.flat] == [
        None,
        "0",
        "0",
        None,
    ]
    display = ConfusionHeatmapDisplay(np.eye(2)).plot(im_kw={"annot": False})
    assert (display.text_ == [[None, None], [None, None]]).all()


def test_texts_match_their_cells_in_axes_that_already_hold_texts():
    display = ConfusionHeatmapDisplay(np.arange(9).reshape(3, 3)).plot()
    display.plot(ax=display.ax_)
    assert cell_texts(display) == [["0", "1", "2"], ["3", "4", "5"], ["6", "7", "8"]]


@pytest.mark.parametrize("labels", [["cat", "dog"], [*"abcd"]])
def test_another_number_of_labels_raises_value_error(labels):
    message = f"must name 3 classes.*Got {len(labels)}"
    with pytest.raises(ValueError, match=message):
        ConfusionHeatmapDisplay.from_predictions(Y_TRUE, Y_PRED, display_labels=labels)
    with pytest.raises(ValueError, match=message):
        ConfusionHeatmapDisplay(np.eye(3), display_labels=labels).plot()


def test_another_number_of_labels_than_images_raises_value_error():
    for arguments in (Y_TRUE[:5], Y_PRED[:5]), (Y_TRUE, Y_PRED[:5]), (Y_TRUE[:1], []):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            DigitGalleryDisplay(IMAGES, *arguments).plot()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        DigitGalleryDisplay(IMAGES, Y_TRUE, Y_PRED, probability=[0.5]).plot()


def test_the_format_of_values_and_texts_can_be_set():
    display = ConfusionHeatmapDisplay.from_predictions(
        Y_TRUE, Y_PRED, values_format=".1f", text_kw={"fontsize": 5}
    )
    assert cell_texts(display)[0][0] == "1.0"
    assert display.text_[0, 0].get_fontsize() == 5


def test_it_can_be_redrawn_without_the_model():
    display = ConfusionHeatmapDisplay.from_predictions(Y_TRUE, Y_PRED)
    first = cell_texts(display)
    assert cell_texts(display.plot()) == first


def test_it_accepts_any_classifier(digits):
    X, y = digits
    mlp = MLPClassifier((5,), max_iter=2, random_state=0)
    with pytest.warns(match="converged"):
        mlp.fit(X, y)
    display = ConfusionHeatmapDisplay.from_estimator(mlp, X, y)
    assert display.confusion_matrix.sum() == len(y)
