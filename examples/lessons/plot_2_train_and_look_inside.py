"""
Lesson 2: train it and look inside
==================================

In a few seconds, a small neural network learns to read digits. In this lesson you watch
its units form, find out what one of them looks for, switch units off, and ask why an
image was read as it was.

You need: lesson 1. Run each cell with Shift + Enter. Answer a question on paper before
you unfold the answer.
"""

# %%
# The digits
# ----------

import copy

import matplotlib.pyplot as plt
import numpy as np

from skdigits import (
    AttributionDisplay,
    DigitMLPClassifier,
    FirstLayerDisplay,
    Flatten,
    LossCurveDisplay,
    load_digit_images,
)

X_train, X_test, y_train, y_test = load_digit_images()
size = X_train.shape[1]
flatten = Flatten().fit(X_train)
X_train, X_test = flatten.transform(X_train), flatten.transform(X_test)
print(f"Each image is a row of {X_train.shape[1]} numbers.")

# %%
# What a unit does
# ----------------
# A network is made of units. A unit multiplies each number that it gets by a weight,
# and adds up the products and one more number, its intercept. If the sum is negative,
# the unit's output is 0; otherwise it is the sum. This rule is called ReLU. A network
# learns only its weights and intercepts.


def unit(row, weights, intercept):
    """Compute the output of a unit for a row."""
    return max(0, row @ weights + intercept)


print(unit(np.array([1, 2, 3]), weights=np.array([0.5, 1, -1]), intercept=0.2))
print(unit(np.array([1, 2, 3]), weights=np.array([0.5, 1, 1]), intercept=0.2))

# %%
# **Question 1.** Compute both by hand. Why is the first output 0?
#
# .. dropdown:: Answer
#
#    0.5 + 2 − 3 + 0.2 = −0.3, which is negative, so the output is 0. The second sum is
#    0.5 + 2 + 3 + 0.2 = 5.7.
#
# In our network, 25 such units receive the image. 15 more get the outputs of these 25,
# and ten final units, one for each digit, get the outputs of the 15. The output of a
# final unit is the sum itself, even if negative; it is called the logit of its digit.
# The digit with the largest logit is the answer.
#
# **Question 2.** How many weights and intercepts does the network have?
#
# .. dropdown:: Answer
#
#    With images of 28 × 28 = 784 pixels, it has 25 × 784 + 25 in the first layer, 15 ×
#    25 + 15 in the second and 10 × 15 + 10 in the last: 20,175 in all. With 8 × 8
#    pixels, it has 2,175.
#
# Before and after learning
# -------------------------
# Training starts from random weights. It shows the network a few images at a time, and
# moves each weight a little in the direction that would have made the answers better.
# An epoch is one pass through all images. To look at the network now and then, we train
# one epoch at a time. The first network has a learning rate close to zero, so it shows
# the random start.

STEPS = [0, 1, 3, 10]

settings = {"learning_rate_schedule": "constant", "ema_momentum": None}
start = DigitMLPClassifier(learning_rate=1e-9, epochs=1, random_state=0, **settings)
networks = {0: start.fit(X_train, y_train)}
learner = DigitMLPClassifier(random_state=0, **settings)
for epoch in range(1, STEPS[-1] + 1):
    learner.partial_fit(X_train, y_train, classes=range(10))
    if epoch in STEPS:
        networks[epoch] = copy.deepcopy(learner)

for epoch, network in networks.items():
    print(f"after {epoch:2} epochs: {network.score(X_test, y_test):.1%} right")

# %%
# **Question 3.** What would you expect of a network that has learnt nothing?
#
# .. dropdown:: Answer
#
#    About 10 %: there are ten digits, and it guesses. A few per cent more or less are
#    chance, as most random networks prefer some digits.
#
# The next picture shows the weights of six units, each as an image. Where the
# image is bright, ink raises the unit's output; where it is dark, ink lowers it.

UNITS = [0, 1, 2, 3, 4, 5]

figure, axes = plt.subplots(len(STEPS), 1, figsize=(8, 6.5), layout="constrained")
for ax, (epoch, network) in zip(axes, networks.items()):
    weights = network.coefs_[0].T[UNITS].reshape(-1, size, size)
    FirstLayerDisplay(weights).plot(ax=ax, n_columns=len(UNITS), colorbar=False)
    ax.set_title(f"Epochs: {epoch}", loc="left")
plt.show()

# %%
# **Question 4.** How do the images change? Why does nothing form where there is hardly
# ever ink, as in the corners?
#
# .. dropdown:: Answer
#
#    Noise becomes patches as wide as a stroke, bright ones and dark ones. A weight that
#    is multiplied by 0 changes no answer, so learning from the answers does not change
#    it. But training also shrinks all weights a little at each step, which is called
#    weight decay. Where nothing acts against it, the weights fade to grey. A unit whose
#    weights are grey everywhere is dead: its output is 0 for all images.
#
# The loss
# --------
# The network gives each digit a probability. Its loss for an image is the negative
# logarithm of the probability given to the right digit: 0 if the network was sure and
# right.

