"""Margins of figures."""


def lay_out(figure, is_new, *, room_for_title_of=None):
    """Fit the axes and their labels into a figure.

    A new figure is laid out once and keeps no layout engine: with an engine such as
    matplotlib's constrained layout, users could no longer call `tight_layout` or
    `subplots_adjust`.

    Parameters
    ----------
    figure : matplotlib Figure or SubFigure
    is_new : bool
        Whether the display created the figure. A user's figure is laid out only by its
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
