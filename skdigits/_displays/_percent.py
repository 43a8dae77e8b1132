"""Probabilities as texts."""


def percent(probability):
    """Format a probability as a percentage; only a probability of 1 gives 100 %."""
    rounded = f"{100 * probability:.0f}"
    return ">99 %" if rounded == "100" and probability < 1 else f"{rounded} %"
