// One pane: its title, canvas, cross and pin, and the colour bar below.

import { mxElement, mxFill, mxPen } from "../kit/dom.mjs";
import { mxGradient } from "./flow_colours.mjs";

export class MxFlowPane {
  constructor(name, width, height) {
    this.name = name;
    this.title = mxElement("b", {});
    this.what = mxElement("span", {});
    this.canvas = mxElement("canvas", {
      width,
      height,
      role: "img",
      "data-testid": `canvas-${name}`,
    });
    this.cross = mxElement("i", { class: "mx-cross", hidden: true });
    this.pin = mxElement("i", { class: "mx-pin", hidden: true });
    this.stage = mxElement("div", { class: "mx-pane-stage" }, this.canvas, this.cross, this.pin);
    this.bar = mxElement("div", { class: "mx-pane-bar" });
    this.labels = mxElement("div", { class: "mx-pane-labels" });
    this.scale = mxElement("div", { class: "mx-pane-scale" }, this.bar, this.labels);
    this.root = mxElement(
      "div",
      { class: `mx-pane mx-pane-${name}`, "data-testid": `pane-${name}` },
      mxElement("div", { class: "mx-pane-head" }, this.title, this.what),
      this.stage,
      this.scale,
    );
  }

  head(title, what) {
    this.title.textContent = title;
    this.what.textContent = what;
    this.canvas.setAttribute("aria-label", `${title}: ${what}`);
  }

  /** A colour bar with what stands at its ends and middle; none where `labels` is missing. */
  legend(table, labels) {
    this.scale.classList.toggle("mx-none", !labels);
    this.bar.style.background = table ? mxGradient(table) : "none";
    this.texts = labels ?? [];
    this.table = labels ? table : null;
    mxFill(
      this.labels,
      this.texts.map((text) => mxElement("span", {}, text)),
    );
  }

  image(width, height) {
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.canvas.classList.toggle("mx-pixels", width <= 32);
    return mxPen(this.canvas).createImageData(width, height);
  }

  put(image) {
    mxPen(this.canvas).putImageData(image, 0, 0);
  }
}
