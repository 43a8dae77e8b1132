import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix
from sklearn.neural_network import MLPClassifier

from skdigits import ConfusionHeatmapDisplay

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
