"""DigitMLPClassifier: scikit-learn's contract around the network."""

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import check_scoring, get_scorer_names
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skdigits._callbacks import CallbackSupportMixin, FitTasks, with_callbacks
from skdigits._network._conversion import read_keras, to_keras, to_sklearn
from skdigits._network._fitted import FittedNetwork
from skdigits._network._forward import log_softmax, softmax
from skdigits._network._keras_model import KERAS_ACTIVATIONS
from skdigits._network._layout import Network
from skdigits._public import public
from skdigits._rows import LabelledRows, order_by_rows
from skdigits._scale import (
    Scale,
    input_scale,
    measure_scale,
    refuse_overflow_on_first_scale,
    warn_of_other_scale,
)
from skdigits._signals import signals_held_back
from skdigits._training._data import TrainingData
from skdigits._training._evaluation import Validation, split_rows
from skdigits._training._random import draw_seed, validation_rng
from skdigits._training._run import TrainingSettings, train
from skdigits._training._start import Start, draw_state, fit_dtype, resume_state
from skdigits._types import Array, Augmentation, Floats, Rows, validate_parameters
from skdigits._validation import (
    check_classes,
    check_hidden_layer_sizes,
    check_output_classes,
    check_sample_weight,
    encode_labels,
    is_plain,
    mean_one,
    refuse_change,
    refuse_images,
    refuse_large_weights,
    refuse_one_hot,
    refuse_other_weights,
    refuse_overflow,
    refuse_what_needs_all_rows,
    weigh_classes,
)
from skdigits._version import add_version, upgrade_state

if TYPE_CHECKING:
    import keras
    from sklearn.neural_network import MLPClassifier


