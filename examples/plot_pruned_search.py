"""Search with Optuna, and end bad trials early by the validation score of an epoch.

Run it:

    pip install -e ".[examples]"
    python examples/plot_pruned_search.py

After each epoch, a callback of scikit-learn's (1.9 or later) reports the score of the
network to Optuna, which ends a trial whose best score so far is below the median of the
earlier trials at that epoch. The search runs once without such pruning, and once with.
"""

import argparse
import sys
import time
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # the picture goes into a file; no screen is needed

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.ticker import PercentFormatter
from mnist_or_digits import load_images
from sklearn.model_selection import train_test_split

from skdigits import DigitMLPClassifier, Flatten

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--epochs", type=int, default=10, help="passes over the images")
parser.add_argument("--rows", type=int, default=12_000, help="images to search on")
parser.add_argument("--trials", type=int, default=40, help="networks of each search")
parser.add_argument("--output", type=Path, default="pruned_search.png")
arguments = parser.parse_args()

try:
    import optuna
except ImportError:
    sys.exit('Optuna is missing: pip install -e ".[examples]", or pip install optuna')
if not hasattr(DigitMLPClassifier, "set_callbacks"):
    sys.exit('Callbacks are missing: pip install "scikit-learn>=1.9"')

images, _, y, _ = load_images()
X, y = Flatten().fit_transform(images[: arguments.rows]), y[: arguments.rows]
X, X_val, y, y_val = train_test_split(X, y, test_size=0.2, random_state=0)


class ReportToOptuna:
    """A callback that reports the score of each epoch, and ends a trial to be pruned.

    `fit` lets the exception through, and Optuna notes the trial as pruned.
    """

    def __init__(self, trial):
        self.trial = trial

    def setup(self, estimator, context):
        """Do nothing before the fit; scikit-learn asks for all four methods."""

    def teardown(self, estimator, context):
        """Do nothing after it."""

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
    """Train a network with what Optuna suggests; return its validation score."""
    clf = DigitMLPClassifier(
        epochs=arguments.epochs,
        learning_rate=trial.suggest_float("learning_rate", 1e-4, 1, log=True),
        weight_decay=trial.suggest_float("weight_decay", 1e-3, 1, log=True),
        random_state=0,
    )
    clf.set_callbacks(ReportToOptuna(trial)).fit(X, y, X_val=X_val, y_val=y_val)
    return clf.validation_scores_[-1]


def errors(trial):
    """Return the epochs that a trial reported, and its share of errors after each."""
    epochs, scores = zip(*trial.intermediate_values.items())
    return epochs, [1 - score for score in scores]


# The first fit of a process imports TensorFlow and compiles the program for all others.
DigitMLPClassifier(epochs=1).fit(X, y, X_val=X_val, y_val=y_val)
optuna.logging.set_verbosity(optuna.logging.WARNING)
sns.set_theme(style="whitegrid", palette="colorblind")
figure, axes = plt.subplots(
    1, 2, figsize=(9, 4), sharex=True, sharey=True, layout="constrained"
)
pruners = {
    "Without pruning": optuna.pruners.NopPruner(),
    "Pruned": optuna.pruners.MedianPruner(),
}
for ax, (name, pruner) in zip(axes, pruners.items()):
    sampler = optuna.samplers.TPESampler(seed=0)
    study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
    start = time.perf_counter()
    study.optimize(learn, n_trials=arguments.trials)
    seconds = time.perf_counter() - start

    n_epochs = sum(len(trial.intermediate_values) for trial in study.trials)
    print(
        f"{name}: {seconds:.1f} s, {len(study.trials)} trials, {n_epochs} epochs; "
        f"best score {study.best_value:.2%} at learning rate "
        f"{study.best_params['learning_rate']:.1e}, weight decay "
        f"{study.best_params['weight_decay']:.1e}"
    )
    for trial in study.trials:
        is_pruned = trial.state == optuna.trial.TrialState.PRUNED
        style = {"color": "C1", "marker": "x"} if is_pruned else {"color": "C0"}
        label = "ended early" if is_pruned else "trial"
        ax.plot(*errors(trial), **style, alpha=0.5, markevery=[-1], label=label)
    ax.plot(*errors(study.best_trial), color="black", label="best trial")
    ax.set(
        title=f"{name}: {n_epochs} epochs, {seconds:.1f} s",
        xlabel="Epoch",
        yscale="log",
    )
    handles, labels = ax.get_legend_handles_labels()
    by_label = dict(zip(labels, handles))
    ax.legend(by_label.values(), by_label)
axes[0].set_ylabel("Errors among the held-out images")
axes[0].yaxis.set_major_formatter(PercentFormatter(1))
figure.savefig(arguments.output, dpi=150)
print(f"Picture: {arguments.output.resolve()}")
