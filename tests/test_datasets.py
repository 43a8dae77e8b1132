"""fetch_mnist, and its download from a real HTTP server on this machine."""

import contextlib
import hashlib
import http.server
import io
import os
import pickle
import socket
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import get_data_home
from sklearn.utils._param_validation import InvalidParameterError

from skdigits import _datasets, fetch_mnist


@pytest.fixture(scope="session")
def mnist_file(mnist):
    """The local copy that the `mnist` fixture was read from."""
    path = Path(get_data_home()) / "mnist.npz"
    return path if path.exists() else _datasets._keras_cache() / "mnist.npz"


@pytest.fixture(autouse=True)
def _no_keras_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "no-keras"))


@pytest.fixture
def tiny(monkeypatch):
    """Three images that fetch_mnist takes for MNIST, so that tests are quick."""
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
    return arrays


def npz(arrays, save=np.savez):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


class Server(http.server.ThreadingHTTPServer):
    """Answers the first request with the first fault, and so on; later ones well."""

    def __init__(self, content, faults):
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.faults = iter(faults)
        self.requests = []
        self.n_megabytes = 0
        self.closing = threading.Event()

    def handle_error(self, request, client_address):
        pass  # the client closed the connection


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append(self.path)
        next(self.server.faults, whole)(self, self.server.content)

    def answer(self, content, length):
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


def whole(handler, content):
    handler.answer(content, len(content))


def silence(handler, content):
    handler.server.closing.wait()


