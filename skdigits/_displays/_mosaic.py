"""Many small images drawn as one mosaic, with a text above each.

One image with texts is drawn many times faster than one axes for each image, and fits
into any axes.
"""

import math
from numbers import Integral

import numpy as np

from skdigits._displays._layout import axes_or_new, lay_out
from skdigits._optional import needed

# As fractions of an image's width: the gap between images, the height of a text line.
_GAP = 0.12
_LINE = 0.17

# Inches: width of an image in a new figure; texts of more than 15 characters widen it.
_TILE = 1.1
# Few images are enlarged by at most this factor.
_LARGEST_SCALE = 2
# Inches: limits of a new figure.
_SHORTEST_WIDTH, _LONGEST_SIDE = 4, 11


def draw_mosaic(
    images, captions, *, title="", right=0, ax=None, n_columns=None, **keywords
):
    """Draw images in a grid, row by row from the top left.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)

    captions : list of n tuple of (str, bool)
        The text above each image, all with the same number of lines, and whether to
        draw it in bold and in colour.

    title : str, default=""

    right : float, default=0
        Free space on the right, as a fraction of the mosaic's width.

    ax : matplotlib Axes, default=None
        Axes to draw into; None creates a figure of a suitable size.

    n_columns : int, default=None
        None makes the images as large as possible.

    **keywords
        Keyword arguments of matplotlib's `imshow`.

    Returns
    -------
    im : matplotlib AxesImage
        The mosaic; the gaps between the images are masked.

    texts : list of matplotlib Text

    Raises
    ------
    ValueError
        If `n_columns` is neither None nor a positive integer.
    """
    texts, are_bold = zip(*captions)
    n_images, height, width = images.shape
    gap = math.ceil(_GAP * width)
    head = math.ceil(_LINE * width) * (texts[0].count("\n") + 1)
    cell = np.array([head + height + gap, width + gap])
    if n_columns is None:
        ratio = 1.2 if ax is None else _aspect_ratio(ax)
        n_columns = _best_n_columns(n_images, cell, ratio / (1 + right))
    n_columns = min(_check_n_columns(n_columns), n_images)
    n_rows = math.ceil(n_images / n_columns)
    shape = cell * (n_rows, n_columns) - gap
    size = _figure_size(shape * (1, 1 + right), width, texts, title)
    ax, is_new = axes_or_new(ax, size)

    mosaic = np.full(shape, np.nan)
    corners = [cell * divmod(i, n_columns) + (head, 0) for i in range(n_images)]
    for image, (top, left) in zip(images, corners):
        mosaic[top : top + height, left : left + width] = image
    im = ax.imshow(np.ma.masked_invalid(mosaic), **keywords)
    # Pixel centres have integer coordinates, so edges lie half a pixel away.
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
    _set_bold(drawn, np.flatnonzero(are_bold))
    for text in drawn:
        text.set_in_layout(False)  # shrunk later
    lay_out(ax.figure, is_new)
    ax.apply_aspect()
    _shrink_to_fit(drawn, ax, width + 0.5 * gap, head)
    _shrink_to_fit([ax.title], ax, *shape[::-1])
    return im, drawn


def _check_n_columns(n_columns):
    if not isinstance(n_columns, Integral) or n_columns < 1:
        raise ValueError(
            f"n_columns must be a positive integer or None. Got {n_columns!r}."
        )
    return n_columns


def _aspect_ratio(ax):
    box = ax.get_window_extent()
    return box.width / box.height


def _best_n_columns(n_images, cell, ratio):
    """Find the number of columns that makes the images largest.

    `ratio` is the width of the axes divided by their height.
    """

    def scale(n_columns):
        height, width = cell * (math.ceil(n_images / n_columns), n_columns)
        return min(ratio / width, 1 / height)

    return max(range(1, n_images + 1), key=scale)


def _figure_size(shape, image_width, texts, title):
    """Return the width and height, in inches, for a mosaic of this shape in pixels."""
    longest = max(len(line) for text in texts for line in text.split("\n"))
    height, width = shape * _TILE * max(1, longest / 15) / image_width
    scale = min(
        max(1, _SHORTEST_WIDTH / width),
        _LARGEST_SCALE,
        _LONGEST_SIDE / max(width, height),
    )
    return max(_SHORTEST_WIDTH, scale * width), scale * height + (0.3 if title else 0)


def _set_bold(texts, which):
    with needed("matplotlib", "seaborn", to="draw"):
        import seaborn as sns

    vermilion = sns.color_palette("colorblind")[3]
    for i in which:
        texts[i].set(color=vermilion, fontweight="bold")


def _shrink_to_fit(texts, ax, width, height):
    """Shrink the texts to fit a box of width × height in data coordinates."""
    corners = ax.transData.transform([(0, 0), (width, height)])
    # With a margin, as labels of other axes in the figure may still shrink these axes.
    available = 0.92 * abs(corners[1] - corners[0])
    boxes = [text.get_window_extent() for text in texts]
    size = np.max([(box.width, box.height) for box in boxes], axis=0)
    if (size > available).any():
        scale = (available / size).min()
        for text in texts:
            text.set_fontsize(scale * text.get_fontsize())
