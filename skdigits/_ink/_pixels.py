"""Scale a picture of any dtype, size and channels, and downscale it."""

import numpy as np

# Largest values below it are scaled to 1: float32 holds few numbers near 1e-38.
_TINY = 1e-30


def scale_white(picture, longest):
    """Scale white and opaque alpha to 1, and downscale a large picture.

    Returns
    -------
    pixels : ndarray of shape (height, width, channels), float32
        Grey or RGB; the longer side has at most `longest` pixels.
    """
    has_alpha = picture.shape[2] in (2, 4)
    largest = max(float(picture.max()), -float(picture.min()))
    white = next((w for w in (1, 255, 65535) if _TINY < largest <= w), largest or 1)
    if picture.dtype in (np.uint8, np.uint16):
        pixels = shrink(picture, longest) / np.float32(white)
    else:
        pixels = np.empty(picture.shape, np.float32)
        np.divide(picture, np.float64(white), out=pixels, casting="same_kind")
        colour = pixels[..., :-1] if has_alpha else pixels
        black = colour.min()
        if black < 0:  # such as pixels of ±1, whose contrast would be 2
            colour -= black
            colour /= colour.max() or 1
        pixels = shrink(pixels, longest)
    if has_alpha:
        opaque = float(picture[..., -1].max()) / white
        pixels[..., -1] = (pixels[..., -1] / (opaque or 1)).clip(0)
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
