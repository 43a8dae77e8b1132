"""Augmentation: small random changes of the training images in every epoch."""

from collections.abc import Callable
from functools import partial
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from skdigits._image_shape import check_image_shape
from skdigits._image_stack import as_grey
from skdigits._public import public
from skdigits._rows import take_rows
from skdigits._types import Array, Augmentation
from skdigits._warp import warp_affine

# Rows: enough to distinguish images from planes of `GradientDirections`.
_FEW_ROWS = 100
# Pixels: narrower images are never taken for planes.
_LEAST_WIDTH = 8


@public
def random_affine(
    images: ArrayLike,
    rng: Any,
    *,
    rotation: float = 6.0,
    shift: float = 0.03,
    scale: float = 0.06,
    shear: float = 0.05,
) -> Array:
    """Rotate, shift, scale and shear each image a little, by random amounts.

    Each amount is drawn anew for each image, uniformly between minus and plus the
    strength that its parameter gives. Pixels are interpolated bilinearly; beyond the
    border they take the value of the nearest pixel.

    Parameters
    ----------
    images : array-like of shape (n_images, height, width) or \
            (n_images, height, width, 1)
        The images to warp, of integers or floats.
    rng : Generator, RandomState, int, None or another seed
        Draws the amounts: a NumPy generator, or a seed for `numpy.random.default_rng`.
        An int gives the same amounts in every call.
    rotation : float, default=6
        Largest rotation about the centre, in degrees.
    shift : float, default=0.03
        Largest horizontal and vertical shift, as a fraction of the width and of the
        height.
    scale : float, default=0.06
        Largest change of size, as a fraction; less than 1.
    shear : float, default=0.05
        Largest slant: the horizontal shift of a row, as a fraction of its distance
        from the middle row.

    Returns
    -------
    warped : ndarray, shape and dtype of `images`
        Integers are rounded, those beyond ±2⁵³ to the nearest that float64 holds.

    Raises
    ------
    ValueError
        If `images` has another shape, a strength is negative or not finite, or `scale`
        is not less than 1.

    See Also
    --------
    DigitMLPClassifier : Warps its training images with ``augmentation="affine"``.

    Examples
    --------
    Stronger warps for training:

    >>> from functools import partial
    >>> from skdigits import DigitMLPClassifier, random_affine
    >>> stronger = partial(random_affine, rotation=15)
    >>> clf = DigitMLPClassifier(augmentation=stronger)

    Warp some images:

    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> images = load_digits().images
    >>> random_affine(images[:5], rng=0).shape
    (5, 8, 8)
    """
    images = np.asarray(images)
    grey = as_grey(images, "images")
    strengths = {"rotation": rotation, "shift": shift, "scale": scale, "shear": shear}
    for name, strength in strengths.items():
        if not (isinstance(strength, Real) and 0 <= float(strength) < np.inf):
            raise ValueError(
                f"{name} must be a finite number of at least 0: amounts are drawn "
                f"between minus and plus {name}. Got {strength!r}."
            )
        strengths[name] = float(strength)
    if scale >= 1:
        raise ValueError(f"scale must be less than 1. Got {scale!r}.")
    # Before NumPy 2.2 default_rng takes no RandomState.
    if not isinstance(rng, np.random.RandomState):
        rng = np.random.default_rng(rng)
    warped = warp_affine(grey, *_draw_warps(grey.shape, rng, **strengths))
    return warped.reshape(images.shape)


def _draw_warps(shape, rng, rotation, shift, scale, shear):
    """Sample warps: their inverse matrices (n, 2, 2), and shifts (n, 2) in pixels."""
    n, height, width = shape

    def draw(strength, *shape):
        return rng.uniform(-strength, strength, (n, *shape))

    angle = np.deg2rad(draw(rotation))
    matrices = _inverse_matrices(angle, 1 + draw(scale), draw(shear))
    return matrices, draw(shift, 2) * (width, height)


def _inverse_matrices(angle: Array, scale: Array, shear: Array) -> Array:
    """Compute the matrices (n, 2, 2) that undo a shear, a scaling and a rotation."""
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    matrices = [[cos + shear * sin, sin - shear * cos], [-sin, cos]]
    return np.moveaxis(np.array(matrices), 2, 0)


def make_augment(
    augmentation: Literal["affine"] | Augmentation | None,
    image_shape: tuple[int, int] | None,
    X: Any,
    indices: Array,
) -> Callable[[Array, np.random.Generator], None] | None:
    """Make the function that augments a block of rows.

    Parameters
    ----------
    augmentation : None, "affine" or callable
        ``(images, rng) -> images``.
    image_shape : (int, int) or None
        Height and width; None means square images.
    X : ndarray or CSR matrix or array of shape (n_samples, n_features)
    indices : ndarray of int
        The rows of X to train on.

    Returns
    -------
    augment : callable or None
        ``(rows, rng) -> None``: changes rows of shape (n_rows, n_features) in place.
        None if there is no augmentation.

    Raises
    ------
    ValueError
        If the rows are not images of that shape, or look like planes of
        `GradientDirections` while `image_shape` is None. The returned function raises
        ValueError if `augmentation` returns another shape or dtype than it was given,
        or NaN or infinity.
    """
    if augmentation is None:
        return None
    height, width = check_image_shape(image_shape, X.shape[1])
    if image_shape is None:
        _refuse_planes(take_rows(X, indices[:_FEW_ROWS]).astype(float), width)
    strengths: Any = random_affine.__kwdefaults__

    def warp(rows, rng):
        images = rows.reshape(len(rows), height, width)
        matrices, shifts = _draw_warps(images.shape, rng, **strengths)
        # In place: allocating memory for every block takes a tenth of an epoch.
        warp_affine(images, matrices, shifts, out=images)

    def change(rows, rng):
        images = rows.reshape(len(rows), height, width)
        changed = np.asarray(augmentation(images, rng))  # type: ignore[operator]
        if changed.shape != images.shape or changed.dtype != images.dtype:
            raise ValueError(
                f"augmentation must return images of the shape and dtype that it was "
                f"given, {images.shape} and {images.dtype}. Got {changed.shape} and "
                f"{changed.dtype}."
            )
        if changed.dtype.kind == "f" and not np.isfinite(changed).all():
            raise ValueError(
                "augmentation must return finite numbers. It returned NaN or infinity "
                "for finite images."
            )
        images[...] = changed

    return warp if augmentation == "affine" else change


def is_random_affine(augmentation):
    """Tell whether `augmentation` is `random_affine`, with any strengths."""
    if isinstance(augmentation, partial):
        augmentation = augmentation.func
    return augmentation == "affine" or augmentation is random_affine


def _refuse_planes(rows, width):
    """Raise ValueError if the rows look like planes of `GradientDirections`.

    The lines of a plane are half as long as those of the image. So values half an image
    line apart are vertical neighbours in a plane, and differ only 0.6 to 0.8 times as
    much as values a whole line apart. In images of digits they differ 1.5 to 4 times as
    much.
    """
    if width % 2 or width < _LEAST_WIDTH:  # four planes make an even width
        return

    def mean_difference(distance):
        return np.abs(rows[:, distance:] - rows[:, :-distance]).mean()

    if mean_difference(width // 2) < 0.85 * mean_difference(width):
        raise ValueError(
            f"augmentation would warp each row of X as an image of {width} × {width} "
            f"pixels, but X looks like rows of GradientDirections: values {width // 2} "
            f"apart are more alike than values {width} apart. Warp the images before "
            f"that step, with random_affine. If the rows are images, set "
            f"image_shape=({width}, {width})."
        )
