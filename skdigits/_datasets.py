"""fetch_mnist: MNIST from a local copy, or downloaded once."""

import hashlib
import os
import threading
import time
from functools import partial
from numbers import Integral
from pathlib import Path
from typing import Literal, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import Bunch
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from skdigits._optional import needed
from skdigits._public import public

# The file that `keras.datasets.mnist` downloads, and its SHA-256.
_BASE_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_FILE_NAME = "mnist.npz"
_FILE_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"

# Seconds: an attempt fails if the server sends nothing for this long.
_TIMEOUT = 30.0

# Seconds: limit of all attempts together, which 20 kB/s just meets.
_LONGEST_DOWNLOAD = 600.0

# Bytes: a longer response is another file, and is not read to its end. MNIST has 11.5
# MB.
_MOST_BYTES = 20_000_000

# Shape and SHA-256 of each uint8 array. The hash of the whole file would reject copies
# that hold the same arrays but were zipped by another program.
_ARRAYS = {
    "x_train": (
        (60000, 28, 28),
        "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    ),
    "y_train": (
        (60000,),
        "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    ),
    "x_test": (
        (10000, 28, 28),
        "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    ),
    "y_test": (
        (10000,),
        "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
}

_PARTS = {"train": ("train",), "test": ("test",), "all": ("train", "test")}

_DESCR = """\
MNIST database of handwritten digits

Number of images: 60,000 for training, 10,000 for testing
Image: 28 x 28 pixels, uint8, 0 (background) to 255 (ink)
Target: the digit, 0 to 9

Each digit is scaled to fit 20 x 20 pixels and placed in 28 x 28 with its centre of
mass in the middle.

LeCun, Y., Bottou, L., Bengio, Y., and Haffner, P.: Gradient-based learning applied to
document recognition. Proceedings of the IEEE 86 (11), 2278-2324, 1998.
"""


_Subset: TypeAlias = Literal["train", "test", "all"]
_ImagesAndDigits: TypeAlias = tuple[NDArray[np.uint8], NDArray[np.int64]]


@overload
def fetch_mnist(
    *,
    subset: _Subset = "train",
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: Literal[False] = False,
    n_retries: int = 3,
) -> Bunch: ...


@overload
def fetch_mnist(
    *,
    subset: _Subset = "train",
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: Literal[True],
    n_retries: int = 3,
) -> _ImagesAndDigits: ...


@overload
def fetch_mnist(
    *,
    subset: _Subset = "train",
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool,
    n_retries: int = 3,
) -> Bunch | _ImagesAndDigits: ...


@public
@validate_params(
    {
        "subset": [StrOptions(set(_PARTS))],
        "data_home": [str, os.PathLike, None],
        "download_if_missing": ["boolean"],
        "return_X_y": ["boolean"],
        "n_retries": [Interval(Integral, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def fetch_mnist(
    *,
    subset: _Subset = "train",
    data_home: str | os.PathLike[str] | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    n_retries: int = 3,
) -> Bunch | _ImagesAndDigits:
    """Load the MNIST handwritten digits (classification).

    Searches `data_home` for ``mnist.npz``, then Keras's cache; if neither has it,
    downloads it (11 MB) into `data_home`. Checks the SHA-256 of every array
    that it returns, and unpickles nothing.

    =================   ==============
    Classes                         10
    Samples total               70,000
    Dimensionality             28 × 28
    Features            uint8, 0 – 255
    =================   ==============

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        The 60,000 training images, the 10,000 test images, or both in this order.

    data_home : str or path-like, default=None
        Folder of ``mnist.npz``. None means scikit-learn's data folder: the environment
        variable SCIKIT_LEARN_DATA or ``~/scikit_learn_data``.

    download_if_missing : bool, default=True
        If False, raise an OSError if there is no local copy.

    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    n_retries : int, default=3
        Number of retries when the download fails: the server cannot be reached, sends
        an error or the wrong file, or sends nothing for half a minute. The first retry
        comes after 1 s, the second after 2 s, and so on up to 10 s. After ten minutes
        the download fails, even if retries are left.

    Returns
    -------
    mnist : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        data : ndarray of shape (n_samples, 28, 28), uint8
            The images.
        target : ndarray of shape (n_samples,), int64
            The digits.
        target_names : list of str
            "0" to "9".
        DESCR : str
            Description of the data set.

    (data, target) : tuple if `return_X_y` is True
        Only the images and the digits.

    Raises
    ------
    OSError
        If there is no local copy and the download fails, or if the local file is not
        MNIST. Such a file is neither used nor removed.
    ValueError
        If a parameter is not one of the values above.
    ModuleNotFoundError
        If the download needs pooch, which is not installed.

    See Also
    --------
    sklearn.datasets.load_digits : 1,797 digits of 8 × 8 pixels, without a download.

    Examples
    --------
    >>> from skdigits import fetch_mnist
    >>> X_train, y_train = fetch_mnist(return_X_y=True)  # doctest: +SKIP
    >>> X_train.shape  # doctest: +SKIP
    (60000, 28, 28)
    """
    home = _data_home(data_home)
    copies = [home / _FILE_NAME, _keras_cache() / _FILE_NAME]
    path = next((path for path in copies if os.access(path, os.R_OK)), None)
    if path is None:
        if not download_if_missing:
            raise OSError(
                f"MNIST was not found: there is no readable {_FILE_NAME} in {home} "
                f"or {_keras_cache()}. Put it there, or call with "
                f"download_if_missing=True."
            )
        path = _download(home, n_retries)

    data, target = _read(path, _PARTS[subset])
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=[str(digit) for digit in range(10)],
        DESCR=_DESCR,
    )


def _data_home(data_home: str | os.PathLike[str] | None) -> Path:
    """Return the folder of `sklearn.datasets.get_data_home`, but do not create it.

    A copy in Keras's cache is then found even if the folder cannot be created.
    """
    if data_home is None:
        data_home = os.environ.get("SCIKIT_LEARN_DATA", "~/scikit_learn_data")
    # pathlib's `expanduser` raises RuntimeError for a user without a home folder.
    return Path(os.path.expanduser(data_home))


def _keras_cache() -> Path:
    keras_home = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
    return Path(keras_home) / "datasets"


def _download(home: Path, n_retries: int) -> Path:
    """Download the file into `home` and return its path.

    Pooch checks the hash of a temporary file, then renames the file. Pooch logs
    downloads and retries to stderr. Pooch's logger stays on: it belongs to the whole
    process, and its lines explain why the call is slow.
    """
    with needed("pooch", to="download MNIST"):
        import pooch

    downloader = partial(_get, deadline=time.monotonic() + _LONGEST_DOWNLOAD)
    files = pooch.create(
        home, _BASE_URL, registry={_FILE_NAME: _FILE_SHA256}, retry_if_failed=n_retries
    )
    try:
        return files.fetch(_FILE_NAME, downloader=downloader)
    except (OSError, ValueError) as error:  # a wrong hash is a ValueError
        raise OSError(
            f"MNIST could not be downloaded into {home} ({error}). Download "
            f"{_BASE_URL}{_FILE_NAME} on a machine with network access, save it in any "
            f"folder as {_FILE_NAME}, and pass that folder as data_home or set the "
            f"environment variable SCIKIT_LEARN_DATA to it."
        ) from None  # the chained errors of requests and urllib3 take 80 lines


def _get(url, path, pooch, deadline):
    """Download a file for pooch, within limits of time and size.

    A server that trickles out its headers or its data can block a read for ever. So a
    separate thread reads. After the deadline this thread is abandoned; it ends when its
    connection does.

    Raises
    ------
    requests.RequestException, ValueError
        If this attempt fails: pooch tries again.
    TimeoutError
        After the deadline.
    """
    import requests

    content, errors = bytearray(), []

    def receive():
        try:
            with requests.get(url, timeout=_TIMEOUT, stream=True) as response:
                response.raise_for_status()
                for chunk in response.iter_content(2**16):
                    content.extend(chunk)
                    if len(content) > _MOST_BYTES:
                        raise ValueError("the server sends a longer file than MNIST")
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=receive, daemon=True)
    thread.start()
    thread.join(max(0, deadline - time.monotonic()))
    if thread.is_alive():
        raise TimeoutError(f"not finished after {_LONGEST_DOWNLOAD:.0f} seconds")
    if errors:
        raise errors[0]
    Path(path).write_bytes(content)


def _read(path: Path, parts: tuple[str, ...]) -> _ImagesAndDigits:
    """Read and concatenate the images and the digits of these parts."""
    try:
        # Opened here because np.load does not close a damaged archive.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as arrays:
            data = [_check_array(f"x_{part}", arrays) for part in parts]
            target = [_check_array(f"y_{part}", arrays) for part in parts]
    except Exception as error:  # a damaged archive raises a dozen kinds of errors
        # Without the error's text: NumPy's advises to unpickle the file.
        raise OSError(
            f"{path} is not MNIST, is damaged or cannot be read. It was not changed. "
            f"Remove or rename it and call again to download a good copy."
        ) from error
    return np.concatenate(data), np.concatenate(target).astype(np.int64)


def _check_array(name, arrays):
    """Return the array; raise ValueError unless it is MNIST's."""
    shape, sha256 = _ARRAYS[name]
    array = np.ascontiguousarray(arrays[name])
    if array.dtype != np.uint8 or array.shape != shape:
        raise ValueError(
            f"{name} is {array.dtype} of shape {array.shape}, not uint8 of shape "
            f"{shape}"
        )
    if hashlib.sha256(array.data).hexdigest() != sha256:
        raise ValueError(f"the values of {name} are not MNIST's")
    return array
