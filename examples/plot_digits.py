"""
Train on handwritten digits
===========================

A pipeline learns MNIST's 60,000 training images, and reads the 10,000 test images.
"""

# %%
# The images
# ----------
# MNIST has 60,000 training images and 10,000 test images of 28 × 28 pixels. The label
# of each image is the digit that it shows.

import matplotlib.pyplot as plt
from sklearn.metrics import accuracy_score, classification_report
from sklearn.pipeline import Pipeline

from skdigits import (
    ConfusionHeatmapDisplay,
    DigitMLPClassifier,
    Flatten,
    load_digit_images,
)

X_train, X_test, y_train, y_test = load_digit_images()

# %%
# Training
# --------
# ``Flatten`` turns each image into a row, and the network 784 → 25 → 15 → 10 learns.

EPOCHS = 50

clf = DigitMLPClassifier(epochs=EPOCHS, verbose=1, random_state=0)
pipe = Pipeline([("flatten", Flatten()), ("clf", clf)])
pipe.fit(X_train, y_train)

# %%
# Reading the test images
# -----------------------

y_pred = pipe.predict(X_test)
accuracy = accuracy_score(y_test, y_pred)
print(f"Test accuracy: {accuracy:.2%}")
print(classification_report(y_test, y_pred, digits=3))

# %%
# Which digits it confuses
# ------------------------
# Each row is a true digit, each column a predicted one. The colour scale is
# logarithmic, so that a few confusions are visible beside a thousand correct answers.

display = ConfusionHeatmapDisplay.from_predictions(y_test, y_pred)
display.ax_.set_title(f"Test accuracy {accuracy:.2%}")
display.figure_.savefig("confusion.png", dpi=150)
print("Picture: confusion.png")
plt.show()
