"""A colour map for values of either sign, and a colour bar beside an image."""

from skdigits._optional import needed

# Lightness only increases, so that greyscale prints show the sign of a value.
_BLUE_GREY_YELLOW = ["#00134d", "#1f5fbf", "#9a9a9a", "#ffb347", "#fff1b8"]


def diverging_colours():
    """Make a colour map from dark blue through grey at zero to light yellow."""
    with needed("matplotlib", "seaborn", to="draw"):
        import seaborn as sns

    return sns.blend_palette(_BLUE_GREY_YELLOW, as_cmap=True)


def draw_colorbar(im, space, thickness=0.03, **keywords):
    """Make space to the right of an image, and draw a colour bar there, as high as it.

    Parameters
    ----------
    im : matplotlib AxesImage
    space, thickness : float
        Of the space, and of the bar: as fractions of the image's width.
    **keywords
        Keyword arguments of matplotlib's `colorbar`.

    Returns
    -------
    colorbar : matplotlib Colorbar
    """
    im.axes.set_xlim(-0.5, (1 + space) * im.get_array().shape[1] - 0.5)
    width = 1 / (1 + space)  # of the image, as a fraction of the axes
    bar_ax = im.axes.inset_axes((1.03 * width, 0, thickness * width, 1))
    return im.figure.colorbar(im, cax=bar_ax, **keywords)
