"""The service of examples/serve_reader.py, as its Dockerfile installs and starts it."""

import http.client
import io
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from skdigits import load_digit_detector, load_digit_reader, split_digits

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
GUIDE = (ROOT / "docs" / "guide" / "service.md").read_text()
PATIENCE = 120  # seconds until a server that does not answer has failed

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="it runs in a container"),
]


def without_pythonpath():
    """The environment of a process that finds packages where they are installed."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


class Service:
    """A running service."""

    def __init__(self, command, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        self.python = str(Path(command[0]).with_name("python"))
        command = [re.sub("0.0.0.0:8000", f"127.0.0.1:{self.port}", c) for c in command]
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = psutil.Popen(
                command,
                cwd=folder,
                stdout=log,
                stderr=log,
                # The container's user has no home either.
                env=without_pythonpath() | {"HOME": str(self.log / "none")},
            )
        self.wait_until(self.is_healthy)

    def wait_until(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.is_running(), self.log.read_text()
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.1)

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def request(self, method, path, body=None, headers=None):
        """Return the status, and the JSON or the text that came."""
        connection = self.connect()
        connection.request(method, path, body, headers or {})
        return answer(connection)

    def upload(self, *files):
        boundary = uuid.uuid4().hex
        parts = [
            f"--{boundary}\r\nContent-Disposition: form-data; name=pictures; "
            f'filename="{i}.jpg"\r\n\r\n'.encode()
            + content
            + b"\r\n"
            for i, content in enumerate(files)
        ]
        body = b"".join(parts) + f"--{boundary}--\r\n".encode()
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.request("POST", "/read", body, kind)

    def is_healthy(self):
        try:
            return self.request("GET", "/health") == (200, {"status": "ok"})
        except OSError:
            return False

    def workers(self):
        return self.process.children()


def answer(connection):
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    is_json = response.headers.get_content_type() == "application/json"
    return response.status, json.loads(body or "null") if is_json else body


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The Dockerfile's commands, with a folder of its own in place of the image."""
    folder = tmp_path_factory.mktemp("service")
    here = {
        "/venv": str(folder / "venv"),
        "/src": str(ROOT),
        "python ": f"{sys.executable} ",
        "pip ": f"{sys.executable} -m pip ",
    }
    for run in re.findall(r"^RUN (.*)$", DOCKERFILE, re.MULTILINE):
        run = re.sub("(?<![-/])(/venv|/src|python |pip )", lambda m: here[m[1]], run)
        subprocess.run(shlex.split(run), check=True, env=without_pythonpath())
    (example,) = re.findall(r"^COPY (examples/\S+) /app/", DOCKERFILE, re.MULTILINE)
    (folder / "serve_reader.py").write_bytes((ROOT / example).read_bytes())
    command = json.loads(re.search(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[1])
    command[0] = command[0].replace("/venv", here["/venv"])
    service = Service(command, folder)
    yield service
    service.process.terminate()
    assert service.process.wait(PATIENCE) == 0


@pytest.fixture(scope="module")
def pages(digits):
    """Fifty small pages as PNG, and what the library reads on each of them here."""
    reader, detector = load_digit_reader()[1:], load_digit_detector()[1:]
    pages, n_right = [], 0
    images, labels = digits[0][:200].reshape(50, 4, 8, 8), digits[1][:200]
    for four, answers in zip(images, labels.reshape(50, 4)):
        page = np.full((70, 230), 235, np.uint8)
        for k, image in enumerate(four):
            ink = Image.fromarray(14 * image).resize((40, 40), Image.Resampling.BICUBIC)
            page[15:55, 10 + 54 * k : 50 + 54 * k] -= np.minimum(ink, 235)
        framed, boxes, lines = split_digits(page)
        framed = np.array(framed)
        names = ("top", "left", "bottom", "right")
        digits = [
            {
                "line": line + 1,
                "digit": int(p.argmax()) if is_digit >= 0.5 else None,
                "probability": pytest.approx(p.max(), abs=1e-4),
                "is_digit": pytest.approx(is_digit, abs=1e-4),
                **dict(zip(names, box)),
                "probabilities": pytest.approx(p.tolist(), abs=1e-4),
            }
            for p, is_digit, box, line in zip(
                reader.predict_proba(framed),
                detector.predict_proba(framed)[:, 1],
                boxes.tolist(),
                lines.tolist(),
            )
        ]
        text = "".join("?" if d["digit"] is None else str(d["digit"]) for d in digits)
        assert lines.tolist() == [0] * len(digits)
        expected = {"picture": "0.jpg", "lines": [text], "digits": digits}
        n_right += reader.predict(framed).tolist() == answers.tolist()
        pages.append((encode(page), expected))
    assert n_right >= 45
    return pages


def encode(pixels, kind="PNG"):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


def test_300_uploads_16_at_once_are_all_answered_right(service, pages):
    assert len(service.workers()) == 2
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(service.upload, [page for page, _ in pages] * 6))
    assert len(answers) == 300
    for got, (_, expected) in zip(answers, pages * 6):
        assert got == (200, [expected])


