"""
Lesson 4: your own handwriting
==============================

The class writes digits on paper, turns the sheets into a data set, tests a reader on
it, and adapts the reader to the class's handwriting. In this lesson you do what takes
most of the time in machine learning: you collect data, look at it, and test honestly.

You need: lesson 3; for each writer a sheet of white paper and a dark pen. Run each cell
with Shift + Enter. Answer a question on paper before you unfold the answer.
"""

# %%
# The sheets
# ----------
# Everybody writes six lines of the digits 0 to 9 in their own way, with a finger's
# width between digits, and nothing else on the sheet. Take a photo of each sheet from
# above, in good light, so that only the paper is in it.
#
# Put the photos beside this notebook and write their names into ``PHOTOS``, as in
# ``{"Ada": "ada.jpg", "Ben": "ben.jpg"}``. Without photos, the sheets of four invented
# pupils are drawn.

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image, ImageDraw, ImageOps
from sklearn.datasets import load_digits
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import label_binarize, normalize

from skdigits import DigitGalleryDisplay, load_digit_reader, split_digits

PHOTOS = {}
LINES = 6

# %%
# The drawn digits are lines through points (x, y) in a box of 1 × 1, with y pointing
# downwards. Ada writes the usual forms. Each of the others writes one digit in a form
# of their own. No two drawings are equal: the points are shifted at random.

TURN = np.linspace(0, 2 * np.pi, 16)
USUAL = [
    [np.c_[0.5 + 0.3 * np.sin(TURN), 0.5 - 0.5 * np.cos(TURN)]],
    [[(0.3, 0.2), (0.55, 0), (0.5, 1)]],
    [[(0.15, 0.2), (0.5, 0), (0.8, 0.25), (0.15, 1), (0.85, 0.97)]],
    [[(0.2, 0.03), (0.8, 0), (0.45, 0.4), (0.85, 0.7), (0.5, 1), (0.15, 0.85)]],
    [[(0.5, 0), (0.1, 0.6), (0.9, 0.58)], [(0.6, 0.4), (0.6, 1)]],
    [[(0.8, 0), (0.25, 0.02), (0.2, 0.4), (0.7, 0.5), (0.7, 0.9), (0.15, 1)]],
    [
        [
            (0.7, 0),
            (0.3, 0.4),
            (0.2, 0.8),
            (0.5, 1),
            (0.8, 0.75),
            (0.5, 0.55),
            (0.2, 0.7),
        ]
    ],
    [[(0.1, 0.03), (0.85, 0), (0.4, 1)]],
    [
        np.c_[0.5 + 0.25 * np.sin(TURN), 0.25 - 0.25 * np.cos(TURN)],
        np.c_[0.5 + 0.3 * np.sin(TURN), 0.75 - 0.25 * np.cos(TURN)],
    ],
    [
        np.c_[0.5 + 0.28 * np.cos(TURN), 0.27 - 0.27 * np.sin(TURN)],
        [(0.78, 0.27), (0.75, 1)],
    ],
]
OWN_FORMS = {
    "Ada": {},
    "Ben": {
        7: [[(0.1, 0.03), (0.85, 0), (0.25, 1), (0.8, 0.97)], [(0.2, 0.6), (0.8, 0.5)]]
    },
    "Cleo": {1: [[(0.05, 0.45), (0.5, 0), (0.5, 1)], [(0.15, 1), (0.9, 1)]]},
    "Dan": {
        9: [
            USUAL[9][0],
            [(0.78, 0.27), (0.75, 0.7), (0.5, 1), (0.2, 0.8), (0.45, 0.65)],
        ]
    },
}


def draw_sheet(forms, rng):
    """Draw a sheet with 0 to 9 in each line."""
    page = Image.new("L", (1000, 100 * LINES), 235)
    for line in range(LINES):
        for digit, usual in enumerate(USUAL):
            corner = rng.normal((100 * digit + 22, 100 * line + 22), 2)
            matrix = 56 * (np.eye(2) + rng.normal(0, 0.08, (2, 2)))
            for stroke in forms.get(digit, usual):
                points = np.asarray(stroke) + rng.normal(0, 0.02, np.shape(stroke))
                points = [tuple(point) for point in points @ matrix + corner]
                ImageDraw.Draw(page).line(points, fill=50, width=5, joint="curve")
    return page


rng = np.random.default_rng(0)
if PHOTOS:
    sheets = {
        name: ImageOps.exif_transpose(Image.open(photo))
        for name, photo in PHOTOS.items()
    }
else:
    sheets = {name: draw_sheet(forms, rng) for name, forms in OWN_FORMS.items()}

