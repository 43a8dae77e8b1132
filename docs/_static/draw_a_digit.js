// The page to draw on: frames a drawing as MNIST does, and runs the network on it.
"use strict";

const SIDE = 280; // of the drawing area, in its pixels
const PEN = 18;
const MARGIN = 40; // around the drawing while its strokes are redrawn

// MNIST's framing: a digit fits into 20 × 20 of 28 × 28, with strokes this wide.
const SIZE = 28;
const BOX = 20;
const STROKE = 2.8;

// Dark blue, blue, grey, orange, light yellow: the colours of FirstLayerDisplay.
const COLOURS = [[0, 19, 77], [31, 95, 191], [154, 154, 154], [255, 179, 71], [255, 241, 184]];

const layers = DIGIT_NETWORK.coefs.map((coefs, i) => ({
  coefs: new Float32Array(decode(coefs).buffer),
  intercepts: new Float32Array(decode(DIGIT_NETWORK.intercepts[i]).buffer),
}));
const element = (name) => document.getElementById(`draw-${name}`);
const page = element("page").getContext("2d", { willReadFrequently: true });

let strokes = []; // each is a list of points [x, y]
let penIsDown = false;
let nextExample = 0;
let announcement = 0;

function decode(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

// The network

/** Return the outputs of the three layers; the last are the logits. */
function runNetwork(pixels) {
  const outputs = [];
  let values = pixels;
  layers.forEach(({ coefs, intercepts }, layer) => {
    const sums = Array.from(intercepts);
    values.forEach((value, row) => {
      if (value === 0) return;
      for (let unit = 0; unit < sums.length; unit++) {
        sums[unit] += value * coefs[row * sums.length + unit];
      }
    });
    const isLast = layer === layers.length - 1;
    values = isLast ? sums : sums.map((sum) => Math.max(sum, 0));
    outputs.push(values);
  });
  return outputs;
}

function softmax(logits) {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

// Framing

/** Return the ink to be framed, 0 to 255, as rows of a square with that side. */
function readInk() {
  if (!strokes.length) return readCanvas(page);
  // However large the digit was drawn, its strokes come out as wide as MNIST's.
  const points = strokes.flat();
  const extents = [0, 1].map((axis) => {
    const along = points.map((point) => point[axis]);
    return Math.max(...along) - Math.min(...along);
  });
  const width = Math.max((Math.max(...extents) * STROKE) / (BOX - STROKE), 4);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE + 2 * MARGIN;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.translate(MARGIN, MARGIN);
  strokes.forEach((stroke) => drawLine(context, stroke, width));
  return readCanvas(context);
}

function readCanvas(context) {
  const side = context.canvas.width;
  const { data } = context.getImageData(0, 0, side, side);
  // Beyond the strokes the helper canvas is transparent: there red is 0, too. Where
  // their edge is, alpha tells how much ink there is.
  const ink = new Float64Array(side * side);
  for (let i = 0; i < ink.length; i++) ink[i] = (data[4 * i] * data[4 * i + 3]) / 255;
  return { ink, side };
}

/** Scale the ink into 20 × 20 and centre it in 28 × 28, or return null without ink. */
function frame({ ink, side }) {
  let [top, bottom, left, right] = [side, -1, side, -1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (ink[y * side + x] === 0) continue;
      top = Math.min(top, y);
      bottom = y;
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  if (bottom < 0) return null;
  const scale = BOX / Math.max(bottom - top + 1, right - left + 1);
  const rows = averageAreas(bottom - top + 1, scale);
  const columns = averageAreas(right - left + 1, scale);
  const scaled = rows.map((row) =>
    columns.map((column) => {
      let sum = 0;
      for (const [y, inRow] of row) {
        for (const [x, inColumn] of column) {
          sum += inRow * inColumn * ink[(top + y) * side + left + x];
        }
      }
      return Math.round(sum);
    })
  );

  let [total, sumY, sumX] = [0, 0, 0];
  scaled.forEach((row, y) =>
    row.forEach((value, x) => {
      total += value;
      sumY += value * y;
      sumX += value * x;
    })
  );
  if (total === 0) return null;
  const offset = (mass, length) =>
    Math.min(Math.max(Math.floor(SIZE / 2 - mass + 0.5), 0), SIZE - length);
  const y0 = offset(sumY / total, rows.length);
  const x0 = offset(sumX / total, columns.length);
  const pixels = new Uint8Array(SIZE * SIZE);
  scaled.forEach((row, y) => pixels.set(row, (y0 + y) * SIZE + x0));
  return pixels;
}

/** For each of the scaled pixels, list the pixels it covers, and how much of each. */
function averageAreas(length, scale) {
  const count = Math.ceil(length * scale - 1e-9);
  return Array.from({ length: count }, (_, i) => {
    const covered = [];
    const first = Math.max(Math.floor(i / scale - 1e-9), 0);
    for (let j = first; j < Math.min(Math.ceil((i + 1) / scale + 1e-9), length); j++) {
      const part = Math.min((j + 1) * scale, i + 1) - Math.max(j * scale, i);
      if (part > 0) covered.push([j, part]);
    }
    return covered;
  });
}

// Drawing

function drawLine(context, points, width) {
  context.strokeStyle = "white";
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  context.moveTo(...points[0]);
  // A line to where it starts is a dot.
  points.forEach((point) => context.lineTo(...point));
  context.stroke();
}

function clear() {
  strokes = [];
  penIsDown = false;
  page.fillStyle = "black";
  page.fillRect(0, 0, SIDE, SIDE);
  update();
}

/** Put an image of 28 × 28 pixels of 0 to 255 into the drawing area. */
function showImage(pixels) {
  strokes = [];
  const image = page.createImageData(SIDE, SIDE);
  const factor = SIDE / SIZE;
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const value = pixels[Math.floor(y / factor) * SIZE + Math.floor(x / factor)];
      image.data.set([value, value, value, 255], 4 * (y * SIDE + x));
    }
  }
  page.putImageData(image, 0, 0);
  return update();
}

function showExample(digit) {
  nextExample = (digit + 1) % 10;
  showImage(decode(DIGIT_NETWORK.examples[digit]));
}

function pointOf(event) {
  const box = page.canvas.getBoundingClientRect();
  const scale = SIDE / box.width;
  return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
}

function penDown(event) {
  if (event.button !== 0) return;
  if (!strokes.length) clear(); // an example may be shown
  page.canvas.setPointerCapture(event.pointerId);
  penIsDown = true;
  strokes.push([pointOf(event)]);
  drawLine(page, strokes.at(-1), PEN);
  update();
}

function penMoves(event) {
  if (!penIsDown) return;
  const stroke = strokes.at(-1);
  const last = stroke.at(-1);
  const events = event.getCoalescedEvents?.() ?? [];
  stroke.push(...(events.length ? events : [event]).map(pointOf));
  drawLine(page, [last, ...stroke.slice(stroke.indexOf(last) + 1)], PEN);
  update();
}

function keyDown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (["Delete", "Backspace", "Escape"].includes(event.key)) clear();
  else if (/^[0-9]$/.test(event.key)) showExample(Number(event.key));
  else return;
  event.preventDefault();
}

