// The reader and the detector that come with the package, on a drawing.
"use strict";

const reader = decodeLayers(READER_NETWORKS.reader);
const detector = decodeLayers(READER_NETWORKS.detector);

/** Read a framed image; return what each step makes of it. */
function readImage(pixels) {
  const straightened = straighten(pixels);
  const planes = splitDirections(straightened.bytes);
  const outputs = runNetwork(reader, planes.bytes);
  const logits = Array.from(outputs.at(-1));
  const [not, digit] = runNetwork(detector, planes.bytes).at(-1);
  return {
    pixels,
    straightened,
    planes,
    outputs,
    logits,
    probabilities: softmax(logits),
    label: indexOfLargest(logits),
    logOdds: digit - not, // of being a digit
  };
}

/** Put strokes together that share a column, into parts from left to right. */
function partsFromLeft(strokes) {
  const parts = [];
  const spans = strokes.map((stroke) => ({ strokes: [stroke], extent: extentOf([stroke], 0) }));
  spans.sort((a, b) => a.extent[0] - b.extent[0]);
  for (const { strokes: more, extent } of spans) {
    const last = parts.at(-1);
    if (last && extent[0] <= last.extent[1]) {
      last.strokes.push(...more);
      last.extent[1] = Math.max(last.extent[1], extent[1]);
    } else parts.push({ strokes: more, extent });
  }
  return parts.map((part) => part.strokes);
}

/** Return the digits if a drawing is rather several of them, side by side, than one. */
function readSeveral(strokes, asOne) {
  const parts = partsFromLeft(strokes);
  if (parts.length < 2) return [];
  const readings = parts.map((part) => readImage(frameStrokes(part).pixels));
  const least = Math.min(...readings.map((reading) => reading.logOdds));
  return least > Math.max(asOne.logOdds, 0) ? readings.map((reading) => reading.label) : [];
}

/**
 * Divide logits[a] - logits[b] among the framed pixels, exactly but for a constant.
 *
 * @returns shares[pixel], whose sum and `constant` make the difference.
 */
function explainReading({ pixels, straightened, planes, outputs }, a, b) {
  const { slopes, constant } = explainDifference(reader, outputs, a, b);
  const ofPlanes = slopes.map((slope, i) => slope * planes.bytes[i]);
  const ofStraightened = shareAmongPixels(ofPlanes, planes, straightened.bytes);
  return { shares: shareAmongFramed(ofStraightened, straightened, pixels), constant };
}
