"""
The blog post, step by step
===========================

"Handwritten Digits Prediction using Neural Networks" (Kishan Ved, 2023) trains a Keras
network 784 → 25 → 15 → 10 on MNIST with Adam at a learning rate of 1e-5 for 50 epochs,
on unscaled pixels of 0–255, and prints an accuracy of 95.38 %. Its log starts at a
loss of 0.0796, which untrained weights cannot have: the notebook's training cell was
run several times. This example repeats the post in scikit-learn's terms.
"""

# %%
# The data
# --------

import matplotlib.pyplot as plt
from matplotlib.ticker import PercentFormatter
from sklearn.metrics import accuracy_score

from skdigits import (
    ConfusionHeatmapDisplay,
    DigitMLPClassifier,
    Flatten,
    load_digit_images,
)

X_train, X_test, y_train, y_test = load_digit_images()
is_mnist = X_train.shape[1:] == (28, 28)
print(f"X_train {X_train.shape}, y_train {y_train.shape}")
print(f"X_test  {X_test.shape}, y_test  {y_test.shape}")

# %%
# Each image becomes one row of pixels
# ------------------------------------

flatten = Flatten().fit(X_train)
X_train, X_test = flatten.transform(X_train), flatten.transform(X_test)
print(f"X_train {X_train.shape}, X_test {X_test.shape}")

# %%
# The network, trained with the post's recipe
# -------------------------------------------
# The first run starts from new weights. With ``warm_start``, each later run continues
# where the previous one ended.

EPOCHS = 50
RUNS = 3

clf = DigitMLPClassifier(
    hidden_layer_sizes=(25, 15),
    activation="relu",
    learning_rate=1e-5,
    learning_rate_schedule="constant",
    weight_decay=0,
    ema_momentum=None,
    epochs=EPOCHS,
    rescale=False,
    warm_start=True,
    random_state=0,
)
epochs, accuracies = [], []
for run in range(1, RUNS + 1):
    clf.fit(X_train, y_train)
    epochs.append(clf.n_iter_)
    accuracies.append(clf.score(X_test, y_test))
    print(
        f"run {run}, after {epochs[-1]} epochs: loss {clf.loss_curve_[-1]:.3f}, "
        f"test accuracy {accuracies[-1]:.2%}"
    )
clf.to_keras().summary()

# %%
# The logits, and the digit with the largest logit
# ------------------------------------------------

logits = clf.decision_function(X_test)
digits = clf.classes_[logits.argmax(axis=1)]
print(f"logits {logits.shape}; of the first image: {logits[0].round(1)}")
print(f"the first five predictions: {digits[:5]}, true labels {y_test[:5]}")
print(f"accuracy on the test images: {accuracy_score(y_test, digits):.2%}")

# %%
# The package's defaults
# ----------------------
# By default, the package divides the pixels by their root mean square, and uses weight
# decay and a learning rate up to six hundred times as large as the post's. The rate
# warms up, and then falls to zero along a cosine.

default_epochs = [n for n in (1, 3, 10) if n <= EPOCHS]
default_accuracies = []
for n_epochs in default_epochs:
    default = DigitMLPClassifier(epochs=n_epochs, random_state=0).fit(X_train, y_train)
    default_accuracies.append(default.score(X_test, y_test))
    print(f"{n_epochs:3} epochs: {default_accuracies[-1]:.2%}")

# %%
# The confusion matrix as a heatmap, and the accuracy over the epochs
# -------------------------------------------------------------------

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 6), layout="constrained")
ConfusionHeatmapDisplay.from_predictions(y_test, digits, ax=left)
left.set_title(f"The post's recipe, after {epochs[-1]} epochs: {accuracies[-1]:.2%}")
right.plot(epochs, accuracies, "o-", label="the post's recipe, run several times")
right.plot(default_epochs, default_accuracies, "s--", label="the package's defaults")
if is_mnist:
    right.axhline(0.9538, color="0.4", linestyle=":", label="printed in the post")
right.set(
    xscale="log", xlabel="Epochs of training from new weights", ylabel="Test accuracy"
)
right.xaxis.set_major_formatter("{x:g}")
right.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
right.legend(loc="center left")
right.grid(alpha=0.3)
figure.savefig("blog_post.png", dpi=120)
print("Picture: blog_post.png")
plt.show()

# %%
# Why not 95.38 %?
# ----------------
# The explanation is printed only if this example ran on MNIST.

if is_mnist:
    print(
        "From new weights, 50 epochs of the recipe reach between 47 % and 85 %: on\n"
        "pixels of 0–255 the result depends strongly on the initial weights, and a\n"
        "learning rate of 1e-5 is small. More epochs help less and less: with\n"
        "another random state, a run reached 89.6 % after 100 epochs, 92.7 % after\n"
        "300 and 93.1 % after 1,500, at a loss of 0.086. The post's 95.38 % at a loss\n"
        "of 0.056 needs weights that another recipe has trained before."
    )
