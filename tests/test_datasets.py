"""fetch_mnist, its download too: from a real HTTP server on this machine."""

import hashlib
import http.server
import os
import shutil
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import get_data_home

from skdigits import _datasets, fetch_mnist


@pytest.fixture
def mnist_file(mnist):
    """The local copy that the `mnist` fixture was read from."""
    path = Path(get_data_home()) / "mnist.npz"
    return path if path.exists() else _datasets._keras_cache() / "mnist.npz"


@pytest.fixture
def no_keras_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "no-keras"))


@pytest.fixture
def serve(monkeypatch, tmp_path, no_keras_cache):
    """Serve a file as the download; return the list of requests made."""
    servers = []

    def start(path, sha256_of=None):
        requests = []
        folder = tmp_path / "served"
        folder.mkdir()
        if path is not None:
            (folder / "mnist.npz").symlink_to(path.resolve())

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *arguments):
                requests.append(self.path)

        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), partial(Handler, directory=folder)
        )
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/mnist.npz"
        monkeypatch.setattr(_datasets, "_URL", url)
        if sha256_of is not None:
            sha256 = hashlib.sha256(sha256_of.read_bytes()).hexdigest()
            monkeypatch.setattr(_datasets, "_URL_SHA256", sha256)
        return requests

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_it_returns_images_and_digits(mnist):
    X, y, X_test, y_test = mnist
    assert (X.shape, X.dtype) == ((60000, 28, 28), np.uint8)
    assert (y.shape, y.dtype) == ((60000,), np.int64)
    assert (len(X_test), len(y_test)) == (10000, 10000)
    assert (X.min(), X.max()) == (0, 255)
    np.testing.assert_array_equal(np.unique(y), np.arange(10))


def test_a_bunch_describes_itself(mnist):
    bunch = fetch_mnist(subset="all")
    assert bunch.data.shape == (70000, 28, 28)
    np.testing.assert_array_equal(bunch.target, np.concatenate([mnist[1], mnist[3]]))
    assert bunch.target_names == [*"0123456789"]
    assert "28 x 28" in bunch.DESCR


def test_data_home_is_looked_in_first(mnist_file, tmp_path, no_keras_cache):
    shutil.copy(mnist_file, tmp_path)
    data = fetch_mnist(subset="test", data_home=tmp_path, download_if_missing=False)
    assert len(data.data) == 10000


def test_kerass_cache_is_looked_in_next(mnist_file, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    shutil.copy(mnist_file, tmp_path / "keras" / "datasets")
    home = tmp_path / "empty"
    data = fetch_mnist(subset="test", data_home=home, download_if_missing=False)
    assert len(data.data) == 10000


def test_it_downloads_once_and_then_uses_its_copy(mnist_file, tmp_path, serve):
    requests = serve(mnist_file, sha256_of=mnist_file)
    home = tmp_path / "home"
    for _ in range(2):
        X, y = fetch_mnist(subset="test", data_home=home, return_X_y=True)
        assert len(X) == len(y) == 10000
    assert len(requests) == 1
    assert os.listdir(home) == ["mnist.npz"]


def test_another_file_from_the_server_is_refused_and_not_kept(
    mnist_file, tmp_path, serve
):
    other = tmp_path / "other.npz"
    np.savez(other, x_train=np.zeros(3))
    serve(other, sha256_of=mnist_file)
    home = tmp_path / "home"
    with pytest.raises(OSError, match=r"could not be downloaded.*SHA256"):
        fetch_mnist(data_home=home)
    assert os.listdir(home) == []


def test_without_a_network_it_says_where_to_put_the_file(tmp_path, serve):
    serve(None)
    with (
        pytest.raises(OSError, match=r"could not be downloaded.*404.*put it as mnist"),
        pytest.warns(UserWarning, match="Retry downloading"),
    ):
        fetch_mnist(data_home=tmp_path / "home", n_retries=1, delay=0)
    assert os.listdir(tmp_path / "home") == []


def test_without_leave_to_download_it_says_where_it_looked(tmp_path, no_keras_cache):
    with pytest.raises(OSError, match=r"no mnist\.npz in .*home.*download_if_missing"):
        fetch_mnist(data_home=tmp_path / "home", download_if_missing=False)


def test_a_folder_that_cannot_be_made_or_written_is_named(tmp_path, serve):
    serve(None)
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"folder cannot be used .*file/home"):
        fetch_mnist(data_home=tmp_path / "file" / "home")
    # Not even root can make a file here.
    if os.path.isdir("/proc/self"):
        with pytest.raises(OSError, match=r"could not be downloaded into /proc/self"):
            fetch_mnist(data_home="/proc/self")


def damaged_copies():
    def truncated(source, target):
        target.write_bytes(source.read_bytes()[:500_000])

    def bit_flipped(source, target):
        content = bytearray(source.read_bytes())
        content[len(content) // 2] ^= 1
        target.write_bytes(content)

    def empty(source, target):
        target.touch()

    def text(source, target):
        target.write_text("<html>Not found</html>")

    def other_arrays(source, target):
        np.savez(target, x_train=np.zeros((60000, 28, 28), np.uint8))

    def other_shape(source, target):
        with np.load(source) as arrays:
            arrays = dict(arrays)
        arrays["x_train"] = arrays["x_train"].reshape(60000, 784)
        np.savez(target, **arrays)

    def missing_array(source, target):
        np.savez(target, y_train=np.zeros(3))

    def pickled(source, target):
        np.savez(target, x_train=np.array([{"an": "object"}], dtype=object))

    def bare_array(source, target):
        with open(target, "wb") as file:
            np.save(file, np.zeros((60000, 28, 28), np.uint8))

    def huge(source, target):
        np.savez_compressed(target, x_train=np.zeros(200_000_000, np.uint8))

    return [
        truncated,
        bit_flipped,
        empty,
        text,
        other_arrays,
        other_shape,
        missing_array,
        pickled,
        bare_array,
        huge,
    ]


@pytest.mark.parametrize("damage", damaged_copies(), ids=lambda d: d.__name__)
def test_a_damaged_file_is_refused_and_left_alone(mnist_file, tmp_path, damage):
    path = tmp_path / "mnist.npz"
    damage(mnist_file, path)
    before = path.read_bytes()
    with pytest.raises(OSError, match="is not MNIST, or is damaged") as error:
        fetch_mnist(data_home=tmp_path)
    assert str(path) in str(error.value)
    assert "remove or rename it" in str(error.value)
    assert path.read_bytes() == before


def test_an_unknown_subset_is_refused():
    with pytest.raises(ValueError, match=r"'train', 'test' and 'all'\. Got 'valid"):
        fetch_mnist(subset="validation")
