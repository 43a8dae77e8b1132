"""Pixels from pictures: from paths, Pillow pictures and arrays."""

import math
import os
import sys
import warnings
from contextlib import contextmanager, nullcontext

import numpy as np
from scipy import sparse

from skdigits._optional import needed

# Grey, grey and alpha, RGB, RGBA.
_CHANNELS = (1, 2, 3, 4)

# Pixels: from this height and width on, an array whose last axis is as short as
# channels may be one image; smaller images hold no digit. sklearn's load_digits has 8.
_SMALLEST_IMAGE = 8

# Brands of ISO media files: ISO/IEC 23008-12, annexes B and D, and AV1's.
_HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_AVIF = (b"avif", b"avis")

# Formats that are not opened. An EPS is a program, which Pillow runs in Ghostscript; an
# IPTC file may contain an EPS.
_PROGRAMS = ("EPS", "IPTC")

_ONE_AT_A_TIME = "Give one picture at a time."


def check_pictures(X):
    """Check and open pictures one at a time, so that only one is in memory.

    Parameters
    ----------
    X : array-like of shape (n_samples, height, width) or \
            (n_samples, height, width, channels), or list
        A list, a Series or an array of objects may mix paths, Pillow pictures and
        arrays.

    Yields
    ------
    pixels : ndarray of shape (height, width, channels)
        As from `check_picture`.

    Raises
    ------
    ValueError
        If X is not as described; also as in `check_picture`.
    TypeError
        If X is sparse.
    OSError, ImportError
        As from `check_picture`.
    """
    if sparse.issparse(X):
        raise TypeError("X is sparse, but pictures are dense arrays.")
    if isinstance(X, str | os.PathLike):
        raise ValueError(
            f"X is a path, not a list of pictures. For one picture, give "
            f"[{os.fspath(X)!r}]."
        )
    if hasattr(X, "shape"):
        X = np.asarray(X)
        may_be_paths = X.dtype.kind in "OUT"
        if may_be_paths and X.ndim == 2:
            raise ValueError(
                f"X is a table of shape {X.shape}: give one column of it, the paths."
            )
        if X.dtype.kind == "O" and X.ndim > 2:
            X = X.astype(float)
        if X.ndim != 1 or not may_be_paths:
            check_stack(X)
    elif hasattr(X, "__next__"):
        raise ValueError(f"X is of type {type(X).__name__}, not a list: give list(X).")
    elif isinstance(X, bytes) or not hasattr(X, "__len__"):
        raise ValueError(
            f"X is of type {type(X).__name__}, not a list or an array of pictures. For "
            f"one picture, give [picture]."
        )
    if len(X) == 0:
        raise ValueError(
            "X has no pictures: give at least 1. split_digits finds none on a page "
            "without digits: test `if images:` first."
        )
    for i, picture in enumerate(X):
        yield _check(picture, f"Picture {i}", in_list=True)


def check_picture(picture):
    """Return the pixels of one picture.

    Parameters
    ----------
    picture : str, path-like, PIL.Image.Image or array-like of shape (height, width) \
            or (height, width, channels)

    Returns
    -------
    pixels : ndarray of shape (height, width, channels)
        Grey, grey and alpha, RGB or RGBA; booleans, integers or finite floats. An array
        keeps its dtype. Files and Pillow pictures are rotated as their EXIF says.

    Raises
    ------
    ValueError
        If `picture` is not as described.
    OSError
        If the file does not exist or permission to read it is denied.
    ImportError
        As from `open_picture`.
    """
    return _check(picture, "The picture", in_list=False)


def _check(picture, name, in_list):
    """Check a picture; errors contain its name and advice for the caller."""
    given = type(picture).__name__
    if isinstance(picture, str | os.PathLike) or _is_pillow(picture):
        try:
            picture = open_picture(picture)
        except ValueError as error:
            raise ValueError(f"{name}, {picture}: {error}") from error
    elif isinstance(picture, bytes | bytearray):
        raise ValueError(
            f"{name} is {given}: give PIL.Image.open(io.BytesIO(picture)) instead."
        )
    try:
        pixels = np.asarray(picture)
    except ValueError as error:  # nested lists of several lengths
        advice = "" if in_list else f" {_ONE_AT_A_TIME}"
        raise ValueError(
            f"{name} is not an array of pixels: {error}{advice}"
        ) from error
    shape = pixels.shape
    if pixels.dtype.kind not in "buif":
        advice = "" if in_list or not shape else f" {_ONE_AT_A_TIME}"
        raise ValueError(
            f"{name} must be a path, a Pillow picture or an array of numbers. Got "
            f"{given} of dtype {pixels.dtype}.{advice}"
        )
    if pixels.size == 0:
        raise ValueError(f"{name} has no pixels: shape {shape}.")
    if pixels.ndim == 2:
        pixels = pixels[..., np.newaxis]
    if pixels.ndim != 3 or pixels.shape[2] not in _CHANNELS:
        raise ValueError(
            f"{name} must have shape (height, width) or (height, width, channels), "
            f"with 1 to 4 channels. Got {shape}.{_advise(shape, in_list)}"
        )
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise ValueError(f"{name} contains NaN or infinity.")
    return pixels


def check_stack(images, name="X"):
    """Raise ValueError if an array is not a stack of images, or may be a single image.

    Parameters
    ----------
    images : ndarray
        Of shape (n, height, width) or (n, height, width, channels).
    name : str
        Name in error messages.
    """
    shape = images.shape
    if len(shape) == 2:
        raise ValueError(
            f"{name} has shape {shape}: one image, or rows of pixels. For one image, "
            f"give [image]; for rows, {_reshape(shape[1], name)}."
        )
    if len(shape) not in (3, 4):
        raise ValueError(
            f"{name} must have shape (n_images, height, width) or (n_images, height, "
            f"width, channels). Got {shape}."
        )
    if len(shape) == 3 and shape[2] in _CHANNELS and min(shape[:2]) >= _SMALLEST_IMAGE:
        n, height, width = shape
        raise ValueError(
            f"{name} has shape {shape}: one image of {n} × {height} pixels with "
            f"channels, or {n} images of {height} × {width} pixels. For one image, "
            f"give [image]; for {n}, {name}[..., numpy.newaxis]."
        )


