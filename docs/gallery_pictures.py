"""Alternative texts for the gallery's pictures; three thumbnails.

python docs/gallery_pictures.py draws the thumbnails of the window to draw in, and of
the service. That of the cluster is the picture that examples/plot_on_a_cluster.py
saves, 480 pixels wide.
"""

import re
import runpy
import sys
from pathlib import Path

from sphinx_gallery.scrapers import matplotlib_scraper

ROOT = Path(__file__).parents[1]

# For each example, what its pictures show, in order.
TEXTS = {
    "plot_1_what_a_digit_is": [
        "A digit of 8 by 8 squares, each with its number written in: larger is darker",
        "A digit drawn by typing 64 numbers, shown in the same way",
        "Ten handwritten threes, all of them different",
        "The average image of each digit, blurred",
        "Confusion matrix of the digits that comparing with the averages gives",
        "Ten digits whose pixels are in another order: they look like noise",
    ],
    "plot_2_train_and_look_inside": [
        "The weights of six units as images, in a row for each number of epochs: from "
        "noise to patches of light and dark",
        "Curve of the loss, which falls fast in the first epochs and then slowly",
        "The weights of all units of the first layer, each as an image",
        "Two rows of eight digits: those for which the output of a unit is largest, "
        "and those for which it is 0",
        "Bars of the accuracy with each of 25 units switched off, below a dotted line "
        "for all units",
        "A digit, and beside it how much each of its pixels supported either of two "
        "labels",
    ],
    "plot_3_where_it_fails": [
        "Confusion matrix of the test images: ten rows of true digits, ten columns of "
        "predicted ones",
        "Twelve misread digits, each with its label, the answer and its probability",
        "A misread digit, and beside it how much each of its pixels supported the "
        "wrong answer and the right one",
        "Noise, a letter H and a blank image, each with the answer of the network and "
        "its probability",
        "Histogram of the accuracy in 1,000 tests of 100 images each",
    ],
    "plot_4_your_own_hand": [
        "Four sheets with the digits 0 to 9 in six lines, a box around each digit",
        "The digits of one sheet, as they were cut out, each with its label and with "
        "what the reader takes it for",
        "Line of the errors over the number of lines of each sheet that teach",
    ],
    "plot_blog_post": [
        "Left, the confusion matrix of the blog post's recipe; right, its accuracy "
        "over the epochs beside that of the defaults",
    ],
    "plot_digits": [
        "Confusion matrix of the test images: ten rows of true digits, ten columns of "
        "predicted ones, nearly all on the diagonal",
    ],
    "plot_learning_rate_search": [
        "Curve of the accuracy over the learning rate, on a logarithmic scale, with "
        "the deviation of the folds: it rises, is flat for a while, and falls",
    ],
    "plot_own_handwriting": [
        "Drawn digits in three columns: the picture, the framed image, and the "
        "probabilities of 0 to 9 as bars",
    ],
    "plot_pruned_search": [
        "The errors of each trial over the epochs, without and with pruning; crosses "
        "mark trials that ended early",
    ],
    "plot_steps_before_the_network": [
        "Left, digits as they are, straightened, and as four planes of gradients; "
        "right, the weights of the first layer over these planes",
    ],
    "plot_what_it_learnt": [
        "Curve of the losses, the weights of each unit of the first layer as an image, "
        "and the misread digits that the network was surest of",
    ],
    "plot_why_misread": [
        "A barred seven in a shadow, its probability of ink, candidates, framed and "
        "straightened image, gradients, and probabilities: it is read as 7",
        "The same steps for a seven and a one on one page: both are framed as one",
        "The same steps for squared paper without a digit: no candidate looks like one",
        "The same steps for a misread digit of 8 by 8 pixels",
        "The misread digit, and beside it how much each of its pixels supported the "
        "wrong answer and the right one",
    ],
}


def scrape(block, block_vars, gallery_conf, **arguments):
    """Save the figures of a block as sphinx-gallery does, with our texts."""
    rst = matplotlib_scraper(block, block_vars, gallery_conf, **arguments)
    return re.sub(r"(sphx_glr_(\w+)_(\d{3})\.png\n +:alt:).*", _add_text, rst)


def _add_text(match):
    before, example, number = match[1], match[2], int(match[3])
    texts = TEXTS.get(example, [])
    if number > len(texts):
        raise LookupError(
            f"docs/gallery_pictures.py has no text for picture {number} of {example}.py"
        )
    return f"{before} {texts[number - 1]}"


def draw_window():
    """Draw a seven into the window of examples/draw_a_digit.py."""
    sys.path.insert(0, str(ROOT / "examples"))
    example = runpy.run_path(str(ROOT / "examples" / "draw_a_digit.py"))
    window = example["DrawingWindow"](example["load_or_train"]())
    window._last = 35, 25
    for x, y in ((105, 25), (85, 70), (70, 120)):
        window._draw_to(x, y)
    return window.figure


def draw_service():
    """Draw a picture, and the service's answer to it, of which the guide has more."""
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(4.8, 2.4), layout="constrained")
    left.imshow(plt.imread(ROOT / "docs" / "sheet.jpg")[30:90, 30:230])
    answer = '{\n "lines": ["3141"],\n "digits": [\n  {"digit": 3, …},\n  …\n ]\n}'
    right.text(0, 0.5, answer, family="monospace", verticalalignment="center")
    left.set_title("POST /read", family="monospace")
    for ax in (left, right):
        ax.set_axis_off()
    return figure


if __name__ == "__main__":
    folder = ROOT / "docs" / "_static" / "thumbnails"
    draw_window().savefig(folder / "draw_a_digit.png", dpi=48)
    draw_service().savefig(folder / "serve_reader.png", dpi=100)
