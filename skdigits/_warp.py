"""Affine warps of small images, each by a matrix of its own."""

import numpy as np

# Pixels in a block: few enough that a core's cache holds what is computed from them and
# that 16 bits count them, enough that NumPy's calls cost little beside them.
_BLOCK_PIXELS = 2**16 - 1


def warp_affine(images, inverse_matrices, shifts, out=None):
    """Transform each image by its matrix, about the centre, and then by its shift.

    Faster than a library's call for each image, whose overhead is larger than the
    work on so few pixels.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    inverse_matrices : ndarray of shape (n, 2, 2)
        Of the matrices, which act on points (x, y).
    shifts : ndarray of shape (n, 2)
        In x and y, in pixels.
    out : ndarray of shape (n, height, width), dtype of `images`, default=None
        Takes the result; may be `images`.

    Returns
    -------
    warped : ndarray of shape (n, height, width), dtype of `images`
        Interpolated bilinearly; beyond the border a pixel is as the nearest.
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
        sources = sources * unit + [0, 0, 0.5]  # rounded when it is cut to integers
    dtype = np.result_type(images, np.float32)
    sources = sources.swapaxes(0, 1).astype(dtype)
    grid = np.ones((3, height * width), dtype)
    grid[1], grid[0] = np.indices((height, width)).reshape(2, -1)

    warped = np.empty_like(images) if out is None else out
    n_images = max(1, _BLOCK_PIXELS // max(1, height * width))
    for start in range(0, n, n_images):
        block = slice(start, start + n_images)
        x, y = sources[:, block] @ grid
        np.clip(x, 0, unit * (width - 1), out=x)
        np.clip(y, 0, unit * (height - 1), out=y)
        values = interpolate(images[block], x, y)
        if values.dtype.kind == "f" != images.dtype.kind:
            np.rint(values, out=values)
        warped[block] = values.reshape(-1, height, width)
    return warped


def _interpolate(images, x, y):
    """Interpolate bilinearly between the pixels of each image.

    Parameters
    ----------
    images : ndarray of shape (n, height, width)
    x, y : ndarray of shape (n, n_points), float
        Columns and rows, within the image.

    Returns
    -------
    values : ndarray of shape (n, n_points), float
    """
    width = images.shape[2]
    left, top = x.astype(np.int32), y.astype(np.int32)
    x -= left
    y -= top
    above = _flat_indices(images, left, top)
    pixels = _pixels_and_zeros(images, x.dtype)
    # All indices lie within. In the mode "wrap" NumPy looks up a third faster.
    left_above, right_above, left_below, right_below = (
        pixels[k:].take(above, mode="wrap") for k in (0, 1, width, width + 1)
    )
    upper = _between(left_above, right_above, x)
    lower = _between(left_below, right_below, x)
    return _between(upper, lower, y)


def _interpolate_bytes(images, x, y):
    """Interpolate as `_interpolate` between bytes at 256ths of a pixel, in less time.

    The four neighbours are the bytes of one number, which is looked up once. Two pairs
    of neighbours are interpolated at once, each in 16 of 32 bits: 255 × 256 is less
    than 2¹⁶.
    """
    _, height, width = images.shape
    # Half as many bytes take half the time, and hold all but large images' coordinates.
    fits = max(256 * height, 256 * width, images.size) <= 2**16
    dtype = np.uint16 if fits else np.int32
    x, y = x.astype(dtype), y.astype(dtype)
    above = _flat_indices(images, x >> 8, y >> 8)
    x, y = (x & 255).astype(np.uint32), (y & 255).astype(np.uint32)
    pixels = _pixels_and_zeros(images, np.uint16)
    columns = (pixels[:-width] | pixels[width:] << 8).astype(np.uint32)
    four = (columns[:-1] | columns[1:] << 16).take(above, mode="wrap")
    two = _between_bytes(four & 0x00FF00FF, four >> 8 & 0x00FF00FF, y)
    one = _between_bytes(two & 0xFFFF, two >> 16, x)
    one += 2**15
    one >>= 16
    return one


def _flat_indices(images, column, row):
    """Return where the pixels of each image are among those of all images."""
    n, height, width = images.shape
    row *= width
    row += column
    row += np.arange(n, dtype=row.dtype)[:, np.newaxis] * (height * width)
    return row.astype(np.intp)


def _pixels_and_zeros(images, dtype):
    """Return the pixels of all images in a row, and zeros enough for a look beyond.

    At the right and the lower border the neighbours beyond count nothing: what is read
    there are the next pixels, or these zeros.
    """
    pixels = np.zeros(images.size + images.shape[2] + 1, dtype)
    pixels[: images.size] = images.ravel()
    return pixels


def _between(one, other, part):
    """Interpolate linearly, in the arrays given."""
    other -= one
    other *= part
    other += one
    return other


def _between_bytes(one, other, part):
    """Interpolate linearly at 256ths, in the arrays given; return 256 × the values."""
    other -= one
    other *= part
    one <<= 8
    other += one
    return other