def shape_of(answer):
    """The answer, with types in place of values."""
    if isinstance(answer, dict):
        return {name: shape_of(value) for name, value in answer.items()}
    return [shape_of(answer[0])] if isinstance(answer, list) else type(answer)


def test_it_answers_and_starts_as_the_guide_says(service, pages):
    (shown,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    _, answer = service.upload(pages[0][0])
    assert shape_of(json.loads(shown)) == shape_of(answer)
    (command,) = re.findall(r"^gunicorn .*$", GUIDE, re.MULTILINE)
    assert command in " ".join(service.process.cmdline())
    assert "[ERROR]" not in service.log.read_text()


def test_several_pictures_are_answered_in_their_order(service, pages):
    status, readings = service.upload(*(page for page, _ in pages[:8]))
    assert status == 200
    assert readings == [
        expected | {"picture": f"{i}.jpg"} for i, (_, expected) in enumerate(pages[:8])
    ]


def test_a_picture_of_an_iphone_is_read(service, pages):
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    page, expected = pages[0]
    heic = encode(np.asarray(Image.open(io.BytesIO(page)).convert("RGB")), "HEIF")
    status, [reading] = service.upload(heic)
    assert status == 200
    assert reading["lines"] == expected["lines"]


def test_a_turned_page_of_two_lines_is_read_upright(service, pages):
    upper, lower = (np.asarray(Image.open(io.BytesIO(page))) for page, _ in pages[:2])
    page = Image.fromarray(np.vstack([upper, lower]))
    file, orientation = io.BytesIO(), Image.Exif()
    orientation[0x0112] = 6  # a quarter turn
    page.rotate(90, expand=True).save(file, "PNG", exif=orientation)
    status, [reading] = service.upload(file.getvalue())
    assert status == 200
    _, boxes, lines = split_digits(page)
    assert set(lines) == {0, 1}
    assert [digit["line"] - 1 for digit in reading["digits"]] == lines.tolist()
    sides = ("top", "left", "bottom", "right")
    read_boxes = [[digit[side] for side in sides] for digit in reading["digits"]]
    assert read_boxes == boxes.tolist()
    assert reading["lines"] == [page["lines"][0] for _, page in pages[:2]]


def test_a_blank_page_has_no_digits(service):
    blank = encode(np.full((70, 230), 235, np.uint8))
    nothing = {"picture": "0.jpg", "lines": [], "digits": []}
    assert service.upload(blank) == (200, [nothing])


SQUARE = encode(np.zeros((8000, 8000), bool))  # 64 megapixels in a few KB
NAN = encode(np.full((90, 90), np.nan, np.float32), "TIFF")
EPS = encode(np.zeros((90, 90), np.uint8), "EPS")
IPTC = b"".join(
    bytes([0x1C, record, number]) + len(data).to_bytes(2, "big") + data
    for record, number, data in [
        *[(3, 60, b"\1\0"), (3, 20, b"\x40"), (3, 30, b"\x40"), (3, 120, b"\5")],
        (8, 10, SQUARE),
    ]
)
NOISE = encode(np.random.default_rng(0).integers(0, 256, (90, 90), np.uint8), "JPEG")


@pytest.mark.parametrize(
    ("files", "status", "sentence"),
    [
        ([b""], 415, "0.jpg is not a picture that can be read, such as JPEG, PNG"),
        ([b"Dear reader"], 415, "0.jpg is not a picture that can be read"),
        ([NOISE[:2000]], 422, "0.jpg cannot be read, it may be damaged"),
        ([NOISE, b"Dear reader"], 415, "1.jpg is not a picture"),
        ([EPS], 415, "0.jpg is not a picture that can be read"),
        ([IPTC], 415, "0.jpg is not a picture that can be read"),
        (
            [NAN],
            422,
            "0.jpg cannot be read, it may be damaged (The picture contains NaN",
        ),
        ([SQUARE], 413, "0.jpg has more than 50 megapixels: make it smaller"),
        ([SQUARE[:100]], 413, "0.jpg has more than 50 megapixels"),  # not decoded
        ([], 422, "Send pictures as multipart/form-data"),
        ([NOISE] * 9, 400, "Too many files"),
    ],
    ids=[
        *("empty", "text", "broken", "second", "a program", "many pixels inside"),
        *("NaN", "many pixels", "many pixels, broken", "none", "many files"),
    ],
)
def test_a_file_that_is_not_a_picture_is_answered_with_a_reason(
    service, files, status, sentence
):
    got, body = service.upload(*files)
    assert got == status
    assert body["detail"].startswith(sentence)
    assert body["detail"].endswith(".")


def run_script(service, script):
    command = [service.python, "-c", script]
    subprocess.run(
        command,
        cwd=service.folder,
        check=True,
        env=without_pythonpath(),
        timeout=PATIENCE,
    )


NO_MEMORY = """
import io, types
import serve_reader as example

def split_digits(picture):
    raise MemoryError

example.split_digits = split_digits
file = io.BytesIO()
example.Image.new("L", (90, 90)).save(file, "PNG")
try:
    example.read(types.SimpleNamespace(file=file, filename="a.png"))
except example.HTTPException as error:
    message = "a.png takes too much memory: make it smaller."
    assert (error.status_code, error.detail) == (413, message)
else:
    raise AssertionError
"""


def test_a_picture_that_takes_too_much_memory_is_answered_with_a_reason(service):
    run_script(service, NO_MEMORY)


DEFECT = """
import io, types
import serve_reader as example

def split_digits(picture):
    raise IndexError("a defect")

example.split_digits = split_digits
file = io.BytesIO()
example.Image.new("L", (90, 90)).save(file, "PNG")
try:
    example.read(types.SimpleNamespace(file=file, filename="a.png"))
except IndexError:
    pass
else:
    raise AssertionError
"""


def test_a_defect_is_not_blamed_on_the_picture(service):
    """FastAPI answers an unexpected error with 500, and logs it."""
    run_script(service, DEFECT)


ONE_AT_A_TIME = """
import asyncio, threading, time
import serve_reader as example

class Request:
    async def is_disconnected(self):
        return False

reading, answered, overlaps = threading.Lock(), threading.Event(), []

def read(picture):
    is_alone = reading.acquire(blocking=False)
    overlaps.append(not is_alone)
    was_answered = answered.wait(10)
    time.sleep(0.05)
    if is_alone:
        reading.release()
    return was_answered

async def ask_for_health():
    await asyncio.sleep(0.1)
    assert await example.health() == {"status": "ok"}
    answered.set()

async def serve():
    requests = [example.read_pictures(Request(), files) for files in ([1, 2], [3])]
    return await asyncio.gather(*requests, ask_for_health())

example.read = read
first, second, _ = asyncio.run(serve())
assert first + second == [True] * 3
assert overlaps == [False] * 3
"""


def test_a_worker_reads_one_picture_at_a_time_and_answers_meanwhile(service):
    run_script(service, ONE_AT_A_TIME)


BUSY = """
import asyncio, io, json
import serve_reader as example

file = io.BytesIO()
example.Image.new("L", (90, 90)).save(file, "PNG")
part = b"--b\\r\\nContent-Disposition: form-data; name=pictures; filename=a\\r\\n\\r\\n"
body = part + file.getvalue() + b"\\r\\n--b--\\r\\n"
async def ask(is_sent):
    messages, answer = [{"type": "http.request", "body": body}], []

    async def receive():
        await is_sent.wait()
        return messages.pop() if messages else await asyncio.sleep(60)

    async def send(message):
        answer.append(message)

    kind = b"multipart/form-data; boundary=b"
    await example.app(
        {
            "type": "http",
            "method": "POST",
            "path": "/read",
            "headers": [(b"content-type", kind)],
            "query_string": b"",
        },
        receive,
        send,
    )
    start, content = answer
    return start["status"], dict(start["headers"]), json.loads(content["body"])

async def serve():
    is_sent, never = asyncio.Event(), asyncio.Event()
    waiting = [asyncio.create_task(ask(is_sent)) for _ in range(16)]
    await asyncio.sleep(0.1)
    status, headers, body = await ask(never)
    assert (status, headers[b"retry-after"]) == (503, b"5"), body
    assert body["detail"].startswith("Too many requests are waiting: send yours again")
    is_sent.set()
    assert {status for status, *_ in await asyncio.gather(*waiting)} == {200}
    assert (await ask(is_sent))[0] == 200

asyncio.run(serve())
"""


def test_more_than_sixteen_requests_are_answered_503_before_they_are_read(service):
    run_script(service, BUSY)


HANGS_UP = """
import asyncio
import serve_reader as example

n_read = 0

class Request:
    async def is_disconnected(self):
        return n_read == 1

def read(picture):
    global n_read
    n_read += 1

example.read = read
asyncio.run(example.read_pictures(Request(), [1, 2, 3]))
assert n_read == 1
"""


def test_after_the_client_hangs_up_no_other_picture_is_read(service):
    run_script(service, HANGS_UP)


@pytest.mark.parametrize("is_announced", [True, False])
def test_a_huge_request_is_rejected_before_it_is_read(service, is_announced):
    connection = service.connect()
    connection.putrequest("POST", "/read")
    connection.putheader("Content-Type", "multipart/form-data; boundary=b")
    if is_announced:
        connection.putheader("Content-Length", "25000001")
        connection.endheaders()
    else:
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders(b"%x\r\n--b\r\n" % 30_000_000)
        connection.send(b"Content-Disposition: form-data; name=pictures; filename=a")
        connection.send(b"\r\n\r\n" + bytes(25_000_000))
    status, body = answer(connection)
    assert (status, body) == (413, {"detail": "The request has more than 25 MB."})


def test_health_answers_the_head_request_of_a_load_balancer(service):
    assert service.request("HEAD", "/health") == (200, None)


def test_the_interface_describes_each_error_response(service):
    _, interface = service.request("GET", "/openapi.json")
    answers = interface["paths"]["/read"]["post"]["responses"]
    assert answers.keys() == {"200", "400", "413", "415", "422", "503"}
    for status in answers.keys() - {"200"}:
        schema = answers[status]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}
    problem = interface["components"]["schemas"]["Problem"]
    assert problem["properties"]["detail"]["type"] == "string"
    assert interface["paths"]["/health"].keys() == {"get"}


def test_other_requests_are_rejected(service):
    assert service.request("GET", "/read")[0] == 405
    assert service.request("GET", "/")[0] == 404
    jpeg = {"Content-Type": "image/jpeg"}
    status, body = service.request("POST", "/read", NOISE, jpeg)
    assert (status, body["detail"][:32]) == (422, "Send pictures as multipart/form-")


def test_workers_share_the_memory_of_the_process_that_loaded_the_weights(service):
    for worker in service.workers():
        memory = worker.memory_full_info()
        assert memory.uss < memory.rss / 2


def test_a_killed_worker_is_replaced(service, pages):
    before = service.workers()
    before[0].kill()
    service.wait_until(
        lambda: before[0] not in service.workers() and len(service.workers()) == 2
    )
    service.wait_until(service.is_healthy)
    assert before[1] in service.workers()
    for page, expected in pages:
        assert service.upload(page) == (200, [expected])
