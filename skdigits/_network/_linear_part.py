"""The linear map that a network of ReLUs computes for one row."""

import numpy as np

# Activations that are linear on either side of zero.
PIECEWISE_LINEAR = ("relu", "identity")


def linear_part(row, coefs, intercepts, activation, output_weights):
    """Write a weighted sum of the outputs as a weighted sum of the inputs.

    A ReLU passes its input on or returns 0, so for one row the network is a product of
    matrices without the inactive units: Montavon, Samek and Müller, "Methods for
    interpreting and understanding deep neural networks", 2018, section 4.

    Parameters
    ----------
    row : ndarray of shape (n_features,), float64
    coefs : list of ndarray of shape (units before, units)
    intercepts : list of ndarray of shape (units,)
    activation : {"relu", "identity"}
        Activation of the hidden layers.
    output_weights : ndarray of shape (n_outputs,)

    Returns
    -------
    weights : ndarray of shape (n_features,), float64
    constant : float
        ``row @ weights + constant`` is the weighted sum of the outputs.
    """
    values, are_active = row, []
    for coef, intercept in zip(coefs[:-1], intercepts[:-1]):
        values = values @ coef + intercept
        are_active.append((values > 0) | (activation == "identity"))
        values = values * are_active[-1]
    weights, constant = np.asarray(output_weights, np.float64), 0.0
    for coef, intercept in zip(coefs[::-1], intercepts[::-1]):
        constant += float(intercept @ weights)
        weights = coef @ weights
        if are_active:
            weights = weights * are_active.pop()
    return weights, constant
