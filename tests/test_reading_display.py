import pickle
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skdigits import (
    CenterDigit,
    DigitMLPClassifier,
    Flatten,
    ReadingDisplay,
    load_digit_detector,
    load_digit_reader,
)
from skdigits._ink._ways import WAYS

IMAGES = load_digits().images
STEPS = ["picture", "ink", "candidates"]
ALL = [*STEPS, "framed", "straightened", "planes", "probabilities"]


def make_display(n_candidates=3, chosen=1, **changes):
    """A display of made-up steps, without a model."""
    rng = np.random.default_rng(0)
    data = {
        "picture": rng.random((40, 30, 3)),
        "ink_probability": rng.random((96, 72)),
        "candidates": rng.integers(0, 256, (n_candidates, 28, 28)),
        "log_odds": np.linspace(-12.34, 2, n_candidates),
        "ways": ["learnt ink, inverted"] * n_candidates,
        "chosen": chosen,
    }
    if chosen is not None:
        data |= {
            "framed": rng.integers(0, 256, (28, 28)),
            "straightened": rng.integers(0, 256, (28, 28)),
            "planes": rng.integers(0, 256, (4, 14, 14)),
            "probabilities": np.array([0.004, 0.996, *[0] * 8]),
            "classes": np.arange(10),
        }
    return ReadingDisplay(**(data | changes))


@pytest.fixture(scope="module")
def page():
    """Draw a digit on a large page, in blue on white."""
    page = np.full((300, 240, 3), 250, np.uint8)
    ink = IMAGES[2].repeat(12, 0).repeat(12, 1) / 16
    page[100:196, 60:156, :2] -= np.uint8(ink * 200)[..., np.newaxis]
    return page


@pytest.fixture(scope="module")
def display(page):
    return ReadingDisplay.from_picture(page)


def titles(display):
    return {name: ax.get_title() for name, ax in display.axes_.items()}


def test_it_stores_each_step_of_the_reader(display, page):
    reader = load_digit_reader()
    framed = reader["center"].transform([page])
    straightened = reader["straighten"].transform(framed)
    np.testing.assert_array_equal(display.framed, framed[0])
    np.testing.assert_array_equal(display.candidates[display.chosen], framed[0])
    np.testing.assert_array_equal(display.straightened, straightened[0])
    np.testing.assert_array_equal(
        display.planes, reader["directions"].transform(straightened)[0]
    )
    np.testing.assert_array_equal(
        display.probabilities, reader.predict_proba([page])[0]
    )
    np.testing.assert_array_equal(display.classes, np.arange(10))
    assert display.chosen == display.log_odds.argmax()
    assert display.log_odds[display.chosen] > 0
    assert len(display.ways) == len(display.candidates) == len(display.log_odds)
    assert display.picture.shape == (300, 240, 3)


def test_each_step_is_drawn_in_a_panel_of_its_own(display):
    assert sorted(display.axes_) == sorted(ALL)
    for name in ("framed", "straightened"):
        (image,) = display.axes_[name].images
        np.testing.assert_array_equal(image.get_array(), getattr(display, name))
    (image,) = display.axes_["ink"].images
    np.testing.assert_array_equal(image.get_array(), display.ink_probability)
    assert image.get_clim() == (0, 1)
    (planes,) = display.axes_["planes"].images
    drawn = planes.get_array()
    np.testing.assert_array_equal(drawn[-14:, -14:], display.planes[3])
    (candidates,) = display.axes_["candidates"].images
    assert candidates.get_array().count() == display.candidates.size
    assert not display.ax_.axison


def test_the_probability_of_ink_is_high_at_strokes(display, page):
    ink = display.ink_probability
    height, width = ink.shape
    assert height / width == pytest.approx(300 / 240, rel=0.02)
    rows = (np.arange(height) + 0.5) / height * 300
    columns = (np.arange(width) + 0.5) / width * 240
    strokes = page[np.ix_(rows.astype(int), columns.astype(int))][..., 0] < 80
    assert ink[strokes].mean() > 0.7
    assert ink[:20].max() < 0.3


