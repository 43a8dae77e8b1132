"""Many small images drawn as one, with a text above each.

One image and its texts are drawn many times faster than as many axes, and fit into any
axes that a caller gives.
"""

import math
from numbers import Integral

import numpy as np

# Shares of an image's width: the gap between two, and the height of a line of text.
_GAP = 0.12
_LINE = 0.17

# Inches in a new figure. Long texts ask for wider images, few images may be larger.
_TILE = 1.1
_LARGEST_SCALE = 2
_SHORTEST_WIDTH, _LONGEST_SIDE = 4, 11


def draw_mosaic(
    images, texts, *, title="", right=0, bold=(), ax=None, n_columns=None, **keywords
):
    """Draw images in rows and columns, from the upper left one on.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)

    texts : list of n str
        One for each image, all of as many lines.

    title : str, default=""

    right : float, default=0
        Free room on the right, as a share of the width of all images.

    bold : iterable of int, default=()
        Which texts to set in bold and in colour.

    ax : matplotlib Axes, default=None
        Where to draw; None makes a figure of the right size.

    n_columns : int, default=None
        None fills the axes as well as possible.

    **keywords
        For matplotlib's `imshow`.

    Returns
    -------
    im : matplotlib AxesImage
        Masked between the images.

    texts : list of matplotlib Text

    Raises
    ------
    ValueError
        If `n_columns` is neither None nor a positive integer.
    """
    n_images, height, width = images.shape
    gap = math.ceil(_GAP * width)
    head = math.ceil(_LINE * width) * (texts[0].count("\n") + 1)
    cell = np.array([head + height + gap, width + gap])
    if n_columns is None:
        ratio = 1.2 if ax is None else _ratio(ax)
        n_columns = _best_n_columns(n_images, cell, ratio / (1 + right))
    n_columns = min(_check_n_columns(n_columns), n_images)
    n_rows = math.ceil(n_images / n_columns)
    shape = cell * (n_rows, n_columns) - gap
    if ax is None:
        ax = _new_axes(shape * (1, 1 + right), width, texts, title)

    mosaic = np.full(shape, np.nan)
    corners = [cell * divmod(i, n_columns) + (head, 0) for i in range(n_images)]
    for image, (top, left) in zip(images, corners):
        mosaic[top : top + height, left : left + width] = image
    im = ax.imshow(np.ma.masked_invalid(mosaic), **keywords)
    # A pixel's middle has whole coordinates, so its edge is half a pixel away.
    ax.set_xlim(-0.5, (1 + right) * shape[1] - 0.5)
    ax.set_axis_off()
    if title:
        ax.set_title(title)
    drawn = [
        ax.text(
            left - 0.5, top - 0.5, text, verticalalignment="bottom", parse_math=False
        )
        for text, (top, left) in zip(texts, corners)
    ]
    _set_bold(drawn, bold)
    _settle(ax, drawn)
    _shrink_to_fit(drawn, ax, width + 0.5 * gap, head)
    _shrink_to_fit([ax.title], ax, *shape[::-1])
    return im, drawn


def _check_n_columns(n_columns):
    if not isinstance(n_columns, Integral) or n_columns < 1:
        raise ValueError(
            f"n_columns must be a positive integer or None. Got {n_columns!r}."
        )
    return n_columns


def _ratio(ax):
    box = ax.get_window_extent()
    return box.width / box.height


def _best_n_columns(n_images, cell, ratio):
    """Find how many columns show the images largest in axes of this width / height."""

    def scale(n_columns):
        height, width = cell * (math.ceil(n_images / n_columns), n_columns)
        return min(ratio / width, 1 / height)

    return max(range(1, n_images + 1), key=scale)


def _new_axes(shape, image_width, texts, title):
    """Make a figure for a mosaic of this shape in pixels."""
    import matplotlib.pyplot as plt

    longest = max(len(line) for text in texts for line in text.split("\n"))
    height, width = shape * _TILE * max(1, longest / 15) / image_width
    scale = min(
        max(1, _SHORTEST_WIDTH / width),
        _LARGEST_SCALE,
        _LONGEST_SIDE / max(width, height),
    )
    size = max(_SHORTEST_WIDTH, scale * width), scale * height + (0.3 if title else 0)
    return plt.subplots(figsize=size, layout="constrained")[1]


def _set_bold(texts, which):
    import seaborn as sns

    vermilion = sns.color_palette("colorblind")[3]
    for i in which:
        texts[i].set(color=vermilion, fontweight="bold")


def _settle(ax, texts):
    """Give the axes the size that they will be drawn in."""
    for text in texts:
        text.set_in_layout(False)  # they will fit inside
    layout = ax.figure.get_layout_engine()
    if layout is not None:
        layout.execute(ax.figure.canvas.figure)
    ax.apply_aspect()


def _shrink_to_fit(texts, ax, width, height):
    """Make the texts small enough for a box of width × height in ax's coordinates."""
    corners = ax.transData.transform([(0, 0), (width, height)])
    # The axes may lose a little yet, to the labels of others in the figure.
    available = 0.92 * abs(corners[1] - corners[0])
    boxes = [text.get_window_extent() for text in texts]
    needed = np.max([(box.width, box.height) for box in boxes], axis=0)
    if (needed > available).any():
        scale = (available / needed).min()
        for text in texts:
            text.set_fontsize(scale * text.get_fontsize())
