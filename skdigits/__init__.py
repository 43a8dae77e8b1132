"""A scikit-learn-compatible Keras network for handwritten digits."""

from skdigits._augmentation import random_affine
from skdigits._center import CenterDigit
from skdigits._classifier import DigitMLPClassifier
from skdigits._datasets import fetch_mnist
from skdigits._directions import GradientDirections
from skdigits._displays import (
    AttributionDisplay,
    ConfusionHeatmapDisplay,
    DigitGalleryDisplay,
    FirstLayerDisplay,
    LossCurveDisplay,
    ReadingDisplay,
)
from skdigits._flatten import Flatten
from skdigits._reader import load_digit_detector, load_digit_reader, split_digits
from skdigits._straighten import StraightenDigit
from skdigits._version import __version__ as __version__

__all__ = [
    "AttributionDisplay",
    "CenterDigit",
    "ConfusionHeatmapDisplay",
    "DigitGalleryDisplay",
    "DigitMLPClassifier",
    "FirstLayerDisplay",
    "Flatten",
    "GradientDirections",
    "LossCurveDisplay",
    "ReadingDisplay",
    "StraightenDigit",
    "fetch_mnist",
    "load_digit_detector",
    "load_digit_reader",
    "random_affine",
    "split_digits",
]

# An estimator's file names `skdigits` alone: private modules can move, and it loads.
for _name in __all__:
    globals()[_name].__module__ = "skdigits"
