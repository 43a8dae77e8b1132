"""The page on which a network learns, in a real browser: its numbers are NumPy's."""

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from scipy.special import log_softmax
from strokes import SEVEN, draw

pytestmark = pytest.mark.slow

STEPS, RATE, BATCH = 20, 0.01, 32

# The layers as lists: coefs and intercepts of each.
LAYERS = "run.layers.map(({ coefs, intercepts }) => [[...coefs], [...intercepts]])"


@pytest.fixture
def page(open_page):
    page = open_page("watch_it_learn")
    page.wait_for_selector("#learn:not([hidden])")
    return page


@pytest.fixture(scope="module")
def pictures(site):
    """The pictures of the page, from 0 to 1, and labels; held-out ones first."""
    script = (site / "_static" / "learning_pictures.js").read_text()
    file = json.loads(re.fullmatch(r"const LEARNING_PICTURES = (.*);\n", script)[1])
    sheet = Image.open(io.BytesIO(base64.b64decode(file["sheet"].partition(",")[2])))
    rows = np.asarray(sheet.convert("L")) / 255
    rows = rows.reshape(-1, 28, file["columns"], 28).swapaxes(1, 2).reshape(-1, 784)
    return rows, np.array(list(file["labels"]), int)


def read_layers(page):
    """Return coefs and intercepts of each layer, as they are now."""
    return [
        (np.reshape(coefs, (-1, len(intercepts))), np.array(intercepts, float))
        for coefs, intercepts in page.evaluate(LAYERS)
    ]


def forward(layers, rows):
    """Return the rows, the outputs of each layer, and the logits."""
    outputs = [rows]
    for i, (coefs, intercepts) in enumerate(layers):
        sums = outputs[-1] @ coefs + intercepts
        outputs.append(sums if i == len(layers) - 1 else np.maximum(sums, 0))
    return outputs


def train(layers, rows, labels):
    """Train by Adam on batches of rows; return the layers and the losses."""
    arrays = [array.copy() for layer in layers for array in layer]
    first, second = ([np.zeros_like(a) for a in arrays] for _ in range(2))
    losses = []
    for t in range(1, STEPS + 1):
        batch = slice((t - 1) * BATCH, t * BATCH)
        layers = list(zip(arrays[::2], arrays[1::2]))
        outputs = forward(layers, rows[batch])
        log_p = log_softmax(outputs[-1], axis=1)
        truth = np.eye(10)[labels[batch]]
        losses.append(-(log_p * truth).sum() / BATCH)
        slopes = (np.exp(log_p) - truth) / BATCH
        gradients = []
        for (coefs, _), inputs in zip(layers[::-1], outputs[-2::-1]):
            gradients += [slopes.sum(axis=0), inputs.T @ slopes]
            slopes = slopes @ coefs.T * (inputs > 0)
        for array, m, v, g in zip(arrays, first, second, gradients[::-1]):
            m += 0.1 * (g - m)
            v += 0.001 * (g**2 - v)
            # Epsilon as in Keras, beside the square root of what is not yet unbiased.
            size = RATE * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
            array -= size * m / (np.sqrt(v) + 1e-7)
    return list(zip(arrays[::2], arrays[1::2])), losses


def test_twenty_steps_are_those_of_numpy(page, pictures):
    rows, labels = pictures
    assert len(rows) == 5000
    page.get_by_label("Learning rate").select_option(str(RATE))
    start = read_layers(page)
    order, losses = page.evaluate(
        f"[[...run.order], Array.from({{ length: {STEPS} }}, () => step().loss)]"
    )
    assert sorted(order) == list(range(4000))
    used = 1000 + np.array(order)
    expected, expected_losses = train(start, rows[used], labels[used])
    np.testing.assert_allclose(losses, expected_losses, atol=1e-4, rtol=0)
    assert losses[-1] < losses[0] - 0.5
    for layer, expected_layer in zip(read_layers(page), expected, strict=True):
        for array, expected_array in zip(layer, expected_layer, strict=True):
            np.testing.assert_allclose(array, expected_array, atol=1e-4, rtol=0)


def test_the_held_out_pictures_are_evaluated_as_by_numpy(page, pictures):
    rows, labels = (values[:1000] for values in pictures)
    page.get_by_role("button", name="Epoch").click()
    logits = forward(read_layers(page), rows)[-1]
    accuracy = (logits.argmax(axis=1) == labels).mean()
    loss = -log_softmax(logits, axis=1)[np.arange(1000), labels].mean()
    told = page.evaluate("[run.heldOut.accuracy, run.heldOut.loss]")
    np.testing.assert_allclose(told, [accuracy, loss], atol=1e-6)
    assert accuracy > 0.8
    status = page.locator("#learn-status").inner_text()
    assert status.startswith("1.00 epochs, 125 steps.")
    assert f"{100 * accuracy:.1f} % right, loss {loss:.2f}" in status
    texts = page.locator("#learn-confusion tbody td").all_inner_texts()
    counts = np.array([int(text or 0) for text in texts]).reshape(10, 10)
    expected = np.zeros((10, 10), int)
    np.add.at(expected, (labels, logits.argmax(axis=1)), 1)
    np.testing.assert_array_equal(counts, expected)


