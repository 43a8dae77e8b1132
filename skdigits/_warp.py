"""Affine warps of small images, each by a matrix of its own."""

import numpy as np

from skdigits._rows import blocks

# Pixels in a block: enough that two threads warp in parallel, although Python's lock is
# held between NumPy's calls; few enough that NumPy multiplies matrices in one thread,
# because idle threads would spin. 1.5 times as many are too many.
_BLOCK_PIXELS = 2**17


def warp_affine(images, inverse_matrices, shifts, out=None):
    """Transform each image by its matrix, about the centre, and then by its shift.

    This is faster than one library call per image: with so few pixels, the overhead of
    a call exceeds its work.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    inverse_matrices : ndarray of shape (n, 2, 2)
        Inverses of the matrices, which act on points (x, y).
    shifts : ndarray of shape (n, 2)
        In x and y, in pixels.
    out : ndarray of shape (n, height, width), dtype of `images`, default=None
        Array for the result; may be `images`.

    Returns
    -------
    warped : ndarray of shape (n, height, width), dtype of `images`
        Interpolated bilinearly; pixels beyond the border equal the nearest one.
    """
    n, height, width = images.shape
    centre = (np.array([width, height]) - 1) / 2
    # From each pixel (x', y') of the result to its source in the image,
    # (x, y) = M⁻¹ ((x', y') - centre - shift) + centre, as a matrix for (x', y', 1).
    offset = centre - np.einsum("nij,nj->ni", inverse_matrices, centre + shifts)
    sources = np.concatenate([inverse_matrices, offset[..., np.newaxis]], axis=2)
    interpolate, unit = _interpolate, 1
    if images.dtype == np.uint8:
        interpolate, unit = _interpolate_bytes, 256
        sources = sources * unit + [0, 0, 0.5]  # truncation to integers then rounds
    dtype = np.result_type(images, np.float32)
    sources = sources.swapaxes(0, 1).astype(dtype)
    grid = np.ones((3, height * width), dtype)
    grid[1], grid[0] = np.indices((height, width)).reshape(2, -1)
    farthest = unit * (np.array([width, height], dtype) - 1)[:, np.newaxis, np.newaxis]

    warped = np.empty_like(images) if out is None else out
    size = height * width
    n_images = max(1, min(n, _BLOCK_PIXELS // max(1, size)))
    # One index per pixel: adding one number to a whole image takes twice as long.
    first = np.repeat(np.arange(n_images) * size, size).reshape(n_images, size)
    for block in blocks(n, n_images):
        points = sources[:, block] @ grid
        np.clip(points, 0, farthest, out=points)
        values = interpolate(images[block], points, first)
        if values.dtype.kind == "f" != images.dtype.kind:
            np.rint(values, out=values)
        if images.dtype.kind in "iu" and images.dtype.itemsize == 8:
            # float64 rounds the largest integers up, to one that the dtype lacks.
            largest = np.nextafter(float(np.iinfo(images.dtype).max), 0)
            np.minimum(values, largest, out=values)
        warped[block] = values.reshape(-1, height, width)
    return warped


def _interpolate(images, points, first):
    """Interpolate bilinearly between the pixels of each image.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    points : ndarray of shape (2, n, n_points), float
        Columns and rows, within the image.
    first : ndarray of shape (at least n, n_points), intp
        Index of each image's first pixel among the pixels of all images.

    Returns
    -------
    values : ndarray of shape (n, n_points), float
    """
    width = images.shape[2]
    whole = points.astype(np.int32)
    points -= whole
    x, y = points
    index = _flat_indices(whole, width, first)
    pixels = _pixels_and_zeros(images, x.dtype)
    # All indices are valid; with mode="wrap" NumPy looks them up a third faster.
    left_above, right_above, left_below, right_below = (
        pixels[k:].take(index, mode="wrap") for k in (0, 1, width, width + 1)
    )
    upper = interpolate_linearly(left_above, right_above, x)
    lower = interpolate_linearly(left_below, right_below, x)
    return interpolate_linearly(upper, lower, y)


def _interpolate_bytes(images, points, first):
    """Interpolate like `_interpolate`, but faster: bytes, in steps of 1/256 of a pixel.

    Two vertical neighbours are the bytes of one number, so one look-up finds both. 16
    bits suffice: results are at most 255 × 256 + 128, and negative intermediate values
    wrap modulo 2¹⁶.
    """
    # uint16 takes half the time of uint32, and holds coordinates up to 256 pixels.
    points = points.astype(np.uint16 if max(images.shape[1:]) <= 256 else np.uint32)
    width = images.shape[2]
    index = _flat_indices(points >> 8, width, first)
    points &= 255
    x, y = points
    pairs = _pixels_and_zeros(images, np.uint16)
    pairs[:-width] |= pairs[width:] << 8
    left = _interpolate_low_and_high(pairs.take(index, mode="wrap"), y)
    right = _interpolate_low_and_high(pairs[1:].take(index, mode="wrap"), y)
    return _interpolate_pair(left, right, x)


def _flat_indices(points, width, first):
    """Return the indices of points among the pixels of all images."""
    column, row = points
    row *= width
    row += column
    index = row.astype(np.intp)
    index += first[: len(index)]
    return index


def _pixels_and_zeros(images, dtype):
    """Return the pixels of all images in one vector, followed by zeros.

    Neighbours beyond the right and the lower border have weight 0. So it does no
    harm that the pixels that follow in the vector, or these zeros, are read instead.
    """
    pixels = np.zeros(images.size + images.shape[2] + 1, dtype)
    pixels[: images.size] = images.ravel()
    return pixels


def interpolate_linearly(one, other, part):
    """Interpolate linearly between arrays; the result replaces `other`."""
    other -= one
    other *= part
    other += one
    return other


def _interpolate_low_and_high(pairs, part):
    """Interpolate linearly between the low and the high byte, in place."""
    low = pairs & 255
    pairs >>= 8
    return _interpolate_pair(low, pairs, part)


def _interpolate_pair(one, other, part):
    """Interpolate linearly at 256ths and round, in place."""
    other -= one
    other *= part
    one *= 256
    other += one
    other += 128
    other >>= 8
    return other
