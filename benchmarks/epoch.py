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
for name, times in zip(["skdigits", "Keras fit"], zip(*rounds)):
    print(
        f"{name:10} {statistics.median(times):6.3f} s  ({min(times):.3f} – {max(times):.3f})"
    )
ratios = [slow / fast for fast, slow in rounds]
print(
    f"{'ratio':10} {statistics.median(ratios):6.1f}    ({min(ratios):.1f} – {max(ratios):.1f})"
)
