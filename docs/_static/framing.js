// Framing as MNIST's: a digit fits into 20 × 20 of 28 × 28, centred by its centre of mass.
"use strict";

const SIZE = 28;
const PIXELS = SIZE * SIZE;
const BOX = 20;
const STROKE = 2.8; // usual width of strokes in the frame

// Ink fainter than this, of 255, does not make the digit any larger.
const FAINT = 25.5;

const SIDE = 280; // of the drawing area, in its pixels
const MARGIN = 40; // around the drawing while its strokes are redrawn

function drawLine(context, points, width) {
  context.strokeStyle = "white";
  context.lineWidth = width;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  const [x, y] = points[0];
  context.moveTo(x - 0.01, y); // a line of no length would not be drawn
  points.forEach((point) => context.lineTo(...point));
  context.stroke();
}

/** Return the length of strokes, lists of points, along x (0) or y (1). */
function extentOf(strokes, axis) {
  const along = strokes.flat().map((point) => point[axis]);
  return [Math.min(...along), Math.max(...along)];
}

function frameStrokes(strokes) {
  return frame(inkOf(strokes), SIDE + 2 * MARGIN, -MARGIN);
}

/** Draw strokes again: however large they are, they will be as wide as MNIST's. */
function inkOf(strokes) {
  const lengths = [0, 1].map((axis) => {
    const [start, end] = extentOf(strokes, axis);
    return end - start;
  });
  const width = Math.max((Math.max(...lengths) * STROKE) / (BOX - STROKE), 4);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE + 2 * MARGIN;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.translate(MARGIN, MARGIN);
  strokes.forEach((stroke) => drawLine(context, stroke, width));
  return readInk(context);
}

/** Return the ink of a square canvas, from 0 to 255. */
function readInk(context) {
  const side = context.canvas.width;
  const { data } = context.getImageData(0, 0, side, side);
  // Where nothing was drawn the canvas is transparent, and its alpha is the ink's share.
  return Float64Array.from({ length: side * side }, (_, i) => (data[4 * i] * data[4 * i + 3]) / 255);
}

/**
 * Scale ink into 20 × 20 pixels and centre it in 28 × 28.
 *
 * @param ink values from 0 to 255 of a square with that side.
 * @param origin where the square begins in the drawing area, along both axes.
 * @returns null without ink; else the pixels and where the frame lies in the drawing area.
 */
function frame(ink, side, origin = 0) {
  let [top, bottom, left, right] = [side, -1, side, -1];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      if (ink[y * side + x] <= FAINT) continue;
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
  const pixels = new Uint8Array(PIXELS);
  scaled.forEach((row, y) => pixels.set(row, (y0 + y) * SIZE + x0));
  const place = {
    left: origin + left - x0 / scale,
    top: origin + top - y0 / scale,
    side: SIZE / scale,
  };
  return { pixels, place };
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
