"""A colour map for values of either sign, and a colour bar beside an image."""

from skdigits._optional import needed

# Lightness only increases, so that greyscale prints show the sign of a value.
_BLUE_GREY_YELLOW = ["#00134d", "#1f5fbf", "#9a9a9a", "#ffb347", "#fff1b8"]


def diverging_colours():
    """Make a colour map from dark blue through grey at zero to light yellow."""
    with needed("matplotlib", "seaborn", to="draw"):
        import seaborn as sns

    return sns.blend_palette(_BLUE_GREY_YELLOW, as_cmap=True)


def draw_colorbar(im, space, **keywords):
    """Draw a colour bar beside an image, as high as the image.

    Parameters
    ----------
    im : matplotlib AxesImage
    space : float
        The free space to the right of the image, as a fraction of its width.
    **keywords
        Keyword arguments of matplotlib's `colorbar`.

    Returns
    -------
    colorbar : matplotlib Colorbar
    """
    width = 1 / (1 + space)  # of the image, as a fraction of the axes
    bar_ax = im.axes.inset_axes((1.03 * width, 0, 0.03 * width, 1))
    return im.figure.colorbar(im, cax=bar_ax, **keywords)
