"""ReadingDisplay: how a picture of a digit is read, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from skdigits._center import CenterDigit
from skdigits._directions import GradientDirections
from skdigits._displays._diverging import draw_colorbar
from skdigits._displays._layout import axes_or_new, lay_out
from skdigits._displays._mosaic import draw_mosaic
from skdigits._displays._panels import Panels
from skdigits._displays._percent import percent
from skdigits._ink._candidates import choose, find_candidates
from skdigits._ink._framing import SIZE
from skdigits._ink._grey import scale_and_shrink, to_grey
from skdigits._ink._network import ink_probability
from skdigits._ink._several import frame_digit
from skdigits._ink._ways import LARGEST_PICTURE, LEARNT_INVERTED, measure_light
from skdigits._one_thread import one_blas_thread
from skdigits._optional import needed
from skdigits._pictures import check_picture
from skdigits._public import public
from skdigits._reader import load_digit_reader
from skdigits._straighten import StraightenDigit
from skdigits._types import Array, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure
    from matplotlib.text import Text

# Pixels: a picture with a longer side is downscaled to it for drawing.
_LONGEST_SHOWN = 480

# Inches: the size of a new figure, and of one for a blank picture.
_SIZE, _SIZE_OF_BLANK = (10.0, 5.4), (10.0, 3.0)

# Rows of panels with their relative widths: for axes that are wider than high, and for
# others.
_WIDE = (
    {"picture": 1, "ink": 1, "candidates": 2},
    {"framed": 1, "straightened": 1, "planes": 1, "probabilities": 1.4},
)
_TALL = (
    {"picture": 1, "ink": 1},
    {"candidates": 1},
    {"framed": 1, "straightened": 1},
    {"planes": 1, "probabilities": 1},
)

# Space for the colour bar, as a fraction of the width of the ink probability.
_COLORBAR_SPACE = 0.16

# The strokes at which each of the four planes has large values.
_STROKES = ("|", "/", "—", "\\")


@public
class ReadingDisplay:
    r"""How a picture is read: ink, candidates, framed image, planes, probabilities.

    If a digit is misread, the display shows which step failed. Create it with
    `from_picture`.

    Parameters
    ----------
    picture : ndarray of shape (height, width, 1) or (height, width, 3)
        Grey or RGB; the brightest value is drawn white.

    ink_probability : ndarray of shape (height, width)
        The probability that each pixel is ink, in the downscaled or enlarged picture.

    candidates : ndarray of shape (n_candidates, 28, 28)
        Images of the ink that may be the digit, framed like MNIST's, in the order in
        which they were tried.

    log_odds : ndarray of shape (n_candidates,)
        Logarithm of the odds that each candidate is the picture's digit.

    ways : sequence of n_candidates str
        How each candidate was found.

    chosen : int, default=None
        Index of the chosen candidate; None if the picture is blank.

    framed : ndarray of shape (size, size), default=None
        Output of `CenterDigit`. This and all following parameters have their defaults
        if the picture is blank.

    straightened : ndarray of shape (size, size), default=None
        Output of `StraightenDigit`; None if the reader has no such step, or has
        it only in a nested pipeline.

    planes : ndarray of shape (4, height, width), default=None
        Output of `GradientDirections`; None if the reader has no such step, or has
        it only in a nested pipeline.

    probabilities : ndarray of shape (n_classes,), default=None
        Prediction of the reader.

    classes : ndarray of shape (n_classes,), default=None
        The labels. None numbers them from 0.

    is_several : bool, default=False
        Whether the picture holds several digits. `framed` then shows all of them, not
        only the chosen candidate.

    Attributes
    ----------
    axes_ : dict of str to matplotlib Axes
        The panels inside `ax_`: "picture", "ink", "candidates", "framed",
        "straightened", "planes" and "probabilities", or "blank" instead of the last
        four. Panels without data are left out.

    candidate_text_ : list of matplotlib Text
        For each candidate, the way its ink was found and its log-odds; in bold for
        the chosen one.

    bars_ : matplotlib BarContainer, or None
        The probabilities; None if the picture is blank.

    ax_ : matplotlib Axes
        The axes that hold the panels, without frame and ticks.

    figure_ : matplotlib Figure

    See Also
    --------
    load_digit_reader : Reads pictures.
    DigitGalleryDisplay : Shows the errors among many images, the surest first.

    Notes
    -----
    Candidates are tried until one is surely a digit. Those with positive log-odds may
    be chosen; strong ink, from which faint ink was dropped, only if its log-odds are
    above 2. The one with the largest sum of its log-odds and twice the shipped reader's
    log-probability of the likeliest digit is chosen. If there is none, the picture
    counts as blank, unless it is small and its paper has one grey level.

    If the chosen candidate was found in the inverted picture, `ink_probability` is that
    of the inverted picture. Candidates found by grey levels do not depend on
    `ink_probability`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skdigits import ReadingDisplay
    >>> display = ReadingDisplay.from_picture(load_digits().images[0])
    >>> int(display.probabilities.argmax())
    0
    >>> display.framed.shape, display.planes.shape
    ((28, 28), (4, 14, 14))
    """

    axes_: dict[str, Axes]
    candidate_text_: list[Text]
    bars_: BarContainer | None
    ax_: Axes
    figure_: Figure

    def __init__(
        self,
        picture: Array,
        ink_probability: Array,
        candidates: Array,
        log_odds: Array,
        ways: Sequence[str],
        *,
        chosen: int | None = None,
        framed: Array | None = None,
        straightened: Array | None = None,
        planes: Array | None = None,
        probabilities: Array | None = None,
        classes: Array | None = None,
        is_several: bool = False,
    ) -> None:
        self.picture = picture
        self.ink_probability = ink_probability
        self.candidates = candidates
        self.log_odds = log_odds
        self.ways = ways
        self.chosen = chosen
        self.framed = framed
        self.straightened = straightened
        self.planes = planes
        self.probabilities = probabilities
        self.classes = classes
        self.is_several = is_several

    @classmethod
    @one_blas_thread()
    def from_picture(
        cls,
        picture: Picture,
        reader: Any = None,
        *,
        cmap: str | Colormap | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Read a picture of one digit, and draw each step.

        Parameters
        ----------
        picture : str, path-like, PIL.Image.Image or array-like of shape \
                (height, width) or (height, width, channels)
            A picture as `CenterDigit` takes it: a file, a Pillow picture or an array.

        reader : Pipeline, default=None
            A fitted Pipeline that starts with `CenterDigit` and ends in a classifier
            with `predict_proba`, or a search over one. None means
            `load_digit_reader()`.

        cmap : str or matplotlib Colormap, default=None
            Colour map of the framed and straightened images and of the planes. None
            draws white on black.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : ReadingDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `picture` is not as described, or `reader` is not such a Pipeline.
        NotFittedError
            If `reader` is not fitted.
        OSError
            If the file does not exist or permission to read it is denied.
        ImportError
            If a package that the file's format needs is missing.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import ReadingDisplay
        >>> display = ReadingDisplay.from_picture(load_digits().images[7])
        """
        pipeline = _check_reader(reader)
        pixels = check_picture(picture)
        candidates = find_candidates(pixels)
        digit = choose(candidates)
        display = cls(
            scale_and_shrink(pixels, _LONGEST_SHOWN),
            _ink_probability(pixels, digit),
            np.array([each.image for each in candidates]).reshape(-1, SIZE, SIZE),
            np.array([each.log_odds for each in candidates], float),
            [each.name for each in candidates],
            chosen=next(
                (i for i, each in enumerate(candidates) if each is digit), None
            ),
            **({} if digit is None else _read(digit, pipeline)),
        )
        return display.plot(cmap=cmap, ax=ax)

    def plot(
        self,
        *,
        cmap: str | Colormap | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the steps.

        Parameters
        ----------
        cmap : str or matplotlib Colormap, default=None
            Colour map of the framed and straightened images and of the planes. None
            draws white on black.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : ReadingDisplay
            The display itself, drawn.

        Raises
        ------
        ValueError
            If there are more or fewer `log_odds` or `ways` than candidates, or
            `classes` than probabilities.

        Examples
        --------
        >>> from matplotlib.figure import Figure
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import ReadingDisplay
        >>> display = ReadingDisplay.from_picture(load_digits().images[7])
        >>> ax = Figure(figsize=(6, 8)).subplots()
        >>> display = display.plot(ax=ax)
        """
        with needed("matplotlib", "seaborn", to="draw"):
            import seaborn as sns

        check_consistent_length(self.candidates, self.log_odds, self.ways)
        check_consistent_length(self.probabilities, self.classes)
        ax, is_new = axes_or_new(ax, _SIZE_OF_BLANK if self.chosen is None else _SIZE)
        ax.set_axis_off()
        self.ax_, self.figure_ = ax, ax.figure
        lay_out(self.figure_, is_new)
        panels = Panels(ax, self._rows(ax))
        self.axes_ = panels.axes
        self._draw_ink(panels)
        cmap = "gray" if cmap is None else cmap
        self.candidate_text_ = self._draw_candidates(panels, cmap)
        self.bars_ = None
        if self.chosen is None:
            self._say_blank(panels)
        else:
            self._draw_images(panels, cmap)
            blue, *_, vermilion = sns.color_palette("colorblind", 4)
            self.bars_ = self._draw_bars(panels, blue, vermilion)
        return self

    def _rows(self, ax):
        """Choose the panels that have data, in rows that suit the axes."""
        box = ax.get_window_extent()
        rows = _WIDE if box.width > box.height else _TALL
        steps = ("framed", "straightened", "planes", "probabilities")
        missing = {name for name in steps if getattr(self, name) is None}
        rows = [
            {name: share for name, share in row.items() if name not in missing}
            for row in rows
        ]
        rows = [(1, row) for row in rows if row]
        # The message is the title of a panel that is nearly flat.
        return rows if self.chosen is not None else [*rows, (0.02, {"blank": 1})]

    def _draw_ink(self, panels):
        """Draw the picture and its probability of ink."""
        picture = np.asarray(self.picture)
        black, white = min(0, picture.min()), picture.max()
        scaled = (picture - black) / ((white - black) or 1)
        if scaled.shape[2] == 1:
            scaled = scaled[..., 0]
        ax = panels.axes["picture"]
        ax.imshow(scaled, cmap="gray", vmin=0, vmax=1)
        ax.set_axis_on()  # a frame: paper may be as white as the figure
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color("0.7")
        panels.set_title("picture", "Picture")

        ax = panels.axes["ink"]
        im = ax.imshow(self.ink_probability, cmap="magma", vmin=0, vmax=1)
        colorbar = draw_colorbar(im, _COLORBAR_SPACE, thickness=0.05, ticks=[0, 1])
        colorbar.ax.tick_params(labelsize=panels.font_size, length=0, pad=2)
        panels.set_title("ink", "Probability of ink")

    def _draw_candidates(self, panels, cmap):
        """Draw the candidates with their ways and log-odds, and mark the chosen one."""
        if len(self.candidates) == 0:
            panels.set_title("candidates", "No candidates: no ink")
            return []
        captions = [
            (_caption(way, odds), i == self.chosen)
            for i, (way, odds) in enumerate(zip(self.ways, self.log_odds))
        ]
        ax = panels.axes["candidates"]
        images = np.asarray(self.candidates)
        _, texts = draw_mosaic(images, captions, ax=ax, cmap=cmap, vmin=0, vmax=255)
        for text in texts:
            text.set_fontsize(min(text.get_fontsize(), panels.font_size))
        if self.chosen is not None:
            _frame(texts[self.chosen], images.shape[1:])
        panels.set_title("candidates", "Candidates and their log-odds")
        return texts

    def _say_blank(self, panels):
        n = len(self.candidates)
        reason = "it has no ink"
        if n == 1:
            reason = "its only candidate does not look like a digit"
        elif n > 1:
            reason = f"none of its {n} candidates looks like a digit"
        panels.set_title("blank", f"The picture is blank: {reason}")

    def _draw_images(self, panels, cmap):
        """Draw the framed and the straightened image, and the planes."""
        for name in ("framed", "straightened"):
            if name in panels.axes:
                image = getattr(self, name)
                panels.axes[name].imshow(image, cmap=cmap, vmin=0, vmax=255)
                together = self.is_several and name == "framed"
                title = "Framed: all digits" if together else name.capitalize()
                panels.set_title(name, title)
        if "planes" in panels.axes:
            ax, planes = panels.axes["planes"], np.asarray(self.planes)
            captions = [(stroke, False) for stroke in _STROKES]
            _, texts = draw_mosaic(planes, captions, ax=ax, n_columns=2, cmap=cmap)
            for text in texts:
                text.set_fontsize(min(text.get_fontsize(), panels.font_size))
            panels.set_title("planes", "Gradients at strokes like")

    def _draw_bars(self, panels, colour, colour_of_best):
        """Draw the probabilities as bars, with their labels and values beside them."""
        ax = panels.axes["probabilities"]
        probabilities = np.asarray(self.probabilities)
        n_classes, best = len(probabilities), probabilities.argmax()
        classes = np.arange(n_classes) if self.classes is None else self.classes
        bars = ax.barh(np.arange(n_classes), probabilities, color=colour)
        bars[best].set_color(colour_of_best)
        ax.axvline(0, color="0.5", linewidth=0.8)
        ax.set_ylim(n_classes - 0.5, -0.5)  # the first class at the top
        panels.label_bars(
            "probabilities",
            [(str(label), p, percent(p)) for label, p in zip(classes, probabilities)],
        )
        answer = f"Read as {classes[best]} ({percent(probabilities[best])})"
        panels.set_title("probabilities", answer)
        return bars


def _ink_probability(pixels, candidate):
    """Predict the probability of ink, in the polarity of a candidate.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, channels)
    candidate : Candidate or None
        None means the polarity that is tried first.

    Returns
    -------
    probability : ndarray of shape (height, width), float32
        Of each pixel, after the picture is downscaled or enlarged as in `find_inks`.
    """
    measured = measure_light(to_grey(scale_and_shrink(pixels, LARGEST_PICTURE)))
    if candidate is not None and candidate.way == LEARNT_INVERTED:
        measured = measured.invert()
    return ink_probability(measured)


def _read(digit, pipeline):
    """Run a reader on the chosen candidate.

    Returns
    -------
    steps : dict
        The output of each step, as the display's arguments.
    """
    center, classifier = pipeline[0], pipeline[-1]
    framed, is_several = frame_digit(digit, center.size, center.box)
    steps, result = {"framed": framed, "is_several": is_several}, framed[np.newaxis]
    for _, step in pipeline.steps[1:-1]:
        if step in (None, "passthrough"):
            continue
        result = step.transform(result)
        if isinstance(step, StraightenDigit):
            steps["straightened"] = result[0]
        elif isinstance(step, GradientDirections):
            steps["planes"] = result[0]
    steps["probabilities"] = classifier.predict_proba(result)[0]
    return steps | {"classes": classifier.classes_}


def _check_reader(reader):
    """Return the fitted pipeline; it must start with `CenterDigit`."""
    if reader is None:
        return load_digit_reader()
    pipeline = getattr(reader, "best_estimator_", reader)
    if not isinstance(pipeline, Pipeline) or not isinstance(pipeline[0], CenterDigit):
        raise ValueError(
            f"reader must be a fitted Pipeline that starts with CenterDigit, such as "
            f"load_digit_reader(), or make_pipeline(CenterDigit(), *steps) of fitted "
            f"steps. Got {reader!r}."
        )
    check_is_fitted(pipeline)
    return pipeline


def _caption(way, log_odds):
    """Write how a candidate was found, and its log-odds, in two lines."""
    name, _, change = way.partition(", ")
    odds = f"{log_odds:+.1f}".replace("-", "−")
    return f"{name}\n{change} {odds}" if change else f"{name}\n{odds}"


def _frame(caption, shape):
    """Draw a frame around the image below a caption, in the caption's colour."""
    from matplotlib.patches import Rectangle

    (left, top), (height, width) = caption.get_position(), shape
    style = {"color": caption.get_color(), "linewidth": caption.get_fontsize() / 6}
    place = (left + 0.5, top + 0.5), width - 1, height - 1
    caption.axes.add_patch(Rectangle(*place, fill=False, **style))
