"""CenterDigit: any picture of a digit, framed as MNIST frames it."""

from skdigits._center._transformer import CenterDigit

__all__ = ["CenterDigit"]
