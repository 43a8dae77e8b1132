"""The page to draw on, in a real browser: it reads as the package does."""

import re
from functools import partial

import numpy as np
import pytest
from strokes import DIGITS, NON_DIGITS, SEVEN, draw

from skdigits import AttributionDisplay, load_digit_detector, load_digit_reader
from skdigits._ink._framing import frame_ink

pytestmark = pytest.mark.slow

BARRED_SEVEN = [*SEVEN, [(0.35, 0.5), (0.75, 0.5)]]
ONE = [[(0.8, 0.2), (0.8, 0.8)]]


@pytest.fixture
def page(open_page):
    return open_page("draw_a_digit")


@pytest.fixture
def answer(page):
    """A function that waits until the answer matches a pattern."""
    from playwright.sync_api import expect

    return lambda pattern: expect(page.locator("#draw-answer")).to_have_text(
        re.compile(pattern)
    )


def number(label):
    return rf"^{label} \(\d+ %\)$"


@pytest.fixture
def read(page):
    """A function that takes images through the steps of the page."""
    script = """images => images.map((image) => {
        const reading = readImage(Uint8Array.from(image));
        const { straightened, planes, logits, logOdds } = reading;
        return [[...straightened.bytes], [...planes.bytes], logits, logOdds];
    })"""

    def read(rows):
        results = zip(*page.evaluate(script, rows.tolist()), strict=True)
        return [np.array(result) for result in results]

    return read


def test_it_straightens_splits_and_reads_as_the_package_does(read, mnist):
    images = mnist[2][:50]
    reader, detector = load_digit_reader(), load_digit_detector()
    straightened, planes, logits, log_odds = read(images.reshape(50, -1))
    expected = reader["straighten"].transform(images)
    np.testing.assert_array_equal(straightened.reshape(expected.shape), expected)
    expected = reader["directions"].transform(expected)
    np.testing.assert_array_equal(planes.reshape(expected.shape), expected)
    np.testing.assert_allclose(logits, reader[1:].decision_function(images), atol=1e-4)
    np.testing.assert_allclose(
        log_odds, detector[1:].decision_function(images), atol=1e-4
    )


def test_it_frames_as_the_package_does(page):
    for _, _, strokes in DIGITS[::4]:
        ink, framed = page.evaluate(
            """strokes => {
                return [[...inkOf(strokes)], [...frameStrokes(strokes).pixels]];
            }""",
            [(280 * np.array(stroke)).tolist() for stroke in strokes],
        )
        expected = frame_ink(np.reshape(ink, (360, 360)) / 255)
        assert np.abs(np.reshape(framed, (28, 28)) - expected.astype(int)).max() <= 1


def test_sixteen_digits_in_other_hands_are_read(page, answer):
    assert len(DIGITS) == 16
    for label, _, strokes in DIGITS:
        draw(page, strokes)
        answer(number(label))
        page.get_by_role("button", name="Clear").click()


def test_at_most_one_of_ten_letters_and_scribbles_is_taken_for_a_digit(page):
    answers = {}
    for name, strokes in NON_DIGITS.items():
        draw(page, strokes)
        page.wait_for_timeout(200)
        answers[name] = page.locator("#draw-answer").inner_text()
        page.get_by_role("button", name="Clear").click()
    assert len(answers) == 10
    refused = [name for name, text in answers.items() if text.startswith("Not a digit")]
    assert len(refused) >= 9, answers


@pytest.mark.parametrize("size", [0.15, 0.4, 1])
def test_a_drawing_of_any_size_anywhere_is_read(page, answer, size):
    draw(page, [(0.02 + size * np.array(stroke)).tolist() for stroke in SEVEN])
    answer(number(7))


def test_two_digits_side_by_side_are_told_from_one(page, answer):
    narrow = [[(x * 0.6, y) for x, y in stroke] for stroke in BARRED_SEVEN]
    draw(page, narrow)
    answer(number(7))
    draw(page, ONE)
    answer("^Two digits. 7 and 1$")


