"""Read your own handwriting: frame each picture as MNIST does, and predict.

Run it with a folder of pictures, or with their names, one digit in each:

    python examples/plot_own_handwriting.py photos/ three.png

PNG or JPEG; dark on light or light on dark, anywhere in the picture. Without names it
takes pictures that it draws itself.
"""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # the picture goes into a file; no screen is needed

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from PIL import Image, ImageDraw, ImageOps  # Pillow comes with matplotlib
from reader_or_training import load_or_train

SUFFIXES = {".png", ".jpg", ".jpeg"}

# A digit is lines through points (x, y) in a box of 1 × 1, y downwards; curves have
# enough of them.
TURN = np.linspace(0, 2 * np.pi, 24)
DIGITS = {
    0: [np.c_[0.5 + 0.3 * np.cos(TURN), 0.5 + 0.5 * np.sin(TURN)]],
    1: [[(0.35, 0.2), (0.55, 0), (0.5, 1)]],
    2: [[(0.15, 0.2), (0.5, 0), (0.8, 0.25), (0.15, 1), (0.85, 0.97)]],
    3: [[(0.2, 0.03), (0.8, 0), (0.45, 0.4), (0.85, 0.7), (0.5, 1), (0.15, 0.85)]],
    4: [[(0.5, 0), (0.1, 0.6), (0.9, 0.58)], [(0.7, 0.35), (0.62, 1)]],
    5: [[(0.8, 0), (0.25, 0.02), (0.2, 0.4), (0.7, 0.5), (0.7, 0.9), (0.15, 1)]],
    7: [[(0.1, 0.03), (0.85, 0), (0.4, 1)]],
    9: [
        np.c_[0.5 + 0.25 * np.cos(TURN), 0.27 + 0.26 * np.sin(TURN)],
        [(0.75, 0.27), (0.6, 1)],
    ],
}


def draw(digit, height, pen, place, light_ink, shadow):
    """Draw a digit on a page of 160 × 200 pixels.

    Parameters
    ----------
    digit : int
    height, pen : int
        Of the digit, and the width of its strokes, in pixels.
    place : tuple of float
        x and y of the top left corner of the digit, in pixels.
    light_ink, shadow : bool
        Light ink on a dark page; light that fades over the page.
    """
    paper, ink = (25, 230) if light_ink else (240, 40)
    page = Image.new("L", (160, 200), paper)
    for line in DIGITS[digit]:
        points = [tuple(point) for point in np.asarray(line) * height + place]
        ImageDraw.Draw(page).line(points, fill=ink, width=pen, joint="curve")
    pixels = np.asarray(page)
    if shadow:
        y, x = np.mgrid[:200, :160]
        pixels = np.uint8(pixels * (1 - 0.6 * (x + y) / 360))
    return pixels


def find_files(names):
    """List the pictures in folders, and those named one by one."""
    files = []
    for name in names:
        if name.is_dir():
            found = sorted(p for p in name.iterdir() if p.suffix.lower() in SUFFIXES)
            if not found:
                parser.error(f"there is no PNG or JPEG in the folder {name}")
            files += found
        elif not name.exists():
            parser.error(f"there is no file {name}")
        else:
            files.append(name)
    return files


def read(file):
    """Read one picture, or say why not."""
    try:
        # A phone does not turn its photos, but notes how they are to be turned.
        image = ImageOps.exif_transpose(Image.open(file))
    except (OSError, SyntaxError, ValueError) as error:  # a broken file has any of them
        parser.error(f"{file} is not a picture that can be read ({error})")
    if image.mode not in ("1", "L", "I;16", "RGB", "RGBA"):  # a palette, for one
        image = image.convert("RGBA")
    return np.asarray(image)


parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("pictures", nargs="*", type=Path, help="files or folders")
parser.add_argument(
    "--epochs", type=int, help="train a network, with this many passes over the images"
)
parser.add_argument("--output", type=Path, default="own_handwriting.png")
arguments = parser.parse_args()

files = find_files(arguments.pictures)
if files:
    pictures, names = [read(file) for file in files], [file.name for file in files]
else:
    print("No pictures were given, so these are drawn by this script.")
    pictures = [
        draw(0, 110, 6, (30, 40), light_ink=False, shadow=False),
        draw(1, 60, 2, (100, 10), light_ink=False, shadow=True),
        draw(2, 120, 14, (20, 60), light_ink=True, shadow=False),
        draw(3, 50, 5, (10, 140), light_ink=False, shadow=True),
        draw(4, 100, 9, (45, 80), light_ink=True, shadow=False),
        draw(5, 130, 18, (15, 30), light_ink=False, shadow=True),
        draw(7, 40, 3, (110, 20), light_ink=True, shadow=False),
        draw(9, 90, 3, (50, 90), light_ink=False, shadow=False),
    ]
    names = ["drawn"] * len(pictures)

center, pipe = load_or_train(arguments.epochs)
framed = center.transform(pictures)
probabilities = pipe.predict_proba(framed)

sns.set_theme(style="white", palette="colorblind")
n_rows = -(-len(pictures) // 2)
figure, axes = plt.subplots(
    n_rows,
    6,
    figsize=(9, 0.5 + 1.4 * n_rows),
    width_ratios=(1, 1, 2) * 2,
    layout="constrained",
    squeeze=False,
)
axes = axes.reshape(-1, 3)  # two pictures in each row, three axes for each
for row, name, picture, image, p in zip(axes, names, pictures, framed, probabilities):
    blank = not image.any()
    answer = "blank" if blank else f"{pipe.classes_[p.argmax()]} ({p.max():.0%})"
    print(f"{name}: {answer}")
    row[0].imshow(picture, cmap="gray", vmin=0)
    row[0].set_title(name if len(name) < 14 else f"{name[:11]}...", fontsize="small")
    row[1].imshow(image, cmap="gray", vmin=0, vmax=255)
    row[1].set_title("framed", fontsize="small")
    if not blank:
        colours = np.where(p == p.max(), "C1", "C0")
        row[2].bar(pipe.classes_.astype(str), p, color=colours)
    row[2].set_title(f"prediction: {answer}", fontsize="small")
    row[2].set(ylim=(0, 1), yticks=[0, 1])
    row[2].tick_params(labelsize="small", pad=0)
    sns.despine(ax=row[2])
for ax in axes[:, :2].flat:
    ax.set(xticks=[], yticks=[])
for row in axes[len(pictures) :]:
    for ax in row:
        ax.remove()
figure.supxlabel("Digit and its probability", fontsize="small")
figure.savefig(arguments.output, dpi=100)
print(f"Picture: {arguments.output.resolve()}")
