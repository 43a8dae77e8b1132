// The reader's two steps between frame and network, and the way back through them.
//
// The same as StraightenDigit and GradientDirections of the package. For one image both
// are linear in its pixels, so what a step's results are worth can be divided among the
// pixels that they were made of.
"use strict";

const MIDDLE = (SIZE - 1) / 2;
const HALF = SIZE / 2; // side of a plane
const BLUR = [1, 5, 10, 10, 5, 1].map((weight) => weight / 32); // from 2 pixels before

/** Round as NumPy does: halves to the even neighbour. */
function roundHalfToEven(value) {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 ? rounded - 1 : rounded;
}

/**
 * Bring the digit to the middle, upright and to one size.
 *
 * @returns the pixels as bytes, and for each pixel its `sources`, [pixel, weight].
 */
function straighten(pixels) {
  const moment = (ofX, ofY) => {
    let sum = 0;
    for (let i = 0; i < PIXELS; i++) {
      sum += pixels[i] * ((i % SIZE) - MIDDLE) ** ofX * (Math.floor(i / SIZE) - MIDDLE) ** ofY;
    }
    return sum;
  };
  const mass = moment(0, 0) || 1;
  const [meanX, meanY] = [moment(1, 0) / mass, moment(0, 1) / mass];
  const atLeastOnePixel = (variance) => Math.max(variance, 1 / 12);
  const covariance = moment(1, 1) / mass - meanX * meanY;
  const varianceY = atLeastOnePixel(moment(0, 2) / mass - meanY ** 2);
  const slant = covariance / varianceY;
  const varianceX = atLeastOnePixel(moment(2, 0) / mass - meanX ** 2 - slant * covariance);
  const limit = (factor) => Math.min(Math.max(factor, 0.5), 2);
  const scaleX = limit((3.5 / Math.sqrt(varianceX)) ** 0.7);
  const scaleY = limit(5 / Math.sqrt(varianceY));

  const sources = Array.from({ length: PIXELS }, (_, i) => {
    const fromMean = (Math.floor(i / SIZE) - MIDDLE) / scaleY;
    const x = MIDDLE + meanX + slant * fromMean + ((i % SIZE) - MIDDLE) / scaleX;
    const y = MIDDLE + meanY + fromMean;
    return neighboursOf(x, y);
  });
  const sums = sources.map((of) => of.reduce((sum, [pixel, weight]) => sum + weight * pixels[pixel], 0));
  return { bytes: Uint8Array.from(sums, roundHalfToEven), sums, sources };
}

/** List the four pixels around a point, with their weights in bilinear interpolation. */
function neighboursOf(x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const neighbours = [];
  for (const [column, inX] of [[left, left + 1 - x], [left + 1, x - left]]) {
    for (const [row, inY] of [[top, top + 1 - y], [top + 1, y - top]]) {
      const isInside = Math.min(column, row) >= 0 && Math.max(column, row) < SIZE;
      if (isInside) neighbours.push([row * SIZE + column, inX * inY]);
    }
  }
  return neighbours;
}

/** Split the gradients by the direction of the stroke, |, /, — and \, and halve the size. */
function splitDirections(pixels) {
  const gradients = [0, 1].map((axis) => sobel(pixels, axis));
  const planes = [0, 1, 2, 3].map(() => new Float64Array(PIXELS));
  for (let i = 0; i < PIXELS; i++) {
    const [x, y] = [Math.abs(gradients[0][i]), Math.abs(gradients[1][i])];
    const both = Math.min(x, y);
    planes[0][i] = x - both;
    planes[diagonalOf(gradients, i)][i] = both * Math.SQRT2;
    planes[2][i] = y - both;
  }
  const sums = planes.flatMap((plane) => Array.from(blurAndHalve(plane)));
  return { bytes: Uint8Array.from(sums, roundHalfToEven), sums, gradients };
}

function diagonalOf([x, y], i) {
  return x[i] > 0 === y[i] > 0 ? 1 : 3;
}

