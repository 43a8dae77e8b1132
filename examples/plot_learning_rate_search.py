"""
Search for the learning rate
============================

``GridSearchCV`` tries nine learning rates, in two threads. The training program is
compiled once and reused for every learning rate and fold. Two threads share the program
and give the same scores as one thread; new processes would each import TensorFlow and
compile the program themselves.
"""

# %%
# The search
# ----------

import joblib
import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline

from skdigits import DigitMLPClassifier, Flatten, load_digit_images

EPOCHS = 5
ROWS = 12_000

X_train, X_test, y_train, y_test = load_digit_images()
X, y = X_train[:ROWS], y_train[:ROWS]

clf = DigitMLPClassifier(epochs=EPOCHS, random_state=0)
pipe = Pipeline([("flatten", Flatten()), ("clf", clf)])
rates = np.logspace(-5, -1, 9)
search = GridSearchCV(pipe, {"clf__learning_rate": rates}, cv=3)
with joblib.parallel_config("threading", n_jobs=2):
    search.fit(X, y)

# %%
# The scores
# ----------

results = search.cv_results_
means, deviations = results["mean_test_score"], results["std_test_score"]
for rate, mean, deviation in zip(rates, means, deviations):
    print(f"learning_rate {rate:8.1e}: accuracy {mean:.3f} ± {deviation:.3f}")
best = search.best_params_["clf__learning_rate"]
print(f"Best: {best:.1e}; test accuracy {search.score(X_test, y_test):.2%}")

# %%
# Drawn
# -----

sns.set_theme(style="whitegrid", palette="colorblind")
figure, ax = plt.subplots(layout="constrained")
ax.errorbar(rates, means, yerr=deviations, marker="o", capsize=3)
ax.axvline(best, linestyle="--", color="0.4", label=f"best: {best:.1e}")
ax.set(
    xscale="log",
    xlabel="Learning rate of Adam",
    ylabel="Accuracy (mean ± standard deviation of 3 folds)",
    title=f"{len(X)} images, {EPOCHS} epochs",
)
ax.legend()
figure.savefig("learning_rate_search.png", dpi=150)
print("Picture: learning_rate_search.png")
plt.show()
