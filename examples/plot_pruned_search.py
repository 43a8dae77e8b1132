"""
An Optuna search that stops bad trials early
============================================

After each epoch, a scikit-learn callback (1.9 or later) reports the network's score to
Optuna. Optuna prunes a trial, that is, ends it early, if its best score so far is below
the median of the earlier trials at that epoch. The search runs once without pruning,
and once with it.
"""

# %%
# What it needs
# -------------

import sys
import time

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.ticker import PercentFormatter
from sklearn.model_selection import train_test_split

from skdigits import DigitMLPClassifier, Flatten, load_digit_images

try:
    import optuna
except ImportError:
    sys.exit('Optuna is missing: pip install -e ".[examples]", or pip install optuna')
if not hasattr(DigitMLPClassifier, "set_callbacks"):
    sys.exit('Callbacks are missing: pip install "scikit-learn>=1.9"')

EPOCHS = 10
ROWS = 12_000
TRIALS = 30

images, _, y, _ = load_digit_images()
X, y = Flatten().fit_transform(images[:ROWS]), y[:ROWS]
X, X_val, y, y_val = train_test_split(X, y, test_size=0.2, random_state=0)

# %%
# A callback, and what a trial does
# ---------------------------------


class ReportToOptuna:
    """A callback that reports each epoch's score, and ends a trial if Optuna says so.

    `fit` does not catch TrialPruned; Optuna does, and records the trial as pruned.
    """

    def __init__(self, trial):
        self.trial = trial

    def setup(self, estimator, context):
        """Do nothing before the fit; scikit-learn requires all four methods."""

    def teardown(self, estimator, context):
        """Do nothing after the fit."""

    def on_fit_task_begin(self, estimator, context):
        """Do nothing before an epoch."""

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        """Report an epoch's score."""
        if context.task_name == "epoch":
            score = fitted_estimator.validation_scores_[-1]
            self.trial.report(score, step=context.task_id + 1)
            if self.trial.should_prune():
                raise optuna.TrialPruned


def learn(trial):
    """Train a network with Optuna's suggestions; return its validation score."""
    clf = DigitMLPClassifier(
        epochs=EPOCHS,
        learning_rate=trial.suggest_float("learning_rate", 1e-4, 1, log=True),
        weight_decay=trial.suggest_float("weight_decay", 1e-3, 1, log=True),
        random_state=0,
    )
    clf.set_callbacks(ReportToOptuna(trial)).fit(X, y, X_val=X_val, y_val=y_val)
    return clf.validation_scores_[-1]


# %%
# Both searches
# -------------
# The first fit of a process imports TensorFlow, and compiles the training program for
# all later fits.

DigitMLPClassifier(epochs=1).fit(X, y, X_val=X_val, y_val=y_val)
optuna.logging.set_verbosity(optuna.logging.WARNING)
pruners = {
    "Without pruning": optuna.pruners.NopPruner(),
    "Pruned": optuna.pruners.MedianPruner(),
}
studies = {}
for name, pruner in pruners.items():
    sampler = optuna.samplers.TPESampler(seed=0)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    start = time.perf_counter()
    study.optimize(learn, n_trials=TRIALS)
    seconds = time.perf_counter() - start

    n_epochs = sum(len(trial.intermediate_values) for trial in study.trials)
    print(
        f"{name}: {seconds:.1f} s, {len(study.trials)} trials, {n_epochs} epochs;\n"
        f"  best score {study.best_value:.2%} at learning rate "
        f"{study.best_params['learning_rate']:.1e}, weight decay "
        f"{study.best_params['weight_decay']:.1e}"
    )
    studies[f"{name}: {n_epochs} epochs, {seconds:.1f} s"] = study

# %%
# The errors of each trial, epoch by epoch
# ----------------------------------------


def errors(trial):
    """Return the epochs that a trial reported, and its share of errors after each."""
    epochs, scores = zip(*trial.intermediate_values.items())
    return epochs, [1 - score for score in scores]


sns.set_theme(style="whitegrid", palette="colorblind")
figure, axes = plt.subplots(
    1, 2, figsize=(9, 4), sharex=True, sharey=True, layout="constrained"
)
for ax, (title, study) in zip(axes, studies.items()):
    for trial in study.trials:
        is_pruned = trial.state == optuna.trial.TrialState.PRUNED
        style = {"color": "C1", "marker": "x"} if is_pruned else {"color": "C0"}
        label = "ended early" if is_pruned else "trial"
        ax.plot(*errors(trial), **style, alpha=0.5, markevery=[-1], label=label)
    ax.plot(*errors(study.best_trial), color="black", label="best trial")
    ax.set(title=title, xlabel="Epoch", yscale="log")
    handles, labels = ax.get_legend_handles_labels()
    by_label = dict(zip(labels, handles))
    ax.legend(by_label.values(), by_label)
axes[0].set_ylabel("Errors among the held-out images")
axes[0].yaxis.set_major_formatter(PercentFormatter(1))
figure.savefig("pruned_search.png", dpi=150)
print("Picture: pruned_search.png")
plt.show()
