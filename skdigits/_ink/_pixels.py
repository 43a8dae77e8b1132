"""Scale a picture of any dtype, size and channels, and downscale it."""

import numpy as np


def scale_white(picture, longest):
    """Scale white and opaque alpha to 1, and downscale a large picture.

    Returns
    -------
    pixels : ndarray of shape (height, width, channels), float32
        Grey or RGB; the longer side has at most `longest` pixels.
    """
    if picture.dtype in (np.uint8, np.uint16):
        white = np.float32(np.iinfo(picture.dtype).max)
        pixels = np.divide(shrink(picture, longest), white, dtype=np.float32)
    else:
        # Halves hold no 65535, and integers not always the opposite of a number.
        picture = picture.astype(np.result_type(picture, np.float32), copy=False)
        largest = np.abs(picture).max()
        white = next((w for w in (1, 255, 65535) if largest <= w), largest)
        pixels = (picture / white).astype(np.float32)
        if picture.shape[2] in (2, 4):
            alpha = pixels[..., -1]
            pixels[..., -1] = (alpha / (alpha.max() or 1)).clip(0)
        pixels = shrink(pixels, longest)
    return _lay_on_paper(pixels)


def shrink(picture, longest):
    """Downscale by averaging n × n pixels, or fewer where the picture is narrower."""
    n = -(-max(picture.shape[:2]) // longest)
    if n == 1:
        return picture
    sums = {np.uint8: np.uint32, np.uint16: np.uint64}
    wide = sums.get(picture.dtype.type, picture.dtype)
    for axis in (0, 1):
        step = min(n, picture.shape[axis])
        picture = np.moveaxis(picture, axis, 0)
        end = len(picture) // step * step
        # Sums of 256 bytes fit into 16 bits, which takes half the time.
        narrow = picture.dtype == np.uint8 and step <= 256
        total = picture[:end:step].astype(np.uint16 if narrow else wide)
        for i in range(1, step):
            total += picture[i:end:step]
        picture = np.moveaxis(total, 0, axis)
        if axis == 0:
            height_step = step
    return picture / np.float32(height_step * step)


def _lay_on_paper(pixels):
    """Blend a picture with paper by its alpha channel, the last of 2 or 4 channels."""
    if pixels.shape[2] not in (2, 4):
        return pixels
    colour, alpha = pixels[..., :-1], pixels[..., -1:]
    if alpha.mean() > 0.5:  # paper with a hole or round corners: fill with paper
        paper = np.median(colour[alpha[..., 0] > 0.5], axis=0)
    else:  # transparent paper: white under dark ink, black under light ink
        ink = (colour * alpha).sum() / max((alpha * np.ones_like(colour)).sum(), 1e-9)
        paper = np.float32(ink < 0.5)
    return alpha * colour + (1 - alpha) * paper
