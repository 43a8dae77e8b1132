"""Servers that fail, files that are damaged, processes that are killed."""

import contextlib
import hashlib
import http.server
import io
import os
import pickle
import shutil
import socket
import struct
import textwrap
import threading
import time
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from skdigits import _datasets, _download, fetch_mnist

CONTENT = np.random.default_rng(0).bytes(300_000)
LENGTH = len(CONTENT)
HALF = CONTENT[: LENGTH // 2]
SHA256 = hashlib.sha256(CONTENT).hexdigest()


# Servers


class Server(http.server.ThreadingHTTPServer):
    """Answers the first request by the first fault, and so on, and then well."""

    daemon_threads = True

    def __init__(self, faults):
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults = iter(faults)
        self.closing = threading.Event()

    def handle_error(self, request, client_address):
        pass  # a client that has hung up


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        circling = self.path == "/circle"
        answer = going_in_circles if circling else next(self.server.faults, good)
        with contextlib.suppress(OSError):
            answer(self)

    def begin(self, length=LENGTH):
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def wait(self, seconds=20.0):
        self.server.closing.wait(seconds)

    def log_message(self, *arguments):
        pass


def good(handler):
    handler.begin()
    handler.wfile.write(CONTENT)


def silent(handler):
    handler.wait()


def silent_after_half(handler):
    handler.begin()
    handler.wfile.write(HALF)
    handler.wait()


def trickling(handler):
    handler.begin()
    for i in range(1000):
        handler.wfile.write(CONTENT[i : i + 1])
        handler.wait(0.02)


def half(handler):
    handler.begin()
    handler.wfile.write(HALF)


def half_of_a_chunk(handler):
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"%x\r\n" % LENGTH + HALF)


def reset(handler, content=b""):
    handler.begin()
    handler.wfile.write(content)
    handler.wfile.flush()
    # Closing without lingering sends RST instead of FIN.
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()


def reset_after_half(handler):
    reset(handler, HALF)


def error_500(handler):
    handler.send_error(500)


def going_in_circles(handler):
    handler.send_response(302)
    handler.send_header("Location", "/circle")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def no_http(handler):
    handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")


def nothing(handler):
    pass


def endless(handler):
    handler.begin(length=None)
    for _ in range(1000):
        handler.wfile.write(CONTENT)


def of_nonsensical_length(handler):
    handler.begin(length="many")
    handler.wfile.write(CONTENT)


PASSING = [
    silent,
    silent_after_half,
    trickling,
    half,
    half_of_a_chunk,
    reset,
    reset_after_half,
    error_500,
    going_in_circles,
    no_http,
    nothing,
    endless,
    of_nonsensical_length,
]


def half_without_a_length(handler):
    handler.begin(length=None)
    handler.wfile.write(HALF)


def another_file(handler):
    handler.begin(length=5)
    handler.wfile.write(b"<html")


@pytest.fixture
def serve():
    """Start a server of faults, give its address."""
    servers = []

    def start(*faults):
        server = Server(faults)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/mnist.npz"

    yield start
    for server in servers:
        server.closing.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(_download, "_LONGEST_SILENCE", 0.3)
    monkeypatch.setattr(_download, "_LONGEST_ATTEMPT", 0.6)


def fetch(url, path, n_retries=0):
    _download.download(
        url, path, sha256=SHA256, most_bytes=400_000, n_retries=n_retries, delay=0
    )


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_is_retried_and_the_file_comes_whole(
    fault, serve, impatient, tmp_path
):
    path = tmp_path / "mnist.npz"
    with pytest.warns(UserWarning, match=r"Retry downloading from url: .* \(.+\)"):
        fetch(serve(fault), path, n_retries=1)
    assert path.read_bytes() == CONTENT
    assert os.listdir(tmp_path) == ["mnist.npz"]


@pytest.mark.parametrize("fault", [*PASSING, half_without_a_length, another_file])
def test_a_fault_that_stays_is_an_error_and_leaves_nothing(
    fault, serve, impatient, tmp_path
):
    start = time.monotonic()
    with pytest.raises(OSError, match=r"\w"):
        fetch(serve(fault), tmp_path / "mnist.npz")
    assert time.monotonic() - start < 15
    assert os.listdir(tmp_path) == []


