"""Keras's Adam, with a schedule, weight decay and an average of the weights.

It works on flat vectors and knows nothing of networks or estimators. All settings are
tensors, so that another value does not need another program.
"""

from typing import Any, NamedTuple

import numpy as np

# Kingma and Ba, "Adam: a method for stochastic optimization", 2015, with Keras's
# epsilon.
_BETA_1 = 0.9
_BETA_2 = 0.999
_EPSILON = 1e-7
# Part of the steps of a cosine schedule over which the rate rises.
_WARM_UP = 0.1


class OptimizerState(NamedTuple):
    """The weights and moments between two steps; tensors or NumPy arrays.

    Attributes
    ----------
    weights : shape (n_weights,)
    momentum, velocity : shape (n_weights,)
        Adam's running means of the gradient and of its square.
    average : shape (n_weights,)
        Exponential moving average of the weights.
    step : shape (), int64
        Steps taken so far.
    """

    weights: Any
    momentum: Any
    velocity: Any
    average: Any
    step: Any


class OptimizerSettings(NamedTuple):
    """Hyperparameters as scalars, float32 as in Keras unless said otherwise.

    Attributes
    ----------
    learning_rate : shape ()
        Largest step size.
    start : shape (), int64
        The step at which the schedule begins.
    warmup_steps : shape ()
        Steps over which the rate rises linearly from zero.
    decay_steps : shape ()
        Steps after those, over which a cosine lowers the rate to zero; infinity keeps
        it constant.
    weight_decay : shape ()
        Each step subtracts weight_decay × learning rate × weights.
    ema_momentum : shape ()
        Of the average; 0 makes it the weights themselves.
    """

    learning_rate: Any
    start: Any
    warmup_steps: Any
    decay_steps: Any
    weight_decay: Any
    ema_momentum: Any


def make_settings(
    learning_rate,
    *,
    start=0,
    warmup_steps=0,
    decay_steps=np.inf,
    weight_decay=0.0,
    ema_momentum=0.0,
):
    """Cast the settings to the program's dtypes."""
    with np.errstate(over="ignore"):  # an overflow here surfaces as an infinite loss
        return OptimizerSettings(
            learning_rate=np.asarray(learning_rate, np.float32),
            start=np.asarray(start, np.int64),
            warmup_steps=np.asarray(warmup_steps, np.float32),
            decay_steps=np.asarray(decay_steps, np.float32),
            weight_decay=np.asarray(weight_decay, np.float32),
            ema_momentum=np.asarray(ema_momentum, np.float32),
        )


def initial_state(weights):
    """Make the state before the first step, with a flat vector of weights."""
    zeros = np.zeros_like(weights)
    return OptimizerState(weights, zeros, zeros, weights, np.zeros((), np.int64))


def update(tf, state, gradient, settings):
    """Take one step.

    Parameters
    ----------
    tf : module
        TensorFlow.
    state : OptimizerState
    gradient : tensor of shape (n_weights,)
        Of the loss, at `state.weights`.
    settings : OptimizerSettings

    Returns
    -------
    state : OptimizerState
    """
    dtype = gradient.dtype
    learning_rate = tf.cast(_scheduled_rate(tf, state.step, settings), dtype)

    # Decoupled, before the step: Loshchilov and Hutter, "Decoupled weight decay
    # regularization", 2019, in Keras's form.
    decay = tf.cast(settings.weight_decay, dtype) * learning_rate
    weights = state.weights - state.weights * decay

    step = tf.cast(state.step + 1, dtype)
    # Even in float64, Keras rounds the constants whose powers it takes to float32. The
    # same here keeps the two equal to 1e-9 instead of 1e-6.
    beta_1 = tf.cast(np.float32(_BETA_1), dtype)
    beta_2 = tf.cast(np.float32(_BETA_2), dtype)
    correction = tf.sqrt(1 - tf.pow(beta_2, step)) / (1 - tf.pow(beta_1, step))
    momentum = state.momentum + (gradient - state.momentum) * (1 - _BETA_1)
    velocity = state.velocity + (tf.square(gradient) - state.velocity) * (1 - _BETA_2)
    change = learning_rate * correction * momentum / (tf.sqrt(velocity) + _EPSILON)
    weights = weights - change

    # A momentum that grows from zero keeps the initial weights out of the average, like
    # `num_updates` of TensorFlow's ExponentialMovingAverage.
    warmed_up = tf.minimum(tf.cast(settings.ema_momentum, dtype), step / (9 + step))
    average = warmed_up * state.average + (1 - warmed_up) * weights
    return OptimizerState(weights, momentum, velocity, average, state.step + 1)


def _scheduled_rate(tf, step, settings):
    """Linear warm-up, then half a cosine down to zero: Keras's CosineDecay.

    Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
    equation 5, without a restart, after a linear warm-up.
    """
    step = tf.cast(step - settings.start, settings.decay_steps.dtype)
    warming_up = step < settings.warmup_steps
    warmed_up = tf.where(warming_up, step / settings.warmup_steps, 1)
    completed = (step - settings.warmup_steps) / settings.decay_steps
    decayed = 0.5 * (1 + tf.cos(np.pi * tf.clip_by_value(completed, 0, 1)))
    return settings.learning_rate * warmed_up * decayed


def cosine_steps(n_steps):
    """Divide the steps of a fit between warm-up and cosine.

    Without a warm-up, five to eight of the 25 units of the first hidden layer ended at
    zero for every image of MNIST (three random states); with one, none did. It is worth
    about 0.4 points of accuracy on held-out images (96.9 and 97.4 %).

    Returns
    -------
    schedule : dict
        `warmup_steps` and `decay_steps` of `make_settings`.
    """
    warmup_steps = round(_WARM_UP * n_steps)
    return {"warmup_steps": warmup_steps, "decay_steps": n_steps - warmup_steps}
