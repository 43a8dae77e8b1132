"""New figures, and margins of figures."""

from skdigits._optional import needed


def axes_or_new(ax, size=None):
    """Return the axes to draw into, and whether their figure is new.

    Parameters
    ----------
    ax : matplotlib Axes or None
        None creates a new figure.
    size : tuple of (float, float), default=None
        Width and height of a new figure, in inches; None means those of the user's
        rcParams.

    Returns
    -------
    ax : matplotlib Axes
    is_new : bool
    """
    if ax is not None:
        return ax, False
    with needed("matplotlib", "seaborn", to="draw"):
        import matplotlib.pyplot as plt

    return plt.subplots(figsize=size)[1], True


def lay_out(figure, is_new, *, room_for_title_of=None):
    """Fit the axes and their labels into a figure.

    A new figure is laid out once and keeps no layout engine: with an engine such as
    matplotlib's constrained layout, users could no longer call `tight_layout` or
    `subplots_adjust`.

    Parameters
    ----------
    figure : matplotlib Figure or SubFigure
    is_new : bool
        As from `axes_or_new`. A user's figure is laid out only by its
        own layout engine, if it has one.
    room_for_title_of : matplotlib Axes, default=None
        Axes without a title: a new figure keeps room for one that the user sets later.
    """
    from matplotlib.layout_engine import PlaceHolderLayoutEngine

    engine = figure.get_layout_engine()  # a new figure's: by the user's rcParams
    if isinstance(engine, PlaceHolderLayoutEngine):  # left by tight_layout
        engine = None
    if engine is not None:
        engine.execute(figure.canvas.figure)
    elif is_new:
        if room_for_title_of is not None:
            room_for_title_of.set_title("A line")
        figure.tight_layout(pad=0.4)  # font sizes; the default, 1.08, is wide
        if room_for_title_of is not None:
            room_for_title_of.set_title("")
