"""
Serve the digit reader over HTTP
================================

The guide's page "A service" describes requests and answers. To run the service::

    pip install -e ".[serve]"
    cd examples
    gunicorn --preload -w 2 -k uvicorn_worker.UvicornWorker serve_reader:app
    curl -F pictures=@photo.jpg http://127.0.0.1:8000/read
"""

import sys
from itertools import groupby

from PIL import Image

from skdigits import load_digit_detector, load_digit_reader, split_digits

try:
    from anyio import CapacityLimiter, to_thread
    from fastapi import FastAPI, HTTPException, Request, UploadFile
    from fastapi.datastructures import Headers
    from fastapi.exceptions import RequestValidationError
    from fastapi.responses import JSONResponse
    from pillow_heif import register_heif_opener
    from pydantic import BaseModel, Field
except ImportError as error:
    sys.exit(f'The service needs packages: pip install -e ".[serve]" ({error})')

MAX_BYTES = 25_000_000  # of a request; a phone's photo has 2 – 8 million
MAX_PICTURES = 8  # of a request
MAX_PIXELS = 50_000_000  # of a picture; phones' sensors have 12 or 48 million
MAX_REQUESTS = 16  # of a worker at once: their pictures take up to 400 MB in /tmp

# Load both before gunicorn forks its workers, which then share their memory.
READER, DETECTOR = load_digit_reader()[1:], load_digit_detector()[1:]

# Reading keeps a core busy: two pictures at once would only take more memory.
ONE_AT_A_TIME = CapacityLimiter(1)

register_heif_opener()  # photos of iPhones
Image.init()  # completes Image.ID

# Formats of cameras, scanners and drawing programs, not all of Pillow's: an EPS is a
# program, and an IPTC file contains a picture of any size, whatever its header says.
FORMATS = {"AVIF", "BMP", "GIF", "HEIF", "JPEG", "JPEG2000", "PNG", "PPM", "TIFF"}
FORMATS = [name for name in Image.ID if name in FORMATS | {"WEBP"}]


class Digit(BaseModel):
    """A mark on the picture, and how it was read."""

    line: int = Field(description="counted from 1")
    digit: int | None = Field(description="null if it is probably not a digit")
    probability: float = Field(description="of this digit, if it is one")
    is_digit: float = Field(description="probability that it is a digit at all")
    top: int = Field(description="in pixels, like left, bottom and right")
    left: int
    bottom: int
    right: int
    probabilities: list[float] = Field(description="of 0 to 9")


class Reading(BaseModel):
    """The digits of one picture, in reading order."""

    picture: str = Field(description="its file name")
    lines: list[str] = Field(description="digits of each line, ? for a non-digit")
    digits: list[Digit]


class Problem(BaseModel):
    """Why a request is not answered."""

    detail: str


def open_picture(upload):
    """Decode an uploaded picture; a damaged one raises ValueError."""
    try:
        picture = Image.open(upload.file, formats=FORMATS)  # reads no pixels
        if picture.width * picture.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        picture.load()
        return picture
    except (MemoryError, Image.DecompressionBombError, Image.UnidentifiedImageError):
        raise
    except Exception as error:  # a damaged file can fail in a dozen ways
        raise ValueError(error) from error


def find_digits(upload):
    """Call split_digits, or raise an HTTPException that gives the reason."""
    try:
        return split_digits(open_picture(upload))
    except MemoryError:
        status, message = 413, "takes too much memory: make it smaller"
    except Image.DecompressionBombError:
        status = 413
        message = f"has more than {MAX_PIXELS // 10**6} megapixels: make it smaller"
    except Image.UnidentifiedImageError:
        status = 415
        message = "is not a picture that can be read, such as JPEG, PNG or HEIC"
    except ValueError as error:
        status = 422
        message = f"cannot be read, it may be damaged ({error})"
    raise HTTPException(status, f"{upload.filename} {message}.")


def read(upload):
    """Read the digits of an uploaded picture."""
    images, boxes, lines = find_digits(upload)
    digits = []
    for p, is_digit, box, line in zip(
        READER.predict_proba(images).tolist() if images else [],
        DETECTOR.predict_proba(images)[:, 1].tolist() if images else [],
        boxes.tolist(),
        lines.tolist(),
    ):
        digit = p.index(max(p)) if is_digit >= 0.5 else None
        row = (line + 1, digit, max(p), is_digit, *box, p)
        digits.append(Digit(**dict(zip(Digit.model_fields, row))))
    texts = [
        "".join("?" if digit.digit is None else str(digit.digit) for digit in line)
        for _, line in groupby(digits, key=lambda digit: digit.line)
    ]
    return Reading(picture=upload.filename, lines=texts, digits=digits)


class Limits:
    """Rejects a request that is too large, or one too many, before its body is read."""

    def __init__(self, app):
        self.app = app
        self.n_requests = 0

    async def __call__(self, scope, receive, send):
        """Call the app with a function that raises if the body exceeds a limit."""
        if scope.get("method") != "POST":
            return await self.app(scope, receive, send)
        is_busy = self.n_requests >= MAX_REQUESTS
        n_announced, n_received = int(Headers(scope=scope).get("content-length", 0)), 0

        async def receive_within_limits():
            nonlocal n_received
            if is_busy:
                detail = "Too many requests are waiting: send yours again in 5 seconds."
                raise HTTPException(503, detail, {"Retry-After": "5"})
            if n_announced <= MAX_BYTES:
                message = await receive()
                n_received += len(message.get("body", b""))
            if max(n_announced, n_received) > MAX_BYTES:
                limit = f"{MAX_BYTES // 10**6} MB"
                raise HTTPException(413, f"The request has more than {limit}.")
            return message

        self.n_requests += 1
        try:
            await self.app(scope, receive_within_limits, send)
        finally:
            self.n_requests -= 1


app = FastAPI(title="Digit reader", form_limits={"max_files": MAX_PICTURES})
app.add_middleware(Limits)

PROBLEMS = {status: {"model": Problem} for status in (400, 413, 415, 422, 503)}


@app.post("/read", responses=PROBLEMS)
async def read_pictures(request: Request, pictures: list[UploadFile]) -> list[Reading]:
    """Read the handwritten digits of one picture or of several."""
    readings = []
    for picture in pictures:
        async with ONE_AT_A_TIME:
            if await request.is_disconnected():
                break
            readings.append(await to_thread.run_sync(read, picture))
    return readings


@app.head("/health", include_in_schema=False)  # load balancers send HEAD
@app.get("/health")
async def health() -> dict[str, str]:
    """Answer as long as this worker takes requests."""
    return {"status": "ok"}


@app.exception_handler(RequestValidationError)
async def explain(request, error):
    """Answer a request without pictures with a sentence that says what it lacks."""
    detail = "Send pictures as multipart/form-data, each in a field named pictures."
    return JSONResponse({"detail": detail}, status_code=422)


# sphinx_gallery_thumbnail_path = '_static/thumbnails/serve_reader.png'
