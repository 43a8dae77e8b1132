"""A scikit-learn-compatible Keras network for handwritten digits."""

from importlib import import_module

from skdigits._version import __version__ as __version__

# Import each public name at its first use (PEP 562): importing scikit-learn takes a
# second. Type checkers and editors read `__init__.pyi`.
_MODULES = {
    "AttributionDisplay": "_displays",
    "CenterDigit": "_center",
    "ConfusionHeatmapDisplay": "_displays",
    "DigitGalleryDisplay": "_displays",
    "DigitMLPClassifier": "_classifier",
    "FirstLayerDisplay": "_displays",
    "Flatten": "_flatten",
    "GradientDirections": "_directions",
    "LossCurveDisplay": "_displays",
    "ReadingDisplay": "_displays",
    "StraightenDigit": "_straighten",
    "fetch_mnist": "_datasets",
    "load_digit_detector": "_reader",
    "load_digit_images": "_digit_images",
    "load_digit_reader": "_reader",
    "random_affine": "_augmentation",
    "split_digits": "_reader",
}
__all__ = list(_MODULES)


def __getattr__(name):
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    public = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = public
    return public


def __dir__():
    return sorted({*globals(), *__all__})