// Showing what the network makes of it

/** Frame the drawing, run the network and show its units; return all three. */
function update() {
  const pixels = frame(readInk());
  const outputs = runNetwork(pixels ?? new Uint8Array(SIZE * SIZE));
  const logits = outputs.at(-1);
  const probabilities = softmax(logits);
  const best = probabilities.indexOf(Math.max(...probabilities));

  showFrame(pixels);
  ["first", "second"].forEach((name, layer) => {
    const largest = Math.max(...outputs[layer], 1e-9);
    [...element(name).children].forEach((unit, i) => {
      unit.style.setProperty("--light", pixels ? outputs[layer][i] / largest : 0);
    });
  });
  [...element("probabilities").children].forEach((row, digit) => {
    const share = pixels ? probabilities[digit] : 0;
    row.classList.toggle("draw-best", pixels !== null && digit === best);
    row.style.setProperty("--light", share);
    row.lastElementChild.textContent = percent(share);
  });
  const answer = pixels ? `${best} (${percent(probabilities[best])})` : "Nothing drawn yet";
  // Not at each move of the pen: a screen reader would never come to an end.
  clearTimeout(announcement);
  announcement = setTimeout(() => (element("answer").textContent = answer), 150);
  return { pixels, logits, probabilities };
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

function showFrame(pixels) {
  const context = element("frame").getContext("2d");
  const image = context.createImageData(SIZE, SIZE);
  for (let i = 0; i < SIZE * SIZE; i++) {
    const value = pixels ? pixels[i] : 0;
    image.data.set([value, value, value, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

function addUnits() {
  const { coefs, intercepts } = layers[0];
  const magnitudes = Array.from(coefs, Math.abs).sort((a, b) => a - b);
  const limit = magnitudes[Math.floor(0.995 * magnitudes.length)];
  intercepts.forEach((_, unit) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIZE;
    const context = canvas.getContext("2d");
    const image = context.createImageData(SIZE, SIZE);
    for (let i = 0; i < SIZE * SIZE; i++) {
      image.data.set(colourOf(coefs[i * intercepts.length + unit] / limit), 4 * i);
    }
    context.putImageData(image, 0, 0);
    element("first").append(canvas);
  });
  layers[1].intercepts.forEach(() => element("second").append(document.createElement("i")));
  layers[2].intercepts.forEach((_, digit) => {
    const row = document.createElement("li");
    for (const text of [digit, "", ""]) {
      const part = document.createElement("span");
      part.textContent = text;
      row.append(part);
    }
    element("probabilities").append(row);
  });
}

/** Return red, green, blue and alpha of a value from -1 to 1. */
function colourOf(value) {
  const place = (Math.min(Math.max(value, -1), 1) + 1) * 2;
  const i = Math.min(Math.floor(place), 3);
  const mix = (a, b) => a + (place - i) * (b - a);
  return [...COLOURS[i].map((a, channel) => mix(a, COLOURS[i + 1][channel])), 255];
}

document.getElementById("draw").hidden = false;
addUnits();
clear();
page.canvas.addEventListener("pointerdown", penDown);
page.canvas.addEventListener("pointermove", penMoves);
for (const end of ["pointerup", "pointercancel"]) {
  page.canvas.addEventListener(end, () => (penIsDown = false));
}
page.canvas.addEventListener("keydown", keyDown);
element("clear").addEventListener("click", clear);
element("example").addEventListener("click", () => showExample(nextExample));