clf = DigitMLPClassifier(epochs=30, random_state=0)
clf.fit(X_train, y_train, X_val=X_test, y_val=y_test)
LossCurveDisplay.from_estimator(clf)
plt.show()
print(f"{clf.score(X_train, y_train):.1%} of the images that it trained on are right,")
print(f"{clf.score(X_test, y_test):.1%} of the test images")

# %%
# **Question 5.** What is the loss of a network that gives each digit the probability
# 1/10? Compute it: ``-np.log(0.1)``.
#
# .. dropdown:: Answer
#
#    2.3. Remember this number for lesson 3: the first images that a new network sees
#    have a loss of about this size, or more. The curve starts lower: its first point is
#    the mean over a whole epoch, and the network learns most in its first few hundred
#    steps.
#
# **Question 6.** Both curves fall, but not equally far. Which one tells how well the
# network will read your digits?
#
# .. dropdown:: Answer
#
#    The validation loss: it is measured on images that the network was not trained on.
#    The training loss may fall because the network learns its training images by heart.
#    In this picture the training loss is the mean over each epoch, so it lags behind a
#    little and may at first even be the higher of the two.
#
# What does a unit look for?
# --------------------------

FirstLayerDisplay.from_estimator(clf)
plt.show()

# %%
# Choose a unit by its number. The first row shows the test images for which its output
# is largest, the second row some for which it is 0.

UNIT = 3

said = clf.hidden_activations(X_test)[0][:, UNIT]
order = said.argsort()
chosen = [*order[::-1][:8], *np.flatnonzero(said == 0)[:8]]
figure, axes = plt.subplots(2, 8, figsize=(8, 2.2), layout="constrained")
for ax, i in zip(axes.flat, chosen):
    ax.imshow(X_test[i].reshape(size, size), cmap="Greys")
    ax.set_title(f"{said[i]:.1f}", fontsize="small")
for ax in axes.flat:
    ax.set_axis_off()
plt.show()
print(f"Its output is 0 for {(said == 0).mean():.0%} of the test images")

# %%
# **Question 7.** Do the images in the first row show one digit only? What do they have
# in common? Compare with the image of the unit's weights, and try three other units.
#
# .. dropdown:: Answer
#
#    Hardly any unit stands for one digit. A unit stands for ink in some places together
#    with paper in others, a pattern that several digits may share. Only all 25 units
#    together tell the digits apart.
#
# Switch a unit off
# -----------------
# To switch a unit off, set to zero the weights by which the next units multiply its
# output.


def switch_off(network, unit):
    """Return a copy of a network in which a unit of the first layer is switched off."""
    changed = copy.deepcopy(network)
    changed.coefs_[1][unit] = 0
    return changed


scores = [switch_off(clf, unit).score(X_test, y_test) for unit in range(25)]
figure, ax = plt.subplots(figsize=(8, 2.5), layout="constrained")
ax.bar(range(25), scores)
ax.axhline(clf.score(X_test, y_test), color="black", linestyle=":", label="all units")
ax.set(xlabel="Unit that is switched off", ylabel="Accuracy", ylim=(0, 1))
ax.legend(loc="lower right")
plt.show()

# %%
# **Question 8.** What does it mean that most bars are still high? And what does the
# lowest one mean?
#
# .. dropdown:: Answer
#
#    What a network knows is spread over many units, and it can do without most of them.
#    The unit with the lowest bar knows something that no other unit does. Switching off
#    an unused unit changes nothing at all.
#
# Why this digit?
# ---------------
# For one image, the network compares two digits by a sum over the pixels. The display
# draws each pixel's part of the sum: bright pixels supported the first digit, dark ones
# the second. Choose an image by its number.

IMAGE = 18

display = AttributionDisplay.from_estimator(clf, X_test[IMAGE])
plt.show()
print(f"It shows a {y_test[IMAGE]}.")

# %%
# **Question 9.** Which part of the image decided? Why do blank pixels never count here,
# although a missing stroke can distinguish a 3 from an 8?
#
# .. dropdown:: Answer
#
#    Each pixel's part is its ink times a weight, and blank paper is 0 ink. A missing
#    stroke counts only indirectly: the ink that would support the 8 is not there, and
#    the units that it would activate stay at 0.
#
# What you have seen
# ------------------
# - A unit adds up weighted numbers. A network is a few layers of units.
# - Learning changes the weights a little after every few images, to lower the loss.
# - A unit stands for a pattern of ink and paper, seldom for a digit.
# - For one image, the answer comes from a sum over its pixels, which can be drawn.
