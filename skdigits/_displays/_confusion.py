"""ConfusionHeatmapDisplay: a confusion matrix drawn as a heatmap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay

from skdigits._displays._layout import axes_or_new, lay_out
from skdigits._optional import needed
from skdigits._public import public

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

    from skdigits._types import Array


@public
class ConfusionHeatmapDisplay(ConfusionMatrixDisplay):
    """A confusion matrix drawn as an annotated seaborn heatmap.

    Create it with `from_estimator` or `from_predictions`, which take the parameters of
    :class:`sklearn.metrics.ConfusionMatrixDisplay`. The colour scale is logarithmic, so
    that a few confusions show among many correct predictions; ``im_kw={"norm": None}``
    makes it linear.

    Parameters
    ----------
    confusion_matrix : ndarray of shape (n_classes, n_classes)
        Rows are true labels, columns predicted labels.

    display_labels : ndarray of shape (n_classes,), default=None
        Names of the classes. None numbers them from 0.

    Attributes
    ----------
    im_ : matplotlib QuadMesh
        The coloured cells.

    text_ : ndarray of shape (n_classes, n_classes), or None
        The matplotlib text of each cell; None for cells that are NaN or masked by
        `im_kw`. With ``include_values=False``, None instead of the array.

    ax_ : matplotlib Axes

    figure_ : matplotlib Figure

    See Also
    --------
    sklearn.metrics.ConfusionMatrixDisplay : The same matrix in scikit-learn's style.

    Examples
    --------
    >>> from skdigits import ConfusionHeatmapDisplay
    >>> y_true = [2, 0, 2, 2, 0, 1]
    >>> y_pred = [0, 0, 2, 2, 0, 2]
    >>> display = ConfusionHeatmapDisplay.from_predictions(y_true, y_pred)
    >>> display.confusion_matrix
    array([[2, 0, 0],
           [0, 0, 1],
           [1, 0, 2]])
    """

    im_: QuadMesh
    text_: Array | None
    ax_: Axes
    figure_: Figure

    def plot(
        self,
        *,
        include_values: bool = True,
        cmap: str | Colormap = "viridis",
        xticks_rotation: float | Literal["vertical", "horizontal"] = "horizontal",
        values_format: str | None = None,
        ax: Axes | None = None,
        colorbar: bool = True,
        im_kw: dict[str, Any] | None = None,
        text_kw: dict[str, Any] | None = None,
    ) -> Self:
        """Draw the heatmap.

        Parameters
        ----------
        include_values : bool, default=True
            Whether to write the values into the cells.

        cmap : str or matplotlib Colormap, default="viridis"
            The colours.

        xticks_rotation : {"vertical", "horizontal"} or float, default="horizontal"
            Rotation of the predicted labels, in degrees.

        values_format : str, default=None
            Format specification of the values. None writes counts as integers and
            fractions with two decimals.

        ax : matplotlib Axes, default=None
            Axes to draw into; None creates a new figure.

        colorbar : bool, default=True
            Whether to draw a colour bar.

        im_kw : dict, default=None
            Additional keyword arguments for :func:`seaborn.heatmap`.

        text_kw : dict, default=None
            Keyword arguments for the text of each cell.

        Returns
        -------
        display : ConfusionHeatmapDisplay
            The display itself, drawn.

        Raises
        ------
        ValueError
            If there are more or fewer `display_labels` than classes.

        Examples
        --------
        >>> from skdigits import ConfusionHeatmapDisplay
        >>> display = ConfusionHeatmapDisplay.from_predictions([0, 1, 1], [0, 0, 1])
        >>> display = display.plot(cmap="Blues")
        """
        with needed("matplotlib", "seaborn", to="draw"):
            import matplotlib.pyplot as plt
            import seaborn as sns

        width = 5.7 if colorbar else 4.8  # inches: square cells, and space for a title
        ax, is_new = axes_or_new(ax, (width, 5.0))
        matrix = np.asarray(self.confusion_matrix)
        if matrix.dtype.kind == "b":
            matrix = matrix.astype(int)
        if values_format is None:
            values_format = "d" if matrix.dtype.kind in "iu" else ".2f"
        labels = self.display_labels
        if labels is None:
            labels = np.arange(len(matrix))
        if len(labels) != len(matrix):
            raise ValueError(
                f"display_labels must name {len(matrix)} classes, one for each row of "
                f"the confusion matrix. Got {len(labels)}: {labels}."
            )

        n_texts_before = len(ax.texts)
        keywords = {
            "annot": include_values,
            "fmt": values_format,
            "annot_kws": text_kw,
            "cmap": cmap,
            "cbar": colorbar,
            "square": True,
            "xticklabels": labels,
            "yticklabels": labels,
        }
        if not {"vmin", "vmax", "center", "robust"} & set(im_kw or {}):
            keywords["norm"] = _logarithmic_norm(matrix)
        sns.heatmap(matrix, ax=ax, **(keywords | (im_kw or {})))
        ax.set(xlabel="Predicted label", ylabel="True label")
        plt.setp(ax.get_xticklabels(), rotation=xticks_rotation)
        plt.setp(ax.get_yticklabels(), rotation=0)

        self.im_ = ax.collections[-1]
        text_of_cell = np.full(matrix.shape, None)
        for text in ax.texts[n_texts_before:]:
            x, y = text.get_position()  # the centre of its cell
            text_of_cell[int(y), int(x)] = text
        self.text_ = text_of_cell if include_values else None
        self.ax_ = ax
        self.figure_ = ax.figure
        lay_out(self.figure_, is_new, room_for_title_of=ax)
        return self


def _logarithmic_norm(matrix):
    """Make a logarithmic colour scale, linear from 0 to the smallest count."""
    from matplotlib.colors import SymLogNorm

    positive = matrix[matrix > 0]
    smallest, largest = (positive.min(), positive.max()) if positive.size else (1, 1)
    # As floats: the colour bar negates them, which small and unsigned integers wrap.
    return SymLogNorm(float(smallest), vmin=0, vmax=float(largest))
