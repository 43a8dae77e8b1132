"""Margins of figures."""


def lay_out(figure, is_new):
    """Fit the axes and their labels into a figure.

    A new figure is laid out once and keeps no layout engine: with an engine such as
    matplotlib's constrained layout, users could no longer call `tight_layout` or
    `subplots_adjust`.

    Parameters
    ----------
    figure : matplotlib Figure or SubFigure
    is_new : bool
        Whether the display made it. A figure of the user's is laid out only by its own
        layout engine, if it has one.
    """
    from matplotlib.layout_engine import PlaceHolderLayoutEngine

    engine = figure.get_layout_engine()  # of a new figure: by the user's rcParams
    if isinstance(engine, PlaceHolderLayoutEngine):  # tight_layout leaves it
        engine = None
    if engine is not None:
        engine.execute(figure.canvas.figure)
    elif is_new:
        figure.tight_layout(pad=0.4)  # of the font size; the default, 1.08, is wide
