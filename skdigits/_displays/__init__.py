"""Pictures of results, after scikit-learn's displays: compute, store, draw."""

from skdigits._displays._confusion import ConfusionHeatmapDisplay

__all__ = ["ConfusionHeatmapDisplay"]
