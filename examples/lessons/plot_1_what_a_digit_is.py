"""
Lesson 1: what a digit is to a computer
=======================================

A picture is a table of numbers. In this lesson you look at such tables, draw one
yourself, and write two programs that read digits, without any neural network. At the
end you know why reading digits is hard, and what a picture loses when it becomes one
row of numbers.

You need: a little Python. Run each cell with Shift + Enter. Answer a question on paper
before you unfold the answer.
"""

# %%
# A table of numbers
# ------------------
# These digits were written by 13 people, scanned, and shrunk to 8 × 8 pixels. They come
# with scikit-learn.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from skdigits import ConfusionHeatmapDisplay, load_digit_reader

digits = load_digits()
images, labels = digits.images.astype(int), digits.target
print(images[0])

# %%
# **Question 1.** Which digit is it? What do 0 and 15 mean?
#
# .. dropdown:: Answer
#
#    A 0: look at where the large numbers are, and at the hole in the middle. 0 is
#    paper, 16 is full ink, and the numbers between are pixels that the pen partly
#    covered.
#
# Here is the same table as a picture, with the numbers written in.


def show(image, ax):
    """Draw an image as ink on paper, with its numbers."""
    ax.imshow(image, cmap="Greys", vmin=0, vmax=16)
    for (row, column), value in np.ndenumerate(image):
        colour = "white" if value > 8 else "black"
        ax.text(column, row, value, color=colour, ha="center", va="center")
    ax.set(xticks=[], yticks=[])


figure, ax = plt.subplots(figsize=(4, 4), layout="constrained")
show(images[0], ax)
plt.show()

# %%
# **Question 2.** Each of the 64 pixels has one of 17 values. How many different
# pictures are there? Could a computer look each of them up in a list?
#
# .. dropdown:: Answer
#
#    17 to the power of 64, a 6 with 78 zeros. The universe that we see has about 10 to
#    the power of 80 atoms, 18 times as many. No list can hold all pictures, so a
#    program has to judge some that nobody has ever seen.

print(f"{17**64:.0e}")

# %%
# Draw one yourself
# -----------------
# A dot is paper, an ``o`` is half ink, an ``X`` is full ink. Change the lines: draw
# another digit, in your own way. Keep 8 lines of 8 characters.

MY_DIGIT = """
........
.oXXXXo.
.....Xo.
....oX..
..oXXXo.
...oX...
...Xo...
..oX....
"""

INK = {".": 0, "o": 8, "X": 16}
mine = np.array([[INK[pixel] for pixel in line] for line in MY_DIGIT.split()])

figure, ax = plt.subplots(figsize=(4, 4), layout="constrained")
show(mine, ax)
plt.show()

# %%
# The same digit, ten times
# -------------------------

threes = images[labels == 3]
figure, axes = plt.subplots(2, 5, figsize=(8, 3.5), layout="constrained")
for ax, image in zip(axes.flat, threes):
    ax.imshow(image, cmap="Greys")
    ax.set(xticks=[], yticks=[])
plt.show()

first, others = threes[0], threes[1:]
same = (others == first).sum(axis=(1, 2))
both_paper = ((others == 0) & (first == 0)).sum(axis=(1, 2))
print(f"Pixels of the first three that another one shares: {same.mean():.0f} of 64,")
print(f"of which both are paper: {both_paper.mean():.0f}")

# %%
# **Question 3.** What do all threes have in common? Try to write it down as a rule
# about pixels, such as "the pixel in row 3, column 2 is paper". Then find a three that
# breaks your rule.
#
# .. dropdown:: Answer
#
#    There is no such rule that holds for all of them. Some threes lean, some are
#    narrow, some have a flat top. That is why programs that read digits are not written
#    as rules, but learn from examples.
#
# First program: compare with the average digit
# ---------------------------------------------
# Keep the last 597 images for a test. Of the other 1,200, compute the average image of
# each digit.

X_train, X_test = images[:1200], images[1200:]
y_train, y_test = labels[:1200], labels[1200:]
averages = np.array([X_train[y_train == digit].mean(axis=0) for digit in range(10)])

figure, axes = plt.subplots(2, 5, figsize=(8, 3.5), layout="constrained")
for ax, average in zip(axes.flat, averages):
    ax.imshow(average, cmap="Greys")
    ax.set(xticks=[], yticks=[])
plt.show()

# %%
# The program reads an image as the digit whose average is nearest. To compare an
# image with an average, it subtracts one from the other pixel by pixel, squares the
# differences, and adds up the squares.


def read(image, examples=averages, names=range(10)):
    """Return the name of the example that is nearest to an image."""
    distances = ((examples - image) ** 2).sum(axis=(1, 2))
    return names[distances.argmin()]


