"""
Read your own handwriting
=========================

The package comes with a trained reader and a trained detector. The reader frames a
picture of a digit as MNIST does, and says which digit it is; the detector rejects
non-digits.

Pictures may be PNG or JPEG, dark on light or light on dark, with the digit anywhere.
"""

# %%
# The pictures
# ------------
# Put the file names of your own pictures here, such as
# ``sorted(Path("photos").glob("*.jpg"))``, with one digit in each picture. Without
# files, the script draws some pictures.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from PIL import Image, ImageDraw, ImageOps

from skdigits import load_digit_detector, load_digit_reader

files = []

# %%
# The reader would take the file names, too; the script opens the pictures to show
# them. A phone records the orientation of a photo instead of turning it.
# ``exif_transpose`` turns the photo, as the reader does with files.

pictures = [ImageOps.exif_transpose(Image.open(file)) for file in files]
names = [Path(file).name for file in files]

# %%
# Each drawing consists of lines through points (x, y) in a box of 1 × 1, with y
# pointing down. The last drawing is not a digit.

TURN = np.linspace(0, 2 * np.pi, 24)
ZERO = [np.c_[0.5 + 0.3 * np.cos(TURN), 0.5 + 0.5 * np.sin(TURN)]]
ONE = [[(0.35, 0.2), (0.55, 0), (0.5, 1)]]
TWO = [[(0.15, 0.2), (0.5, 0), (0.8, 0.25), (0.15, 1), (0.85, 0.97)]]
THREE = [[(0.2, 0.03), (0.8, 0), (0.45, 0.4), (0.85, 0.7), (0.5, 1), (0.15, 0.85)]]
FOUR = [[(0.5, 0), (0.1, 0.6), (0.9, 0.58)], [(0.7, 0.35), (0.62, 1)]]
FIVE = [[(0.8, 0), (0.25, 0.02), (0.2, 0.4), (0.7, 0.5), (0.7, 0.9), (0.15, 1)]]
SEVEN = [[(0.1, 0.03), (0.85, 0), (0.4, 1)]]
LETTER = [[(0.1, 0), (0.3, 1), (0.5, 0.4), (0.7, 1), (0.9, 0)]]


def draw(lines, height, pen, place, light_ink=False, shadow=False):
    """Draw lines on a page of 160 × 200 pixels.

    Parameters
    ----------
    lines : list of array-like of shape (n_points, 2)
    height, pen : int
        Height of the digit and width of its strokes, in pixels.
    place : tuple of float
        x and y of the top left corner of the digit, in pixels.
    light_ink, shadow : bool
        Whether the ink is light on a dark page; whether light fades over the page.
    """
    paper, ink = (25, 230) if light_ink else (240, 40)
    page = Image.new("L", (160, 200), paper)
    for line in lines:
        points = [tuple(point) for point in np.asarray(line) * height + place]
        ImageDraw.Draw(page).line(points, fill=ink, width=pen, joint="curve")
    pixels = np.asarray(page)
    if shadow:
        y, x = np.mgrid[:200, :160]
        pixels = np.uint8(pixels * (1 - 0.6 * (x + y) / 360))
    return pixels


if not pictures:
    pictures = [
        draw(ZERO, 110, 6, (30, 40)),
        draw(ONE, 60, 2, (100, 10), shadow=True),
        draw(TWO, 120, 14, (20, 60), light_ink=True),
        draw(THREE, 50, 5, (10, 140), shadow=True),
        draw(FOUR, 100, 9, (45, 80), light_ink=True),
        draw(FIVE, 130, 18, (15, 30), shadow=True),
        draw(SEVEN, 40, 3, (110, 20), light_ink=True),
        draw(LETTER, 90, 5, (40, 60)),
    ]
    names = ["drawn"] * len(pictures)

# %%
# Read them
# ---------
# ``load_digit_reader().predict(pictures)`` is all it takes. To show the framed images,
# the script frames the pictures first, and gives the framed images to both networks.
# Without ``on_blank="keep"``, a picture in which nothing looks like a digit, such as
# the letter, would raise an error; with it, the framed image is black.

reader = load_digit_reader().set_params(center__on_blank="keep")
framed = reader["center"].transform(pictures)
probabilities = reader[1:].predict_proba(framed)
is_digit = load_digit_detector()[1:].predict(framed)

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
for row, name, picture, image, p, real in zip(
    axes, names, pictures, framed, probabilities, is_digit
):
    answer = f"{reader.classes_[p.argmax()]} ({p.max():.0%})" if real else "no digit"
    print(f"{name}: {answer}")
    row[0].imshow(picture, cmap="gray", vmin=0, vmax=255)
    row[0].set_title(name if len(name) < 14 else f"{name[:11]}...", fontsize="small")
    row[1].imshow(image, cmap="gray", vmin=0, vmax=255)
    row[1].set_title("framed", fontsize="small")
    if real:
        colours = np.where(p == p.max(), "C1", "C0")
        row[2].bar(reader.classes_.astype(str), p, color=colours)
    else:
        row[2].set_xticks([])
    row[2].set_title(f"prediction: {answer}", fontsize="small")
    row[2].set(ylim=(0, 1), yticks=[0, 1])
    row[2].tick_params(labelsize="small", pad=0)
    sns.despine(ax=row[2])
for ax in axes[:, :2].flat:
    ax.set(xticks=[], yticks=[])
for ax in axes[len(pictures) :].flat:
    ax.remove()
figure.supxlabel("Digit and its probability", fontsize="small")
figure.savefig("own_handwriting.png", dpi=100)
print("Picture: own_handwriting.png")
plt.show()

# %%
# Train a reader yourself
# -----------------------
# The reader is a pipeline like any other. The steps after the first one take images
# framed like MNIST's, and ``fit`` trains them from new weights::
#
#     reader[1:].fit(*fetch_mnist(return_X_y=True))
#
# From the terminal
# -----------------
# ``skdigits photo.jpg`` prints all digits of a picture.
