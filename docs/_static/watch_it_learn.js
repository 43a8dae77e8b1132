// The page on which a network learns from drawn digits.
"use strict";

const POINTS = 5; // of the curves, in each epoch
const MILLISECONDS = 12; // of each frame, for training

const element = (name) => document.getElementById(`learn-${name}`);
const valueOf = (name) => Number(element(name).value);
const card = new Card(element("card"));

let data = null; // { training, heldOut }, each with pictures, from 0 to 1, and labels
let run = null; // what has been learnt, since the last reset
let isRunning = false;
let units = null; // of the first layer

// Training

async function loadPictures() {
  const image = new Image();
  image.src = LEARNING_PICTURES.sheet;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const labels = Array.from(LEARNING_PICTURES.labels, Number);
  const pictures = labels.map((_, i) => {
    const [left, top] = [i % LEARNING_PICTURES.columns, Math.floor(i / LEARNING_PICTURES.columns)];
    const { data } = context.getImageData(left * SIZE, top * SIZE, SIZE, SIZE);
    return Float32Array.from({ length: PIXELS }, (_, pixel) => data[4 * pixel] / 255);
  });
  const cut = LEARNING_PICTURES.heldOut;
  return {
    heldOut: { pictures: pictures.slice(0, cut), labels: labels.slice(0, cut) },
    training: { pictures: pictures.slice(cut), labels: labels.slice(cut) },
  };
}

/** Begin again with new weights, from the seed, and with as many units as are chosen. */
function reset() {
  const random = makeRandom(valueOf("seed"));
  const layers = initialLayers([PIXELS, valueOf("first-units"), valueOf("second-units"), 10], random);
  run = { random, layers, adam: new Adam(layers), order: [], position: 0, epochs: 0, curve: [] };
  startEpoch();
  addPoint();
  units = new Units(element("first"), layers[0].intercepts.length, card, (unit) => describe(0, unit));
  units.buttons.forEach((button) => button.append(document.createElement("canvas")));
  element("first-name").textContent = `${units.buttons.length} units of the first layer`;
  show();
}

function startEpoch() {
  run.order = shuffle(data.training.labels.length, run.random);
  run.position = 0;
  startPoint();
}

/** Begin to sum up the training for the next point of the curves. */
function startPoint() {
  run.sums = { pictures: 0, loss: 0, right: 0 };
}

/** Train on the next batch; return its mean loss and how many of it are right. */
function step() {
  const { pictures, labels } = data.training;
  const batch = run.order.slice(run.position, run.position + valueOf("batch"));
  const result = trainStep(
    run.layers,
    run.adam,
    batch.map((i) => pictures[i]),
    batch.map((i) => labels[i]),
    valueOf("rate")
  );
  const before = Math.floor((POINTS * run.position) / labels.length);
  run.position += batch.length;
  run.sums.pictures += batch.length;
  run.sums.loss += result.loss * batch.length;
  run.sums.right += result.right;
  if (Math.floor((POINTS * run.position) / labels.length) > before) addPoint();
  if (run.position === labels.length) {
    run.epochs++;
    startEpoch();
  }
  return result;
}

function epochsSoFar() {
  return run.epochs + run.position / data.training.labels.length;
}

/** Add to the curves the training since the last point, and the held-out pictures now. */
function addPoint() {
  const { pictures, loss, right } = run.sums;
  run.heldOut = evaluate(run.layers, data.heldOut.pictures, data.heldOut.labels);
  run.curve.push({
    epochs: epochsSoFar(),
    training: pictures ? { loss: loss / pictures, accuracy: right / pictures } : null,
    heldOut: run.heldOut,
  });
  startPoint();
}

function runOneFrame() {
  if (!isRunning) return;
  const end = performance.now() + MILLISECONDS;
  do step();
  while (performance.now() < end);
  show();
  requestAnimationFrame(runOneFrame);
}

function setRunning(value) {
  isRunning = value;
  element("run").textContent = isRunning ? "Pause" : "Run";
  // A screen reader is told where it stands at a pause, not in each frame.
  element("status").setAttribute("aria-live", isRunning ? "off" : "polite");
  if (isRunning) requestAnimationFrame(runOneFrame);
  else show();
}

// What is shown

function show() {
  const { loss, accuracy } = run.heldOut;
  element("status").textContent =
    `${epochsSoFar().toFixed(2)} epochs, ${run.adam.steps} steps. ` +
    `Held-out pictures: ${(100 * accuracy).toFixed(1)} % right, loss ${loss.toFixed(2)}.`;
  element("epochs").textContent = `${Math.max(epochsSoFar(), 1).toFixed(1)} epochs from left to right`;
  showCurve("loss", (value) => value.toFixed(2));
  showCurve("accuracy", (value) => `${(100 * value).toFixed(1)} %`);
  showConfusion();
  units.buttons.forEach((button, unit) => {
    drawWeights(button.firstElementChild, weightsOf(run.layers[0], unit, SIZE));
  });
  showDrawing();
}