@public
class DigitMLPClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """A small Keras network that classifies handwritten digits.

    It has dense layers of 25 and 15 hidden units and one linear output unit for each
    class, and is trained with Adam on the softmax cross-entropy. Training needs Keras
    and TensorFlow, but the fitted estimator does not: it holds NumPy arrays and
    predicts with NumPy.

    Parameters
    ----------
    hidden_layer_sizes : int or array-like of int, default=(25, 15)
        Units of each hidden layer; an int is a single layer. () means no hidden layer:
        softmax regression.

    activation : {"relu", "tanh", "logistic", "identity"}, default="relu"
        Activation of the hidden layers.

    learning_rate : float, default=6e-3
        Adam's step size; with a schedule, its maximum.

    learning_rate_schedule : {"constant", "cosine"}, default="cosine"
        "constant" keeps the step size. "cosine" raises it from zero over the first
        tenth of the steps of `fit`, then lowers it to zero along half a cosine.
        `partial_fit` cannot know the last step, so it always keeps the rate constant.

    weight_decay : float or "auto", default="auto"
        Decoupled weight decay, as in AdamW: each step subtracts `weight_decay` ×
        learning rate × weights, for intercepts as well. "auto" is 0.1, or 0.02 with
        `augmentation`, which regularises too.

    ema_momentum : float or None, default=0.999
        Momentum, in [0, 1), of an exponential moving average of the weights over the
        steps; the network predicts with the average. At step t the momentum is
        min(`ema_momentum`, t / (9 + t)), so the average soon forgets the initial
        weights. With None, the network predicts with the last weights.

    batch_size : int, default=32
        Rows of each training step. The last batch of an epoch may have fewer.

    epochs : int, default=50
        Passes over the rows.

    rescale : bool, default=True
        Whether to train on X divided by its root mean square, so that pixels of 0–255
        and of 0–1 give the same network, up to rounding. The scale is folded into
        `coefs_`, which act on unscaled X. False trains on unscaled X. Further training
        (`warm_start`, `partial_fit`) keeps the first scale.

    augmentation : None, "affine" or callable, default=None
        Random changes to the training images, drawn again in every epoch. "affine"
        rotates, shifts, scales and shears each image a little: `random_affine` with its
        default strengths. A callable ``(images, rng) -> images`` takes images of shape
        (n, height, width), in the range of X and in uint8 or the precision of the fit,
        and a `numpy.random.Generator`; it returns images of the same shape and dtype.
        It is called on blocks of rows, one block at a time. Rows of
        `GradientDirections` are not images: warp before that step, with
        `random_affine`. A heuristic recognises the rows of square images of at least
        7 × 7 pixels; they raise a ValueError if `image_shape` is None.

    image_shape : (int, int) or None, default=None
        Height and width of the images, for `augmentation`. None: the images must be
        square; otherwise `fit` raises a ValueError.

    class_weight : dict, "balanced" or None, default=None
        Weight of each label, 1 for labels that are not in the dict; "balanced" gives
        all classes the same total weight. `sample_weight` is multiplied by the class
        weight.

    early_stopping : bool, default=False
        Whether to stop when the score of the validation rows no longer improves, and to
        keep the weights of the best epoch. The cosine schedule still spans all
        `epochs`.

    scoring : str, callable or None, default=None
        Score of the validation rows after each epoch: None means their accuracy, "loss"
        their negated cross-entropy, and any other string names one of scikit-learn's
        scorers; a callable ``(estimator, X, y) -> float`` gets an estimator that can
        predict, and must return a larger value for a better network. Where the rows'
        weights differ, it also gets them as `sample_weight`, if it has such an
        argument.

    validation_fraction : float, default=0.1
        Fraction of the rows, in (0, 1), that early stopping holds out as a stratified
        validation split, with at least one row of each class. Ignored if `fit` is
        given `X_val`.

    n_iter_no_change : int or inf, default=10
        Early stopping's patience: consecutive epochs without improvement.

    tol : float, default=1e-4
        A smaller gain over the best score counts as no improvement. With 0, an equal
        score counts as an improvement, so a plateau does not end the fit, as in
        `MLPClassifier`.

    warm_start : bool, default=False
        Whether `fit` continues from the weights, the optimizer's moments and the random
        numbers of the previous `fit`, with a new schedule; classes, features and layers
        must stay the same. Two fits of 5 epochs at a constant rate equal one of 10, bit
        for bit. If you have set `coefs_` or `intercepts_` to other values, training
        continues from those. The moments are kept only with `warm_start=True` or after
        `partial_fit`; they make the pickle five times as large.

    shuffle : bool, default=True
        Whether to shuffle the rows in each epoch.

    verbose : bool or int, default=0
        Whether to show a progress bar over the epochs, with the loss.

    random_state : int, RandomState instance or None, default=None
        Seeds the initial weights, the validation split, the order of the rows and the
        augmentation. An int gives the same network, bit for bit, in every call on one
        machine. On another number of CPU cores the last bits can differ if batches have
        more than 32 rows, rows more than 784 features, or layers more than about a
        hundred units. With None each fit is different; NumPy's global random state is
        neither read nor changed.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels seen in `fit`, sorted, including those of rows of weight zero.

    coefs_ : list of ndarray of shape (units before, units)
        Weights of each layer; float64 if X was float64, otherwise float32. Further
        training keeps the precision.

    intercepts_ : list of ndarray of shape (units,)
        Intercepts of each layer.

    loss_curve_ : list of float
        Mean training cross-entropy of each epoch, in nats, including epochs before a
        warm start and each call of `partial_fit`.

    n_iter_ : int
        Number of epochs so far: the length of `loss_curve_`.

    validation_loss_curve_ : list of float
        Mean cross-entropy of the validation rows after each epoch, in nats; NaN for
        epochs without validation rows, before a warm start. This and the next three
        attributes exist only if there were validation rows: with `early_stopping`, or
        with `X_val` in `fit`.

    validation_scores_ : list of float
        Score of the validation rows after each epoch, by `scoring`.

    best_validation_score_ : float
        The largest of `validation_scores_`; with `early_stopping`, the score of
        `coefs_`.

    best_epoch_ : int
        The first epoch with the best score, counted from 1. With `early_stopping`,
        `coefs_` are the weights of that epoch; a warm start then compares its epochs
        with the one that it starts from, and with no earlier one.

    loss_, best_loss_ : float
        Training loss of the last epoch, and the smallest of all epochs.

    n_layers_ : int
        Number of layers, the inputs included.

    n_outputs_ : int
        Number of output units: one for each class.

    out_activation_ : str
        "softmax".

    n_features_in_ : int
        Number of features seen in `fit`.

    feature_names_in_ : ndarray of shape (n_features,)
        Names of the features; exists only if all names in X are strings.

    See Also
    --------
    Flatten : Reshapes images into rows.
    random_affine : The warp behind ``augmentation="affine"``.
    sklearn.neural_network.MLPClassifier : The network that comes with scikit-learn.

    Notes
    -----
    The initial weights are Keras's default, after Glorot and Bengio (2010); the update
    is Keras's Adam, after Kingma and Ba (2015), with the cosine schedule (2017) and the
    decoupled decay (2019) of Loshchilov and Hutter. The defaults were chosen on images
    held out of MNIST's training set; ``benchmarks/recipes.py`` repeats the comparison.

    Rows with a `sample_weight` of zero affect neither training nor the scale of X; only
    their labels are kept, in `classes_`. `fit` scales the other weights to a mean of 1,
    so that only their ratios matter.

    The random numbers of an epoch, for the order of the rows and for augmentation,
    depend only on `random_state` and on the number of epochs before it.

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

    classes_: Array
    coefs_: list[Floats]
    intercepts_: list[Floats]
    loss_curve_: list[float]
    n_iter_: int
    validation_loss_curve_: list[float]
    validation_scores_: list[float]
    best_validation_score_: float
    best_epoch_: int
    n_features_in_: int
    feature_names_in_: Array

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "hidden_layer_sizes": [
            "array-like",
            Interval(Integral, 1, None, closed="left"),
        ],
        "activation": [StrOptions(set(KERAS_ACTIVATIONS))],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "learning_rate_schedule": [StrOptions({"constant", "cosine"})],
        "weight_decay": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "ema_momentum": [Interval(Real, 0, 1, closed="left"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "rescale": ["boolean"],
        "augmentation": [StrOptions({"affine"}), callable, None],
        "image_shape": ["array-like", None],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "early_stopping": ["boolean"],
        "scoring": [StrOptions({*get_scorer_names(), "loss"}), callable, None],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            Options(Real, {np.inf}),
        ],
        "tol": [Interval(Real, 0, None, closed="left")],
        "warm_start": ["boolean"],
        "shuffle": ["boolean"],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        hidden_layer_sizes: int | Sequence[int] | NDArray[np.integer[Any]] = (25, 15),
        activation: Literal["relu", "tanh", "logistic", "identity"] = "relu",
        *,
        learning_rate: float = 6e-3,
        learning_rate_schedule: Literal["constant", "cosine"] = "cosine",
        weight_decay: float | Literal["auto"] = "auto",
        ema_momentum: float | None = 0.999,
        batch_size: int = 32,
        epochs: int = 50,
        rescale: bool = True,
        augmentation: Literal["affine"] | Augmentation | None = None,
        image_shape: tuple[int, int] | None = None,
        class_weight: dict[Any, Any] | Literal["balanced"] | None = None,
        early_stopping: bool = False,
        scoring: str | Callable[[Any, Any, Any], float] | None = None,
        validation_fraction: float = 0.1,
        n_iter_no_change: float = 10,
        tol: float = 1e-4,
        warm_start: bool = False,
        shuffle: bool = True,
        verbose: bool | int = 0,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.weight_decay = weight_decay
        self.ema_momentum = ema_momentum
        self.batch_size = batch_size
        self.epochs = epochs
        self.rescale = rescale
        self.augmentation = augmentation
        self.image_shape = image_shape
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.scoring = scoring
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.shuffle = shuffle
        self.verbose = verbose
        self.random_state = random_state

    @with_callbacks
    @validate_parameters
    def fit(
        self,
        X: Rows,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_val: Rows | None = None,
        y_val: ArrayLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Train the network.

        A call that fails does not change the estimator. After Ctrl-C the estimator
        keeps the finished epochs, if there are any, and KeyboardInterrupt is raised.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Pixels or other features. Training is in float64 for float64 X and in
            float32 for all other types; further training keeps the first precision.
            Sparse rows are made dense one block at a time.

        y : array-like of shape (n_samples,)
            Labels: integers, strings or booleans.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, 0 or more; None weights all rows equally.

        X_val : {array-like, sparse matrix} of shape (n_validation, n_features), \
                default=None
            Validation rows, evaluated after each epoch. Without them, early stopping
            holds out `validation_fraction` of the rows of X.

        y_val : array-like of shape (n_validation,), default=None
            Labels of the validation rows.

        sample_weight_val : array-like of shape (n_validation,), default=None
            Weights of the validation rows, 0 or more; None weights all rows equally.

        Returns
        -------
        self : DigitMLPClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter or the data cannot be used, if Keras is set to a backend
            other than TensorFlow, if `augmentation` returns NaN or infinity, or if the
            loss becomes infinite or NaN.
        TypeError
            If X holds objects that are neither numbers nor strings.
        RuntimeError
            If the process was forked from one in which skdigits has trained.
        ModuleNotFoundError
            If TensorFlow is not installed.

        See Also
        --------
        partial_fit : Trains on a block at a time.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> clf.n_iter_
        5
        """
        tasks = FitTasks(self, int(self.epochs))
        tasks.begin(X, y, sample_weight)
        resume = self.warm_start and self.__sklearn_is_fitted__()
        data = self._check_data(X, y, sample_weight, resume)
        seed = self._choose_seed(resume)
        data = self._add_validation(data, seed, X_val, y_val, sample_weight_val)
        data = data._replace(rows=mean_one(data.rows))
        start = self._make_start(data, seed, resume)
        settings = self._make_settings(self.epochs, self.learning_rate_schedule)
        return self._train(start, data, settings, tasks, keep_state=self.warm_start)

    def partial_fit(
        self,
        X: Rows,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Train for one epoch on some of the rows, at a constant learning rate.

        Use it for data that come in blocks. The first call on a new estimator draws the
        initial weights and measures the scale of X; later calls, and calls after `fit`,
        continue from `coefs_`. A call that fails does not change the estimator.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        y : array-like of shape (n_samples,)
            Labels; some classes may be missing.

        classes : array-like of shape (n_classes,), default=None
            The labels of all blocks; required in the first call.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, 0 or more. Unlike in `fit`, the weights are not scaled
            to a mean of 1.

        Returns
        -------
        self : DigitMLPClassifier
            The estimator itself.

        Raises
        ------
        ValueError
            As in `fit`; also if `classes` is missing in the first call or changes in a
            later one, if a label is not among `classes`, or if a parameter needs all
            rows: `early_stopping=True` or `class_weight="balanced"`.
        TypeError
            If X holds objects that are neither numbers nor strings.
        RuntimeError, ModuleNotFoundError
            As in `fit`.

        See Also
        --------
        fit : Trains for all epochs, with a schedule of the learning rate.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(random_state=0)
        >>> for start in range(0, len(X), 600):
        ...     block = slice(start, start + 600)
        ...     clf = clf.partial_fit(X[block], y[block], classes=range(10))
        >>> clf.n_iter_
        3
        """
        self._validate_params()  # scikit-learn's decorator does so only in a first call
        refuse_what_needs_all_rows(self.early_stopping, self.class_weight)
        resume = self.__sklearn_is_fitted__()
        data = self._check_data(
            X, y, sample_weight, resume, is_part=True, classes=classes
        )
        start = self._make_start(data, self._choose_seed(resume), resume)
        settings = self._make_settings(epochs=1, schedule="constant")
        return self._train(start, data, settings, FitTasks(), keep_state=True)

    def predict(self, X: Rows) -> Array:
        """Predict the label of each row.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            On the same scale as the X given to `fit`.

        Returns
        -------
        labels : ndarray of shape (n_samples,), dtype of `classes_`
            The class with the largest logit, for each row.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If X has another number of features than in `fit`, or holds NaN, infinity or
            values so large that the logits overflow.

        Warns
        -----
        UserWarning
            If the range or the polarity of X differs from that of the X given to `fit`
            so much that most labels will be wrong.

        See Also
        --------
        predict_proba : Gives the probability of each class.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> clf.predict(X[:5])
        array([0, 1, 2, 3, 4])
        """
        logits, network = self._run_network(X, only_labels=True)
        return network.classes[logits.argmax(axis=1)]

    def predict_proba(self, X: Rows) -> Floats:
        """Predict the probability of each class: the softmax of the logits.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.

        Raises
        ------
        NotFittedError, ValueError
            As in `predict`.

        Warns
        -----
        UserWarning
            As in `predict`; also if X is on a larger scale than in `fit`, so that
            probabilities will be too close to 0 and 1.

        See Also
        --------
        decision_function : Gives the logits.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> clf.predict_proba(X[:5]).shape
        (5, 10)
        """
        return softmax(self._run_network(X)[0])

    def predict_log_proba(self, X: Rows) -> Floats:
        """Predict the log-probability of each class, without underflow.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`.

        Raises
        ------
        NotFittedError, ValueError
            As in `predict`.

        Warns
        -----
        UserWarning
            As in `predict_proba`.

        See Also
        --------
        predict_proba : Gives the probabilities themselves.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> clf.predict_log_proba(X[:5]).shape
        (5, 10)
        """
        return log_softmax(self._run_network(X)[0])

    def decision_function(self, X: Rows) -> Floats:
        """Compute the logits, the outputs of the network's linear last layer.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)

        Returns
        -------
        logits : ndarray of shape (n_samples, n_classes) or (n_samples,)
            In the order of `classes_`. For two classes, the logit of the second minus
            that of the first: positive where the second is predicted.

        Raises
        ------
        NotFittedError, ValueError
            As in `predict`.

        Warns
        -----
        UserWarning
            As in `predict_proba`.

        See Also
        --------
        predict_proba : Gives the softmax of the logits.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> logits = clf.decision_function(X[:5])
        >>> clf.classes_[logits.argmax(axis=1)]
        array([0, 1, 2, 3, 4])
        """
        logits, _ = self._run_network(X)
        return logits[:, 1] - logits[:, 0] if logits.shape[1] == 2 else logits

    def hidden_activations(self, X: Rows) -> list[Floats]:
        """Compute the outputs of each hidden layer, after its activation.

        These outputs describe each row by a few numbers: input for a nearest-neighbour
        search, a map such as t-SNE, or a second classifier.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            On the same scale as the X given to `fit`.

        Returns
        -------
        activations : list of ndarray of shape (n_samples, units)
            One array for each hidden layer, from the first to the last; an empty list
            for a network without hidden layers. In the precision of `coefs_`.

        Raises
        ------
        NotFittedError, ValueError
            As in `predict`.

        Warns
        -----
        UserWarning
            As in `predict_proba`.

        See Also
        --------
        decision_function : Computes the outputs of the last layer.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> first, second = clf.hidden_activations(X)
        >>> first.shape, second.shape
        ((1797, 25), (1797, 15))
        """
        return self._run_network(X, FittedNetwork.hidden)[0]

    def to_keras(self) -> "keras.Sequential":
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
            If Keras is set to a backend other than TensorFlow.
        RuntimeError, ModuleNotFoundError
            As in `fit`.

        See Also
        --------
        from_keras : Takes a Keras network that was trained elsewhere.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> clf.to_keras()(X[:5]).shape
        TensorShape([5, 10])
        """
        check_is_fitted(self)
        return to_keras(FittedNetwork.of(self))

    def to_sklearn(self) -> "MLPClassifier":
        """Build the fitted network as scikit-learn's own classifier.

        Use it for tools that support scikit-learn's networks, such as converters to
        ONNX.

        Returns
        -------
        clf : sklearn.neural_network.MLPClassifier
            Fitted, with the same predictions and probabilities. The weights are a copy;
            parameters other than the layers and the activation have their defaults.

        Raises
        ------
        NotFittedError
            Before `fit`.
        ValueError
            If there is only one class.

        See Also
        --------
        to_keras : Makes a Keras network.

        Examples
        --------
        >>> from sklearn.datasets import load_digits
        >>> from skdigits import DigitMLPClassifier
        >>> X, y = load_digits(return_X_y=True)
        >>> clf = DigitMLPClassifier(epochs=5, random_state=0).fit(X, y)
        >>> clf.to_sklearn().predict(X[:5])
        array([0, 1, 2, 3, 4])
        """
        check_is_fitted(self)
        clf = to_sklearn(FittedNetwork.of(self), self.loss_curve_)
        if hasattr(self, "feature_names_in_"):
            clf.feature_names_in_ = self.feature_names_in_
        return clf

    @classmethod
    def from_keras(cls, model: "keras.Model", classes: ArrayLike | None = None) -> Self:
        """Make a fitted classifier from a Keras network that was trained elsewhere.

        Parameters
        ----------
        model : keras.Model
            A built Sequential or functional model: a plain chain of Dense layers, each
            called once. All hidden layers have the same activation: Keras's relu, tanh,
            sigmoid or linear. The last layer returns logits or a softmax; for two
            classes it may be a single unit that returns a logit or a sigmoid. Rescaling
            and Flatten may precede the Dense layers, Dropout may lie between them.

        classes : array-like of shape (n_classes,), default=None
            The label of each output, an integer, string or boolean; None numbers them
            0, 1, ...

        Returns
        -------
        clf : DigitMLPClassifier
            Takes the same X as the model, flattened to rows. Its training parameters
            are the defaults; `partial_fit`, and `fit` with `warm_start`, continue from
            the weights.

        Raises
        ------
        ValueError
            If `model` is of another kind, or if `classes` is not one distinct label for
            each output, as `fit` takes them.

        Examples
        --------
        >>> import keras
        >>> from skdigits import DigitMLPClassifier
        >>> layers = [
        ...     keras.Input((64,)),
        ...     keras.layers.Dense(20, "relu"),
        ...     keras.layers.Dense(3, "softmax"),
        ... ]
        >>> model = keras.Sequential(layers)
        >>> clf = DigitMLPClassifier.from_keras(model, classes=["a", "b", "c"])
        >>> clf.predict_proba([[0.0] * 64]).shape
        (1, 3)
        """
        coefs, intercepts, activation = read_keras(model)
        classes, order = check_output_classes(classes, n_outputs=len(intercepts[-1]))
        coefs[-1], intercepts[-1] = coefs[-1][:, order], intercepts[-1][order]
        return cls._from_network(FittedNetwork(classes, coefs, intercepts, activation))

    @property
    def loss_(self) -> float:
        return self.loss_curve_[-1] if self.loss_curve_ else np.inf

    @property
    def best_loss_(self) -> float:
        return min(self.loss_curve_, default=np.inf)

    @property
    def n_layers_(self) -> int:
        return len(self.coefs_) + 1

    @property
    def n_outputs_(self) -> int:
        return len(self.intercepts_[-1])

    @property
    def out_activation_(self) -> str:
        check_is_fitted(self)
        return "softmax"

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "coefs_")

    def __getstate__(self) -> dict[str, Any]:
        state = add_version(super().__getstate__())
        # The list grows in place, so a copy of the estimator needs its own list.
        if "loss_curve_" in state:
            state["loss_curve_"] = list(state["loss_curve_"])
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        # A parameter that the file lacks gets its default. If the estimator behaved
        # differently before the parameter existed, give another value here.
        parameters = inspect.signature(DigitMLPClassifier).parameters.values()
        defaults = {parameter.name: parameter.default for parameter in parameters}
        super().__setstate__(upgrade_state(state, defaults))

    @classmethod
    def _from_network(cls, network):
        """Make a classifier from a network that was trained elsewhere."""
        hidden_layer_sizes = tuple(len(b) for b in network.intercepts[:-1])
        clf = cls(hidden_layer_sizes, network.activation)
        clf.__dict__.update(network.attributes())
        clf.loss_curve_, clf.n_iter_ = [], 0
        clf._seed, clf._state, clf._epoch = None, None, 0
        if network.scale is not None:
            clf._input_scale = input_scale(Scale(*network.scale))
        return clf

    def _run_network(self, X, compute=FittedNetwork.logits, only_labels=False):
        """Return ``compute(network, X)``, and the network.

        `compute` returns an array, or a list of arrays whose last one is checked.
        """
        if not self.__sklearn_is_fitted__():
            check_is_fitted(self)  # reads the tags, which is slow for one row
        has_names = hasattr(self, "feature_names_in_")
        if has_names or not is_plain(X, (self.n_features_in_,)):
            refuse_images(X, self.n_features_in_)
            X = validate_data(self, X, reset=False, accept_sparse="csr")
        network = FittedNetwork.of(self)
        if network.scale is not None:
            warn_of_other_scale(X, Scale(*network.scale), only_labels=only_labels)
        outputs = compute(network, X)
        for last in outputs[-1:] if isinstance(outputs, list) else [outputs]:
            refuse_overflow(last, X, self)
        return outputs, network

    def _check_data(self, X, y, weight, resume, is_part=False, classes=None):
        """Validate the training data.

        Parameters
        ----------
        X, y, weight
            As given to `fit`.
        resume : bool
            Whether to continue training the fitted network.
        is_part : bool, default=False
            Whether `partial_fit` was given the data, with `classes`.
        classes : array-like of shape (n_classes,), default=None

        Returns
        -------
        data : TrainingData
            Without validation rows.
        """
        refuse_images(X, self.n_features_in_ if resume else None)
        refuse_one_hot(y)
        # This estimator changes only after training, so another instance stores the
        # columns.
        columns = self if resume else object.__new__(type(self))
        X, y = validate_data(
            columns,
            X,
            y,
            reset=not resume,
            accept_sparse="csr",
            ensure_min_samples=1 if is_part else 2,
        )
        X = order_by_rows(X)
        if not (is_part and resume):  # then labels must be known ones
            check_classification_targets(y)
        weight = check_sample_weight(weight, X)
        if is_part:
            classes = check_classes(classes, self.classes_ if resume else None)
        classes, y = encode_labels(y, classes)
        if resume:
            refuse_change("the labels in y", classes, self.classes_)
        weight = weigh_classes(self.class_weight, weight, y, classes)
        if is_part:
            dtype = self.coefs_[0].dtype if resume else fit_dtype(X.dtype)
            refuse_large_weights(weight, dtype)
        rows = LabelledRows(X, y, weight, np.flatnonzero(weight))
        return TrainingData(rows, classes, columns)

    def _add_validation(self, data, seed, X, y, weight):
        """Add the given validation rows, or those that early stopping holds out."""
        if X is None and y is None:
            if weight is not None:
                raise ValueError("sample_weight_val needs X_val and y_val.")
            if not self.early_stopping:
                return data
            rows, held_out = split_rows(
                data.rows, data.classes, self.validation_fraction, validation_rng(seed)
            )
            data = data._replace(rows=rows)
        elif X is None or y is None:
            raise ValueError("X_val and y_val must be given together.")
        else:
            refuse_images(X)
            refuse_one_hot(y)
            X, y = validate_data(data.columns, X, y, reset=False, accept_sparse="csr")
            _, y = encode_labels(y, data.classes, "y_val")
            weight = check_sample_weight(weight, X)
            held_out = LabelledRows(X, y, weight, np.flatnonzero(weight))
        scorer = self._make_scorer(held_out, data.classes)
        return data._replace(validation=Validation(held_out, scorer))

    def _make_scorer(self, rows, classes):
        """Return `scoring` as a function of the weights; None and "loss" unchanged."""
        if self.scoring in (None, "loss"):
            return self.scoring
        scorer = check_scoring(self, scoring=self.scoring)
        X, y, weight, indices = rows
        X, labels, weight = X[indices], classes[y[indices]], weight[indices]
        # scikit-learn's scorers take weights also for a function that does not.
        function = getattr(scorer, "_score_func", scorer)
        takes_weights = "sample_weight" in inspect.signature(function).parameters
        is_weighted = takes_weights and np.ptp(weight) > 0
        weights = {"sample_weight": weight} if is_weighted else {}
        scored = object.__new__(type(self))
        scored.__dict__.update(self.get_params(deep=False))

        def score(coefs, intercepts):
            network = FittedNetwork(classes, coefs, intercepts, self.activation)
            scored.__dict__.update(network.attributes())
            return scorer(scored, X, labels, **weights)

        return score

    def _choose_seed(self, resume):
        """Return the seed of earlier training, or a new one from `random_state`."""
        seed = self._seed if resume else None
        return draw_seed(self.random_state) if seed is None else seed

    def _make_start(self, data, seed, resume):
        """Return where training starts: a new network, or the fitted one."""
        X, _, weight, _ = data.rows
        hidden_sizes = check_hidden_layer_sizes(self.hidden_layer_sizes)
        layer_sizes = (X.shape[1], *hidden_sizes, len(data.classes))
        if resume and self._scale is not None:
            scale, multiplier = self._scale, self._input_scale
        else:
            scale = measure_scale(X, weight)
            multiplier = input_scale(scale) if self.rescale else 1.0
        network = Network(layer_sizes, self.activation, multiplier)
        if not resume:
            state = draw_state(network, seed, X.dtype)
            return Start(network, state, seed, scale)
        fitted_sizes = tuple(len(intercept) for intercept in self.intercepts_[:-1])
        refuse_change("hidden_layer_sizes", hidden_sizes, fitted_sizes)
        refuse_change("activation", self.activation, self._activation)
        refuse_other_weights(self.coefs_, self.intercepts_, layer_sizes)
        state = resume_state(network, self.coefs_, self.intercepts_, self._state)
        refuse_overflow_on_first_scale(X, weight, multiplier, state.weights.dtype)
        return Start(
            network,
            state,
            seed,
            scale,
            first_epoch=len(self.loss_curve_) + 1,
            epoch=getattr(self, "_epoch", len(self.loss_curve_)),  # old files lack it
        )

    def _make_settings(self, epochs, schedule):
        weight_decay = self.weight_decay
        if weight_decay == "auto":
            weight_decay = 0.1 if self.augmentation is None else 0.02
        return TrainingSettings(
            # NumPy's small integers would overflow when multiplied.
            epochs=int(epochs),
            batch_size=int(self.batch_size),
            learning_rate=float(self.learning_rate),
            learning_rate_schedule=schedule,
            weight_decay=weight_decay,
            ema_momentum=0.0 if self.ema_momentum is None else self.ema_momentum,
            shuffle=self.shuffle,
            augmentation=self.augmentation,
            image_shape=self.image_shape,
            early_stopping=self.early_stopping,
            n_iter_no_change=self.n_iter_no_change,
            tol=self.tol,
            verbose=self.verbose,
        )

    def _train(self, start, data, settings, tasks, keep_state):
        """Train, and set the fitted attributes, also after Ctrl-C.

        With `keep_state` the estimator keeps the optimizer's state, to resume training.
        """
        after = partial(self._attributes_after, start, data, keep_state)
        tasks.attributes_after = partial(after, extend=False)
        history = train(start, data, settings, tasks)
        state = history.best_state if self.early_stopping else history.state
        history = history._replace(state=state)
        with signals_held_back():
            fitted = after(history, extend=True)
            if self.early_stopping:
                fitted["_epoch"] = history.best_epoch
            for name in _OPTIONAL_ATTRIBUTES - fitted.keys():
                self.__dict__.pop(name, None)
            # In one update: a thread that predicts sees either the old or the new
            # network.
            self.__dict__.update(fitted)
        if history.interrupt is not None:
            raise history.interrupt
        tasks.end()
        return self

    def _attributes_after(self, start, data, keep_state, history, extend):
        """Return the attributes that the estimator has after the epochs in `history`.

        `extend` extends the list of losses in place: a copy would make each
        `partial_fit` slower than the last.
        """
        before = vars(self) if start.first_epoch > 1 else {}
        losses = before.get("loss_curve_", [])
        losses = losses if extend else list(losses)
        losses.extend(history.losses)
        coefs, intercepts = start.network.arrays(history.state.average)
        activation, scale = start.network.activation, tuple(start.scale)
        network = FittedNetwork(data.classes, coefs, intercepts, activation, scale)
        fitted = network.attributes()
        fitted |= {"loss_curve_": losses, "n_iter_": len(losses), "_seed": start.seed}
        fitted |= {"_input_scale": start.network.input_scale, "_epoch": len(losses)}
        fitted["_state"] = tuple(history.state) if keep_state else None
        if hasattr(data.columns, "feature_names_in_"):
            fitted["feature_names_in_"] = data.columns.feature_names_in_
        if history.scores:
            n_before = len(losses) - len(history.scores)

            def extend_curve(name, new):
                curve = before.get(name, [])
                return [*curve, *[np.nan] * (n_before - len(curve)), *new]

            scores = extend_curve("validation_scores_", history.scores)
            best_score, best_epoch = history.best_score, history.best_epoch
            if not self.early_stopping:
                best = int(np.nanargmax(scores))
                best_score, best_epoch = scores[best], best + 1
            fitted |= {
                "validation_loss_curve_": extend_curve(
                    "validation_loss_curve_", history.validation_losses
                ),
                "validation_scores_": scores,
                "best_validation_score_": best_score,
                "best_epoch_": best_epoch,
            }
        return fitted


# Fitted attributes that some fits do not set.
_OPTIONAL_ATTRIBUTES = {
    "feature_names_in_",
    "validation_loss_curve_",
    "validation_scores_",
    "best_validation_score_",
    "best_epoch_",
}
