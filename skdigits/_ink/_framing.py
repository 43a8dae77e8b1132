"""Frame a digit like MNIST: scaled into a box, centred by its centre of mass."""

import math
from functools import lru_cache

import numpy as np
from scipy import ndimage

from skdigits._image_stack import pad
from skdigits._ink._components import cut_out, mark_near, weigh_components
from skdigits._ink._grey import areas

# Pixels: side of MNIST's images, and longer side of the digit in them.
SIZE, BOX = 28, 20

# Stroke widths, in pixels of the frame: 95 % of MNIST's digits lie between `_THINNEST`
# and `_THICKEST`.
_THINNEST, _USUAL, _THICKEST = 2.0, 2.8, 4.5

# Numbers: a matrix that enlarges ink of MNIST's frame has at most this many. The 512
# that are kept then take 67 MB at most; those of larger frames would take gigabytes.
_MATRIX_SIZE = 2**14


def frame_ink(ink, size=SIZE, box=BOX):
    """Scale ink into `box` × `box` pixels and centre it in `size` × `size`.

    Ink away from the heaviest component is dropped, and the aspect ratio is kept. As in
    MNIST, the digit is shifted by whole pixels: its centre of mass lies within half a
    pixel of the frame's centre, or as near to it as the frame allows.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        0 is paper, 1 is full ink; not all paper.

    size, box : int

    Returns
    -------
    image : ndarray of shape (size, size), uint8
    """
    return frame_whole(_main_patches(ink), size, box)


def frame_whole(ink, size=SIZE, box=BOX):
    """Frame all of the ink as one digit, however far apart its components are.

    Parameters
    ----------
    ink, size, box
        As in `frame_ink`.

    Returns
    -------
    image : ndarray of shape (size, size), uint8
    """
    # The rest of the picture may have been darker.
    ink = cut_out(ink / ink.max()).ink
    scale = box / max(ink.shape)
    if scale > 1:  # too few pixels to measure how wide the strokes were
        found, width = None, _USUAL
    else:
        depth = ndimage.distance_transform_edt(pad(ink > 0.5, 1, 1))
        found = scale * _width_of(depth)
        width = np.clip(found, _THINNEST, _THICKEST)
    if width != found:
        ink = cut_out(redraw(ink, box, width)).ink

    # Scale by area averaging.
    rows, columns = (areas(n, n * box / max(ink.shape)) for n in ink.shape)
    scaled = rows @ ink @ columns.T
    top, left = (
        min(max(math.floor(size / 2 - mass + 0.5), 0), size - n)
        for mass, n in zip(ndimage.center_of_mass(scaled), scaled.shape)
    )
    image = np.zeros((size, size), dtype=np.uint8)
    height, width = scaled.shape
    image[top : top + height, left : left + width] = np.rint(255 * scaled)
    return image


def _main_patches(ink):
    """Keep the heaviest component of ink and those near it."""
    labels, mass = weigh_components(ink)
    if len(mass) <= 2:
        return ink
    kept = mark_near(mass.argmax(), labels, mass)
    kept[0] = True
    return np.where(kept[labels], ink, 0)


def _width_of(depth):
    """Return the mean width of strokes, given each ink pixel's distance to the paper.

    In a stroke of width w, the distance to the nearest paper pixel ranges from 1/2 to
    w/2 + 1/2; its mean is w/4 + 1/2.
    """
    return 4 * (depth[depth > 0].mean() - 0.5)


def _enlarge(ink, n):
    """Enlarge ink n times by cubic splines, and sharpen it.

    A pixel is an average over its area: sharpening undoes that blur.
    """
    if n * max(ink.shape) ** 2 > _MATRIX_SIZE:
        ink = ndimage.zoom(ink, n, order=3, mode="grid-constant", grid_mode=True)
        return 3 * ink - 2 * ndimage.gaussian_filter(ink, n / 2)
    # The same in a fortieth of the time or less.
    rows, columns = (_cubic_spline(side, n) for side in ink.shape)
    sharp, blurred = (a @ ink @ b.T for a, b in zip(rows, columns))
    return 3 * sharp - 2 * blurred


@lru_cache(maxsize=256)
def _cubic_spline(side, n):
    """Make the matrices that enlarge `side` pixels n times, and that blur the result.

    Returns
    -------
    sharp, blurred : ndarray of shape (n * side, side)
    """
    pixels = np.eye(side)
    sharp = ndimage.zoom(pixels, (n, 1), order=3, mode="grid-constant", grid_mode=True)
    blurred = ndimage.gaussian_filter1d(sharp, n / 2, axis=0)
    sharp.flags.writeable = blurred.flags.writeable = False
    return sharp, blurred


def redraw(ink, box, width):
    """Redraw the strokes with a given width.

    Parameters
    ----------
    ink : ndarray of shape (height, width)
        0 is paper, 1 is full ink.
    box : int
        Longer side of the digit in the frame, in pixels.
    width : float
        Width of the strokes, in pixels of the frame.

    Returns
    -------
    ink : ndarray of shape (new_height, new_width)
        At least four pixels to one of the frame.
    """
    n = math.ceil(4 * box / max(ink.shape))  # four pixels to one of the frame
    width *= n * max(ink.shape) / box
    ink = pad(ink, 2, 2)
    if n > 1:
        ink = _enlarge(ink, n)
    is_ink = ink > 0.5
    for inked in ndimage.find_objects(is_ink.view(np.int8)):
        is_ink = pad(is_ink[inked], 1, 1)  # no more paper than the distances need
    depth = ndimage.distance_transform_edt(is_ink)
    grow = (width - _width_of(depth)) / 2
    margin = max(math.ceil(grow), 0) + 1
    depth = pad(depth, margin, margin)
    if grow > 0:
        outside = ndimage.distance_transform_edt(depth == 0)
        depth = np.where(depth > 0, depth, 1 - outside)
    return np.clip(depth + grow, 0, 1)
