"""The plot of seconds per epoch over rows, features and units."""

import re

import matplotlib

matplotlib.use("Agg")  # saves the picture to a file, without a display

import matplotlib.pyplot as plt
import seaborn as sns

_LABELS = {
    "n_rows": "rows",
    "n_features": "features",
    "width": "units of the first hidden layer",
}


def plot_scaling(results, path):
    """Draw seconds per epoch over rows, features and units, on logarithmic axes.

    Parameters
    ----------
    results : Results
        Must contain the measure "scaling".
    path : Path
        The PNG file to write.
    """
    points = [
        (*re.match(r"epoch, (\w+)=(\d+)", row["figure"]).groups(), row)
        for row in results.summaries("scaling")
    ]
    sns.set_theme(style="whitegrid")
    figure, panels = plt.subplots(1, 3, figsize=(13, 4.5), sharey=True)
    for panel, (axis, label) in zip(panels, _LABELS.items()):
        rows = [(int(value), row) for name, value, row in points if name == axis]
        sns.lineplot(
            x=[value for value, _ in rows],
            y=[row["median"] for _, row in rows],
            hue=[row["name"] for _, row in rows],
            marker="o",
            legend=panel is panels[0],
            ax=panel,
        )
        panel.set(xscale="log", yscale="log", xlabel=label, ylabel="seconds per epoch")
        values = sorted({value for value, _ in rows})
        panel.set_xticks(values, [f"{value:,}" for value in values])
        panel.minorticks_off()
    figure.tight_layout()
    figure.savefig(path, dpi=150)
    plt.close(figure)
