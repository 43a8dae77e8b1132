import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.tree import DecisionTreeClassifier

from skdigits import DigitGalleryDisplay

# Six images of 2 × 3 pixels, each of one shade; the predictions 1, 3 and 5 are wrong.
IMAGES = np.arange(6).repeat(6).reshape(6, 2, 3)
Y_TRUE = np.array([0, 1, 2, 3, 4, 5])
Y_PRED = np.array([0, 2, 2, 1, 4, 4])
PROBABILITY = np.array([1.0, 0.6, 0.7, 0.999, 0.8, 0.6])


def gallery(**keywords):
    return DigitGalleryDisplay.from_predictions(
        Y_TRUE, Y_PRED, **({"images": IMAGES, "probability": PROBABILITY} | keywords)
    )


def texts(display):
    return [text.get_text() for text in display.text_]


def shades(display):
    return display.images[:, 0, 0].tolist()


def boxes(display):
    display.figure_.canvas.draw()
    title = display.ax_.title
    return [text.get_window_extent() for text in [*display.text_, title]]


def test_each_image_is_drawn_with_its_labels_and_probability():
    display = gallery(n_columns=2)
    assert texts(display)[:2] == ["true: 0\npred: 0 (100 %)", "true: 1\npred: 2 (60 %)"]
    mosaic = display.im_.get_array()
    np.testing.assert_array_equal(mosaic[2:4, :3], IMAGES[0])
    np.testing.assert_array_equal(mosaic[2:4, -3:], IMAGES[1])
    np.testing.assert_array_equal(mosaic[-2:, -3:], IMAGES[5])
    assert mosaic.count() == IMAGES.size
    assert display.ax_.get_title() == "6 images"


def test_only_a_probability_of_1_is_shown_as_100_percent():
    assert texts(gallery())[3] == "true: 3\npred: 1 (>99 %)"


def test_the_most_probable_errors_come_first():
    display = gallery(only="errors")
    # The images 1 and 5 are equally probable, and keep their order.
    assert shades(display) == [3, 1, 5]
    np.testing.assert_array_equal(display.y_pred, [1, 2, 4])
    np.testing.assert_array_equal(display.probability, [0.999, 0.6, 0.6])
    assert display.ax_.get_title() == "3 errors in 6 images"


def test_without_probabilities_errors_keep_their_order():
    display = gallery(only="errors", probability=None, n_images=2)
    assert shades(display) == [1, 3]
    assert texts(display)[0] == "true: 1\npred: 2"
    assert display.ax_.get_title() == "The first 2 of 3 errors in 6 images"


def test_the_title_gives_the_number_of_images_and_of_all():
    assert gallery(n_images=4).ax_.get_title() == "The first 4 of 6 images"
    few = gallery(only="errors", n_images=1)
    assert few.ax_.get_title() == "The 1 surest of 3 errors in 6 images"


def test_errors_among_correct_predictions_are_bold():
    weights = [text.get_fontweight() for text in gallery().text_]
    assert weights == ["normal", "bold"] * 3
    # Where all are wrong, the title says it.
    only_errors = gallery(only="errors").text_
    assert {text.get_fontweight() for text in only_errors} == {"normal"}


def test_without_errors_the_title_says_so():
    display = DigitGalleryDisplay.from_predictions(
        Y_TRUE, Y_TRUE, images=IMAGES, only="errors"
    )
    assert display.ax_.get_title() == "No errors in 6 images"
    assert display.im_ is None
    assert display.text_ == []
    display.figure_.canvas.draw()
    ax = plt.figure().subplots()
    assert display.plot(ax=ax).ax_ is ax
    assert ax.get_title() == "No errors in 6 images"


@pytest.mark.parametrize("shape", [(-1, 64), (-1, 8, 8), (-1, 8, 8, 1)])
def test_images_may_be_given_as_flat_rows(shape, digits):
    X, y = digits
    display = DigitGalleryDisplay.from_predictions(
        y, y, images=X.reshape(shape), n_images=3
    )
    np.testing.assert_array_equal(display.images, X[:3].reshape(3, 8, 8))
    assert display.images.dtype == X.dtype


@pytest.mark.parametrize("shape", [(6, 6), (6, 2, 3)])
def test_images_need_not_be_square(shape):
    display = gallery(images=IMAGES.reshape(shape), image_shape=(2, 3))
    np.testing.assert_array_equal(display.images, IMAGES)


def test_a_classifier_predicts_from_rows_and_a_pipeline_from_images(
    fitted, image_pipeline, image_search, digits
):
    X, y = digits
    images = X.reshape(-1, 8, 8)
    for estimator, given in [
        (fitted, X),
        (image_pipeline, images),
        (image_search, images),
    ]:
        display = DigitGalleryDisplay.from_estimator(
            estimator, given, y, only="errors", n_images=5
        )
        y_pred = estimator.predict(given)
        probability = estimator.predict_proba(given).max(axis=1)
        wrong = np.flatnonzero(y_pred != y)
        surest = wrong[np.argsort(-probability[wrong], kind="stable")][:5]
        np.testing.assert_array_equal(display.images, images[surest])
        np.testing.assert_array_equal(display.y_true, y[surest])
        np.testing.assert_array_equal(display.y_pred, y_pred[surest])
        np.testing.assert_array_equal(display.probability, probability[surest])


