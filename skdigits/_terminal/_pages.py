"""The pages of a file: all pages of a TIFF or PDF; any other picture is one page."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from itertools import count

import numpy as np

from skdigits._optional import needed
from skdigits._pictures import open_picture, pillow_errors

# Dots per inch at which a PDF is drawn, usual for scanners and OCR engines.
_DPI = 300

# Pixels: pages with a longer side than this, 40 cm at 300 dpi, such as plans, are drawn
# smaller.
_LONGEST_PAGE = 4800

# PNG, JPEG, GIF and WebP, whose texts may contain a PDF's mark.
_PICTURES = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF")

_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")  # the last two: BigTIFF

# TIFF's tag 254, NewSubfileType; the first of its three bits marks a smaller copy of
# another page.
_SUBFILE_TYPE, _SMALLER_COPY = 254, (1, 3, 5, 7)


@contextmanager
def open_pages(path: str | None) -> Iterator[list[Callable[[], np.ndarray]]]:
    """Open a file, and close it after the block.

    Parameters
    ----------
    path : str or None
        None means standard input.

    Yields
    ------
    pages : list of callable
        Each returns the pixels of its page, and raises what `open_picture` raises.

    Raises
    ------
    ValueError, OSError, ImportError
        As from `open_picture`.
    """
    with _read_stdin() if path is None else open(path, "rb") as file:
        if not file.seekable():  # a pipe
            file = io.BytesIO(file.read())
        head = file.read(1024)  # other bytes may precede a PDF's mark
        file.seek(0)
        if b"%PDF-" in head and not head.startswith(_PICTURES):
            with _open_pdf(file) as pages:
                yield pages
        elif head.startswith(_TIFF):
            with _open_tiff(file) as pages:
                yield pages
        else:
            yield [partial(open_picture, file)]


def _read_stdin():
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return io.BytesIO(sys.stdin.buffer.read())  # Pillow seeks, a pipe does not


@contextmanager
def _open_tiff(file):
    with needed("pillow", to="open pictures"):
        from PIL import Image
        from PIL.TiffImagePlugin import TiffImageFile

    with pillow_errors():
        tiff = TiffImageFile(file)
    with tiff:
        numbers: list[int] = []
        copies: list[int] = []
        for number in count():
            try:
                with suppress(Image.DecompressionBombError):  # raised for that page
                    tiff.seek(number)
                is_copy = tiff.tag_v2.get(_SUBFILE_TYPE) in _SMALLER_COPY
            except EOFError:
                break
            except Exception:  # raised for that page; the next ones cannot be found
                numbers.append(number)
                break
            (copies if is_copy else numbers).append(number)
        # Where all pages are marked, none is the copy of another.
        yield [partial(_read_tiff_page, tiff, n) for n in numbers or copies]


def _read_tiff_page(tiff, number):
    from PIL import Image

    with pillow_errors():
        tiff.seek(number)
        if tiff.width * tiff.height > 2 * (Image.MAX_IMAGE_PIXELS or np.inf):
            raise Image.DecompressionBombError  # `Image.open` checks only the first
    return open_picture(tiff)


@contextmanager
def _open_pdf(file):
    with needed("pypdfium2", to="read PDF files"):
        import pypdfium2

    with _pdf_errors():
        pdf = pypdfium2.PdfDocument(file)
        pdf.init_forms()  # draws filled fields
    with closing(pdf):
        yield [partial(_draw_pdf_page, pdf, number) for number in range(len(pdf))]


def _draw_pdf_page(pdf, number):
    with _pdf_errors(), closing(pdf[number]) as page:
        scale = min(_DPI / 72, _LONGEST_PAGE / max(page.get_size()))
        return page.render(scale=scale, rev_byteorder=True).to_numpy().copy()


@contextmanager
def _pdf_errors():
    from pypdfium2 import PdfiumError

    try:
        yield
    except PdfiumError as error:
        raise ValueError(f"this PDF cannot be read ({error})") from error