/** List the neighbours of a pixel that Sobel's operator subtracts and adds. */
function sobelNeighbours(i, axis) {
  const neighbours = [];
  const [column, row] = [i % SIZE, Math.floor(i / SIZE)];
  for (const side of [-1, 1]) {
    for (const along of [-1, 0, 1]) {
      const [x, y] = axis ? [column + along, row + side] : [column + side, row + along];
      const isInside = Math.min(x, y) >= 0 && Math.max(x, y) < SIZE;
      if (isInside) neighbours.push([y * SIZE + x, side * (along ? 1 : 2)]);
    }
  }
  return neighbours;
}

const SOBEL = [0, 1].map((axis) =>
  Array.from({ length: PIXELS }, (_, i) => sobelNeighbours(i, axis))
);

/** Return 4 times the gradient of each pixel, to the right (0) or down (1). */
function sobel(pixels, axis) {
  return SOBEL[axis].map((near) => near.reduce((sum, [pixel, weight]) => sum + weight * pixels[pixel], 0));
}

/** Call a function with each cell of a halved plane, each pixel near it, and its weight. */
function eachBlurred(call) {
  for (let cell = 0; cell < HALF * HALF; cell++) {
    const [top, left] = [2 * Math.floor(cell / HALF) - 2, 2 * (cell % HALF) - 2];
    for (let y = Math.max(top, 0); y < Math.min(top + 6, SIZE); y++) {
      for (let x = Math.max(left, 0); x < Math.min(left + 6, SIZE); x++) {
        call(cell, y * SIZE + x, (BLUR[y - top] * BLUR[x - left]) / 4); // 4 is Sobel's
      }
    }
  }
}

function blurAndHalve(plane) {
  const halved = new Float64Array(HALF * HALF);
  eachBlurred((cell, pixel, weight) => (halved[cell] += weight * plane[pixel]));
  return halved;
}

/** Divide what each value of the planes is worth among the straightened pixels. */
function shareAmongPixels(worth, { sums, gradients }, pixels) {
  const slopes = [0, 1, 2, 3].map(() => new Float64Array(PIXELS));
  eachBlurred((cell, pixel, weight) => {
    for (let plane = 0; plane < 4; plane++) {
      const value = plane * HALF * HALF + cell;
      if (worth[value]) slopes[plane][pixel] += (weight * worth[value]) / sums[value];
    }
  });
  const shares = new Float64Array(PIXELS);
  for (let i = 0; i < PIXELS; i++) {
    const both = Math.SQRT2 * slopes[diagonalOf(gradients, i)][i] - slopes[0][i] - slopes[2][i];
    const isSteeperInX = Math.abs(gradients[0][i]) > Math.abs(gradients[1][i]);
    [slopes[0][i] + !isSteeperInX * both, slopes[2][i] + isSteeperInX * both].forEach((slope, axis) => {
      const signed = slope * Math.sign(gradients[axis][i]);
      for (const [pixel, weight] of SOBEL[axis][i]) shares[pixel] += weight * signed * pixels[pixel];
    });
  }
  return shares;
}

/** Divide what each straightened pixel is worth among the framed ones. */
function shareAmongFramed(worth, { sums, sources }, pixels) {
  const shares = new Float64Array(PIXELS);
  worth.forEach((value, i) => {
    if (value === 0) return;
    for (const [pixel, weight] of sources[i]) shares[pixel] += (value * weight * pixels[pixel]) / sums[i];
  });
  return shares;
}

/** Place four planes, one after the other, in a square of two by two. */
function tilePlanes(values) {
  return Float64Array.from({ length: PIXELS }, (_, i) => {
    const [x, y] = [i % SIZE, Math.floor(i / SIZE)];
    const plane = 2 * (y >= HALF) + (x >= HALF);
    return values[plane * HALF * HALF + (y % HALF) * HALF + (x % HALF)];
  });
}
