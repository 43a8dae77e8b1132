"""One file from the network: whole and checked, or not at all.

scikit-learn's `fetch_file` has no timeout: a server that falls silent makes it wait for
ever.
"""

import hashlib
import os
import secrets
import tempfile
import time
import warnings
from http.client import HTTPException
from urllib.request import urlopen

# Seconds without a word from the server after which it counts as hanging ...
_LONGEST_SILENCE = 30.0
# ... and those that one attempt may take, so that no trickle lasts for days.
_LONGEST_ATTEMPT = 900.0
_PIECE_BYTES = 2**16


def download(url, path, *, sha256, most_bytes, n_retries, delay):
    """Download a file.

    It is kept in memory until it is there and checked, so that nothing is left in the
    folder by a process that is killed meanwhile, and several may download at once.

    Parameters
    ----------
    url : str
    path : Path
        Where to put it; what is there is replaced.
    sha256 : str
        Of its content.
    most_bytes : int
        Longest content that is taken.
    n_retries : int
        Number of retries when the server cannot be reached, fails or falls silent.
    delay : float
        Seconds between retries.

    Raises
    ------
    OSError
        If the content does not come, or is another one, or the folder cannot be
        written.
    """
    with tempfile.TemporaryFile(dir=path.parent):
        pass  # a folder that cannot be written is told of now
    content = _receive_patiently(url, most_bytes, n_retries, delay)
    received = hashlib.sha256(content).hexdigest()
    if received != sha256:
        raise OSError(f"its SHA256 is {received}, and not {sha256}")
    _write_whole(content, path)


def _receive_patiently(url, most_bytes, n_retries, delay):
    while True:
        try:
            return _receive(url, most_bytes)
        except (OSError, HTTPException) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            if n_retries <= 0:
                raise OSError(reason) from error
            warnings.warn(
                f"Retry downloading from url: {url} ({reason})",
                UserWarning,
                stacklevel=5,
            )
        n_retries -= 1
        time.sleep(delay)


def _receive(url, most_bytes):
    deadline = time.monotonic() + _LONGEST_ATTEMPT
    content = bytearray()
    with urlopen(url, timeout=_LONGEST_SILENCE) as response:
        announced = response.headers["Content-Length"]
        # As much as has come, and not as much as asked for, which a server that sends a
        # byte now and then would take its time for.
        while piece := response.read1(_PIECE_BYTES):
            content += piece
            if len(content) > most_bytes:
                raise OSError(f"it is longer than {most_bytes} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError(f"it took longer than {_LONGEST_ATTEMPT:g} seconds")
    if announced not in (None, str(len(content))):
        raise OSError(f"the server sent {len(content)} of {announced} bytes")
    return content


def _write_whole(content, path):
    """Write the file under another name first: the name is there with all of it."""
    part = path.with_name(f"{path.name}.part_{secrets.token_hex(8)}")
    try:
        with open(part, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