def open_picture(picture):
    """Open a picture, and rotate it as its EXIF says.

    Parameters
    ----------
    picture : str, path-like, binary file or PIL.Image.Image

    Returns
    -------
    pixels : ndarray of shape (height, width) or (height, width, channels)
        uint8: grey, grey and alpha, RGB or RGBA; grey of 16 bits or more as stored. For
        an animation, its first frame.

    Raises
    ------
    ValueError
        If it is not a picture, is an EPS or IPTC file, is damaged, or has more pixels
        than Pillow opens.
    OSError
        If the file does not exist or permission to read it is denied.
    ImportError
        If Pillow is missing, or pillow-heif for a HEIC file, or Pillow is too old for
        an AVIF file.

    Warns
    -----
    UserWarning
        If its EXIF cannot be read: then it is not rotated.
    """
    with pillow_errors():
        if _is_pillow(picture):
            return _decode(picture)
        is_path = isinstance(picture, str | os.PathLike)
        # Pillow maps a TIFF into memory if it is given its name, and then misreads one
        # that its EXIF rotates.
        with (
            open(picture, "rb") if is_path else nullcontext(picture) as file,
            _open(file) as opened,
        ):
            return _decode(opened)


@contextmanager
def pillow_errors():
    """Convert Pillow's errors in the block into those of `open_picture`."""
    with needed("pillow", to="open pictures"):
        from PIL import Image

    try:
        yield
    except Image.DecompressionBombError:
        largest = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 10**6
        raise ValueError(
            f"more than {largest} megapixels; make the picture smaller"
        ) from None
    except (SyntaxError, Image.UnidentifiedImageError) as error:
        raise ValueError(
            "not a picture that can be read, such as PNG or JPEG"
        ) from error
    except Exception as error:  # a damaged file raises a dozen kinds of errors
        is_other = isinstance(error, ImportError | MemoryError | Warning)
        if is_other or getattr(error, "errno", None):
            raise
        raise ValueError(f"cannot be read, it may be damaged ({error})") from error


def _open(file):
    """Open a file with Pillow, and with pillow-heif if it is HEIC."""
    from PIL import Image

    try:
        opened = Image.open(file)  # reads the header, but runs no program
        if opened.format in _PROGRAMS:
            raise Image.UnidentifiedImageError
        return opened
    except Image.UnidentifiedImageError:
        brand = _read_brand(file)
        if brand in _AVIF and ".avif" not in Image.registered_extensions():
            raise ImportError(
                "To open AVIF pictures, skdigits needs Pillow 11.3 or newer: "
                "pip install --upgrade pillow"
            ) from None
        if brand not in _HEIC:
            raise
    with needed("pillow-heif", to="open HEIC pictures"):
        from pillow_heif import register_heif_opener

    register_heif_opener()
    return Image.open(file)


def _read_brand(file):
    """Read the brand of an ISO media file, the container of HEIC and AVIF."""
    file.seek(0)
    head = file.read(12)
    return head[8:] if head[4:8] == b"ftyp" else None


def _is_pillow(picture):
    """Tell whether `picture` is a Pillow picture, without importing Pillow."""
    module = sys.modules.get("PIL.Image")
    return module is not None and isinstance(picture, module.Image)


def _decode(picture):
    """Rotate a Pillow picture as its EXIF says, and read its pixels by its mode."""
    from PIL import ImageOps

    picture.load()  # raises for damaged pixels, which damaged EXIF must not hide
    try:
        picture = ImageOps.exif_transpose(picture)
    except Exception as error:  # damaged EXIF raises a dozen kinds of errors
        if isinstance(error, MemoryError | Warning):
            raise
        warnings.warn(
            f"The EXIF cannot be read, so the picture is not rotated ({error}).",
            stacklevel=2,
        )
    if picture.mode.startswith(("I", "F")):  # grey of 16 bits or more
        return np.asarray(picture)
    if picture.mode in ("LA", "La"):  # La: premultiplied by alpha
        mode = "LA"
    elif picture.has_transparency_data:
        mode = "RGBA"
    else:
        mode = "L" if picture.mode in ("1", "L") else "RGB"
    return np.asarray(picture if picture.mode == mode else picture.convert(mode))


def _advise(shape, in_list):
    """Suggest what to pass instead of an array of this shape."""
    if len(shape) == 1 and in_list:
        return (
            f" For one picture, give [picture]; for rows of pixels, {_reshape(*shape)}."
        )
    if len(shape) == 1:
        return f" For a row of pixels, give numpy.reshape(picture, ({_sides(*shape)}))."
    if len(shape) == 3 and shape[0] in _CHANNELS:
        channels_first = (
            " Where the channels come first, give numpy.moveaxis(picture, 0, -1)."
        )
        return channels_first if in_list else f"{channels_first} {_ONE_AT_A_TIME}"
    return "" if in_list or not shape else f" {_ONE_AT_A_TIME}"


def _reshape(n_pixels, name="X"):
    """Write the expression that reshapes rows of pixels into images."""
    return f"numpy.asarray({name}).reshape(-1, {_sides(n_pixels)})"


def _sides(n_pixels):
    side = math.isqrt(n_pixels)
    return f"{side}, {side}" if side**2 == n_pixels else "height, width"
