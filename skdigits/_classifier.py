"""DigitMLPClassifier: scikit-learn's contract around the network, and only that."""

import math
from contextlib import closing, contextmanager
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from skdigits._batches import bounded_batch_size, epoch_blocks
from skdigits._forward import compute_logits, log_softmax, softmax
from skdigits._network import KERAS_ACTIVATIONS, glorot_uniform, to_keras, unpack
from skdigits._optimizer import initial_state, make_settings
from skdigits._progress import epoch_progress
from skdigits._scale import divisor, measure_scale, warn_of_other_scale
from skdigits._training import run_epochs, training_program


class DigitMLPClassifier(ClassifierMixin, BaseEstimator):
    """A small Keras network that classifies handwritten digits.

    Dense layers of 25 and 15 hidden units and one linear output for each class, trained
    on the cross-entropy of its softmax with Adam. Keras and TensorFlow train it; the
    fitted estimator holds NumPy arrays and predicts without them.

    Parameters
    ----------
    hidden_layer_sizes : array-like of int, default=(25, 15)
        Units of each hidden layer.

    activation : {"relu", "tanh", "logistic", "identity"}, default="relu"
        Activation of the hidden layers.

    learning_rate : float, default=4e-3
        Adam's step size, at the first step.

    learning_rate_schedule : {"constant", "cosine"}, default="cosine"
        Whether the step size stays, or falls to zero over the epochs along half a
        cosine.

    weight_decay : float, default=0.1
        Each step takes this part, times the step size of the moment, off all weights
        and intercepts (decoupled decay, as in AdamW).

    ema_momentum : float or None, default=0.999
        Keep an exponential moving average of the weights over the steps, and predict
        with it; in [0, 1). At step t its momentum is min(`ema_momentum`, t / (9 + t)),
        so that it does not remember the first weights. None keeps the last weights.

    batch_size : int, default=32
        Rows for each step of training. The last batch of an epoch may have fewer.

    epochs : int, default=50
        Passes over the rows.

    rescale : bool, default=True
        Whether to train on X divided by its root mean square, so that pixels of 0–255
        and of 0–1 give the same network. The number is folded into `coefs_`, which act
        on X as it was given. With False the network is trained on X as it is.

    shuffle : bool, default=True
        Whether to draw a new order of the rows for every epoch.

    verbose : bool or int, default=0
        Whether to show a progress bar over epochs, with the loss.

    random_state : int, RandomState instance or None, default=None
        Draws the initial weights and the order of the rows. An int gives the same
        network, bit by bit, on every call on one machine. With None each fit is
        different; NumPy's global random state is neither read nor moved.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels seen in `fit`, sorted.

    coefs_ : list of ndarray of shape (units before, units)
        Weights of each layer; float64 if X was float64, else float32.

    intercepts_ : list of ndarray of shape (units,)
        Intercepts of each layer.

    loss_curve_ : list of float
        Mean cross-entropy of the rows, in nats, in each epoch.

    n_iter_ : int
        Epochs run.

    n_features_in_ : int
        Number of features seen in `fit`.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features; only if X had names that are all strings.

    See Also
    --------
    Flatten : Makes rows of images.
    sklearn.neural_network.MLPClassifier : scikit-learn's own, in NumPy.

    Notes
    -----
    The initial weights are Keras's default, after Glorot and Bengio (2010); the update
    is Keras's Adam, after Kingma and Ba (2015), with the cosine of Loshchilov and
    Hutter (2017) and their decoupled decay (2019). The defaults were chosen on images
    held out of MNIST's training set: ``benchmarks/recipes.py`` makes the table again.

    Rows with a `sample_weight` of zero count as if they were not there. The other
    weights are scaled to a mean of 1, so that only their ratios matter.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from skdigits import DigitMLPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> clf = DigitMLPClassifier(random_state=0).fit(X_train, y_train)
    >>> clf.predict(X_test[:5])
    array([2, 8, 2, 6, 6])
    >>> clf.score(X_test, y_test) > 0.9
    True
    """

    _parameter_constraints: ClassVar[dict] = {
        "hidden_layer_sizes": ["array-like"],
        "activation": [StrOptions(set(KERAS_ACTIVATIONS))],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "learning_rate_schedule": [StrOptions({"constant", "cosine"})],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "ema_momentum": [Interval(Real, 0, 1, closed="left"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "rescale": ["boolean"],
        "shuffle": ["boolean"],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        hidden_layer_sizes=(25, 15),
        activation="relu",
        *,
        learning_rate=4e-3,
        learning_rate_schedule="cosine",
        weight_decay=0.1,
        ema_momentum=0.999,
        batch_size=32,
        epochs=50,
        rescale=True,
        shuffle=True,
        verbose=0,
        random_state=None,
    ):
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.weight_decay = weight_decay
        self.ema_momentum = ema_momentum
        self.batch_size = batch_size
        self.epochs = epochs
        self.rescale = rescale
        self.shuffle = shuffle
        self.verbose = verbose
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
        """Train a new network on rows and their labels.

        A call that fails leaves the estimator as it was.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Pixels or other features. Integers and float32 are computed in float32,
            float64 in float64.

        y : array-like of shape (n_samples,)
            Labels: integers, strings or booleans.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, not negative; None weighs all rows alike.

        Returns
        -------
        self : DigitMLPClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter or the data cannot be used, if Keras is set to another
            backend than TensorFlow, or if the loss becomes infinite or NaN.
        TypeError
            If X is sparse or holds what is no number.
        """
        with _unchanged_on_failure(self):
            hidden_sizes = _check_hidden_layer_sizes(self.hidden_layer_sizes)
            X, y = self._check_training_data(X, y)
            rows, weight = _check_weight(sample_weight, X)
            self.classes_, codes = _encode_labels(y, rows)
            self._scale = measure_scale(X, weight)
            scale = divisor(self._scale) if self.rescale else 1.0

            rng = _make_rng(self.random_state)
            dtype = _precision(X.dtype)
            layer_sizes = (X.shape[1], *hidden_sizes, len(self.classes_))
            batch_size = bounded_batch_size(self.batch_size, len(rows))
            program = training_program(
                layer_sizes, self.activation, batch_size, X.dtype, dtype
            )
            state = initial_state(glorot_uniform(layer_sizes, rng, dtype))
            settings = self._optimizer_settings(
                steps_per_epoch=math.ceil(len(rows) / batch_size)
            )

            def blocks_of_next_epoch():
                order = rng.permutation(rows) if self.shuffle else rows
                return epoch_blocks(X, codes, weight, order, batch_size, dtype)

            epochs = run_epochs(
                program, state, 1.0 / scale, settings, blocks_of_next_epoch, self.epochs
            )
            weights = self._follow(epochs, len(rows))
            self._keep_weights(weights, layer_sizes, scale)
        return self

    def predict(self, X):
        """Predict the label of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            On the same scale as the X given to `fit`.

        Returns
        -------
        labels : ndarray of shape (n_samples,), dtype of `classes_`
        """
        logits = self._logits(X)
        return self.classes_[logits.argmax(axis=1)]

    def predict_proba(self, X):
        """Predict the probability of each class: the softmax of the logits.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.
        """
        return softmax(self._logits(X))

    def predict_log_proba(self, X):
        """Predict the logarithm of the probability of each class, without underflow.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.
        """
        return log_softmax(self._logits(X))

    def decision_function(self, X):
        """Compute the network's logits, the outputs of its linear last layer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        logits : ndarray of shape (n_samples, n_classes) or (n_samples,)
            In the order of `classes_`. For two classes it is the logit of the second
            less that of the first, positive where the second is predicted.
        """
        logits = self._logits(X)
        return logits[:, 1] - logits[:, 0] if len(self.classes_) == 2 else logits

    def to_keras(self):
        """Build the fitted network as a Keras model.

        Returns
        -------
        model : keras.Sequential
            Dense layers that take the same X as `predict` and return the logits, shape
            (n_samples, n_classes), in the order of `classes_`. The weights are a copy.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If Keras is set to another backend than TensorFlow.
        """
        check_is_fitted(self)
        return to_keras(self.coefs_, self.intercepts_, self._activation)

    def _logits(self, X):
        check_is_fitted(self)
        if not self._is_plain(X):
            _refuse_images(X)
            X = validate_data(self, X, reset=False)
        warn_of_other_scale(X, self._scale)
        return compute_logits(X, self.coefs_, self.intercepts_, self._activation)

    def _is_plain(self, X):
        """Tell whether X needs no more than a look: finite numbers, nameless, in shape.

        scikit-learn's validation takes several times as long as the forward pass of one
        row. It is for all else, and for the wording of what is refused.
        """
        return (
            type(X) is np.ndarray
            and X.ndim == 2
            and len(X) > 0
            and X.shape[1] == self.n_features_in_
            and not hasattr(self, "feature_names_in_")
            and (
                X.dtype.kind in "ui"
                or (X.dtype.kind == "f" and len(X) == 1 and np.isfinite(X).all())
            )
        )

    def _check_training_data(self, X, y):
        _refuse_images(X)
        X, y = validate_data(self, X, y, ensure_min_samples=2)
        y = column_or_1d(y)
        check_classification_targets(y)
        return X, y

    def _optimizer_settings(self, steps_per_epoch):
        cosine = self.learning_rate_schedule == "cosine"
        return make_settings(
            self.learning_rate,
            decay_steps=self.epochs * steps_per_epoch if cosine else np.inf,
            weight_decay=self.weight_decay,
            ema_momentum=0.0 if self.ema_momentum is None else self.ema_momentum,
        )

    def _follow(self, epochs, n_rows):
        """Let the epochs run, noting the loss of each; return the last weights."""
        self.loss_curve_ = []
        with closing(epochs), epoch_progress(self.verbose, self.epochs) as report:
            for epoch, loss, state in epochs:
                mean_loss = loss / n_rows
                self._check_finite(mean_loss, "training loss", epoch)
                self.loss_curve_.append(mean_loss)
                report(mean_loss)
                weights = state.average
        self._check_finite(weights, "weights", epoch)
        self.n_iter_ = epoch
        return np.array(weights)

    def _check_finite(self, values, name, epoch):
        if not np.isfinite(values).all():
            advice = "" if self.rescale else ", or train with rescale=True"
            raise ValueError(
                f"The {name} became infinite or NaN in epoch {epoch} with "
                f"learning_rate={self.learning_rate}: try a smaller learning_rate"
                f"{advice}."
            )

    def _keep_weights(self, weights, layer_sizes, scale):
        """Keep the network as arrays that act on X as it was given."""
        weights = unpack(weights, layer_sizes)
        self.coefs_, self.intercepts_ = weights[0::2], weights[1::2]
        self.coefs_[0] /= scale
        self._activation = self.activation


@contextmanager
def _unchanged_on_failure(estimator):
    """Give the estimator its former attributes back if the block raises."""
    before = vars(estimator).copy()
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def _check_hidden_layer_sizes(hidden_layer_sizes):
    sizes = tuple(hidden_layer_sizes)
    if not sizes or not all(
        isinstance(units, Integral) and not isinstance(units, bool) and int(units) >= 1
        for units in sizes
    ):
        raise ValueError(
            f"hidden_layer_sizes must hold one positive integer for each hidden layer, "
            f"such as (25, 15). Got {hidden_layer_sizes!r}."
        )
    return tuple(int(units) for units in sizes)


def _refuse_images(X):
    """Say what to do with images, which scikit-learn calls an array of 3 dimensions."""
    shape = _outer_shape(X)
    if len(shape) > 2:
        raise ValueError(
            f"X has {len(shape)} dimensions, shape {shape}, but DigitMLPClassifier "
            f"takes one row of features for each image. Put Flatten() before it: "
            f"make_pipeline(Flatten(), DigitMLPClassifier())."
        )


def _outer_shape(X):
    """Shape of an array or of nested lists, told from the first of each."""
    if isinstance(X, list | tuple):
        return (len(X), *(_outer_shape(X[0]) if X else ()))
    return getattr(X, "shape", ())


def _check_weight(sample_weight, X):
    """Return the rows that count and the weight of every row, their mean 1."""
    if sample_weight is None:
        return np.arange(len(X)), np.ones(len(X))
    weight = _check_sample_weight(
        sample_weight, X, dtype=np.float64, ensure_non_negative=True
    )
    largest = weight.max()
    if largest == 0:
        raise ValueError("sample_weight must not be zero for all rows.")
    weight = weight / largest
    rows = np.flatnonzero(weight)
    return rows, weight * (len(rows) / weight.sum())


def _encode_labels(y, rows):
    """Return the sorted labels of the rows that count, and each row's index in them."""
    classes, codes_of_rows = np.unique(y[rows], return_inverse=True)
    codes = np.zeros(len(y), np.int32)
    codes[rows] = codes_of_rows
    return classes, codes


def _make_rng(random_state):
    """Make the fit's own generator, apart from NumPy's global one."""
    if random_state is None:
        return np.random.default_rng()
    seed = check_random_state(random_state).randint(2**31 - 1, size=4)
    return np.random.default_rng(seed)


def _precision(dtype):
    """Choose float64 for float64 and wider, float32 for all else, pixels included."""
    return np.float64 if dtype.kind == "f" and dtype.itemsize >= 8 else np.float32