def test_faults_of_all_kinds_one_after_another_are_outlasted(
    serve, impatient, tmp_path
):
    rng = np.random.default_rng(0)
    faults = [*rng.permutation(PASSING)]
    path = tmp_path / "mnist.npz"
    with warnings.catch_warnings(record=True) as retries:
        warnings.simplefilter("always")
        fetch(serve(*faults), path, n_retries=len(faults))
    assert len(retries) == len(faults)
    assert path.read_bytes() == CONTENT


def test_a_silent_server_is_named_in_the_error(serve, impatient, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "no-keras"))
    monkeypatch.setattr(_datasets, "_URL", serve(silent))
    with pytest.raises(OSError, match=r"could not be downloaded .*timed out.*put it"):
        fetch_mnist(data_home=tmp_path / "home", n_retries=0)


def test_a_server_that_is_not_there_is_an_error(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        fetch(f"http://127.0.0.1:{port}/mnist.npz", tmp_path / "mnist.npz")
    assert os.listdir(tmp_path) == []


def test_the_timeout_is_this_downloads_alone(serve, tmp_path):
    before = socket.getdefaulttimeout()
    fetch(serve(), tmp_path / "mnist.npz")
    assert socket.getdefaulttimeout() == before


def test_a_full_disk_leaves_nothing(serve, tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        fetch(serve(), tmp_path / "mnist.npz")
    assert os.listdir(tmp_path) == []


# Processes

PROCESSES = """
import os, random, signal, sys, time
from pathlib import Path
from skdigits._download import download

url, path, sha256 = sys.argv[1], Path(sys.argv[2]), sys.argv[3]


def start(work):
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return child


def fetch():
    download(url, path, sha256=sha256, most_bytes=10**6, n_retries=0, delay=0)

"""


def run_processes(run_python, url, path, code):
    """Run code in a process of one thread, from which forks are safe."""
    run_python("-c", PROCESSES + textwrap.dedent(code), url, path, SHA256)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


@needs_fork
def test_processes_that_fetch_at_once_all_get_the_file(serve, tmp_path, run_python):
    path = tmp_path / "mnist.npz"
    code = """
    for child in [start(fetch) for _ in range(4)]:
        assert os.waitpid(child, 0)[1] == 0
    """
    run_processes(run_python, serve(), path, code)
    assert path.read_bytes() == CONTENT
    assert os.listdir(tmp_path) == ["mnist.npz"]


@needs_fork
def test_a_process_killed_in_the_middle_of_a_download_leaves_nothing(
    serve, tmp_path, run_python
):
    code = """
    child = start(fetch)
    time.sleep(1)
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    """
    run_processes(run_python, serve(silent_after_half), tmp_path / "mnist.npz", code)
    assert os.listdir(tmp_path) == []


@needs_fork
def test_a_process_killed_at_any_moment_leaves_the_file_whole_or_absent(
    serve, tmp_path, run_python
):
    code = """
    import hashlib

    def fetch_again_and_again():
        while True:
            path.unlink(missing_ok=True)
            fetch()

    random.seed(0)
    for _ in range(15):
        child = start(fetch_again_and_again)
        time.sleep(random.uniform(0.02, 0.1))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if path.exists():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    """
    run_processes(run_python, serve(), tmp_path / "mnist.npz", code)


# Files


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A file of three images that is taken for MNIST, so that reading it is quick."""
    rng = np.random.default_rng(0)
    arrays = {
        "x_train": rng.integers(0, 256, (2, 5, 5), np.uint8),
        "y_train": rng.integers(0, 10, 2, np.uint8),
        "x_test": rng.integers(0, 256, (1, 5, 5), np.uint8),
        "y_test": rng.integers(0, 10, 1, np.uint8),
    }
    known = {
        name: (array.shape, hashlib.sha256(array).hexdigest())
        for name, array in arrays.items()
    }
    monkeypatch.setattr(_datasets, "_ARRAYS", known)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "no-keras"))
    return arrays


def assert_mnist_or_refused(content, arrays, folder):
    """Tell whether the file was refused; if not, it must give the true arrays."""
    path = folder / "mnist.npz"
    path.write_bytes(content)
    try:
        X, y = fetch_mnist(subset="all", data_home=folder, return_X_y=True)
    except OSError as error:
        refusal = str(error)
    else:
        np.testing.assert_array_equal(X[:2], arrays["x_train"])
        np.testing.assert_array_equal(X[2:], arrays["x_test"])
        np.testing.assert_array_equal(y, [*arrays["y_train"], *arrays["y_test"]])
        return False
    assert f"{path} is not MNIST, or is damaged (" in refusal
    assert path.read_bytes() == content
    return True


def saved(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_flipped_bit_anywhere_is_refused_or_of_no_consequence(tiny, tmp_path, save):
    content = saved(save, **tiny)
    refused = 0
    for i in range(len(content)):
        flipped = bytearray(content)
        flipped[i] ^= 1 << i % 8
        refused += assert_mnist_or_refused(flipped, tiny, tmp_path)
    # The rest are dates and the like in the archive's headers.
    assert refused > len(content) / 2


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_file_cut_anywhere_is_refused(tiny, tmp_path, save):
    content = saved(save, **tiny)
    for length in range(0, len(content), 3):
        assert assert_mnist_or_refused(content[:length], tiny, tmp_path)


def test_random_damage_is_refused_or_of_no_consequence(tiny, tmp_path):
    rng = np.random.default_rng(0)
    content = saved(np.savez, **tiny)
    for _ in range(500):
        damaged = bytearray(content)
        start, stop = sorted(rng.integers(0, len(content), 2))
        damaged[start:stop] = rng.bytes(rng.integers(0, 50))
        assert_mnist_or_refused(damaged, tiny, tmp_path)


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def test_nothing_is_unpickled(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    objects = np.array([Bomb()], object)
    in_the_header = np.lib.format.magic(1, 0) + pickle.dumps(Bomb())
    for content in (
        saved(np.savez, x_train=objects),
        saved(np.savez, **tiny | {"x_train": objects}),
        saved(np.savez, **tiny | {"x_train": objects.astype(object)[np.newaxis]}),
        pickle.dumps(Bomb()),
        archive(x_train=pickle.dumps(Bomb())),
        archive(x_train=in_the_header),
    ):
        assert assert_mnist_or_refused(content, tiny, tmp_path)
    assert not Path("unpickled").exists()
    # That bomb would have gone off.
    pickle.loads(pickle.dumps(Bomb()))
    assert Path("unpickled").exists()


def archive(compression=zipfile.ZIP_DEFLATED, **members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as zipped:
        for name, content in members.items():
            zipped.writestr(f"{name}.npy", content)
    return file.getvalue()


def npy_header(text, version=(1, 0)):
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return np.lib.format.magic(*version) + length + text


HUGE = 50_000_000


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("where", ["array", "header", "behind the array"])
def test_a_bomb_is_not_unpacked(tiny, tmp_path, compression, where):
    right = b"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 5, 5), }\n"
    bombs = {
        "array": npy_header(right) + bytes(HUGE),
        # From version 2 on a header may have 4 GB.
        "header": npy_header(bytes(HUGE), (2, 0)),
        "behind the array": npy_header(right) + tiny["x_train"].tobytes() + bytes(HUGE),
    }
    content = archive(compression, x_train=bombs[where])
    assert len(content) < HUGE / 500
    del bombs
    tracemalloc.start()
    try:
        assert assert_mnist_or_refused(content, tiny, tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < HUGE / 5


@pytest.mark.parametrize(
    "shape",
    [(2, 25), (50,), (5, 5, 2), (2, 5, 5, 1), (0, 5, 5), (3, 5, 5), (10**12, 5, 5)],
)
def test_another_shape_is_refused(tiny, tmp_path, shape):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n"
    member = npy_header(header.encode()) + tiny["x_train"].tobytes()
    assert assert_mnist_or_refused(archive(x_train=member), tiny, tmp_path)


def test_another_type_is_refused(tiny, tmp_path):
    for dtype in ("int8", "bool", "float64", "uint16", "S1", "object"):
        other = tiny | {"x_train": tiny["x_train"].astype(dtype)}
        assert assert_mnist_or_refused(saved(np.savez, **other), tiny, tmp_path)
    other = tiny | {"x_train": np.asfortranarray(tiny["x_train"])}
    assert assert_mnist_or_refused(saved(np.savez, **other), tiny, tmp_path)


def test_a_folder_in_the_place_of_the_file_is_refused(tiny, tmp_path):
    (tmp_path / "mnist.npz").mkdir()
    with pytest.raises(OSError, match=r"is not MNIST, or is damaged"):
        fetch_mnist(data_home=tmp_path)
    shutil.rmtree(tmp_path / "mnist.npz")
