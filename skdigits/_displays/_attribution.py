"""AttributionDisplay: which pixels supported one label, and which another."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import is_classifier

from skdigits._directions import GradientDirections
from skdigits._displays._diverging import diverging_colours, draw_colorbar
from skdigits._displays._fitted_part import (
    path_to_fitted,
    shape_before_flatten,
    steps_before,
)
from skdigits._displays._images import as_images
from skdigits._displays._layout import axes_or_new, lay_out
from skdigits._displays._panels import Panels
from skdigits._flatten import Flatten
from skdigits._image_stack import as_grey
from skdigits._network._linear_part import PIECEWISE_LINEAR, linear_part
from skdigits._public import public
from skdigits._straighten import StraightenDigit
from skdigits._types import Array, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

# Inches: the size of a new figure.
_SIZE = 6.4, 3.3

# Space for the colour bar, as a fraction of the width of the attributions.
_COLORBAR_SPACE = 0.3


@public
class AttributionDisplay:
    r"""Which pixels of an image supported one label, and which another.

    Where the attributions are bright, ink raised the logit of the first label relative
    to that of the second; where they are dark, it lowered that logit. Create it with
    `from_estimator`.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The image given to the network, or to the first linear step before it (Notes).

    attributions : ndarray of shape (height, width)
        Contribution of each pixel to the logit of the first label minus that of the
        second.

    constant : float
        Contribution of the intercepts of the network's active units.

    labels : tuple of two labels
        The labels that are compared.

    Attributes
    ----------
    im_ : matplotlib AxesImage
        The attributions.

    colorbar_ : matplotlib Colorbar

    axes_ : dict of str to matplotlib Axes
        The panels inside `ax_`: "image", "attributions" and "sum".

    ax_ : matplotlib Axes
        The axes that hold the panels, without frame and ticks.

    figure_ : matplotlib Figure

    See Also
    --------
    FirstLayerDisplay : What each unit of the first layer looks for.
    ReadingDisplay : How a picture becomes the image.

    Notes
    -----
    A ReLU passes its input on (the unit is active) or returns 0. So for one image the
    network acts as a linear map, and the difference of two logits is exactly

    .. math::

        z_a - z_b = \sum_i w_i x_i + c:

    each pixel :math:`x_i` times its weight :math:`w_i` for this image, plus a constant.
    The attributions are the :math:`w_i x_i`, also known as gradient × input [1]_. Three
    things follow:

    - Black paper is 0 and adds nothing, even where the other label would have a stroke.
    - Another image has other active units, and so other weights.
    - The difference equals :math:`\log(p_a / p_b)`, with the labels' predicted
      probabilities :math:`p_a` and :math:`p_b`.

    `GradientDirections` and `Flatten` before the network are also linear for one image.
    `StraightenDigit` moves ink by distances that depend on the ink. These distances are
    treated as constants. The attributions are computed for the straightened ink, and
    shown where that ink was before straightening. The sum stays exact. `transform`
    rounds images of uint8, but the display does not: its difference of logits is that
    of the unrounded image. Earlier steps, such as `CenterDigit`, are run first; the
    image that is drawn is their output.

    References
    ----------
    .. [1] Shrikumar, A., Greenside, P., Shcherbina, A. and Kundaje, A. (2016). Not just
       a black box: learning important features through propagating activation
       differences. arXiv:1605.01713.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skdigits import AttributionDisplay, DigitMLPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = DigitMLPClassifier(epochs=10, random_state=0).fit(X, y)
    >>> display = AttributionDisplay.from_estimator(clf, X[8], labels=(8, 3))
    >>> logits = clf.decision_function(X[8:9])[0]
    >>> difference = display.attributions.sum() + display.constant
    >>> bool(abs(difference - (logits[8] - logits[3])) < 1e-3)
    True
    """

    im_: AxesImage
    colorbar_: Colorbar
    axes_: dict[str, Axes]
    ax_: Axes
    figure_: Figure

    def __init__(
        self,
        image: Array,
        attributions: Array,
        *,
        constant: float,
        labels: Sequence[Any],
    ) -> None:
        self.image = image
        self.attributions = attributions
        self.constant = constant
        self.labels = labels

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        image: Picture,
        *,
        labels: Sequence[Any] | None = None,
        image_shape: tuple[int, int] | None = None,
        cmap: str | Colormap | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Compute the contribution of each pixel of an image, and draw it.

        Parameters
        ----------
        estimator : estimator instance
            A fitted `DigitMLPClassifier` or scikit-learn's `MLPClassifier`, with the
            activation "relu" or "identity", a Pipeline that ends in one, such as that
            of `load_digit_reader`, or a search over either.

        image : array-like of shape (height, width), (height, width, 1) or \
                (n_features,)
            One image, such as ``X[i]`` of the estimator's X. If the Pipeline starts
            with `CenterDigit`, any picture that `CenterDigit` takes.

        labels : sequence of two labels, default=None
            The labels to compare. None means the image's two likeliest labels, the
            likeliest first.

        image_shape : tuple of (height, width), default=None
            Shape of an image that is given as a row of pixels. None means the shape
            seen by `Flatten` in a Pipeline; without `Flatten`, the image must be
            square.

        cmap : str or matplotlib Colormap, default=None
            A diverging colour map. None uses one from dark blue through grey to light
            yellow, which shows the sign even in greyscale.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : AttributionDisplay
            The display, drawn.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        AttributeError
            If it has no `coefs_`.
        ValueError
            If the estimator is not a classifier with one of these activations, `image`
            has another size, or `labels` are not two of the classes.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import AttributionDisplay, load_digit_reader
        >>> image = load_digits().images[8]
        >>> display = AttributionDisplay.from_estimator(load_digit_reader(), image)
        >>> display.image.shape
        (28, 28)
        >>> [int(label) for label in display.labels]
        [8, 3]
        """
        parts = path_to_fitted("coefs_", estimator)
        network, steps = parts[-1], steps_before(parts)
        activation = _check_network(network)
        stages, linear_steps = _run_steps(steps, image)
        row = stages[-1].reshape(1, -1)
        n_features = len(network.coefs_[0])
        if row.size != n_features:
            raise ValueError(
                f"image must be one image of {n_features} values, as the network "
                f"takes them. Got {row.size}."
            )
        labels = _choose_labels(labels, network, row)
        weights, constant = linear_part(
            row[0],
            network.coefs_,
            network.intercepts_,
            activation,
            _output_weights(network, labels),
        )
        for step, before in zip(linear_steps[::-1], stages[-2::-1]):
            if isinstance(step, Flatten):
                weights = weights.reshape(before.shape[1:])
            else:
                weights = step._pull_back(as_grey(before)[0], weights)
        pixels = stages[0]
        if image_shape is None and pixels.ndim == 2:
            image_shape = shape_before_flatten(parts, pixels.size)
        (drawn,) = as_images(pixels, image_shape)
        attributions = drawn * weights.reshape(drawn.shape)
        display = cls(drawn, attributions, constant=constant, labels=labels)
        return display.plot(cmap=cmap, ax=ax)

    def plot(
        self,
        *,
        cmap: str | Colormap | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the image beside its attributions.

        Parameters
        ----------
        cmap : str or matplotlib Colormap, default=None
            A diverging colour map. None uses one from dark blue through grey to light
            yellow, which shows the sign even in greyscale.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        Returns
        -------
        display : AttributionDisplay
            The display itself, drawn.

        Examples
        --------
        >>> import numpy as np
        >>> from skdigits import AttributionDisplay
        >>> image = np.eye(8)
        >>> display = AttributionDisplay(image, image, constant=-3.0, labels=(1, 7))
        >>> display = display.plot(cmap="vlag")
        """
        ax, is_new = axes_or_new(ax, _SIZE)
        ax.set_axis_off()
        self.ax_, self.figure_ = ax, ax.figure
        lay_out(self.figure_, is_new)
        # The sum is the title of a panel that is nearly flat.
        rows = [
            (1, {"image": 1, "attributions": 1 + _COLORBAR_SPACE}),
            (0.02, {"sum": 1}),
        ]
        panels = Panels(ax, rows)
        self.axes_ = panels.axes
        self.axes_["image"].imshow(self.image, cmap="gray")
        panels.set_title("image", "Image")
        self._draw_attributions(panels, diverging_colours() if cmap is None else cmap)
        first, second = self.labels
        from_pixels = float(np.sum(self.attributions))
        panels.set_title(
            "sum",
            f"Logit of {first} − logit of {second} = "
            f"{_signed(from_pixels + self.constant)}: "
            f"pixels {_signed(from_pixels)}, constant {_signed(self.constant)}",
        )
        return self

    def _draw_attributions(self, panels, cmap):
        first, second = self.labels
        ax = panels.axes["attributions"]
        magnitudes = np.abs(self.attributions)
        limit = magnitudes.max() or 1
        self.im_ = ax.imshow(self.attributions, cmap=cmap, vmin=-limit, vmax=limit)
        self.colorbar_ = draw_colorbar(self.im_, _COLORBAR_SPACE)
        self.colorbar_.ax.tick_params(labelsize=panels.font_size, length=0, pad=2)
        panels.set_title("attributions", f"Bright: for {first}. Dark: for {second}")


def _check_network(network):
    """Return the activation of a classifier, which must be piecewise linear."""
    if not is_classifier(network):
        raise ValueError(
            f"estimator must be, or end in, a classifier, such as DigitMLPClassifier. "
            f"Got {network!r}."
        )
    activation = getattr(network, "_activation", network.activation)
    if activation not in PIECEWISE_LINEAR:
        raise ValueError(
            f"Pixels add up to the logits only where the activation is one of "
            f"{PIECEWISE_LINEAR}. Got a network with activation={activation!r}: fit "
            f"one with activation='relu'."
        )
    return activation


def _run_steps(steps, image):
    """Run the steps on an image; those that are linear for one image run in float64.

    Returns
    -------
    stages : list of ndarray of shape (1, ...), float64
        The input of each linear step, and the output of the last one.
    linear_steps : list of transformers
        The steps that are linear for one image.
    """
    linear = (StraightenDigit, GradientDirections, Flatten)
    n_others = len(steps)
    while n_others and isinstance(steps[n_others - 1], linear):
        n_others -= 1
    samples: Any = [image]
    for step in steps[:n_others]:
        samples = step.transform(samples)
    stages = [np.asarray(samples, np.float64)]
    for step in steps[n_others:]:
        stages.append(np.asarray(step.transform(stages[-1])))
    return stages, steps[n_others:]


def _choose_labels(labels, network, row):
    """Return two labels of the network, its likeliest ones if none are given."""
    if labels is None and len(network.classes_) > 1:
        nameless = copy(network)  # which does not miss the names of columns in an array
        vars(nameless).pop("feature_names_in_", None)
        likeliest = np.argsort(-nameless.predict_proba(row)[0], kind="stable")
        return tuple(network.classes_[likeliest[:2]])
    given = tuple(labels) if np.iterable(labels) else ()
    classes = network.classes_.tolist()
    is_known = all(label in classes for label in given)
    if len(given) != 2 or given[0] == given[1] or not is_known:
        raise ValueError(
            f"labels must be two different labels among {classes}. Got {labels!r}."
        )
    return given


def _output_weights(network, labels):
    """Weight the network's outputs so that their sum is the difference of two logits.

    scikit-learn's network has one output for two classes: the logit of the second minus
    that of the first.
    """
    first, second = (np.flatnonzero(network.classes_ == label)[0] for label in labels)
    n_outputs = len(network.intercepts_[-1])
    if n_outputs == 1:
        return np.array([float(first - second)])
    return np.eye(n_outputs)[first] - np.eye(n_outputs)[second]


def _signed(number):
    return f"{number:+.2f}".replace("-", "−")