# %%
# From sheets to digits
# ---------------------
# ``split_digits`` cuts a sheet into its digits, and also returns which line each digit
# is in. Everybody wrote 0 to 9 in this order, so in a line of ten digits the order
# gives the labels. Lines with more or fewer digits are left out; their boxes are red.

images, labels, writers, lines = [], [], [], []
n_rows = (len(sheets) + 1) // 2
figure, axes = plt.subplots(
    n_rows, 2, figsize=(10, 3.2 * n_rows), layout="constrained", squeeze=False
)
for ax in axes.flat:
    ax.set_axis_off()
for ax, (name, sheet) in zip(axes.flat, sheets.items()):
    found, boxes, line_of = split_digits(sheet)
    counts = np.bincount(line_of)
    for image, (top, left, bottom, right), line in zip(found, boxes, line_of):
        is_whole = counts[line] == 10
        place = (left - 3, top - 3), right - left + 6, bottom - top + 6
        colour = "C0" if is_whole else "C3"
        ax.add_patch(plt.Rectangle(*place, fill=False, color=colour))
        if is_whole:
            labels.append(len(labels) % 10)
            images.append(image)
            writers.append(name)
            lines.append(line)
    ax.imshow(sheet, cmap="gray", vmin=0, vmax=255)
    ax.set_title(f"{name}: {(counts == 10).sum()} lines of ten digits")
plt.show()
if not images:
    raise SystemExit("No line of ten digits was found on any sheet.")
images, labels = np.array(images), np.array(labels)
writers, lines = np.array(writers), np.array(lines)
print(f"{len(images)} digits by {len(set(writers))} writers")

# %%
# In a red line, look for a digit without a box, two in one box, or a box around
# something else. Crop the photo to the digits, erase everything else on it, or write
# the line again.
#
# **Question 1.** Why does the order give reliable labels only in lines of ten digits?
# What would happen if we took the other lines, too?
#
# .. dropdown:: Answer
#
#    If the 3 is missing, the 4 gets its label, the 5 that of the 4, and so on to the
#    end of the line. One slip makes six wrong labels, and nothing looks broken.
#
# Look at the data
# ----------------
# Always look at what you collect before you compute anything from it. Here are the
# images of one writer, each with its label and the reader's answer. Change the name to
# see another writer.

WRITER = writers[-1]

reader = load_digit_reader()[1:]  # split_digits has framed the images
answers = reader.predict(images)
mine = writers == WRITER
DigitGalleryDisplay.from_predictions(
    labels[mine], answers[mine], images=images[mine], n_images=60, n_columns=10
)
plt.show()

# %%
# **Question 2.** Does each image show the digit that its label says? Is a stroke
# missing in any of them, or a stroke of a neighbour included?
#
# .. dropdown:: Answer
#
#    Compare each image with the digit after "true". Remove images that were cut
#    wrongly: nobody could read them. Images that are hard to read, but cut well, must
#    stay: people write like that.
#
# A data set in a folder
# ----------------------
# Each image becomes a file, in a folder for its label. The file's name gives the writer
# and the line.

FOLDER = Path("class_digits")
for image, label, writer, line in zip(images, labels, writers, lines):
    folder = FOLDER / str(label)
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(folder / f"{writer}_{line}.png")

files = sorted(FOLDER.glob("*/*.png"))
print(f"{len(files)} files, {files[0]} to {files[-1]}")

# %%
# **Question 3.** May you publish this folder? Whom do you ask?
#
# .. dropdown:: Answer
#
#    Handwriting belongs to a person, and with the name in the file it is personal data.
#    Ask every writer, and the parents of those under age. Say what the data are for,
#    and use numbers instead of names. Anybody may take their sheet back.
#
# Measure before you change anything
# ----------------------------------


def count_errors(answers, truth):
    """Write how many answers are wrong."""
    return f"{(answers != truth).sum():2} of {len(truth)} wrong"


for writer in dict.fromkeys(writers):
    mine = writers == writer
    print(f"{writer:6} {count_errors(answers[mine], labels[mine])}")
wrong = answers != labels
for writer, truth, answer in sorted(
    set(zip(writers[wrong], labels[wrong], answers[wrong]))
):
    print(f"  {writer}'s {truth} is read as {answer}")

# %%
# **Question 4.** Are the errors spread evenly over the writers and the digits?
#
# .. dropdown:: Answer
#
#    Hardly ever. A reader fails where somebody writes a form that it has not learnt,
#    and it fails each time. An accuracy over all writers hides that the reader is
#    useless for one of them.
#
# Teach the reader
# ----------------
# The first half of each sheet will teach the reader, the second half will test it.

teaches = lines < LINES // 2
print(f"{teaches.sum()} digits teach, {(~teaches).sum()} digits test.")

