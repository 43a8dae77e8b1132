"""
A window to draw a digit in
===========================

Draw a digit with the mouse, and watch the ten probabilities change.

Run it on a machine with a screen::

    python examples/draw_a_digit.py

Draw into the left square with the left button; any key clears it. The small image is
what the network sees.
"""

import argparse

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from skdigits import load_digit_images, load_digit_reader

SIDE = 140  # side of the square to draw in, in pixels
PEN = 5  # radius of the pen, in the same pixels


class DrawingWindow:
    """A window that predicts while its user draws.

    Parameters
    ----------
    reader : Pipeline
        The pipeline of `load_digit_reader`, with ``center__on_blank="keep"``.

    Attributes
    ----------
    page : ndarray of shape (SIDE, SIDE), uint8
        White ink on black.

    figure, page_axes, frame_axes, bar_axes
        matplotlib's figure and its three axes.
    """

    def __init__(self, reader):
        self.reader = reader
        self.page = np.zeros((SIDE, SIDE), dtype=np.uint8)
        self._last = None  # last position of the pen while it is down

        sns.set_theme(style="white", palette="colorblind")
        self.figure, axes = plt.subplots(
            1, 3, figsize=(10, 4), width_ratios=(3, 1.2, 3), layout="constrained"
        )
        self.page_axes, self.frame_axes, self.bar_axes = axes
        gray = {"cmap": "gray", "vmin": 0, "vmax": 255}
        self._page_image = self.page_axes.imshow(self.page, **gray)
        self.page_axes.set(title="Draw here; any key clears", xticks=[], yticks=[])
        self._frame_image = self.frame_axes.imshow(np.zeros((28, 28)), **gray)
        self.frame_axes.set(title="Framed", xticks=[], yticks=[])
        self._bars = self.bar_axes.bar(reader.classes_.astype(str), 0)
        self.bar_axes.set(
            ylim=(0, 1), yticks=[0, 0.5, 1], xlabel="Digit", ylabel="Probability"
        )
        sns.despine(ax=self.bar_axes)
        self._show()
        # Lay out the figure once: a new layout for each change would take most of the
        # time.
        self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")

        connect = self.figure.canvas.mpl_connect
        connect("button_press_event", self._pen_down)
        connect("motion_notify_event", self._pen_moves)
        connect("button_release_event", self._pen_up)
        connect("key_press_event", self._clear)
        # Disconnect matplotlib's own keys: s would save and q close, for instance.
        manager = self.figure.canvas.manager
        if manager is not None and manager.key_press_handler_id is not None:
            self.figure.canvas.mpl_disconnect(manager.key_press_handler_id)

    def _pen_down(self, event):
        if event.inaxes is self.page_axes and event.button == 1:
            self._last = event.xdata, event.ydata
            self._draw_to(*self._last)

    def _pen_moves(self, event):
        if self._last is None:
            return
        if event.inaxes is self.page_axes:
            self._draw_to(event.xdata, event.ydata)
        else:  # the pen may come back elsewhere: draw no line to that place
            self._last = None

    def _pen_up(self, event):
        self._last = None

    def _clear(self, event):
        self._last = None
        self.page[:] = 0
        self._show()

    def _draw_to(self, x, y):
        """Ink all pixels near the line from the pen's last position to (x, y)."""
        start, end = np.array(self._last), np.array([x, y])
        along = end - start
        pixels = (
            np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1) - start
        )
        part = np.clip(pixels @ along / max(along @ along, 1e-9), 0, 1)
        distance = np.linalg.norm(pixels - part[..., np.newaxis] * along, axis=-1)
        ink = 255 * np.clip(PEN + 0.5 - distance, 0, 1)
        self.page = np.maximum(self.page, ink.astype(np.uint8))
        self._last = x, y
        self._show()

    def _show(self):
        """Predict, and draw what has changed."""
        image = self.reader["center"].transform([self.page])
        blank = not image.any()
        probabilities = self.reader[1:].predict_proba(image)[0]
        best = probabilities.argmax()
        for i, (bar, p) in enumerate(zip(self._bars, probabilities)):
            bar.set_height(0 if blank else p)
            bar.set_color("C1" if i == best else "C0")
        answer = f"{self.reader.classes_[best]} ({probabilities[best]:.0%})"
        self.bar_axes.set_title("Nothing drawn yet" if blank else answer)
        self._page_image.set_data(self.page)
        self._frame_image.set_data(image[0])
        self.figure.canvas.draw_idle()


def load_or_train(epochs=None):
    """Load the reader; if epochs is a number, train its network again."""
    reader = load_digit_reader().set_params(center__on_blank="keep")
    if epochs is not None:
        X_train, X_test, y_train, y_test = load_digit_images()
        if X_train.shape[1] != 28:  # without MNIST
            X_train, X_test = map(reader["center"].transform, (X_train, X_test))
        trained = reader[1:].set_params(clf__epochs=epochs, clf__verbose=1)
        trained.fit(X_train, y_train)
        print(f"Test accuracy: {trained.score(X_test, y_test):.2%}")
    return reader


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.strip().partition("\n")[0])
    parser.add_argument(
        "--epochs",
        type=int,
        help="train the network again, with this many passes over MNIST",
    )
    arguments = parser.parse_args()
    if plt.get_backend().lower() == "agg":
        parser.exit(1, "No window can be opened: matplotlib found no screen.\n")
    window = DrawingWindow(load_or_train(arguments.epochs))
    plt.show()

# sphinx_gallery_thumbnail_path = '_static/thumbnails/draw_a_digit.png'
