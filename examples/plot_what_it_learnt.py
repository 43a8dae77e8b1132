"""
What a network has learnt
=========================

Draw a network's losses, the weights of its first layer, and its surest errors.
"""

# %%
# A trained network
# -----------------

import matplotlib.pyplot as plt
import seaborn as sns
from sklearn.pipeline import Pipeline

from skdigits import (
    DigitGalleryDisplay,
    DigitMLPClassifier,
    FirstLayerDisplay,
    Flatten,
    LossCurveDisplay,
    load_digit_images,
)

EPOCHS = 50

X_train, X_test, y_train, y_test = load_digit_images()
clf = DigitMLPClassifier(epochs=EPOCHS, verbose=1, random_state=0)
pipe = Pipeline([("flatten", Flatten()), ("clf", clf)])
pipe.fit(X_train, y_train)
print(f"Test accuracy: {pipe.score(X_test, y_test):.2%}")

# %%
# Looking into it
# ---------------
# Each of the 25 images shows the weights of one unit of the first hidden layer: ink on
# bright pixels raises its activation, ink on dark pixels lowers it. A plain grey image
# is a dead unit: no image activates it, and weight decay has shrunk its weights to
# zero.

sns.set_theme(style="whitegrid")
figure = plt.figure(figsize=(9, 7.5), dpi=80, layout="constrained")
figure.get_layout_engine().set(w_pad=0.1, h_pad=0.1)
axes = figure.subplot_mosaic(
    [["losses", "units"], ["errors", "errors"]],
    width_ratios=[1, 1.2],
    height_ratios=[4, 3],
)
LossCurveDisplay.from_estimator(pipe, ax=axes["losses"])
FirstLayerDisplay.from_estimator(pipe, ax=axes["units"])
axes["units"].set_title("The units of the first layer")
DigitGalleryDisplay.from_estimator(
    pipe, X_test, y_test, only="errors", n_images=16, ax=axes["errors"]
)
figure.savefig("what_it_learnt.png")
print("Picture: what_it_learnt.png")
plt.show()
