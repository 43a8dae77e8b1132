"""Panels in rows that divide one axes, with titles that fit at any size."""

# Points: size of texts in panels of at least _FULL_SIZE inches, across and down. In
# smaller panels texts shrink in proportion.
_FONT_SIZE = 9
_FULL_SIZE = 1.75, 1.9

# In heights of a line of text: the space above a panel for its title, and the gaps
# between panels.
_TITLE, _GAP = 1.9, 1.2


class Panels:
    """Panels in rows, as inset axes of one axes.

    Parameters
    ----------
    ax : matplotlib Axes
        Drawn without frame and ticks; the panels fill it.

    rows : list of tuple of (float, dict of str to float)
        For each row its relative height, and the names of its panels with their
        relative widths.

    Attributes
    ----------
    axes : dict of str to matplotlib Axes

    font_size : float
        Size of texts, in points.
    """

    def __init__(self, ax, rows):
        box = ax.get_window_extent()
        width, height = box.width / ax.figure.dpi, box.height / ax.figure.dpi
        across = width / max(len(row) for _, row in rows)
        down = height / sum(share for share, _ in rows)
        small = min(1, across / _FULL_SIZE[0], down / _FULL_SIZE[1])
        self.font_size = _FONT_SIZE * small
        line = 1.2 * self.font_size / 72
        title, gap_down = _TITLE * line / height, _GAP * line / height
        gap_across = _GAP * line / width
        free = 1 - len(rows) * (title + gap_down) + gap_down
        scale_down = free / sum(share for share, _ in rows)
        self.axes = {}
        top = 1
        for share_down, row in rows:
            bottom = top - title - scale_down * share_down
            free = 1 - gap_across * (len(row) - 1)
            scale_across = free / sum(row.values())
            left = 0
            for name, share in row.items():
                box = left, bottom, scale_across * share, scale_down * share_down
                panel = self.axes[name] = ax.inset_axes(box)
                panel.set_axis_off()
                panel.set_anchor("N")  # images lie below their titles
                left += scale_across * share + gap_across
            top = bottom - gap_down
        self._widths = {
            name: panel.get_window_extent().width for name, panel in self.axes.items()
        }

    def set_title(self, name, title):
        """Write a title above a panel, no wider than the panel."""
        panel = self.axes[name]
        text = panel.set_title(title, fontsize=self.font_size, parse_math=False)
        too_wide = text.get_window_extent().width / self._widths[name]
        if too_wide > 1:
            text.set_fontsize(self.font_size / too_wide)

    def label_bars(self, name, labels):
        """Label horizontal bars, and leave room for the labels in the panel.

        Parameters
        ----------
        name : str
            Name of a panel with bars at y = 0, 1, ..., from x = 0 to at most x = 1.
        labels : list of tuple of (str, float, str)
            For each bar the text on its left, its length, and the text on its right.
        """
        ax = self.axes[name]
        points = 72 * ax.get_window_extent().height / ax.figure.dpi
        size = min(self.font_size, 0.75 * points / len(labels))
        pad = size / 3
        style = {"va": "center", "fontsize": size, "parse_math": False}
        before, after = [], []
        for y, (left, length, right) in enumerate(labels):
            place = {"textcoords": "offset points", **style}
            before.append(ax.annotate(left, (0, y), (-pad, 0), ha="right", **place))
            after.append(ax.annotate(right, (length, y), (pad, 0), **place))
        width = self._widths[name]
        widest = max(text.get_window_extent().width for text in before)
        if widest > width / 2:  # long names of classes
            for text in before:
                text.set_fontsize(size * width / 2 / widest)
        left, right = (
            max(text.get_window_extent().width for text in texts)
            + pad * ax.figure.dpi / 72
            for texts in (before, after)
        )
        unit = width - left - right
        ax.set_xlim(-left / unit, 1 + right / unit)
