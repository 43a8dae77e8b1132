"""
Teach the reader your hand
==========================

Some people write a 7 that others take for a 2. A pupil fills in a sheet: 0 to 9, five
times, in this order. The sheet becomes a labelled data set, which adapts the reader to
the pupil's next sheet. Nothing is trained, and TensorFlow is not needed.
"""

# %%
# Two sheets
# ----------
# With a photo of your own sheet, put its name here: 0 to 9 in each line, nothing else
# on the paper. Without, the script draws the sheets of a pupil.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from PIL import Image, ImageDraw  # Pillow comes with matplotlib
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import label_binarize, normalize

from skdigits import load_digit_reader, split_digits

SHEET, NEXT_SHEET = None, None

# %%
# A digit is drawn as lines through points (x, y) in a box of 1 × 1, y downwards. This
# pupil's 7 has a low bar and a foot, the 1 a long upstroke and a base, and the tail of
# the 9 curls back.

TURN = np.linspace(0, 2 * np.pi, 16)
DIGITS = [
    [np.c_[0.5 + 0.3 * np.sin(TURN), 0.5 - 0.5 * np.cos(TURN)]],
    [[(0.05, 0.45), (0.5, 0), (0.5, 1)], [(0.15, 1), (0.9, 1)]],
    [[(0.15, 0.2), (0.5, 0), (0.8, 0.25), (0.15, 1), (0.85, 0.97)]],
    [[(0.2, 0.03), (0.8, 0), (0.45, 0.4), (0.85, 0.7), (0.5, 1), (0.15, 0.85)]],
    [[(0.5, 0), (0.1, 0.6), (0.9, 0.58)], [(0.6, 0.4), (0.6, 0.85)]],
    [[(0.8, 0), (0.25, 0.02), (0.2, 0.4), (0.7, 0.5), (0.7, 0.9), (0.15, 1)]],
    [
        [
            (0.7, 0),
            (0.3, 0.4),
            (0.2, 0.8),
            (0.5, 1),
            (0.8, 0.75),
            (0.5, 0.55),
            (0.2, 0.75),
        ]
    ],
    [[(0.1, 0.03), (0.85, 0), (0.25, 1), (0.8, 0.97)], [(0.25, 0.6), (0.8, 0.55)]],
    [
        np.c_[0.5 + 0.25 * np.sin(TURN), 0.25 - 0.25 * np.cos(TURN)],
        np.c_[0.5 + 0.3 * np.sin(TURN), 0.75 - 0.25 * np.cos(TURN)],
    ],
    [
        np.c_[0.5 + 0.28 * np.cos(TURN), 0.27 - 0.27 * np.sin(TURN)],
        [(0.78, 0.27), (0.75, 0.7), (0.5, 1), (0.2, 0.8), (0.45, 0.65)],
    ],
]


def draw_sheet(n_lines, rng):
    """Draw a sheet with 0 to 9 in each line, no digit like another."""
    page = Image.new("L", (640, 62 * n_lines + 16), 235)
    for line in range(n_lines):
        for digit, strokes in enumerate(DIGITS):
            corner = rng.normal((62 * digit + 20, 62 * line + 18), 2)
            matrix = 40 * (np.eye(2) + rng.normal(0, 0.08, (2, 2)))
            for stroke in strokes:
                points = np.asarray(stroke) + rng.normal(0, 0.025, np.shape(stroke))
                points = [tuple(point) for point in points @ matrix + corner]
                ImageDraw.Draw(page).line(points, fill=50, width=4, joint="curve")
    return np.asarray(page)


rng = np.random.default_rng(0)
sheet = draw_sheet(5, rng) if SHEET is None else SHEET
next_sheet = draw_sheet(6, rng) if NEXT_SHEET is None else NEXT_SHEET

# %%
# A labelled data set
# -------------------
# ``split_digits`` returns the digits line by line, so the order in which they were
# written gives their labels. Each digit becomes a file in the folder of its label,
# where a wrong one can be looked at and deleted.

pictures, _, _ = split_digits(sheet)
if len(pictures) % 10:
    raise SystemExit(f"{len(pictures)} digits found: some are missing or not digits.")
FOLDER = Path("my_digits")
for i, picture in enumerate(pictures):
    folder = FOLDER / str(i % 10)
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(folder / f"{i // 10}.png")

files = sorted(FOLDER.glob("*/*.png"))
labels = [int(file.parent.name) for file in files]
print(f"{len(files)} files: {files[0]} to {files[-1]}")

# %%
# The adapted reader
# ------------------
# The network's logits stay. To the logit of each class the recipe adds the similarity
# to the pupil's own digits of that class: 4 for an equal picture, next to nothing for
# digits that are unlike all of them, so that others' digits are read as before.

reader = load_digit_reader()
to_rows, clf = reader[:-1], reader[-1]
mine = normalize(to_rows.transform(files))
kinds = label_binarize(labels, classes=clf.classes_)


def read(pictures):
    """Read pictures of one digit each, with the pupil's own digits in mind."""
    rows = to_rows.transform(pictures)
    similarity = rbf_kernel(normalize(rows), mine, gamma=10)
    logits = clf.decision_function(rows) + 4 * similarity @ kinds
    return clf.classes_[logits.argmax(axis=1)]


# %%
# The next sheet
# --------------
# Boxes mark what the shipped reader, and the adapted one, read wrongly.

pictures, boxes, _ = split_digits(next_sheet)
truth = np.arange(len(pictures)) % 10
answers = {"Shipped reader": reader.predict(pictures), "Adapted": read(pictures)}

sns.set_theme(style="white", palette="colorblind")
page = next_sheet if NEXT_SHEET is None else Image.open(next_sheet)
figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
for ax, (name, answer) in zip(axes, answers.items()):
    n_wrong = (answer != truth).sum()
    print(f"{name}: {n_wrong} of {len(truth)} wrong")
    ax.imshow(page, cmap="gray", vmin=0, vmax=255)
    for (top, left, bottom, right), said, label in zip(boxes, answer, truth):
        colour = "C0" if said == label else "C3"
        ax.text(right + 2, top, said, color=colour, va="top", weight="bold")
        if said != label:
            box = plt.Rectangle((left - 3, top - 3), right - left + 6, bottom - top + 6)
            ax.add_patch(box)
            box.set(fill=False, edgecolor="C3", linewidth=2)
    ax.set(title=f"{name}: {n_wrong} wrong", xticks=[], yticks=[])
figure.savefig("your_hand.png", dpi=100)
print("Picture: your_hand.png")
plt.show()

# %%
# The guide's page on your own hand has the figures for real writers, and says what the
# recipe cannot do.
