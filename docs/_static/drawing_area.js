// A square to draw in with the mouse, a pen or a finger, with undo.
"use strict";

const PEN = 18;

class DrawingArea {
  /** Call `changed` whenever what is drawn changes. */
  constructor(canvas, changed) {
    this.context = canvas.getContext("2d", { willReadFrequently: true });
    this.changed = changed;
    this.states = []; // all before the one shown
    this.setState({ strokes: [], image: null });
    this.pen = null; // the stroke that is being drawn, and the pointer that draws it
    canvas.addEventListener("pointerdown", (event) => this.penDown(event));
    canvas.addEventListener("pointermove", (event) => this.penMoves(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => this.draws(event) && (this.pen = null));
    }
    document.addEventListener("keydown", (event) => this.keyDown(event));
  }

  /** Lists of points [x, y]; empty if an image is shown or nothing. */
  get strokes() {
    return this.state.strokes;
  }

  get isEmpty() {
    return !this.state.image && !this.strokes.length;
  }

  /** Frame what is drawn; null if it is nothing. */
  frame() {
    if (this.strokes.length) return frameStrokes(this.strokes);
    return this.state.image && frame(readInk(this.context), SIDE);
  }

  clear() {
    if (!this.isEmpty) this.begin({ strokes: [], image: null });
  }

  /** Show an image of 28 × 28 pixels of 0 to 255. */
  showImage(image) {
    this.begin({ strokes: [], image });
  }

  /** Take back the last stroke, image or clearing. */
  undo() {
    if (this.states.length) this.setState(this.states.pop());
  }

  /** Go on to another state, to which undo comes back. */
  begin(state) {
    this.states.push(this.state);
    this.setState(state);
  }

  setState(state) {
    this.state = state;
    this.pen = null;
    this.context.fillStyle = "black";
    this.context.fillRect(0, 0, SIDE, SIDE);
    if (state.image) drawImage(this.context, state.image);
    state.strokes.forEach((stroke) => drawLine(this.context, stroke, PEN));
    this.changed(this);
  }

  /** The nearest point of the area: ink outside would be read, but not be visible. */
  pointOf(event) {
    const box = this.context.canvas.getBoundingClientRect();
    const place = [event.clientX - box.left, event.clientY - box.top];
    return place.map((value) => Math.min(Math.max((value * SIDE) / box.width, 0), SIDE));
  }

  /** Whether the event is of the pointer that draws, not of the palm beside a pen. */
  draws(event) {
    return event.pointerId === this.pen?.pointer;
  }

  penDown(event) {
    if (event.button !== 0 || this.pen) return;
    this.context.canvas.setPointerCapture(event.pointerId);
    const stroke = [this.pointOf(event)];
    this.begin({ strokes: [...this.strokes, stroke], image: null });
    this.pen = { stroke, pointer: event.pointerId };
  }

  penMoves(event) {
    if (!this.draws(event)) return;
    const { stroke } = this.pen;
    const from = stroke.length - 1;
    const events = event.getCoalescedEvents?.() ?? [];
    stroke.push(...(events.length ? events : [event]).map((each) => this.pointOf(each)));
    drawLine(this.context, stroke.slice(from), PEN);
    this.changed(this);
  }

  keyDown(event) {
    const isZ = event.key.toLowerCase() === "z"; // "Z" with Caps Lock
    const isUndo = isZ && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    const isClear = ["Delete", "Backspace", "Escape"].includes(event.key);
    // A text field takes back what is typed in it.
    if (isUndo && !event.target.matches("input:not([type=checkbox]), textarea")) this.undo();
    else if (isClear && event.target === this.context.canvas) this.clear();
    else return;
    event.preventDefault();
  }
}

function drawImage(context, image) {
  const small = document.createElement("canvas");
  drawGrey(small, image, SIZE);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, SIDE, SIDE);
}