def test_the_probability_of_ink_is_that_of_the_chosen_polarity(monkeypatch, page):
    """Whichever polarity is tried first."""
    from skdigits._displays import _reading

    (found,) = _reading.find_candidates(page)
    maps = []
    for way in ("learnt ink", "learnt ink, inverted"):
        candidate = found._replace(way=WAYS.index(way), log_odds=2.0)
        monkeypatch.setattr(
            _reading, "find_candidates", lambda picture, each=candidate: [each]
        )
        maps.append(ReadingDisplay.from_picture(page).ink_probability)
    assert maps[0].max() > 0.9
    assert not np.allclose(*maps)


def test_the_chosen_candidate_is_marked():
    display = make_display(3, chosen=1)
    weights = [text.get_fontweight() for text in display.plot().candidate_text_]
    assert weights == ["normal", "bold", "normal"]
    (frame,) = display.axes_["candidates"].patches
    left, top = display.candidate_text_[1].get_position()
    assert left < frame.get_x() < left + 2
    assert top < frame.get_y() < top + 2
    assert frame.get_edgecolor()[:3] == display.candidate_text_[1].get_color()


def test_candidates_have_their_way_and_log_odds():
    display = make_display(2, ways=["learnt ink", "grey levels, inverted"]).plot()
    assert [text.get_text() for text in display.candidate_text_] == [
        "learnt ink\n−12.3",
        "grey levels\ninverted +2.0",
    ]
    assert titles(display)["candidates"] == "Candidates and their log-odds"


def test_the_title_tells_that_several_digits_are_framed_together():
    display = make_display(is_several=True).plot()
    assert titles(display)["framed"] == "Framed: all digits"


