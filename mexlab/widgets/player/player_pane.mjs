// One pane of the player: a canvas in its window, a caption, and words where there is no picture.

import { mxElement, mxPen } from "../kit/dom.mjs";

export class MxPlayerPane {
  /** @param {"onset" | "current" | "apex"} name */
  constructor(name) {
    this.name = name;
    this.canvas = mxElement("canvas", { class: "mx-canvas", width: "1", height: "1" });
    this.canvas.dataset.testid = `canvas-${name}`;
    this.context = mxPen(this.canvas, { willReadFrequently: false });
    this.window = mxElement("div", { class: "mx-window" }, this.canvas);
    this.caption = mxElement("span", { class: "mx-cap" });
    this.empty = mxElement("div", { class: "mx-pane-empty", hidden: true });
    this.figure = mxElement(
      "div",
      { class: `mx-pane mx-pane-${name}` },
      this.window,
      this.empty,
      this.caption,
    );
    /** @type {(HTMLElement | SVGElement)[]} what lies on the picture and goes where it goes */
    this.layers = [this.canvas];
  }

  /**
   * As large as a picture, which may have been decoded smaller than its file has it.
   * @param {{width: number, height: number}} size
   */
  match({ width, height }) {
    if (this.canvas.width === width && this.canvas.height === height) return;
    this.canvas.width = width;
    this.canvas.height = height;
  }

  /**
   * No picture, and why.
   * @param {string} text
   * @param {string} [caption]
   */
  explain(text, caption = "") {
    this.empty.textContent = text;
    this.empty.hidden = false;
    this.caption.textContent = caption;
    this.canvas.removeAttribute("data-frame");
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
