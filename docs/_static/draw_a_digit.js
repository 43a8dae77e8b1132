// The page to draw on: shows how the reader reads the drawing.
"use strict";

const element = (name) => document.getElementById(`draw-${name}`);
const card = new Card(element("card"));

let reading = null; // of the drawing, by readImage; null if there is none
let nextExample = 0;
let announcement = 0;

const WORDS = { 2: "Two", 3: "Three", 4: "Four" };

/** Frame and read the drawing, and show what each step makes of it. */
function update(area) {
  const framed = area.frame();
  reading = framed && readImage(framed.pixels);
  const several = framed ? readSeveral(area.strokes, reading) : [];
  const isDigit = framed && !several.length && reading.logOdds > 0;

  showSteps();
  showUnits(isDigit);
  showWhy(framed?.place);
  card.refresh();
  // Not at each move of the pen: a screen reader would never come to an end.
  clearTimeout(announcement);
  announcement = setTimeout(() => (element("answer").textContent = answer(isDigit, several)), 150);
}

function answer(isDigit, several) {
  if (!reading) return "Nothing drawn yet";
  if (several.length) return `${WORDS[several.length] ?? "Many"} digits? ${several.join(" and ")}`;
  if (!isDigit) return `Not a digit (most like a ${reading.label})`;
  return `${reading.label} (${percent(reading.probabilities[reading.label])})`;
}

function showSteps() {
  const blank = new Uint8Array(PIXELS);
  drawGrey(element("framed"), reading?.pixels ?? blank, SIZE);
  drawGrey(element("straightened"), reading?.straightened.bytes ?? blank, SIZE);
  const planes = reading?.planes.bytes ?? blank;
  [...element("planes").children].forEach((canvas, plane) => {
    // Gradients are smaller than pixels: as light as the lightest of all four.
    const size = HALF * HALF;
    const factor = 255 / Math.max(...planes, 1);
    const values = Array.from(planes.slice(plane * size, (plane + 1) * size), (value) => value * factor);
    drawGrey(canvas.querySelector("canvas"), values, HALF);
  });
}

function showUnits(isDigit) {
  const layers = [units.first, units.second];
  layers.forEach((layer, depth) => {
    const outputs = reading ? reading.outputs[depth] : new Float64Array(layer.buttons.length);
    const largest = Math.max(...outputs, 1e-9);
    const nameOf = (unit) => `Unit ${unit + 1}, output ${short(outputs[unit])}`;
    layer.light(Array.from(outputs, (output) => output / largest), nameOf);
  });
  const shares = reading?.probabilities ?? new Array(10).fill(0);
  showBars(units.last, shares, isDigit ? reading.label : null);
  element("probabilities").classList.toggle("play-dim", !isDigit);
}

/** Describe a unit for its card. */
function describe(depth, unit) {
  const columns = [SIZE, 5, 5][depth];
  const picture = weightsOf(reader[depth], unit, columns);
  if (depth === 0) picture.weights = tilePlanes(picture.weights);
  const output = reading ? reading.outputs[depth][unit] : 0;
  const from = ["the four planes", "the 25 units, in their order", "the 15 units, in their order"][depth];
  return {
    ...picture,
    title: depth === 2 ? `Digit ${unit}: logit ${short(output)}` : `Unit ${unit + 1}: output ${short(output)}`,
    text: `Its weights from ${from}. Orange and yellow raise it, blue lowers it.`,
  };
}

// Why this digit?

/** Return the two labels to compare: those chosen, or else the likeliest two. */
function comparedLabels() {
  const order = reading.logits.map((_, label) => label).sort((a, b) => reading.logits[b] - reading.logits[a]);
  const [forLabel, against] = [element("for").value, element("against").value];
  const a = forLabel === "" ? order.find((label) => String(label) !== against) : Number(forLabel);
  const b = against === "" ? order.find((label) => label !== a) : Number(against);
  return [a, b];
}

/** Lay over the drawing which digit its pixels support; `place` is that of the frame. */
function showWhy(place) {
  const layer = element("why").getContext("2d");
  layer.clearRect(0, 0, SIDE, SIDE);
  const isShown = element("ask").checked;
  element("why").hidden = element("why-choice").hidden = !isShown;
  if (!isShown) return;
  if (!reading) {
    element("sum").textContent = "Draw a digit first.";
    return;
  }
  const [a, b] = comparedLabels();
  const { shares, constant } = explainReading(reading, a, b);
  const limit = Math.max(...shares.map(Math.abs), 1e-9);
  const canvas = document.createElement("canvas");
  drawPixels(canvas, shares, SIZE, (share) => [
    ...colourOf(0.75 * Math.sign(share)).slice(0, 3),
    255 * Math.min(1.6 * Math.sqrt(Math.abs(share) / limit), 1),
  ]);
  layer.imageSmoothingEnabled = false;
  layer.drawImage(canvas, place.left, place.top, place.side, place.side);
  const sumOf = (sign) => shares.reduce((sum, share) => sum + (Math.sign(share) === sign ? share : 0), 0);
  // Two decimals each: the terms add up to what is shown as their sum, but for the last digit.
  const fixed = (value) => value.toFixed(2).replace("-", "−");
  const signed = (value) => (value < 0 ? "− " : "+ ") + fixed(Math.abs(value));
  const total = reading.logits[a] - reading.logits[b];
  element("sum").textContent =
    `Orange supports ${a}, blue ${b}: ${fixed(sumOf(1))} ${signed(sumOf(-1))} ` +
    `${signed(constant)} (constant) = ${fixed(total)}, logit ${a} − logit ${b}.`;
}

// The page

function showExample(digit) {
  const examples = READER_NETWORKS.examples[digit];
  area.showImage(decode(examples[Math.floor(nextExample / 10) % examples.length], Uint8Array));
  nextExample = nextExample - (nextExample % 10) + digit + 1;
}

function addDigits() {
  const digits = new Units(element("probabilities"), 10, card, (unit) => describe(2, unit));
  addBars(digits);
  for (const select of [element("for"), element("against")]) {
    select.append(...Array.from({ length: 10 }, (_, digit) => new Option(digit, digit)));
    select.addEventListener("change", () => update(area));
  }
  return digits;
}

document.getElementById("draw").hidden = false;
const units = {
  first: new Units(element("first"), reader[0].intercepts.length, card, (unit) => describe(0, unit)),
  second: new Units(element("second"), reader[1].intercepts.length, card, (unit) => describe(1, unit)),
  last: addDigits(),
};
units.first.buttons.forEach((button, unit) => {
  const canvas = document.createElement("canvas");
  button.append(canvas);
  drawWeights(canvas, describe(0, unit));
});
const area = new DrawingArea(element("page"), update);
element("page").addEventListener("keydown", (event) => {
  if (/^[0-9]$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    showExample(Number(event.key));
  }
});
element("undo").addEventListener("click", () => area.undo());
element("clear").addEventListener("click", () => area.clear());
element("example").addEventListener("click", () => showExample(nextExample % 10));
element("ask").addEventListener("change", () => update(area));
