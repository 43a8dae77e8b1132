"""Read pictures: the fitted pipelines, and the digits of a page."""

from skdigits._reader._load import load_digit_detector, load_digit_reader
from skdigits._reader._split import split_digits

__all__ = ["load_digit_detector", "load_digit_reader", "split_digits"]