def test_probabilities_are_bars_with_labels():
    display = make_display().plot()
    assert [bar.get_width() for bar in display.bars_] == display.probabilities.tolist()
    colours = [bar.get_facecolor() for bar in display.bars_]
    assert len({colours[0], *colours[2:]}) == 1
    assert colours[1] != colours[0]
    texts = [text.get_text() for text in display.axes_["probabilities"].texts]
    assert texts[::2] == [*"0123456789"]
    assert texts[1::2] == ["0 %", ">99 %", *["0 %"] * 8][: len(texts) // 2]
    assert titles(display)["probabilities"] == "Read as 1 (>99 %)"
    assert display.axes_["probabilities"].yaxis_inverted()


@pytest.mark.parametrize(
    ("paper", "step"),
    [(255, None), (0, None), (255, 8)],
    ids=["white", "black", "squared"],
)
def test_a_blank_picture_says_that_it_is_blank(paper, step):
    page = np.full((90, 90), paper, np.uint8)
    if step is not None:  # lines are ink, and no digit
        page[::step] = page[:, ::step] = 120
    display = ReadingDisplay.from_picture(page)
    assert list(display.axes_) == [*STEPS, "blank"]
    assert (len(display.candidates) > 0) == (step is not None)
    assert titles(display)["blank"].startswith("The picture is blank: ")
    assert display.chosen is display.framed is display.bars_ is None
    assert display.probabilities is display.classes is None
    assert len(display.candidate_text_) == len(display.candidates)


@pytest.mark.parametrize(
    ("n_candidates", "title"),
    [
        (0, "The picture is blank: it has no ink"),
        (1, "The picture is blank: its only candidate does not look like a digit"),
        (4, "The picture is blank: none of its 4 candidates looks like a digit"),
    ],
)
def test_the_candidates_of_a_blank_picture_are_drawn(n_candidates, title):
    display = make_display(n_candidates, chosen=None).plot()
    assert titles(display)["blank"].startswith(title)
    assert len(display.candidate_text_) == n_candidates
    assert not display.axes_["candidates"].patches
    assert titles(display)["candidates"] == (
        "Candidates and their log-odds" if n_candidates else "No candidates: no ink"
    )


def test_blank_pictures_are_blank_whatever_the_reader_does_with_them():
    reader = load_digit_reader().set_params(center__on_blank="keep")
    page = np.full((90, 90), 255, np.uint8)
    assert ReadingDisplay.from_picture(page, reader).bars_ is None


def test_files_pillow_pictures_and_arrays_are_read(page, display, tmp_path):
    picture = Image.fromarray(page)
    picture.save(tmp_path / "two.png")
    for given in (picture, tmp_path / "two.png", str(tmp_path / "two.png")):
        again = ReadingDisplay.from_picture(given)
        np.testing.assert_array_equal(again.probabilities, display.probabilities)


@pytest.mark.parametrize(
    "convert",
    [
        lambda image: image,
        lambda image: (image / 16).astype(np.float32),
        lambda image: image > 8,
        lambda image: np.uint16(4095 * image),
        lambda image: np.stack([image] * 3, axis=2) - 8,
        lambda image: image - 20,
        lambda image: np.stack([np.zeros_like(image), image / 16], axis=2),  # alpha
    ],
    ids=[
        "0-16",
        "0-1",
        "bool",
        "uint16",
        "RGB below 0",
        "all below 0",
        "grey and alpha",
    ],
)
def test_the_picture_is_drawn_from_black_to_white(convert):
    display = ReadingDisplay.from_picture(convert(IMAGES[0]))
    (image,) = display.axes_["picture"].images
    drawn = np.asarray(image.get_array())
    assert drawn.shape[:2] == (8, 8)
    assert drawn.min() < 0.1
    assert drawn.max() == pytest.approx(1)


def test_a_large_picture_is_stored_smaller():
    page = np.full((1500, 1000), 255, np.uint8)
    page[300:1200, 480:520] = 0
    picture = ReadingDisplay.from_picture(page).picture
    assert max(picture.shape) == 480


def test_a_reader_without_these_steps_has_no_such_panels(digits):
    X, y = digits
    center = CenterDigit(16, 16, on_blank="keep")
    framed = center.transform(X[:60].reshape(-1, 8, 8))
    clf = DigitMLPClassifier(epochs=1, random_state=0).fit(
        Flatten().fit_transform(framed), y[:60]
    )
    flatten = Flatten().fit(framed)
    reader = make_pipeline(CenterDigit(16, 16), "passthrough", flatten, clf)
    display = ReadingDisplay.from_picture(IMAGES[0], reader)
    assert list(display.axes_) == [*STEPS, "framed", "probabilities"]
    np.testing.assert_array_equal(display.framed, framed[0])
    np.testing.assert_array_equal(
        display.probabilities, reader.predict_proba([IMAGES[0]])[0]
    )
    assert display.straightened is display.planes is None


def test_the_labels_of_the_reader_are_drawn():
    display = ReadingDisplay.from_picture(IMAGES[0], load_digit_detector())
    texts = [text.get_text() for text in display.axes_["probabilities"].texts]
    assert texts[::2] == ["False", "True"]
    assert "Read as True" in titles(display)["probabilities"]


def test_a_search_over_a_reader_is_a_reader(display, page):
    search = GridSearchCV(load_digit_reader(), {"clf__alpha": [0]})
    search.best_estimator_ = load_digit_reader()
    again = ReadingDisplay.from_picture(page, search)
    np.testing.assert_array_equal(again.probabilities, display.probabilities)


def test_other_readers_raise_an_error(mlp):
    for reader in (mlp, load_digit_reader()[1:], "reader"):
        with pytest.raises(ValueError, match="a fitted Pipeline that starts with Cen"):
            ReadingDisplay.from_picture(IMAGES[0], reader)
    with pytest.raises(NotFittedError):
        ReadingDisplay.from_picture(
            IMAGES[0], make_pipeline(CenterDigit(), Flatten(), DigitMLPClassifier())
        )


@pytest.mark.parametrize(
    ("picture", "error", "message"),
    [
        (IMAGES, ValueError, "must have shape (height, width)"),
        (IMAGES[0].ravel(), ValueError, "must have shape (height, width)"),
        (np.full((8, 8), np.nan), ValueError, "contains NaN or infinity"),
        ("missing.png", OSError, "No such file"),
        (b"PNG", ValueError, "The picture is bytes"),
    ],
)
def test_invalid_pictures_raise_an_error(picture, error, message):
    with pytest.raises(error, match=re.escape(message)):
        ReadingDisplay.from_picture(picture)
    assert not plt.get_fignums()


def test_data_of_several_lengths_raise_value_error():
    for changes in ({"log_odds": [1]}, {"ways": ["ink"]}, {"classes": [*"abc"]}):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            make_display(**changes).plot()


def test_classes_are_numbered_without_names():
    display = make_display(classes=None).plot()
    assert titles(display)["probabilities"] == "Read as 1 (>99 %)"


def test_it_can_be_redrawn_without_the_model(display):
    again = pickle.loads(pickle.dumps(ReadingDisplay(**data_of(display))))
    assert again.plot(cmap="gray_r") is again
    assert titles(again) == titles(display)
    assert again.ax_ is not display.ax_
    assert again.axes_["framed"].images[0].get_cmap().name == "gray_r"
    first = again.axes_
    assert again.plot().axes_["framed"] is not first["framed"]


def data_of(display):
    names = ["picture", "ink_probability", "log_odds", "ways", "chosen", "classes"]
    names += ["candidates", "framed", "straightened", "planes", "probabilities"]
    return {name: getattr(display, name) for name in names}


def test_it_draws_into_given_axes():
    figure, axes = plt.subplots(1, 2)
    axes[1].set_title("mine")
    before = axes[1].get_position(original=True).bounds
    display = make_display().plot(ax=axes[1])
    assert display.ax_ is axes[1]
    assert display.figure_ is figure
    assert axes[1].get_title() == "mine"
    assert axes[1].get_position(original=True).bounds == before
    assert set(display.axes_.values()) <= set(axes[1].child_axes)
    assert not axes[0].child_axes


def test_it_draws_into_a_subfigure():
    part, _ = plt.figure(layout="constrained").subfigures(1, 2)
    display = make_display().plot(ax=part.subplots())
    assert display.figure_ is part


def test_tall_axes_have_more_rows():
    for size, n_rows in [((10, 5), 2), ((5, 10), 4)]:
        display = make_display().plot(ax=plt.figure(figsize=size).subplots())
        tops = {round(ax.get_position().y1, 2) for ax in display.axes_.values()}
        assert len(tops) == n_rows


def drawn_boxes(display):
    """Return what is drawn, by panel, and all texts."""
    display.figure_.canvas.draw()
    texts = {}
    for name, ax in display.axes_.items():
        inside = [*ax.texts, ax.title]
        texts |= {
            (name, i): text.get_window_extent()
            for i, text in enumerate(inside)
            if text.get_text()
        }
    panels = {name: ax.get_tightbbox() for name, ax in display.axes_.items()}
    return texts, panels


@pytest.mark.parametrize(
    "size", [None, (12, 8), (6.4, 4.8), (4, 7), (4, 3), (2, 9), (12, 2)], ids=str
)
@pytest.mark.parametrize("n_candidates", [1, 11])
@pytest.mark.parametrize("kind", ["digit", "blank", "long names"])
def test_nothing_overlaps_or_is_cut_off(size, n_candidates, kind):
    changes = {}
    if kind == "long names":
        changes["classes"] = [f"the digit $ {i}, $ or so" for i in range(10)]
    chosen = None if kind == "blank" else n_candidates - 1
    display = make_display(n_candidates, chosen, **changes)
    ax = None
    if size is not None:
        ax = plt.figure(figsize=size).add_axes((0.02, 0.02, 0.96, 0.96))
    texts, panels = drawn_boxes(display.plot(ax=ax))
    for drawn in (texts, panels):
        names = list(drawn)
        overlap = [
            (a, b)
            for i, a in enumerate(names)
            for b in names[:i]
            if drawn[a].shrunk(0.98, 0.9).overlaps(drawn[b].shrunk(0.98, 0.9))
        ]
        assert overlap == []
    figure = display.figure_.bbox
    for box in (*texts.values(), *panels.values()):
        assert box.x0 >= figure.x0 - 1
        assert box.y0 >= figure.y0 - 1
        assert box.x1 <= figure.x1 + 1
        assert box.y1 <= figure.y1 + 1


def test_matplotlibs_settings_do_not_change():
    before = mpl.rcParams.copy()
    make_display().plot().figure_.canvas.draw()
    assert mpl.rcParams == before