def test_a_seed_gives_the_same_network_again(page):
    def after_one_epoch():
        page.get_by_role("button", name="Reset").click()
        page.get_by_role("button", name="Epoch").click()
        return page.evaluate(LAYERS)

    first = after_one_epoch()
    assert after_one_epoch() == first
    page.get_by_label("Seed").fill("1")
    assert after_one_epoch() != first


def test_it_runs_pauses_and_steps(page):
    status = page.locator("#learn-status")
    assert status.inner_text().startswith("0.00 epochs, 0 steps.")
    page.get_by_role("button", name="Step").click()
    assert status.inner_text().startswith("0.01 epochs, 1 steps.")
    page.get_by_role("button", name="Run").click()
    assert status.get_attribute("aria-live") == "off"
    page.wait_for_function("run.epochs >= 1")
    page.get_by_role("button", name="Pause").click()
    assert status.get_attribute("aria-live") == "polite"
    steps = page.evaluate("run.adam.steps")
    page.wait_for_timeout(200)
    assert page.evaluate("run.adam.steps") == steps > 125


def test_curves_have_five_points_an_epoch_and_follow_the_training(page):
    for _ in range(3):
        page.get_by_role("button", name="Epoch").click()
    assert page.evaluate("run.curve.length") == 16  # and one before the training
    for name, falls in (("loss", True), ("accuracy", False)):
        for of, n_points in (("training", 15), ("heldOut", 16)):
            points = page.locator(f"#learn-{name}-{of}").get_attribute("points")
            x, y = np.array([p.split(",") for p in points.split()], float).T
            assert len(x) == n_points
            assert (np.diff(x) > 0).all()
            assert x[-1] == 100
            assert abs(y[-1] - y[0]) > 10
            assert bool(y[-1] > y[0]) is falls  # y points down
            assert y.min() >= 0
            assert y.max() <= 50
        assert "held out" in page.locator(f"#learn-{name}").get_attribute("aria-label")


def test_pictures_of_units_form(page):
    pictures = """[...document.querySelectorAll("#learn-first canvas")].map(
        (canvas) => canvas.toDataURL())"""
    before = np.array(page.evaluate(pictures))
    assert len(before) == 25
    page.get_by_role("button", name="Epoch").click()
    assert (np.array(page.evaluate(pictures)) != before).all()


@pytest.mark.parametrize("sizes", [("2", "30"), ("50", "2")])
def test_other_units_begin_again(page, sizes):
    page.get_by_role("button", name="Step").click()
    page.get_by_label("Units of the first layer", exact=True).select_option(sizes[0])
    page.get_by_label("Units of the second layer", exact=True).select_option(sizes[1])
    assert page.locator("#learn-status").inner_text().startswith("0.00 epochs, 0 steps")
    assert page.locator("#learn-first > button").count() == int(sizes[0])
    shapes = [coefs.shape for coefs, _ in read_layers(page)]
    first, second = map(int, sizes)
    assert shapes == [(784, first), (first, second), (second, 10)]
    page.get_by_role("button", name="Step").click()
    page.locator("#learn-probabilities > button").first.hover()
    assert page.locator("#learn-card strong").inner_text().startswith("Digit 0: logit")


def test_a_drawing_is_read_by_the_network_as_it_is(page):
    answer = page.locator("#learn-answer")
    assert answer.inner_text() == "Nothing drawn yet"
    draw(page, SEVEN, "#learn-page")
    names = page.locator("#learn-probabilities > button")

    def told():
        texts = [name.get_attribute("aria-label") for name in names.all()]
        return [int(re.fullmatch(r"\d: (\d+) %", text)[1]) / 100 for text in texts]

    def expected():
        pixels = np.array(page.evaluate("[...area.frame().pixels]")) / 255
        return np.exp(log_softmax(forward(read_layers(page), pixels)[-1]))

    untrained = told()
    np.testing.assert_allclose(untrained, expected(), atol=0.006)
    for _ in range(5):
        page.get_by_role("button", name="Epoch").click()
    assert told() != untrained
    np.testing.assert_allclose(told(), expected(), atol=0.006)
    assert re.fullmatch(r"7 \(\d+ %\)", answer.inner_text())
    page.keyboard.press("Control+z")
    assert answer.inner_text() == "Nothing drawn yet"


def test_it_fits_a_phone_and_a_touch_tells_of_a_unit(open_page):
    page = open_page("watch_it_learn", has_touch=True)
    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_selector("#learn:not([hidden])")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Step").tap()
    page.locator("#learn-first > button").nth(4).tap()
    assert page.locator("#learn-card strong").inner_text().startswith("Unit 5:")


def test_its_pictures_take_at_most_700_kilobytes(site):
    assert (site / "_static" / "learning_pictures.js").stat().st_size <= 700_000