def test_undo_takes_back_strokes_clearing_and_examples(page, answer):
    answer("^Nothing drawn yet$")
    draw(page, SEVEN)
    answer(number(7))
    draw(page, ONE)
    answer("digits|Not")
    page.get_by_role("button", name="Undo").click()
    answer(number(7))
    page.get_by_role("button", name="Clear").click()
    answer("^Nothing drawn yet$")
    page.keyboard.press("Control+z")
    answer(number(7))
    page.get_by_role("button", name="Example").click()
    answer(number(0))
    page.keyboard.press("Control+z")
    answer(number(7))
    page.keyboard.press("Control+z")
    answer("^Nothing drawn yet$")
    page.keyboard.press("Control+z")
    answer("^Nothing drawn yet$")


def test_undo_works_on_the_checkbox_and_with_caps_lock(page, answer):
    draw(page, SEVEN)
    draw(page, ONE)
    page.get_by_label("Why this digit?").check()
    page.keyboard.press("Control+z")
    answer(number(7))
    press = {"key": "Z", "ctrlKey": True, "bubbles": True}
    page.locator("#draw-page").dispatch_event("keydown", press)
    answer("^Nothing drawn yet$")


def test_a_text_field_keeps_its_own_undo(page, answer):
    draw(page, SEVEN)
    page.evaluate("document.body.append(document.createElement('input'))")
    page.locator("body > input").press("Control+z")
    answer(number(7))


def test_ink_outside_the_area_is_neither_drawn_nor_read(page):
    draw(page, [[(0.5, 0.5), (1.4, 0.5), (1.4, -0.3)]])
    (stroke,) = page.evaluate("area.strokes")
    np.testing.assert_allclose(stroke[0], 140, atol=1)
    np.testing.assert_allclose(stroke[-1], (280, 0))
    assert np.min(stroke) >= 0
    assert np.max(stroke) <= 280


def test_the_keyboard_shows_digits_and_clears(page, answer):
    page.locator("#draw-page").focus()
    for digit in range(10):
        page.keyboard.press(str(digit))
        answer(number(digit))
    page.keyboard.press("Delete")
    answer("^Nothing drawn yet$")


def test_each_example_is_read(page, answer):
    for i in range(30):
        page.get_by_role("button", name="Example").click()
        answer(number(i % 10))


def test_a_screen_reader_is_told_the_answer_and_each_unit(page, answer):
    assert page.locator("#draw-answer").get_attribute("aria-live") == "polite"
    draw(page, SEVEN)
    answer(number(7))
    pictures = page.locator("#draw [role=img], #draw [role=application]")
    assert pictures.count() == 8
    for picture in pictures.all():
        assert picture.get_attribute("aria-label")
    names = [
        unit.get_attribute("aria-label") for unit in page.locator(".play-unit").all()
    ]
    outputs = page.evaluate("reading.outputs.map((layer) => [...layer])")
    units = np.array([*outputs[0], *outputs[1]])
    told = [float(re.search(r"output (.*)$", name)[1]) for name in names[10:]]
    np.testing.assert_allclose(told, units, rtol=0.01)
    assert re.fullmatch(r"7: (9\d|100) %", names[7])


def test_units_light_up(page):
    units = "[...document.querySelectorAll('.play-units > *')]"
    lights = f"{units}.map((unit) => Number(unit.style.getPropertyValue('--light')))"
    assert page.evaluate(lights) == [0] * 40
    draw(page, SEVEN)
    first, second = np.split(np.array(page.evaluate(lights)), [25])
    assert first.max() == second.max() == 1
    assert (first == 0).any()


