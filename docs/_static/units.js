// Pictures of pixels and of weights, units that light up, and a card about each.
"use strict";

// Dark blue, blue, grey, orange, light yellow: the colours of FirstLayerDisplay.
const COLOURS = [[0, 19, 77], [31, 95, 191], [154, 154, 154], [255, 179, 71], [255, 241, 184]];

/** Return red, green, blue and alpha of a value from -1 to 1. */
function colourOf(value) {
  const place = (Math.min(Math.max(value, -1), 1) + 1) * 2;
  const i = Math.min(Math.floor(place), 3);
  const mix = (a, b) => a + (place - i) * (b - a);
  return [...COLOURS[i].map((a, channel) => mix(a, COLOURS[i + 1][channel])), 255];
}

/** Draw values, row by row, into a canvas that gets one pixel for each. */
function drawPixels(canvas, values, columns, colour) {
  canvas.width = columns;
  canvas.height = Math.ceil(values.length / columns);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  values.forEach((value, i) => image.data.set(colour(value), 4 * i));
  context.putImageData(image, 0, 0);
}

function drawGrey(canvas, values, columns) {
  drawPixels(canvas, values, columns, (value) => [value, value, value, 255]);
}

/** Draw weights, in full colour from `limit` on. */
function drawWeights(canvas, { weights, columns, limit }) {
  drawPixels(canvas, weights, columns, (weight) => colourOf(weight / limit));
}

/** Return the weights of a unit as a picture with that many columns. */
function weightsOf({ coefs, intercepts }, unit, columns) {
  const units = intercepts.length;
  const weights = Float64Array.from({ length: coefs.length / units }, (_, i) => coefs[i * units + unit]);
  // Three standard deviations: few weights are larger.
  const limit = 3 * Math.sqrt(coefs.reduce((sum, weight) => sum + weight ** 2, 0) / coefs.length);
  return { weights, columns, limit: limit || 1 };
}

/** Write a number with three digits that count. */
function short(value) {
  return Number(value.toPrecision(3)).toString().replace("-", "−");
}

/** Units as buttons: a card tells of the one that is pointed at, touched or focused. */
class Units {
  /**
   * @param describe returns the card of a unit: title, what its picture shows, and the
   *   picture's weights, columns and limit.
   */
  constructor(container, count, card, describe) {
    this.buttons = Array.from({ length: count }, (_, unit) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "play-unit";
      button.tabIndex = unit === 0 ? 0 : -1; // the arrow keys go to the others
      const show = () => card.show(button, () => describe(unit));
      button.addEventListener("pointerenter", show);
      button.addEventListener("focus", show);
      button.addEventListener("click", show);
      button.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && card.hide());
      button.addEventListener("blur", () => card.hide());
      button.addEventListener("keydown", (event) => this.keyDown(event, unit, card));
      return button;
    });
    container.replaceChildren(...this.buttons);
  }

  /** Light the units up, from 0 to 1, and name them for a screen reader. */
  light(shares, nameOf) {
    this.buttons.forEach((button, unit) => {
      button.style.setProperty("--light", shares[unit]);
      button.setAttribute("aria-label", nameOf(unit));
    });
  }

  keyDown(event, unit, card) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const next = this.buttons[unit + step];
    if (event.key === "Escape") card.hide();
    if (!step) return;
    event.preventDefault();
    if (!next) return;
    this.buttons[unit].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

/** A card beside a unit, with the picture of its incoming weights. */
class Card {
  constructor(element) {
    this.element = element;
    this.button = null;
    this.describe = null;
    // A finger may show a card without focusing its unit, so no blur hides the card.
    document.addEventListener("pointerdown", ({ target }) => this.button?.contains(target) || this.hide());
  }

  show(button, describe) {
    this.button = button;
    this.describe = describe;
    this.element.hidden = false;
    this.refresh();
    const [of, page] = [button.getBoundingClientRect(), this.element.offsetParent.getBoundingClientRect()];
    const left = of.left + of.width / 2 - page.left - this.element.offsetWidth / 2;
    const right = page.width - this.element.offsetWidth;
    this.element.style.left = `${Math.max(Math.min(left, right), 0)}px`;
    const fitsBelow = of.bottom + this.element.offsetHeight + 8 < window.innerHeight;
    const top = fitsBelow ? of.bottom + 8 : of.top - this.element.offsetHeight - 8;
    this.element.style.top = `${top - page.top}px`;
  }

  hide() {
    this.element.hidden = true;
  }

  /** Draw the card again, after the unit's output or weights have changed. */
  refresh() {
    if (this.element.hidden) return;
    const { title, text, ...picture } = this.describe();
    const [heading, canvas, caption] = this.element.children;
    heading.textContent = title;
    caption.textContent = text;
    drawWeights(canvas, picture);
  }
}

function percent(share) {
  return `${Math.round(100 * share)} %`;
}

/** Make bars of the units of the ten digits. */
function addBars(digits) {
  digits.buttons.forEach((button, digit) => {
    for (const text of ["0", "", digit]) {
      const part = document.createElement("span");
      part.textContent = text;
      button.append(part);
    }
  });
}

/** Show the probability of each digit, in percent, and mark the one that is read. */
function showBars(digits, shares, label) {
  digits.light(shares, (digit) => `${digit}: ${percent(shares[digit])}`);
  digits.buttons.forEach((button, digit) => {
    button.firstElementChild.textContent = Math.round(100 * shares[digit]);
    button.classList.toggle("play-best", digit === label);
  });
}
