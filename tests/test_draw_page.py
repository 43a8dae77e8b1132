"""The page to draw on, in a real browser: its logits are the estimator's."""

import base64
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from skdigits import DigitMLPClassifier

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="the page is tested with playwright"
)
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("the page is tested in Chromium", allow_module_level=True)

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def network():
    """What the page's script of weights holds."""
    script = (DOCS / "_static" / "digit_network.js").read_text()
    return json.loads(re.fullmatch(r"const DIGIT_NETWORK = (.*);\n", script)[1])


@pytest.fixture(scope="module")
def clf(network):
    """The estimator with those weights."""
    sizes = network["sizes"]
    clf = DigitMLPClassifier(tuple(sizes[1:-1]), epochs=1)
    clf.fit(255 * np.eye(10, sizes[0], dtype=np.uint8), range(10))
    read = [
        [np.frombuffer(base64.b64decode(text), "<f4") for text in network[name]]
        for name in ("coefs", "intercepts")
    ]
    clf.coefs_ = [w.reshape(-1, n) for w, n in zip(read[0], sizes[1:], strict=True)]
    clf.intercepts_ = read[1]
    return clf


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser, tmp_path):
    """The page without the site around it; no message in its console."""
    shutil.copytree(DOCS / "_static", tmp_path / "_static")
    fragment = (DOCS / "draw_a_digit.html").read_text()
    (tmp_path / "page.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8">{fragment}</html>'
    )
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto((tmp_path / "page.html").as_uri())
    yield page
    page.close()
    assert messages == []


def draw(page, points):
    """Draw a line with the mouse, through points given as shares of the area."""
    box = page.locator("#draw-page").bounding_box()
    x, y = (
        [box[at] + share * box["width"] for share in points.T[i]]
        for i, at in enumerate("xy")
    )
    page.mouse.move(x[0], y[0])
    page.mouse.down()
    for point in zip(x[1:], y[1:], strict=True):
        page.mouse.move(*point, steps=4)
    page.mouse.up()


SEVEN = np.array([[0.25, 0.2], [0.75, 0.2], [0.4, 0.85]])


def test_its_logits_are_the_estimators(page, clf, mnist):
    rows = mnist[2][:200].reshape(200, -1)
    results = page.evaluate(
        "images => images.map((image) => showImage(image))", rows.tolist()
    )
    framed = [result["pixels"] for result in results]
    np.testing.assert_array_equal(framed, rows)  # MNIST's images are framed already
    logits = [result["logits"] for result in results]
    np.testing.assert_allclose(logits, clf.decision_function(rows), atol=1e-4, rtol=0)
    probabilities = [result["probabilities"] for result in results]
    np.testing.assert_allclose(probabilities, clf.predict_proba(rows), atol=1e-5)


def test_a_drawing_is_read_and_cleared(page):
    answer = page.locator("#draw-answer")
    sync_api.expect(answer).to_have_text("Nothing drawn yet")
    draw(page, SEVEN)
    sync_api.expect(answer).to_have_text(re.compile(r"^7 \(\d+ %\)$"))
    one = page.evaluate("update().probabilities")
    draw(page, np.array([[0.35, 0.5], [0.75, 0.5]]))
    assert page.evaluate("update().probabilities") != one
    page.get_by_role("button", name="Clear").click()
    sync_api.expect(answer).to_have_text("Nothing drawn yet")


@pytest.mark.parametrize("size", [0.15, 0.4, 1])
def test_a_drawing_of_any_size_anywhere_is_read(page, size):
    draw(page, 0.02 + size * SEVEN)
    assert np.argmax(page.evaluate("update().probabilities")) == 7


def test_the_keyboard_shows_images_and_clears(page, network):
    page.locator("#draw-page").focus()
    answer = page.locator("#draw-answer")
    for digit in range(10):
        page.keyboard.press(str(digit))
        sync_api.expect(answer).to_have_text(re.compile(rf"^{digit} \(\d+ %\)$"))
    page.keyboard.press("Delete")
    sync_api.expect(answer).to_have_text("Nothing drawn yet")


def test_a_screen_reader_is_told_the_answer(page):
    assert page.locator("#draw-answer").get_attribute("aria-live") == "polite"
    assert page.get_by_role("button", name="Clear").count() == 1
    for canvas in page.locator("#draw > section > canvas, .draw-row canvas").all():
        assert canvas.get_attribute("aria-label")


def test_units_light_up(page):
    units = "[...document.querySelectorAll('.draw-units > *')]"
    lights = f"{units}.map((unit) => Number(unit.style.getPropertyValue('--light')))"
    assert page.evaluate(lights) == [0] * 40
    draw(page, SEVEN)
    first, second = np.split(np.array(page.evaluate(lights)), [25])
    assert first.max() == second.max() == 1
    assert (first == 0).any()


def test_it_fits_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_finger_draws(page):
    session = page.context.new_cdp_session(page)
    box = page.locator("#draw-page").bounding_box()
    place = np.array([box["x"], box["y"]])
    kinds = ["touchStart", *["touchMove"] * (len(SEVEN) - 1), "touchEnd"]
    for kind, point in zip(kinds, [*(place + box["width"] * SEVEN), None], strict=True):
        touched = [] if point is None else [dict(zip("xy", point.tolist()))]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})
    assert page.evaluate("window.scrollY") == 0
    assert np.argmax(page.evaluate("update().probabilities")) == 7
