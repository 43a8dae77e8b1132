// Training a network with Adam, one batch at a time.
"use strict";

/** Return a function that gives random numbers from 0 to 1: mulberry32. */
function makeRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Return the numbers below `length` in a random order: Fisher and Yates. */
function shuffle(length, random) {
  const order = Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** Draw initial weights, uniform within the limits of Glorot and Bengio (2010). */
function initialLayers(sizes, random) {
  return sizes.slice(1).map((units, depth) => {
    const limit = Math.sqrt(6 / (sizes[depth] + units));
    const draw = () => limit * (2 * random() - 1);
    return {
      coefs: Float64Array.from({ length: sizes[depth] * units }, draw),
      intercepts: new Float64Array(units),
    };
  });
}

function lossOf(probabilities, label) {
  return -Math.log(Math.max(probabilities[label], 1e-300)); // cross-entropy
}

/** Adam with the constants of its authors, Kingma and Ba (2015), and of Keras. */
class Adam {
  constructor(layers) {
    this.steps = 0;
    this.layers = layers;
    this.moments = [0, 1].map(() => zerosLike(layers));
  }

  update(gradients, rate) {
    this.steps++;
    const size = (rate * Math.sqrt(1 - 0.999 ** this.steps)) / (1 - 0.9 ** this.steps);
    this.layers.forEach((layer, depth) => {
      for (const name of ["coefs", "intercepts"]) {
        const [first, second] = this.moments.map((moment) => moment[depth][name]);
        const [values, gradient] = [layer[name], gradients[depth][name]];
        for (let i = 0; i < values.length; i++) {
          first[i] += 0.1 * (gradient[i] - first[i]);
          second[i] += 0.001 * (gradient[i] ** 2 - second[i]);
          values[i] -= (size * first[i]) / (Math.sqrt(second[i]) + 1e-7);
        }
      }
    });
  }
}

function zerosLike(layers) {
  return layers.map(({ coefs, intercepts }) => ({
    coefs: new Float64Array(coefs.length),
    intercepts: new Float64Array(intercepts.length),
  }));
}

/** Change the weights by one step on a batch; return its mean loss and how many are right. */
function trainStep(layers, adam, pictures, labels, rate) {
  const gradients = zerosLike(layers);
  let [loss, right] = [0, 0];
  pictures.forEach((picture, i) => {
    const outputs = runNetwork(layers, picture);
    const probabilities = softmax(outputs.at(-1));
    loss += lossOf(probabilities, labels[i]);
    right += indexOfLargest(probabilities) === labels[i];
    // Of the mean loss, with respect to each layer's sums, from the last to the first.
    let slopes = probabilities.map((p, label) => (p - (label === labels[i])) / pictures.length);
    for (let depth = layers.length - 1; depth >= 0; depth--) {
      const inputs = depth ? outputs[depth - 1] : picture;
      addProducts(gradients[depth], inputs, slopes);
      if (depth) slopes = goBack(layers[depth], slopes, inputs);
    }
  });
  adam.update(gradients, rate);
  return { loss: loss / pictures.length, right };
}

/** Add to a layer's gradient what one picture contributes. */
function addProducts({ coefs, intercepts }, inputs, slopes) {
  const units = slopes.length;
  for (let unit = 0; unit < units; unit++) intercepts[unit] += slopes[unit];
  for (let input = 0; input < inputs.length; input++) {
    const value = inputs[input];
    if (value === 0) continue;
    for (let unit = 0; unit < units; unit++) coefs[input * units + unit] += value * slopes[unit];
  }
}

/** Return the mean loss, the accuracy, and counts[label][answer]. */
function evaluate(layers, pictures, labels) {
  const counts = Array.from({ length: 10 }, () => new Array(10).fill(0));
  let loss = 0;
  pictures.forEach((picture, i) => {
    const probabilities = softmax(runNetwork(layers, picture).at(-1));
    loss += lossOf(probabilities, labels[i]);
    counts[labels[i]][indexOfLargest(probabilities)]++;
  });
  const right = counts.reduce((sum, row, label) => sum + row[label], 0);
  return { loss: loss / labels.length, accuracy: right / labels.length, counts };
}
