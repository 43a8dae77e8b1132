"""Time one epoch of MNIST: skdigits beside Keras's `model.fit`, in turn, in one run.

    python benchmarks/epoch.py

Both train 784 → 25 → 15 → 10 with Adam on the same rows in batches of 32. Compiling is
left out: each is warmed up first.
"""

import statistics
import time

import keras

from skdigits import DigitMLPClassifier, fetch_mnist

ROUNDS = 5

X, y = fetch_mnist(return_X_y=True)
X = X.reshape(len(X), -1)
X_keras = X.astype("float32") / 255


def skdigits_epoch():
    DigitMLPClassifier(epochs=1, random_state=0).fit(X, y)


model = keras.Sequential(
    [
        keras.Input((784,)),
        keras.layers.Dense(25, "relu"),
        keras.layers.Dense(15, "relu"),
        keras.layers.Dense(10),
    ]
)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))


def keras_epoch():
    model.fit(X_keras, y, batch_size=32, epochs=1, verbose=0)


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


seconds(skdigits_epoch), seconds(keras_epoch)
rounds = [(seconds(skdigits_epoch), seconds(keras_epoch)) for _ in range(ROUNDS)]
ours, theirs = zip(*rounds)
ratios = [slow / fast for fast, slow in rounds]
for name, values in {"skdigits, s": ours, "Keras, s": theirs, "ratio": ratios}.items():
    low, high = min(values), max(values)
    print(f"{name:12} {statistics.median(values):6.2f}  ({low:.2f} – {high:.2f})")
