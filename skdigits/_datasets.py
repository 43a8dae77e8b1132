"""fetch_mnist: MNIST from a local copy, or downloaded once."""

import hashlib
import math
import os
import zipfile
from pathlib import Path

import numpy as np
from sklearn.datasets import get_data_home
from sklearn.utils import Bunch

from skdigits._download import download

# The file that `keras.datasets.mnist` downloads, and its SHA-256.
_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
_URL_SHA256 = "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"
_MOST_BYTES = 2**24
_FILE_NAME = "mnist.npz"

# Shape and SHA-256 of each array's bytes, uint8: what makes a file MNIST, however it
# was zipped.
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

Each digit is scaled into 20 x 20 pixels and centred by its centre of mass in 28 x 28.

LeCun, Y., Bottou, L., Bengio, Y., and Haffner, P.: Gradient-based learning applied to
document recognition. Proceedings of the IEEE 86 (11), 2278-2324, 1998.
"""


def fetch_mnist(
    *,
    subset="train",
    data_home=None,
    download_if_missing=True,
    return_X_y=False,
    n_retries=3,
    delay=1.0,
):
    """Load the MNIST handwritten digits (classification).

    ``mnist.npz`` is looked for in `data_home`, then in Keras's cache, and is downloaded
    (11 MB) into `data_home` only if it is in neither. Every array is checked against
    its SHA-256, and nothing is unpickled.

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
        Folder of ``mnist.npz``. None is scikit-learn's: the environment variable
        SCIKIT_LEARN_DATA or ``~/scikit_learn_data``.

    download_if_missing : bool, default=True
        If False, raise an OSError where there is no local copy.

    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    n_retries : int, default=3
        Number of retries when the download fails; so it does, too, when the server is
        silent for half a minute.

    delay : float, default=1.0
        Seconds between retries.

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

    Raises
    ------
    OSError
        If there is no local copy and none could be downloaded, or if the local file is
        not MNIST. Such a file is neither used nor removed.
    ValueError
        If `subset` is not one of the three.

    Examples
    --------
    >>> from skdigits import fetch_mnist
    >>> X_train, y_train = fetch_mnist(return_X_y=True)  # doctest: +SKIP
    >>> X_train.shape  # doctest: +SKIP
    (60000, 28, 28)
    """
    if subset not in _PARTS:
        raise ValueError(
            f"subset must be one of 'train', 'test' and 'all'. Got {subset!r}."
        )
    home, home_error = _data_home(data_home)
    path = _find_local_copy(home)
    if path is None:
        if not download_if_missing:
            raise OSError(
                f"MNIST was not found: there is no {_FILE_NAME} in {home or data_home} "
                f"or in {_keras_cache()}. Put it there, or call with "
                f"download_if_missing=True."
            )
        path = _download(home, home_error, n_retries, delay)

    parts = _PARTS[subset]
    data = _join([_read_array(path, f"x_{part}") for part in parts])
    target = _join([_read_array(path, f"y_{part}") for part in parts]).astype(np.int64)
    if return_X_y:
        return data, target
    return Bunch(
        data=data,
        target=target,
        target_names=[str(digit) for digit in range(10)],
        DESCR=_DESCR,
    )


def _data_home(data_home):
    """Return scikit-learn's data folder, or None and the error it could not be had for.

    A folder that cannot be made is no error yet: Keras's cache may hold a copy.
    """
    try:
        return Path(get_data_home(data_home)), None
    except OSError as error:
        return None, error


def _keras_cache():
    keras_home = os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()
    return Path(keras_home) / "datasets"


def _find_local_copy(home):
    folders = [_keras_cache()] if home is None else [home, _keras_cache()]
    for folder in folders:
        if (folder / _FILE_NAME).exists():
            return folder / _FILE_NAME
    return None


def _download(home, home_error, n_retries, delay):
    advice = (
        f"Download {_URL} where there is a network, and put it as {_FILE_NAME} into a "
        f"folder that data_home, or the environment variable SCIKIT_LEARN_DATA, names."
    )
    if home is None:
        raise OSError(
            f"MNIST cannot be downloaded, because its folder cannot be used "
            f"({home_error}). {advice}"
        ) from home_error
    try:
        download(
            _URL,
            home / _FILE_NAME,
            sha256=_URL_SHA256,
            most_bytes=_MOST_BYTES,
            n_retries=n_retries,
            delay=delay,
        )
    except OSError as error:  # no network, a read-only folder, another file than MNIST
        raise OSError(
            f"MNIST could not be downloaded into {home} ({error}). {advice}"
        ) from error
    return home / _FILE_NAME


def _read_array(path, name):
    """Read one array of the file and make sure that it is MNIST's."""
    shape, sha256 = _ARRAYS[name]
    size = math.prod(shape)
    try:
        with zipfile.ZipFile(path) as archive, _open_member(archive, name) as member:
            header = _read_npy_header(member)
            if header != (shape, False, np.uint8):
                raise ValueError(f"{name} is not uint8 of shape {shape} but {header}")
            # Never more than MNIST's own bytes, whatever the file unpacks to.
            content = bytearray(member.read(size))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"{name} holds other values than MNIST's")
    except Exception as error:  # a damaged archive can fail in a dozen ways
        raise OSError(
            f"{path} is not MNIST, or is damaged ({error}). It was left as it is: "
            f"remove or rename it, and call again to download a good copy."
        ) from error
    return np.frombuffer(content, np.uint8).reshape(shape)


def _open_member(archive, name):
    """Open an array's file; other compressions than NumPy's unpack without a bound."""
    info = archive.getinfo(f"{name}.npy")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{info.filename} is compressed in another way than NumPy's")
    return archive.open(info)


def _read_npy_header(file):
    """Return the shape, the Fortran order and the dtype of an .npy file."""
    version = np.lib.format.read_magic(file)
    # Later versions allow for headers of 4 GB, all of which NumPy would read.
    if version != (1, 0):
        raise ValueError(f"the .npy file is of version {version}, not (1, 0)")
    return np.lib.format.read_array_header_1_0(file)


def _join(arrays):
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