answers = np.array([read(image) for image in X_test])
print(f"Right: {(answers == y_test).mean():.1%} of {len(y_test)}")
print(f"Yours: {read(mine)}")

# %%
# **Question 4.** Why did we keep 597 images away from the program until the test?
#
# .. dropdown:: Answer
#
#    We want to know how well it reads digits that it has not seen. On the other 1,200
#    images it has an advantage: each of these images is part of an average.
#
# **Question 5.** Which digits does it mix up? Look for the largest numbers off the
# diagonal, then compare the two average images.

ConfusionHeatmapDisplay.from_predictions(y_test, answers)
plt.show()

# %%
# .. dropdown:: Answer
#
#    12 ones and 6 eights are read as nines, 6 twos as threes. The average of the ones
#    is a smear, since some people write a 1 as a bare stroke and others with a flag or
#    a base. An average of different forms is like none of them.
#
# Second program: compare with every example
# ------------------------------------------
# Instead of ten averages, the same function gets all 1,200 images, each with its label.

answers = np.array([read(image, X_train, y_train) for image in X_test])
print(f"Right: {(answers == y_test).mean():.1%} of {len(y_test)}")
print(f"Yours: {read(mine, X_train, y_train)}")

# %%
# **Question 6.** The second program is better. What does that cost? How many numbers
# does each of the two programs have to keep, and to subtract, for one image?
#
# .. dropdown:: Answer
#
#    Ten averages are 10 × 64 = 640 numbers, 1,200 images are 1,200 × 64 = 76,800, so
#    120 times as many. MNIST, a well-known data set, has 60,000 training images of 28 ×
#    28 pixels: with them the program would need 47 million numbers for each digit that
#    it reads. The network of lesson 2 needs 20,000.
#
# What the computer does not know
# -------------------------------
# Now comes a strange experiment: the 64 pixels are shuffled, in the same way in every
# image.

rng = np.random.default_rng(0)
order = rng.permutation(64)


def mix(images):
    """Put the pixels of each image into another order, the same for all."""
    return images.reshape(-1, 64)[:, order].reshape(-1, 8, 8)


figure, axes = plt.subplots(2, 5, figsize=(8, 3.5), layout="constrained")
for ax, image in zip(axes.flat, mix(images[:10])):
    ax.imshow(image, cmap="Greys")
    ax.set(xticks=[], yticks=[])
plt.show()

# %%
# **Question 7.** These are the digits 0 to 9. Can you read them? Can the program? Guess
# its accuracy before you run the next cell.

answers = np.array([read(image, mix(X_train), y_train) for image in mix(X_test)])
print(f"Right: {(answers == y_test).mean():.1%} of {len(y_test)}")

# %%
# .. dropdown:: Answer
#
#    Exactly as many answers are right as before. A sum does not depend on the order of
#    its terms. The program never knew which pixels are neighbours. To it, an image is a
#    row of 64 numbers. The network of lesson 2 sees images in this way, too.
#
# One pixel to the side
# ---------------------

for shift in (0, 1, 2, 3):
    moved = np.roll(X_test, shift, axis=2)
    answers = np.array([read(image, X_train, y_train) for image in moved])
    print(f"{shift} to the right: {(answers == y_test).mean():.1%} right")

# %%
# **Question 8.** For you, a digit stays the same when it moves. Why not for the
# program? What could we do about it?
#
# .. dropdown:: Answer
#
#    Each pixel is compared with the one in the same place. Move a stroke by its own
#    width, and ink meets paper everywhere. Two remedies: move each digit to the middle
#    before it is read, as this package's ``CenterDigit`` does, or show the program
#    moved examples as well.
#
# **Question 9.** What happens with a digit in white chalk on a blackboard? Guess, then
# run the cell.

board = 16 - X_test
answers = np.array([read(image, X_train, y_train) for image in board])
print(f"White on black: {(answers == y_test).mean():.1%} right")

# %%
# .. dropdown:: Answer
#
#    It does worse than guessing, which would be right in 10 % of all cases. A chalk
#    digit has large numbers where a pen digit has 0. Before reading, a program has to
#    find out what is ink and what is paper.
#
# What you have seen
# ------------------
# - To a computer, a picture is a table of numbers; to these programs, it is just a row.
# - The same digit is never the same table, so programs learn from examples.
# - A program is tested on examples that it has not seen.
# - A program does not know by itself that pixels have neighbours, that a digit may
#   move, or that chalk is ink, too.
#
# Last, try the reader that comes with this package. It first finds the ink and centres
# it.

reader = load_digit_reader()
for name, picture in [
    ("yours", mine),
    ("yours, in white chalk", 16 - mine),
    ("yours, three pixels to the right", np.pad(mine, ((0, 0), (3, 0)))),
]:
    print(f"{name}: {reader.predict([picture])[0]}")
