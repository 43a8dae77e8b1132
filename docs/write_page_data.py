"""Write the data that the site's pages with a network load.

docs/conf.py runs it whenever the site is built. Alone:

    python docs/write_page_data.py

The files hold scripts, not JSON, because a page that is opened from disk may load
scripts only. All digits in them are drawn by benchmarks/drawn_hands.py.
"""

import base64
import io
import json
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from skdigits import load_digit_detector, load_digit_reader

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

from drawn_hands import hands

FOLDER = Path(__file__).parent / "_static"

EXAMPLES = 3  # of each digit, on the page to draw on

# Pictures to train on, and the first of them held out. In steps of 1/15 of full ink
# instead of 1/255 they take half of the bytes.
PICTURES, HELD_OUT, COLUMNS, STEPS = 5000, 1000, 100, 15


def write(folder=FOLDER):
    """Write the networks and the pictures."""
    _write_script(folder / "reader_networks.js", "READER_NETWORKS", _networks())
    _write_script(folder / "learning_pictures.js", "LEARNING_PICTURES", _pictures())


def _networks():
    """Gather the reader, the detector and examples of digits."""
    pipelines = {"reader": load_digit_reader(), "detector": load_digit_detector()}
    networks = {
        name: [
            {"coefs": _encode(coefs), "intercepts": _encode(intercepts)}
            for coefs, intercepts in zip(pipe[-1].coefs_, pipe[-1].intercepts_)
        ]
        for name, pipe in pipelines.items()
    }
    examples = [_readable(digit, pipelines) for digit in range(10)]
    return {**networks, "examples": examples}


def _readable(digit, pipelines):
    """Draw examples of a digit that the reader and the detector are sure of."""
    images, _ = hands(np.random.default_rng(digit), 10 * EXAMPLES, labels=[digit])
    probability = pipelines["reader"][1:].predict_proba(images)[:, digit]
    is_sure = (probability > 0.9) & pipelines["detector"][1:].predict(images)
    return [_encode(image, np.uint8) for image in images[is_sure][:EXAMPLES]]


def _pictures():
    """Draw pictures to learn from, as one image, and their labels."""
    images, labels = hands(np.random.default_rng(0), PICTURES)
    rows = np.rint(images / 255 * STEPS).astype(np.uint8)
    rows = rows.reshape(-1, COLUMNS, 28, 28).swapaxes(1, 2).reshape(-1, COLUMNS * 28)
    sheet = Image.fromarray(rows, mode="P")
    sheet.putpalette(np.repeat(np.arange(STEPS + 1) * 255 // STEPS, 3).tolist())
    file = io.BytesIO()
    sheet.save(file, "PNG", bits=4, optimize=True)
    encoded = base64.b64encode(file.getvalue()).decode()
    return {
        "sheet": f"data:image/png;base64,{encoded}",
        "columns": COLUMNS,
        "heldOut": HELD_OUT,
        "labels": "".join(map(str, labels)),
    }


def _encode(array, dtype="<f4"):
    """Encode an array's bytes."""
    return base64.b64encode(np.ascontiguousarray(array, dtype).tobytes()).decode()


def _write_script(path, name, value):
    path.write_text(f"const {name} = {json.dumps(value)};\n")
    print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    write()
