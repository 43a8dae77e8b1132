"""
Why is my digit misread?
========================

``ReadingDisplay`` draws each step from a picture to its digit. Look for the first step
that went wrong: it decides what helps.
"""

# %%
# A digit that is read correctly
# ------------------------------
# The picture is a 7 in blue pen on paper in shadow. For your own picture, call
# ``ReadingDisplay.from_picture("photo.jpg")``, or
# ``skdigits photo.jpg --explain out.png`` in the terminal.

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw
from sklearn.datasets import load_digits

from skdigits import (
    AttributionDisplay,
    ReadingDisplay,
    load_digit_reader,
    split_digits,
)


def draw(lines, width=240):
    """Draw lines through points (x, y) in blue on a page in shadow."""
    page = Image.new("RGB", (width, 200), (240, 238, 230))
    for line in lines:
        ImageDraw.Draw(page).line(line, fill=(40, 50, 120), width=7, joint="curve")
    light = np.linspace(1, 0.55, width)[:, np.newaxis]
    return np.uint8(np.asarray(page) * light)


SEVEN = [[(60, 52), (116, 48), (84, 150)], [(76, 102), (112, 96)]]
display = ReadingDisplay.from_picture(draw(SEVEN))

# %%
# In the order of the steps:
#
# - **Probability of ink**: a small network predicts whether each pixel is ink. All
#   strokes should be bright, and paper, lines and shadows dark.
# - **Candidates**: connected ink that may be the digit, its strongest strokes alone
#   ("strong"), or the grey levels of a tiny picture, each with the logarithm of the
#   odds that it is the digit. The search ends at the first candidate that is clearly a
#   digit. The one with the largest log-odds, lowered by the reader's doubt about its
#   label, is chosen; strong ink only if its log-odds are above 2.
# - **Framed**: the chosen candidate, framed like MNIST's images. It should look like
#   your digit.
# - **Straightened**, and the **gradients** of strokes in four directions: the network's
#   input.
# - **Probabilities**: the network's output.
#
# Where the picture holds several digits
# --------------------------------------
# One candidate is a single digit, but the page holds another one. So all digits are
# framed together, as an image that does not look like a digit. ``split_digits``
# separates them.

ONE = [[(168, 44), (164, 152)]]
both = draw(SEVEN + ONE)
display = ReadingDisplay.from_picture(both)
images, _, _ = split_digits(both)
print("All digits:", load_digit_reader()[1:].predict(images))

# %%
# Where nothing looks like a digit
# --------------------------------
# This is squared paper without a digit. The lines, or the squares between them, may
# count as ink, but do not look like a digit. If no candidate is likely enough, the
# picture counts as blank, and ``CenterDigit`` raises an error. If your picture holds a
# digit, look at the probability of ink. Strokes that are dark there are too faint or
# too blurred: take the photo from closer, in better light. If the strokes are bright,
# but no candidate is your digit alone, something touches the digit: leave some paper
# around it.

page = np.full((120, 120), 235, np.uint8)
page[::16] = page[:, ::16] = 150
display = ReadingDisplay.from_picture(page)
print("Blank:", display.chosen is None)

# %%
# Where the network is wrong
# --------------------------
# The next picture is real handwriting, from the digits of 8 × 8 pixels that come with
# scikit-learn. It is the misread digit with the most confident answer.

N_IMAGES = 600

digits = load_digits()
X, y = digits.images[:N_IMAGES], digits.target[:N_IMAGES]
reader = load_digit_reader().set_params(center__on_blank="keep")
probabilities = reader.predict_proba(X)
wrong = np.flatnonzero(probabilities.argmax(axis=1) != y)
print(f"Misread: {len(wrong)} of {len(X)}")
surest = wrong[probabilities[wrong].max(axis=1).argmax()]
display = ReadingDisplay.from_picture(X[surest])
print(f"Written as {y[surest]}, image {surest}")
display.figure_.savefig("why_misread.png")
print("Picture: why_misread.png")

# %%
# Which pixels misled the reader? On bright pixels the ink supports the wrong digit, on
# dark ones the right digit. The sum over all pixels, plus a constant, is the difference
# between the logits of these two digits.

answer = probabilities[surest].argmax()
AttributionDisplay.from_estimator(reader, X[surest], labels=(answer, y[surest]))
plt.show()

# %%
# If the framed image looks like your digit but the answer is another one, the network
# failed, not the framing. The bars show how close it was: the right digit often comes
# second. It helps to write more like MNIST's American writers, or to adapt the reader
# with a few pictures of your digits, as the guide's page "Your own handwriting" does.