@pytest.mark.parametrize("group", ["first", "second", "probabilities"])
def test_pointing_at_a_unit_shows_its_value_and_its_weights(page, group):
    layer = ["first", "second", "probabilities"].index(group)
    draw(page, SEVEN)
    card = page.locator("#draw-card")
    assert not card.is_visible()
    page.locator(f"#draw-{group} > button").first.hover()
    assert card.is_visible()
    output = page.evaluate(f"short(reading.outputs[{layer}][0])")
    assert card.locator("strong").inner_text().endswith(f" {output}")
    pixels = page.evaluate(
        """() => {
            const canvas = document.querySelector("#draw-card canvas");
            const { width, height } = canvas;
            const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
            return [...data].filter((_, i) => i % 4 === 0); // red grows with the weight
        }"""
    )
    coefs = load_digit_reader()["clf"].coefs_[layer][:, 0]
    if layer == 0:
        coefs = coefs.reshape(2, 2, 14, 14).swapaxes(1, 2)
    ranks = partial(np.argsort, kind="stable")
    assert len(pixels) == coefs.size
    assert np.corrcoef(ranks(ranks(pixels)), ranks(ranks(coefs.ravel())))[0, 1] > 0.9
    page.mouse.move(2, 2)
    assert not card.is_visible()


def test_the_keyboard_goes_from_unit_to_unit(page):
    card = page.locator("#draw-card strong")
    page.locator("#draw-first > button").first.focus()
    for key, unit in [("ArrowRight", 2), ("ArrowDown", 3), ("ArrowLeft", 2)]:
        page.keyboard.press(key)
        assert card.inner_text().startswith(f"Unit {unit}:")
    page.keyboard.press("Escape")
    assert not card.is_visible()
    assert page.locator("#draw-first > [tabindex='0']").count() == 1


def test_what_supports_a_digit_sums_up_to_the_difference_of_logits(page, mnist):
    errors = page.evaluate(
        """images => images.flatMap((image) => {
            const reading = readImage(Uint8Array.from(image));
            const { label, logits } = reading;
            return [0, 3, 9].map((other) => {
                const { shares, constant } = explainReading(reading, label, other);
                const sum = shares.reduce((sum, share) => sum + share, constant);
                return sum - (logits[label] - logits[other]);
            });
        })""",
        mnist[2][:50].reshape(50, -1).tolist(),
    )
    assert np.abs(errors).max() < 1e-9


def test_without_rounding_the_display_of_the_package_divides_up_the_same(page, mnist):
    reader = load_digit_reader()[1:]
    for image in mnist[2][:5]:
        shares, constant = page.evaluate(
            """pixels => {
                const straightened = straighten(pixels);
                straightened.bytes = straightened.sums;
                const planes = splitDirections(straightened.bytes);
                planes.bytes = planes.sums;
                const outputs = runNetwork(reader, planes.bytes);
                const reading = { pixels, straightened, planes, outputs };
                const { shares, constant } = explainReading(reading, 7, 2);
                return [[...shares], constant];
            }""",
            image.ravel().tolist(),
        )
        display = AttributionDisplay.from_estimator(reader, image, labels=(7, 2))
        errors = np.abs(np.reshape(shares, (28, 28)) - display.attributions)
        # Rounding decides the sign of a gradient of zero: at 7 pixels of the first
        # image, and nowhere else.
        assert np.count_nonzero(errors > 1e-3) <= 7
        assert errors.sum() < 0.01 * np.abs(display.attributions).sum()
        assert constant == pytest.approx(display.constant, abs=1e-3)


def test_the_linear_map_has_the_slopes_that_the_network_has(page, mnist):
    """A ReLU network is linear near an image: small changes follow the map."""
    clf = load_digit_reader()["clf"]
    row = load_digit_reader()[1:-1].transform(mnist[2][:1]).astype(float)
    slopes = page.evaluate(
        """row => {
            const outputs = runNetwork(reader, row);
            return [...explainDifference(reader, outputs, 7, 2).slopes];
        }""",
        row[0].tolist(),
    )
    # In float64, for which small steps are not too small.
    clf.coefs_ = [coefs.astype(float) for coefs in clf.coefs_]
    ends = [clf.decision_function(row + step * np.eye(784)) for step in (1e-3, -1e-3)]
    measured = (ends[0] - ends[1])[:, [7, 2]] @ [1, -1] / 2e-3
    np.testing.assert_allclose(slopes, measured, atol=1e-6)