def silence_after_half(handler, content):
    handler.answer(content[: len(content) // 2], len(content))
    handler.server.closing.wait()


def half(handler, content):
    handler.answer(content[: len(content) // 2], len(content))


def half_without_a_length(handler, content):
    handler.answer(content[: len(content) // 2], None)


def no_answer(handler, content):
    pass


def not_found(handler, content):
    handler.send_error(404)


def another_file(handler, content):
    handler.answer(b"<html>", 6)


def endless(handler, content):
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.closing.is_set():
        handler.wfile.write(bytes(2**20))
        handler.server.n_megabytes += 1


def drip(handler, content):
    handler.send_response(200)
    handler.end_headers()
    for byte in content:
        handler.wfile.write(bytes([byte]))
        if handler.server.closing.wait(0.05):
            break


def drip_headers(handler, content):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nServer: ")
    drip(handler, b"a" * 10**4)


FAULTS = [
    silence,
    silence_after_half,
    half,
    half_without_a_length,
    no_answer,
    not_found,
    another_file,
    endless,
]


@pytest.fixture
def serve(monkeypatch):
    """Start a server of the file, tell fetch_mnist its address, and return it."""
    servers = []
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # between two attempts
    monkeypatch.setattr(_datasets, "_TIMEOUT", 1.0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def start(content, *faults):
        server = Server(content, faults)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        monkeypatch.setattr(_datasets, "_BASE_URL", url)
        sha256 = hashlib.sha256(content).hexdigest()
        monkeypatch.setattr(_datasets, "_FILE_SHA256", sha256)
        return server

    yield start
    for server in servers:
        server.closing.set()
        server.shutdown()
        server.server_close()


def test_it_returns_images_and_digits(mnist):
    X, y, X_test, y_test = mnist
    assert (X.shape, X.dtype) == ((60000, 28, 28), np.uint8)
    assert (y.shape, y.dtype) == ((60000,), np.int64)
    assert (len(X_test), len(y_test)) == (10000, 10000)
    assert (X.min(), X.max()) == (0, 255)
    np.testing.assert_array_equal(np.unique(y), np.arange(10))


def test_a_bunch_describes_itself(mnist, mnist_file):
    bunch = fetch_mnist(subset="all", data_home=mnist_file.parent)
    assert bunch.data.shape == (70000, 28, 28)
    np.testing.assert_array_equal(bunch.target, np.concatenate([mnist[1], mnist[3]]))
    assert bunch.target_names == [*"0123456789"]
    assert "28 x 28" in bunch.DESCR


@pytest.mark.parametrize(
    "parameter",
    [
        {"subset": "validation"},
        {"subset": ["train"]},
        {"data_home": 3},
        {"download_if_missing": "no"},
        {"return_X_y": "yes"},
        {"n_retries": "3"},
        {"n_retries": -1},
    ],
    ids=str,
)
def test_invalid_parameters_get_scikit_learns_error(parameter):
    [(name, value)] = parameter.items()
    with pytest.raises(InvalidParameterError) as error:
        fetch_mnist(**parameter)
    assert f"The {name!r} parameter of fetch_mnist must be" in str(error.value)
    assert f"Got {value!r} instead" in str(error.value)


def test_data_home_is_searched_first_and_keras_cache_next(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "home"))
    cache = tmp_path / "keras" / "datasets"
    cache.mkdir(parents=True)
    (cache / "mnist.npz").write_bytes(npz(tiny))
    X, _ = fetch_mnist(return_X_y=True, download_if_missing=False)
    np.testing.assert_array_equal(X, tiny["x_train"])

    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "mnist.npz").write_text("damaged")
    with pytest.raises(OSError, match=r"home/mnist\.npz is not MNIST"):
        fetch_mnist(return_X_y=True, download_if_missing=False)


@pytest.mark.parametrize("variable", ["set", "not set"])
def test_the_default_folder_is_scikit_learns(variable, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SCIKIT_LEARN_DATA", raising=False)
    if variable == "set":
        monkeypatch.setenv("SCIKIT_LEARN_DATA", "~/elsewhere")
    assert str(_datasets._data_home(None)) == get_data_home()
    assert str(_datasets._data_home("~/here")) == get_data_home("~/here")


def test_keras_cache_is_in_the_home_folder_by_default(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_HOME")
    assert _datasets._keras_cache() == tmp_path / ".keras" / "datasets"


def test_keras_cache_is_used_where_data_home_cannot_be_created(
    tiny, tmp_path, monkeypatch
):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "mnist.npz").write_bytes(npz(tiny))
    (tmp_path / "file").touch()
    X, _ = fetch_mnist(return_X_y=True, data_home=tmp_path / "file" / "home")
    np.testing.assert_array_equal(X, tiny["x_train"])


def test_a_user_without_a_home_folder_may_name_another(tiny, tmp_path, monkeypatch):
    """A container may run as a user that it does not list."""
    pwd = pytest.importorskip("pwd")
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.delenv("KERAS_HOME")
    (tmp_path / "mnist.npz").write_bytes(npz(tiny))
    X, _ = fetch_mnist(data_home=tmp_path, return_X_y=True)
    np.testing.assert_array_equal(X, tiny["x_train"])
    monkeypatch.delenv("SCIKIT_LEARN_DATA", raising=False)
    with pytest.raises(OSError, match="MNIST was not found"):
        fetch_mnist(download_if_missing=False)


@contextlib.contextmanager
def as_a_user_without_rights():
    """Root may search any folder."""
    is_root = os.geteuid() == 0
    if is_root:
        os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        if is_root:
            os.setresuid(0, 0, 0)


@pytest.mark.skipif(not hasattr(os, "setresuid"), reason="no such rights on it")
@pytest.mark.parametrize("locked", ["data_home", "keras", "file in data_home"])
def test_without_permission_to_search_one_place_the_other_is_used(
    tiny, monkeypatch, locked
):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        home, keras = Path(folder, "home"), Path(folder, "keras")
        good = home if locked == "keras" else keras / "datasets"
        for place in (home, keras / "datasets"):
            place.mkdir(parents=True)
            content = npz(tiny) if place == good else b"not MNIST"
            (place / "mnist.npz").write_bytes(content)
        paths = {"data_home": home, "keras": keras}
        path = paths.get(locked, home / "mnist.npz")
        path.chmod(0)
        monkeypatch.setenv("KERAS_HOME", str(keras))
        with as_a_user_without_rights():
            X, _ = fetch_mnist(data_home=home, return_X_y=True)
        path.chmod(0o755)
    np.testing.assert_array_equal(X, tiny["x_train"])


def test_a_folder_whose_name_is_too_long_is_an_error_with_advice(tmp_path):
    home = tmp_path / ("x" * 300)
    with pytest.raises(OSError, match="MNIST was not found"):
        fetch_mnist(data_home=home, download_if_missing=False)
    with pytest.raises(OSError, match="could not be downloaded into"):
        fetch_mnist(data_home=home)


def test_without_permission_to_download_it_says_where_it_looked(tmp_path):
    with pytest.raises(
        OSError, match=r"no readable mnist\.npz in .*home.*download_if_missing"
    ):
        fetch_mnist(data_home=tmp_path / "home", download_if_missing=False)


def test_it_downloads_once_and_then_uses_its_copy(mnist, mnist_file, tmp_path, serve):
    server = serve(mnist_file.read_bytes())
    for _ in range(2):
        X, y = fetch_mnist(subset="test", data_home=tmp_path / "home", return_X_y=True)
        np.testing.assert_array_equal(X, mnist[2])
        np.testing.assert_array_equal(y, mnist[3])
    assert server.requests == ["/mnist.npz"]
    assert os.listdir(tmp_path / "home") == ["mnist.npz"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_download_that_fails_is_retried(fault, tiny, tmp_path, serve):
    content = npz(tiny)
    server = serve(content, fault)
    fetch_mnist(data_home=tmp_path)
    assert len(server.requests) >= 2
    assert (tmp_path / "mnist.npz").read_bytes() == content
    assert os.listdir(tmp_path) == ["mnist.npz"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_download_that_keeps_failing_is_an_error_with_advice_and_leaves_nothing(
    fault, tiny, tmp_path, serve
):
    server = serve(npz(tiny), fault, fault)
    with pytest.raises(OSError, match="MNIST could not be downloaded into") as error:
        fetch_mnist(data_home=tmp_path, n_retries=1)
    assert f"Download {_datasets._BASE_URL}mnist.npz" in str(error.value)
    assert "pass that folder as data_home" in str(error.value)
    assert len(server.requests) == 2
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (silence, "timed out"),
        (not_found, "404"),
        (another_file, "SHA256"),
        (endless, "longer file than MNIST"),
    ],
)
def test_the_error_says_why_the_download_failed(fault, reason, tiny, tmp_path, serve):
    serve(npz(tiny), fault)
    with pytest.raises(OSError, match=reason):
        fetch_mnist(data_home=tmp_path, n_retries=0)


@pytest.mark.parametrize("fault", [drip, drip_headers])
def test_a_server_that_trickles_does_not_block_the_download_for_ever(
    fault, tiny, tmp_path, serve, monkeypatch
):
    monkeypatch.setattr(_datasets, "_LONGEST_DOWNLOAD", 1.5)
    server = serve(npz(tiny), fault, fault)
    start = time.monotonic()
    with pytest.raises(OSError, match=r"could not be downloaded.*not finished"):
        fetch_mnist(data_home=tmp_path)
    assert time.monotonic() - start < 20
    assert len(server.requests) == 1  # no retry
    assert os.listdir(tmp_path) == []


def test_a_process_that_gave_up_a_download_ends(tiny, tmp_path, serve, run_python):
    serve(npz(tiny), drip)
    code = f"""
from skdigits import _datasets, fetch_mnist

_datasets._BASE_URL, _datasets._LONGEST_DOWNLOAD = {_datasets._BASE_URL!r}, 0.5
try:
    fetch_mnist(data_home={str(tmp_path)!r})
except OSError:
    print("given up")
"""
    start = time.monotonic()
    assert run_python("-c", code).stdout == "given up\n"
    assert time.monotonic() - start < 20


def test_a_response_that_is_too_long_is_not_read_to_its_end(tiny, tmp_path, serve):
    server = serve(npz(tiny), endless)
    with pytest.raises(OSError, match="longer file than MNIST"):
        fetch_mnist(data_home=tmp_path, n_retries=0)
    assert server.n_megabytes < 40


def test_without_a_network_the_advice_is_not_buried(tmp_path, run_python):
    code = f"""
import sys, traceback
from skdigits import _datasets, fetch_mnist

with __import__("socket").create_server(("127.0.0.1", 0)) as free:
    _datasets._BASE_URL = f"http://127.0.0.1:{{free.getsockname()[1]}}/"
try:
    fetch_mnist(data_home={str(tmp_path)!r}, n_retries=0)
except OSError:
    traceback.print_exc()
"""
    error = run_python(
        "-c", code, NO_PROXY="127.0.0.1", KERAS_HOME=str(tmp_path / "none")
    ).stderr.splitlines()
    assert error[-1].startswith("OSError: MNIST could not be downloaded into")
    assert len(error) < 20


def test_a_missing_server_raises_an_error_with_advice(
    tiny, tmp_path, serve, monkeypatch
):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    monkeypatch.setattr(_datasets, "_BASE_URL", url)
    with pytest.raises(OSError, match=r"could not be downloaded.*refused.*data_home"):
        fetch_mnist(data_home=tmp_path, n_retries=0)
    assert os.listdir(tmp_path) == []


def test_the_error_names_a_folder_that_cannot_be_created_or_written(
    tiny, tmp_path, serve
):
    server = serve(npz(tiny))
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"could not be downloaded into .*file/home"):
        fetch_mnist(data_home=tmp_path / "file" / "home")
    # Not even root can create a file here.
    if os.path.isdir("/proc/self"):
        with pytest.raises(OSError, match=r"could not be downloaded into /proc/self"):
            fetch_mnist(data_home="/proc/self")
    assert server.requests == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_processes_that_download_at_once_all_get_the_file(
    tiny, tmp_path, serve, run_python
):
    meeting = threading.Barrier(4)

    def together(handler, content):
        meeting.wait(60)
        whole(handler, content)

    content = npz(tiny)
    server = serve(content, *[together] * 4)
    # In a new process, because this one has threads, which fork does not copy.
    code = f"""
import os
from pathlib import Path
from skdigits import _datasets

_datasets._BASE_URL = {_datasets._BASE_URL!r}
_datasets._FILE_SHA256 = {_datasets._FILE_SHA256!r}
children = []
for _ in range(4):
    child = os.fork()
    if child == 0:
        _datasets._download(Path({str(tmp_path)!r}), n_retries=0)
        os._exit(0)
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""
    run_python("-c", code)
    assert len(server.requests) == 4
    assert (tmp_path / "mnist.npz").read_bytes() == content
    assert os.listdir(tmp_path) == ["mnist.npz"]


def assert_refused(content, folder):
    """Check that the file is neither used nor changed."""
    path = folder / "mnist.npz"
    path.write_bytes(content)
    with pytest.raises(
        OSError, match="is not MNIST, is damaged or cannot be read"
    ) as error:
        fetch_mnist(subset="all", data_home=folder)
    assert str(path) in str(error.value)
    assert "Remove or rename it" in str(error.value)
    assert "allow_pickle" not in str(error.value)
    assert path.read_bytes() == content


def test_arrays_in_fortran_order_are_mnists_too(tiny, tmp_path):
    arrays = {name: np.asfortranarray(array) for name, array in tiny.items()}
    (tmp_path / "mnist.npz").write_bytes(npz(arrays))
    X, _ = fetch_mnist(subset="all", data_home=tmp_path, return_X_y=True)
    np.testing.assert_array_equal(X, [*tiny["x_train"], *tiny["x_test"]])
    assert X.flags.c_contiguous


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_truncated_file_raises_os_error(tiny, tmp_path, save):
    content = npz(tiny, save)
    for length in range(0, len(content), 3):
        assert_refused(content[:length], tmp_path)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_a_flipped_bit_never_changes_what_is_returned(tiny, tmp_path, save):
    content = npz(tiny, save)
    refused = 0
    for i in range(len(content)):
        flipped = bytearray(content)
        flipped[i] ^= 1 << i % 8
        (tmp_path / "mnist.npz").write_bytes(flipped)
        try:
            X, y = fetch_mnist(subset="all", data_home=tmp_path, return_X_y=True)
        except OSError:
            refused += 1
        else:
            np.testing.assert_array_equal(X, [*tiny["x_train"], *tiny["x_test"]])
            np.testing.assert_array_equal(y, [*tiny["y_train"], *tiny["y_test"]])
    # The others are dates and the like in the headers of the archive.
    assert refused > len(content) / 2


def test_a_file_that_is_not_an_archive_raises_os_error(tmp_path):
    assert_refused(b"<html>Not found</html>", tmp_path)
    array = io.BytesIO()
    np.save(array, np.zeros(3))
    assert_refused(array.getvalue(), tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x + 1,
        lambda x: x[:1],
        lambda x: x.reshape(2, 25),
        lambda x: x[..., np.newaxis],
        lambda x: x.view("int8"),
        lambda x: x.view("S1"),
        lambda x: x.astype(float),
        lambda x: x.astype(object),
    ],
    ids=["values", "length", "shape", "dimensions", "int8", "S1", "float", "object"],
)
def test_other_arrays_raise_os_error(tiny, tmp_path, change):
    assert_refused(npz(tiny | {"x_train": change(tiny["x_train"])}), tmp_path)


def test_a_missing_array_raises_os_error(tiny, tmp_path):
    del tiny["y_test"]
    assert_refused(npz(tiny), tmp_path)


def test_a_folder_in_place_of_the_file_raises_os_error(tmp_path):
    (tmp_path / "mnist.npz").mkdir()
    with pytest.raises(OSError, match="is not MNIST, is damaged or cannot be read"):
        fetch_mnist(data_home=tmp_path)


class Bomb:
    def __reduce__(self):
        return os.mkdir, ("unpickled",)


def test_nothing_is_unpickled(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pickled = pickle.dumps(Bomb())
    in_an_archive = io.BytesIO()
    with zipfile.ZipFile(in_an_archive, "w") as archive:
        archive.writestr("x_train.npy", pickled)
    assert_refused(pickled, tmp_path)
    assert_refused(in_an_archive.getvalue(), tmp_path)
    assert_refused(npz(tiny | {"x_train": np.array([Bomb()], object)}), tmp_path)
    assert not Path("unpickled").exists()
    # To show that the test can fail: unpickling does create the folder.
    pickle.loads(pickled)
    assert Path("unpickled").exists()
