"""
Steps before the network
========================

See how ``StraightenDigit`` and ``GradientDirections`` change images and raise accuracy.
"""

# %%
# The same network on pixels and on planes
# ----------------------------------------

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from skdigits import (
    CenterDigit,
    DigitMLPClassifier,
    FirstLayerDisplay,
    Flatten,
    GradientDirections,
    StraightenDigit,
    load_digit_images,
)

EPOCHS = 50

X_train, X_test, y_train, y_test = load_digit_images()
clf = DigitMLPClassifier(epochs=EPOCHS, random_state=0)
straighten, directions = StraightenDigit(), GradientDirections()
on_pixels = make_pipeline(Flatten(), clf)
on_planes = make_pipeline(straighten, directions, Flatten(), clone(clf))
for name, pipe in [("pixels", on_pixels), ("planes", on_planes)]:
    pipe.fit(X_train, y_train)
    print(f"Test accuracy on {name}: {pipe.score(X_test, y_test):.2%}")

# %%
# Some drawings
# -------------
# Each drawing consists of lines through points (x, y) on a page of 120 × 120, with y
# pointing down.

DRAWINGS = [
    [[(70, 20), (35, 70), (95, 62)], [(80, 45), (62, 105)]],
    [[(85, 15), (50, 20), (42, 50), (75, 52), (72, 90), (25, 95)]],
    [[(25, 30), (85, 15), (55, 60), (30, 110)], [(35, 62), (80, 55)]],
    [[(75, 12), (62, 60), (45, 112)]],
]


def draw(lines):
    """Draw lines in dark ink on light paper."""
    figure = plt.figure(figsize=(1.2, 1.2), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, 120), ylim=(120, 0))
    for line in lines:
        ax.plot(*zip(*line), color="#222255", linewidth=4, solid_capstyle="round")
    ax.set_axis_off()
    figure.canvas.draw()
    pixels = np.asarray(figure.canvas.buffer_rgba())[..., :3].copy()
    plt.close(figure)
    return pixels


size = X_train.shape[1]
# The digits of scikit-learn, used without MNIST, fill the height of their 8 × 8 pixels.
center = CenterDigit(size, box=20 if size == 28 else size)
drawn = [draw(lines) for lines in DRAWINGS]
framed = center.transform(drawn)
straight = straighten.transform(framed)
planes = directions.transform(straight)
answers = on_planes.predict(framed)

# %%
# From drawing to input
# ---------------------
# Each column is one image: as drawn, framed like MNIST's, straightened, and as four
# planes of gradients, one for each direction of strokes.


def tile(planes):
    """Arrange four planes in two rows of two."""
    return np.block([[planes[0], planes[1]], [planes[2], planes[3]]])


sns.set_theme(style="white")
figure = plt.figure(figsize=(11, 5.6), dpi=100, layout="constrained")
left, right = figure.subfigures(1, 2, width_ratios=[1, 1.15])
axes = left.subplots(4, len(drawn), squeeze=False)
stages = {
    "drawn": drawn,
    "CenterDigit": framed,
    "StraightenDigit": straight,
    "GradientDirections": [tile(each) for each in planes],
}
for row, (name, images) in zip(axes, stages.items()):
    row[0].set_ylabel(name, fontsize="small")
    for ax, image in zip(row, images):
        ax.imshow(image, cmap="gray")
        ax.set(xticks=[], yticks=[])
for ax, answer in zip(axes[0], answers):
    ax.set_title(f"read as {answer}", fontsize="small")
for ax in axes[-1]:
    half = size / 2 - 0.5
    ax.axhline(half, color="C0", linewidth=1)
    ax.axvline(half, color="C0", linewidth=1)
left.supxlabel("Planes: strokes like | and /, below — and \\", fontsize="small")
ax = right.subplots()
ax.set_title("The units of the first layer")
FirstLayerDisplay.from_estimator(on_planes, ax=ax)
figure.savefig("steps_before_the_network.png")
print("Picture: steps_before_the_network.png")
plt.show()