# %%
# **Question 5.** Why not use all digits both to teach and to test?
#
# .. dropdown:: Answer
#
#    Then the reader would be tested on images whose answers it was given. It would get
#    them right even if it had only learnt them by heart, as in lesson 1.
#
# The reader itself does not change. It gets a second opinion, by similarity: a new
# image is compared with each image in the teaching half. An identical one adds 2.8 to
# the logit of its digit, the network's output for it; a very different one adds almost
# nothing.

to_rows, network = reader[:-1], reader[-1]


def teach(images, labels):
    """Return a function that reads with the help of these images."""
    known = normalize(to_rows.transform(images))
    kinds = label_binarize(labels, classes=network.classes_)

    def read(images):
        rows = to_rows.transform(images)
        similarity = rbf_kernel(normalize(rows), known, gamma=10)
        logits = network.decision_function(rows) + 2.8 * similarity @ kinds
        return network.classes_[logits.argmax(axis=1)]

    return read


read = teach(images[teaches], labels[teaches])
for writer in dict.fromkeys(writers):
    mine = (writers == writer) & ~teaches
    before = count_errors(answers[mine], labels[mine])
    after = count_errors(read(images[mine]), labels[mine])
    print(f"{writer:6} before {before}, after {after}")

# %%
# **Question 6.** Whom does this help, and whom does it not help? Why?
#
# .. dropdown:: Answer
#
#    It helps writers who repeat a form that the reader misread. Writers without errors
#    have nothing to gain. A unique error, such as a slip of the pen, stays: no image
#    that teaches is like it.
#
# Did it forget the others?
# -------------------------
# A reader that learns your handwriting and forgets everybody else's is no gain. These
# digits were written by other people.

others = load_digits()
framed = load_digit_reader()["center"].transform(others.images[:500])
truth = others.target[:500]
print(f"before: {count_errors(reader.predict(framed), truth)}")
print(f"after:  {count_errors(read(framed), truth)}")

# %%
# How many are needed?
# --------------------

testing = ~teaches
n_wrong = [(answers[testing] != labels[testing]).sum()]
for n_lines in (1, 2, 3):
    some = lines < n_lines
    read_with_some = teach(images[some], labels[some])
    n_wrong.append((read_with_some(images[testing]) != labels[testing]).sum())
figure, ax = plt.subplots(figsize=(5, 3), layout="constrained")
ax.plot([0, 1, 2, 3], n_wrong, "o-", clip_on=False)
ax.set(xlabel="Lines of each sheet that teach", xticks=[0, 1, 2, 3])
ax.set(ylabel=f"Errors in {testing.sum()} digits", ylim=(0, None))
plt.show()

# %%
# **Question 7.** Does each further line help as much as the one before? How many lines
# would you ask for?
#
# .. dropdown:: Answer
#
#    An image helps with digits that are very similar to it, so one line is not enough
#    where a form varies. Three lines leave at most one error in these drawings. Real
#    handwriting varies more. For writers whose digits the reader often misreads, 5
#    images of each digit removed two thirds of the errors, and 10 of each removed nine
#    tenths.
#
# A wrong label
# -------------
# Now suppose that somebody is careless: all threes in the teaching half are labelled 8.

careless = labels.copy()
careless[labels == 3] = 8
misled = teach(images[teaches], careless[teaches])(images[testing])
print(f"all digits: {count_errors(misled, labels[testing])}")
threes = labels[testing] == 3
print(f"threes:     {count_errors(misled[threes], labels[testing][threes])}")

# %%
# **Question 8.** The program ran without any message. How would you have noticed?
#
# .. dropdown:: Answer
#
#    Only by looking at the images beside their labels, and by testing on digits that
#    somebody else has labelled. If the test has the same wrong labels, the result looks
#    better than ever.
#
# A new pupil
# -----------
# Somebody joins the class. Do the others' digits help to read the new pupil's?

for writer in dict.fromkeys(writers):
    mine = writers == writer
    if mine.all():
        print(f"{writer} is the only one: this takes two writers or more.")
        break
    read_by_others = teach(images[teaches & ~mine], labels[teaches & ~mine])
    tested = mine & testing
    print(f"{writer:6} {count_errors(read_by_others(images[tested]), labels[tested])}")

# %%
# **Question 9.** Compare with the errors before and after teaching. What does a new
# pupil gain, and what does that say about a reader for a whole school?
#
# .. dropdown:: Answer
#
#    A new pupil gains only if somebody else writes the same form, and may even lose a
#    digit that looks like another one of somebody else's. So the number of different
#    people counts, not the number of digits. The training images of MNIST
#    come from about 250 writers, all from one country, and that shows.
#
# What you have seen
# ------------------
# - Collecting and checking data takes longer than computing, and matters more.
# - Labels are part of the data. A wrong one causes no error message.
# - Images that teach must not test.
# - An average over people hides the person for whom the reader does not work.
