"""The fitted network: all that prediction needs."""

from operator import itemgetter
from typing import Any, NamedTuple

from skdigits._network._forward import compute_hidden, compute_logits


class FittedNetwork(NamedTuple):
    """The fitted attributes that a classifier predicts with.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        The label of each output.
    coefs : list of ndarray of shape (units before, units)
    intercepts : list of ndarray of shape (units,)
    activation : {"relu", "tanh", "logistic", "identity"}
        Activation of the hidden layers.
    scale : tuple or None
        The `Scale` of the X that the network was trained on; None disables the warning
        about X on another scale.
    """

    classes: Any
    coefs: Any
    intercepts: Any
    activation: str
    scale: tuple | None = None

    @classmethod
    def of(cls, estimator):
        """Read the network of a fitted classifier."""
        # One copy, as a fit in another thread replaces all attributes in one update.
        return cls(*_get_attributes(vars(estimator).copy()))

    def attributes(self):
        """Return the fitted attributes of a classifier, by name."""
        return dict(zip(_ATTRIBUTES, self)) | {"n_features_in_": len(self.coefs[0])}

    def logits(self, X):
        """Compute the logits, as `compute_logits` does."""
        return compute_logits(X, self.coefs, self.intercepts, self.activation)

    def hidden(self, X):
        """Compute the outputs of each hidden layer, as `compute_hidden` does."""
        return compute_hidden(X, self.coefs, self.intercepts, self.activation)


# The attributes of a classifier, in the order of the fields.
_ATTRIBUTES = ("classes_", "coefs_", "intercepts_", "_activation", "_scale")
_get_attributes = itemgetter(*_ATTRIBUTES)