def test_why_is_a_layer_over_the_drawing(page):
    layer = page.locator("#draw-why")
    draw(page, BARRED_SEVEN)
    assert not layer.is_visible()
    page.get_by_label("Why this digit?").check()
    assert layer.is_visible()
    on_ink, beside = page.evaluate(
        """() => {
            const side = (context) => context.getImageData(0, 0, SIDE, SIDE).data;
            const layer = side(document.getElementById("draw-why").getContext("2d"));
            const drawn = side(area.context);
            const counts = [0, 0];
            for (let i = 0; i < layer.length; i += 4) {
                if (layer[i + 3] > 100) counts[Number(drawn[i] === 0)]++;
            }
            return counts;
        }"""
    )
    assert on_ink > beside > 0  # the frame's pixels are ten of the drawing's
    text = page.locator("#draw-sum").inner_text()
    assert re.match(r"Orange supports 7, blue \d: ", text)
    values = re.search(
        r": (.*) ([+−] .*) ([+−] .*) \(constant\) = (\S*),", text
    ).groups()
    *parts, total = [
        float(value.replace("−", "-").replace(" ", "")) for value in values
    ]
    assert sum(parts) == pytest.approx(total, abs=0.2)  # each is rounded
    page.get_by_label("rather than").select_option("1")
    assert "blue 1" in page.locator("#draw-sum").inner_text()
    page.get_by_role("button", name="Clear").click()
    assert page.locator("#draw-sum").inner_text() == "Draw a digit first."


def test_it_fits_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_finger_draws_and_touches_units(open_page):
    page = open_page("draw_a_digit", has_touch=True)
    page.set_viewport_size({"width": 390, "height": 844})
    session = page.context.new_cdp_session(page)
    box = page.locator("#draw-page").bounding_box()
    places = np.array([box["x"], box["y"]]) + box["width"] * np.array(SEVEN[0])
    kinds = ["touchStart", *["touchMove"] * (len(places) - 1), "touchEnd"]
    for kind, place in zip(kinds, [*places.tolist(), None], strict=True):
        touched = [] if place is None else [dict(zip("xy", place))]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})
    assert page.evaluate("window.scrollY") == 0
    assert page.evaluate("reading.label") == 7
    page.locator("#draw-first > button").nth(7).tap()
    assert page.locator("#draw-card strong").inner_text().startswith("Unit 8:")
    box = page.locator("#draw-card").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.get_by_text("15 units", exact=True).tap()
    page.locator("#draw-card").wait_for(state="hidden")


def test_a_palm_beside_the_finger_draws_nothing(open_page):
    page = open_page("draw_a_digit", has_touch=True)
    session = page.context.new_cdp_session(page)
    box = page.locator("#draw-page").bounding_box()

    def touch(kind, *places):
        points = [
            {
                "id": i,
                "x": box["x"] + box["width"] * x,
                "y": box["y"] + box["width"] * y,
            }
            for i, (x, y) in enumerate(places)
        ]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    palm = (0.9, 0.9)
    finger = (0.3, 0.2)
    touch("touchStart", finger)
    touch("touchStart", finger, palm)
    for x in (0.4, 0.5):
        touch("touchMove", (x, 0.2), (0.9, 1.2 - x))
    touch("touchMove", (0.5, 0.2))  # the palm is lifted
    touch("touchMove", (0.7, 0.2))
    touch("touchEnd")
    (stroke,) = page.evaluate("area.strokes")
    np.testing.assert_allclose(np.array(stroke)[:, 1], 56, atol=1)
    np.testing.assert_allclose(stroke[-1], (196, 56), atol=1)


def test_probabilities_stay_in_sight_on_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for name in ("page", "answer", "probabilities"):
        box = page.locator(f"#draw-{name}").bounding_box()
        # The site's header, title and first paragraph take 313 pixels.
        assert box["y"] + box["height"] <= 844 - 313