function showCurve(name, text) {
  const { curve } = run;
  const epochs = Math.max(curve.at(-1).epochs, 1);
  const values = (of) => curve.filter((point) => point[of]).map((point) => point[of][name]);
  const top = name === "accuracy" ? 1 : Math.max(...values("training"), ...values("heldOut"), 0.1);
  const latest = [];
  for (const of of ["training", "heldOut"]) {
    const points = curve.filter((point) => point[of]);
    const places = points.map((point) => `${(100 * point.epochs) / epochs},${50 - (50 * point[of][name]) / top}`);
    element(`${name}-${of}`).setAttribute("points", places.join(" "));
    if (points.length) latest.push(`${of === "training" ? "training" : "held out"} ${text(points.at(-1)[of][name])}`);
  }
  element(name).setAttribute("aria-label", `${name} over ${epochs.toFixed(1)} epochs; ${latest.join(", ")}`);
  element(`${name}-top`).textContent = name === "accuracy" ? percent(top) : text(top);
  element(`${name}-now`).textContent = latest.join(", ");
}

function showConfusion() {
  const { counts } = run.heldOut;
  [...element("confusion").tBodies[0].rows].forEach((row, label) => {
    const total = counts[label].reduce((sum, count) => sum + count, 0);
    [...row.cells].slice(1).forEach((cell, answer) => {
      cell.textContent = counts[label][answer] || "";
      cell.style.setProperty("--light", counts[label][answer] / total);
    });
  });
}

/** Read the drawing with the network as it is now. */
function showDrawing() {
  const framed = area.frame();
  drawGrey(element("framed"), framed?.pixels ?? new Uint8Array(PIXELS), SIZE);
  run.outputs = framed && runNetwork(run.layers, Array.from(framed.pixels, (pixel) => pixel / 255));
  const probabilities = framed ? softmax(run.outputs.at(-1)) : new Array(10).fill(0);
  const label = framed ? indexOfLargest(probabilities) : null;
  showBars(digits, probabilities, label);
  const outputs = framed ? run.outputs[0] : new Array(units.buttons.length).fill(0);
  const largest = Math.max(...outputs, 1e-9);
  units.light(Array.from(outputs, (output) => output / largest), (unit) => `Unit ${unit + 1}, output ${short(outputs[unit])}`);
  element("answer").textContent = framed ? `${label} (${percent(probabilities[label])})` : "Nothing drawn yet";
  card.refresh();
}

/** Describe a unit for its card. */
function describe(depth, unit) {
  const output = run.outputs ? short(run.outputs[depth][unit]) : "nothing drawn";
  const from = depth ? `the ${run.layers[depth - 1].intercepts.length} units before it` : "the 28 × 28 pixels";
  return {
    ...weightsOf(run.layers[depth], unit, depth ? 5 : SIZE),
    title: depth ? `Digit ${unit}: logit ${output}` : `Unit ${unit + 1}: output ${output}`,
    text: `Its weights from ${from}. Orange and yellow raise it, blue lowers it.`,
  };
}

// The page

function addConfusion() {
  const table = element("confusion");
  const add = (row, tag, text, scope) => {
    const cell = row.appendChild(document.createElement(tag));
    cell.textContent = text;
    if (scope) cell.scope = scope;
  };
  const head = table.createTHead().insertRow();
  add(head, "td", "");
  const body = table.createTBody();
  for (let label = 0; label < 10; label++) {
    add(head, "th", label, "col");
    const row = body.insertRow();
    add(row, "th", label, "row");
    for (let answer = 0; answer < 10; answer++) add(row, "td", "");
  }
}

const digits = new Units(element("probabilities"), 10, card, (unit) => describe(2, unit));
addBars(digits);
addConfusion();
const area = new DrawingArea(element("page"), () => run && showDrawing());
element("run").addEventListener("click", () => setRunning(!isRunning));
element("step").addEventListener("click", () => {
  step();
  setRunning(false);
});
element("epoch").addEventListener("click", () => {
  const goal = Math.floor(epochsSoFar()) + 1;
  while (epochsSoFar() < goal) step();
  setRunning(false);
});
element("reset").addEventListener("click", () => {
  reset();
  setRunning(false);
});
for (const name of ["first-units", "second-units", "seed"]) {
  element(name).addEventListener("change", reset);
}
element("undo").addEventListener("click", () => area.undo());
element("clear").addEventListener("click", () => area.clear());
loadPictures().then((loaded) => {
  data = loaded;
  document.getElementById("learn").hidden = false;
  reset();
});