def test_the_probability_is_that_of_the_predicted_label(digits):
    """Which need not be the likeliest."""
    X, y = digits[0][:50], digits[1][:50] == 8
    clf = FixedThresholdClassifier(DecisionTreeClassifier(max_depth=1), threshold=0)
    display = DigitGalleryDisplay.from_estimator(clf.fit(X, y), X, y, n_images=50)
    p = clf.predict_proba(X)[range(50), clf.predict(X).astype(int)]
    assert p.min() < 0.5
    np.testing.assert_array_equal(display.probability, p)


def test_string_labels_and_data_frames_are_accepted(mlp, digits):
    X, y = digits
    names = np.array(["zero", "one", "two", "three"] + ["more"] * 6)
    ridge = RidgeClassifier().fit(X, names[y])
    display = DigitGalleryDisplay.from_estimator(
        ridge, X, pd.Series(names[y]), n_images=3
    )
    # RidgeClassifier has no predict_proba.
    assert display.probability is None
    assert texts(display)[0].startswith("true: zero\npred: ")
    frame = pd.DataFrame(X)
    display = DigitGalleryDisplay.from_estimator(mlp, frame.to_numpy(), y, n_images=2)
    assert display.images.shape == (2, 8, 8)
    display = DigitGalleryDisplay.from_predictions(y, y, images=frame, n_images=2)
    assert display.images.shape == (2, 8, 8)


def test_it_can_be_redrawn_without_the_model():
    display = gallery(only="errors", n_images=2)
    first, ax = texts(display), display.ax_
    assert display.plot(cmap="gray") is display
    assert texts(display) == first
    assert display.ax_ is not ax
    assert display.im_.get_cmap().name == "gray"


@pytest.mark.parametrize("only", [None, "errors"])
def test_it_draws_into_given_axes(only):
    figure, axes = plt.subplots(1, 2)
    display = gallery(ax=axes[1], only=only)
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert not axes[0].texts


def test_it_draws_into_a_subfigure():
    part, _ = plt.figure(layout="constrained").subfigures(1, 2)
    display = gallery(ax=part.subplots())
    assert display.figure_ is part


@pytest.mark.parametrize("n_images", [1, 3, 40])
@pytest.mark.parametrize("given", [False, True], ids=["new figure", "given axes"])
@pytest.mark.parametrize("labels", [[0, 1], ["Ankle boot", "$1, $2"]])
def test_texts_neither_overlap_nor_are_cut_off(n_images, given, labels):
    y = np.resize(labels, n_images)
    display = DigitGalleryDisplay.from_predictions(
        y,
        y[::-1],
        images=np.zeros((n_images, 28, 28)),
        probability=np.full(n_images, 0.999),
        n_images=n_images,
        ax=plt.subplots(layout="constrained")[1] if given else None,
    )
    drawn = boxes(display)
    overlap = [a.overlaps(b) for i, a in enumerate(drawn) for b in drawn[:i]]
    assert not any(overlap)
    figure = display.figure_.bbox
    assert all(figure.x0 <= box.x0 and box.x1 <= figure.x1 for box in drawn)
    assert all(figure.y0 <= box.y0 and box.y1 <= figure.y1 for box in drawn)
    assert max(display.figure_.get_size_inches()) <= 12


def test_matplotlibs_settings_do_not_change():
    before = mpl.rcParams.copy()
    gallery().figure_.canvas.draw()
    assert mpl.rcParams == before


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"only": "wrong"}, "only must be None or \"errors\". Got 'wrong'"),
        ({"n_images": 0}, "n_images must be a positive integer. Got 0"),
        ({"n_columns": 0}, "n_columns must be a positive integer or None. Got 0"),
        ({"images": IMAGES.reshape(6, 6)}, "6 pixels do not make a square image: set "),
        ({"image_shape": (3, 2)}, "(3, 2) does not fit images of 2 × 3 pixels"),
        ({"image_shape": 6}, "image_shape must be (height, width)"),
        ({"image_shape": (0, 6)}, "image_shape must be (height, width)"),
        ({"images": np.zeros((6, 4, 4, 3))}, "Got shape (6, 4, 4, 3)"),
        ({"images": IMAGES[:5]}, "inconsistent numbers of samples: [5, 6, 6]"),
        ({"probability": np.ones((6, 10)) / 10}, "Got shape (6, 10) for 6 images"),
        (
            {"probability": PROBABILITY * 100},
            "between 0 and 1, as predict_proba returns it. Got 60 to 100",
        ),
    ],
)
def test_invalid_arguments_raise_value_error(keywords, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        gallery(**keywords)


def test_numbers_are_not_compared_with_strings():
    with pytest.raises(ValueError, match="Mix of label input types"):
        DigitGalleryDisplay.from_predictions(
            Y_TRUE, Y_PRED.astype(str), images=IMAGES, only="errors"
        )
