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
    this.pen = null; // the stroke that is being drawn
    canvas.addEventListener("pointerdown", (event) => this.penDown(event));
    canvas.addEventListener("pointermove", (event) => this.penMoves(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => (this.pen = null));
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

  pointOf(event) {
    const box = this.context.canvas.getBoundingClientRect();
    const scale = SIDE / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
  }

  penDown(event) {
    if (event.button !== 0) return;
    this.context.canvas.setPointerCapture(event.pointerId);
    const stroke = [this.pointOf(event)];
    this.begin({ strokes: [...this.strokes, stroke], image: null });
    this.pen = stroke;
  }

  penMoves(event) {
    if (!this.pen) return;
    const from = this.pen.length - 1;
    const events = event.getCoalescedEvents?.() ?? [];
    this.pen.push(...(events.length ? events : [event]).map((each) => this.pointOf(each)));
    drawLine(this.context, this.pen.slice(from), PEN);
    this.changed(this);
  }

  keyDown(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z";
    const isClear = ["Delete", "Backspace", "Escape"].includes(event.key);
    if (isUndo && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) this.undo();
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
