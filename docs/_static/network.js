// A network of dense layers with ReLUs between them: its outputs, and the way back.
"use strict";

/** Decode numbers that were written as little-endian bytes, float32 or uint8. */
function decode(text, Numbers = Float32Array) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Numbers(bytes.buffer);
}

function decodeLayers(layers) {
  return layers.map(({ coefs, intercepts }) => ({
    coefs: decode(coefs), // [input × units + unit]
    intercepts: decode(intercepts),
  }));
}

/** Return the outputs of each layer; those of the last are the logits. */
function runNetwork(layers, inputs) {
  const outputs = [];
  let values = inputs;
  layers.forEach(({ coefs, intercepts }, depth) => {
    const sums = Float64Array.from(intercepts);
    const units = sums.length;
    for (let input = 0; input < values.length; input++) {
      const value = values[input];
      if (value === 0) continue;
      for (let unit = 0; unit < units; unit++) sums[unit] += value * coefs[input * units + unit];
    }
    const isLast = depth === layers.length - 1;
    values = isLast ? sums : sums.map((sum) => Math.max(sum, 0));
    outputs.push(values);
  });
  return outputs;
}

function softmax(logits) {
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const total = powers.reduce((sum, power) => sum + power);
  return powers.map((power) => power / total);
}

function indexOfLargest(values) {
  return values.indexOf(Math.max(...values));
}

/** Take slopes with respect to a layer's sums back to the outputs of the layer before. */
function goBack({ coefs }, slopes, before) {
  const units = slopes.length;
  return Float64Array.from(before, (output, input) => {
    if (output <= 0) return 0; // the ReLU is flat there
    let slope = 0;
    for (let unit = 0; unit < units; unit++) slope += coefs[input * units + unit] * slopes[unit];
    return slope;
  });
}

/**
 * Return the linear map that the network is for one input: logits[a] - logits[b] is the
 * sum of slopes[i] × inputs[i], plus a constant, exactly, since ReLUs pass on or are 0.
 */
function explainDifference(layers, outputs, a, b) {
  let slopes = Float64Array.from(outputs.at(-1), (_, label) => (label === a) - (label === b));
  let constant = 0;
  for (let depth = layers.length - 1; depth >= 0; depth--) {
    layers[depth].intercepts.forEach((intercept, unit) => (constant += intercept * slopes[unit]));
    const inputs = layers[depth].coefs.length / slopes.length;
    // Unlike a ReLU's output, an input of 0 has a slope, which counts nothing.
    slopes = goBack(layers[depth], slopes, depth ? outputs[depth - 1] : new Uint8Array(inputs).fill(1));
  }
  return { slopes, constant };
}
