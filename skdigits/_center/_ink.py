"""Find the ink in a picture of a digit, whatever the paper, the pen and the light."""

import numpy as np
from scipy import ndimage

# Longest side, in pixels, that is looked at. A larger photo is averaged down first: a
# digit that fills an eighth of it still has more pixels than its frame.
_LONGEST_SIDE = 512

# Contrast, as a part of the largest pixel value, below which there is only paper.
_LEAST_CONTRAST = 1 / 32

# Noise of the paper, as a part of the ink's level. Above the first the picture is
# smoothed, a few times; above the second, after that, there is nothing but noise.
_MUCH_NOISE, _ONLY_NOISE = 0.08, 0.125
_MOST_SMOOTHINGS = 6

# A patch of ink counts if it has this part of the heaviest patch's ink: specks do not,
# the loose bar of a 5 does.
_SPECK = 0.03


def find_ink(picture):
    """Return how much ink there is at each pixel.

    Parameters
    ----------
    picture : ndarray of shape (height, width, channels)
        Grey, grey and alpha, RGB or RGBA; the paper is what most of the edge shows.

    Returns
    -------
    ink : ndarray of shape (height, width), or None
        From 0, paper, to 1; averaged down if the picture is large. None if the picture
        is blank.
    """
    pixels = _shrink(_lay_on_paper(_scale_to_one(picture)))
    brightest = np.abs(pixels).max()
    contrast = _strongest_contrast(pixels - _plane_of_paper(pixels))
    contrast, level, noise = _flatten_and_smooth(contrast)
    if level <= _LEAST_CONTRAST * brightest or noise > _ONLY_NOISE * level:
        return None

    # Paper is zero, unless its noise says otherwise.
    faint = max(0.1 * level, 3 * noise)
    patches, n_patches = ndimage.label(contrast > faint, np.ones((3, 3)))
    numbers = np.arange(1, n_patches + 1)
    mass = ndimage.sum_labels(contrast, patches, numbers)
    peak = ndimage.maximum(contrast, patches, numbers)
    mass[peak <= level / 2] = 0  # a stain, a shadow's edge
    kept = mass > _SPECK * mass.max()
    ink = np.where(np.append(False, kept)[patches], contrast, 0)

    # Most of the ink is full ink: a pencil's grey is as black as a pen's.
    full = np.percentile(ink[ink > level / 2], 75)
    floor = faint if noise > 0 else 0
    return np.clip((ink - floor) / (full - floor), 0, 1)


def _scale_to_one(picture):
    """Divide by white, where the dtype or the pixels tell what white is."""
    if picture.dtype in (np.uint8, np.uint16):
        return picture.astype(np.float32) / np.iinfo(picture.dtype).max
    largest = np.abs(picture).max()
    white = next((w for w in (1, 255, 65535) if largest <= w), largest)
    return (picture / white).astype(np.float32)


def _lay_on_paper(pixels):
    """Lay a picture with an alpha channel, its last of 2 or 4, on paper."""
    if pixels.shape[2] not in (2, 4):
        return pixels
    colour, alpha = pixels[..., :-1], pixels[..., -1:]
    if alpha.mean() > 0.5:  # paper with a hole or round corners: more of that paper
        paper = np.median(colour[alpha[..., 0] > 0.5], axis=0)
    else:  # ink on nothing: white under dark ink, black under light ink
        ink = (colour * alpha).sum() / max((alpha * np.ones_like(colour)).sum(), 1e-9)
        paper = float(ink < 0.5)
    return alpha * colour + (1 - alpha) * paper


def _shrink(pixels):
    """Average a large picture down."""
    n = -(-max(pixels.shape[:2]) // _LONGEST_SIDE)
    if n == 1:
        return pixels
    middle_y, middle_x = (min(n, side) // 2 for side in pixels.shape[:2])
    return ndimage.uniform_filter(pixels, (n, n, 1))[middle_y::n, middle_x::n]


def _edge(shape):
    """Mark the picture's edge, where paper is to be expected."""
    edge = np.ones(shape, dtype=bool)
    width = max(1, min(shape) // 16)
    edge[width:-width, width:-width] = False
    return edge


def _plane_of_paper(pixels):
    """Fit a tilted plane to each channel of the edge: paper in uneven light.

    The fit minimises absolute deviations, so that ink that touches the edge does not
    count, by reweighted least squares. A plane that does not explain more than half
    of what a constant leaves is not light.
    """
    height, width = pixels.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    plane = np.stack([np.ones_like(x), x, y], axis=-1)
    edge = _edge((height, width))
    seen, terms = pixels[edge], plane[edge]
    constant = np.median(seen, axis=0)
    left = np.abs(seen - constant).sum()
    if left == 0:
        return constant
    weights = np.ones((len(seen), 1))
    for _ in range(15):
        fit = np.linalg.lstsq(terms * weights, seen * weights)[0]
        distance = np.linalg.norm(seen - terms @ fit, axis=1, keepdims=True)
        weights = (distance + 1e-3 * distance.max() + 1e-9) ** -0.5
    explains = np.abs(seen - terms @ fit).sum() < left / 2
    return plane @ fit if explains else constant


def _strongest_contrast(pixels):
    """Look along the colour in which the ink differs from the paper; ink is positive.

    Luminance would not tell a red from a green of the same brightness.
    """
    flat = pixels.reshape(-1, pixels.shape[2])
    _, colours = np.linalg.eigh(flat.T @ flat)
    contrast = pixels @ colours[:, -1]
    # Ink is farther from the paper than the paper's own light and shade.
    return contrast if (contrast * np.abs(contrast)).sum() >= 0 else -contrast


def _flatten_and_smooth(contrast):
    """Take off what light and shade are left, and smooth as much as noise asks for.

    Returns
    -------
    contrast : ndarray of shape (height, width)
        The paper is zero.

    level : float
        Of the ink.

    noise : float
        Standard deviation of the paper.
    """
    edge = _edge(contrast.shape)
    # A shadow is wider than a third of the picture, a stroke is not.
    window = max(16, max(contrast.shape) // 3)
    for _ in range(_MOST_SMOOTHINGS + 1):
        flat = ndimage.white_tophat(contrast, window)
        paper = np.median(flat[edge])
        noise = 1.4826 * np.median(np.abs(flat[edge] - paper))
        flat -= paper
        highest = flat.max()
        level = np.median(flat[flat > highest / 2]) if highest > 0 else 0
        if noise <= _MUCH_NOISE * level:
            break
        contrast = ndimage.gaussian_filter(contrast, 0.7)
    return flat, level, noise
