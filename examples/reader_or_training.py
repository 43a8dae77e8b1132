"""The network for the examples: the reader in the package, or one trained here."""

from mnist_or_digits import load_images
from sklearn.pipeline import Pipeline

from skdigits import CenterDigit, DigitMLPClassifier, Flatten, load_digit_reader


def load_or_train(epochs=None):
    """Load the reader, or train a network on the pixels of MNIST.

    Parameters
    ----------
    epochs : int or None
        Passes over the images. None loads the reader.

    Returns
    -------
    center : CenterDigit
        It frames pictures for the classifier; blank ones become black images.
    classifier : Pipeline
        It takes framed images, and is fitted.
    """
    if epochs is None:
        reader = load_digit_reader().set_params(center__on_blank="keep")
        return reader["center"], reader[1:]
    X_train, X_test, y_train, y_test = load_images()
    size = X_train.shape[1]
    # The bundled digits of 8 × 8 fill their height.
    center = CenterDigit(size, box=20 if size == 28 else size, on_blank="keep")
    if size != 28:  # their greys differ from those of drawings: frame them, too
        X_train, X_test = center.transform(X_train), center.transform(X_test)
    clf = DigitMLPClassifier(
        epochs=epochs, augmentation="affine", verbose=1, random_state=0
    )
    classifier = Pipeline([("flatten", Flatten()), ("clf", clf)])
    classifier.fit(X_train, y_train)
    print(f"Test accuracy: {classifier.score(X_test, y_test):.2%}")
    return center, classifier
