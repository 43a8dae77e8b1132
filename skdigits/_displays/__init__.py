"""Displays in the style of scikit-learn's: compute, store the data, draw."""

from skdigits._displays._attribution import AttributionDisplay
from skdigits._displays._confusion import ConfusionHeatmapDisplay
from skdigits._displays._first_layer import FirstLayerDisplay
from skdigits._displays._gallery import DigitGalleryDisplay
from skdigits._displays._loss_curve import LossCurveDisplay
from skdigits._displays._reading import ReadingDisplay

__all__ = [
    "AttributionDisplay",
    "ConfusionHeatmapDisplay",
    "DigitGalleryDisplay",
    "FirstLayerDisplay",
    "LossCurveDisplay",
    "ReadingDisplay",
]
