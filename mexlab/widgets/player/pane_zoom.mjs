// Zoom and pan of the panes: all move together, and stay put from frame to frame.

import { mxEmit } from "../kit/bus.mjs";

export class MxPaneZoom {
  /**
   * @param {import("./player_stage.mjs").MxPlayerStage} stage
   * @param {HTMLButtonElement} hint a button that tells the zoom and takes it back
   */
  constructor(stage, hint, signal) {
    this.stage = stage;
    this.hint = hint;
    this.scale = 1;
    this.x = 0; // in pane widths from the middle
    this.y = 0;
    stage.root.addEventListener("wheel", (event) => this.onWheel(event), {
      signal,
      passive: false,
    });
    stage.root.addEventListener("pointerdown", (event) => this.onPan(event), { signal });
    stage.root.addEventListener("dblclick", () => this.reset(), { signal });
    hint.addEventListener("click", () => this.reset(), { signal });
  }

  box(target) {
    const pane = target ? target.closest(".mx-pane") : null;
    return (pane || this.stage.panes.current.figure).getBoundingClientRect();
  }

  onWheel(event) {
    if (!this.stage.size) return;
    event.preventDefault();
    const box = this.box(event.target);
    const x = (event.clientX - box.left) / box.width - 0.5;
    const y = (event.clientY - box.top) / box.height - 0.5;
    this.by(Math.exp(-event.deltaY * 0.0016), x, y);
  }

  /** Zoom about a point given in pane widths from the middle; it stays where it is. */
  by(factor, x = 0, y = 0) {
    const next = Math.max(1, Math.min(16, this.scale * factor));
    const ratio = next / this.scale;
    this.scale = next;
    this.x = x - (x - this.x) * ratio;
    this.y = y - (y - this.y) * ratio;
    this.apply();
  }

  /** Move by shares of a pane; a whole picture has nowhere to go. */
  pan(x, y) {
    if (this.scale === 1) mxEmit("notice", { text: "zoom in first (+)" });
    this.x += x;
    this.y += y;
    this.apply();
  }

  reset() {
    this.scale = 1;
    this.x = 0;
    this.y = 0;
    this.apply();
  }

  onPan(event) {
    this.stage.focus();
    if (event.button !== 0 || this.scale === 1) return;
    const start = { x: event.clientX, y: event.clientY, panX: this.x, panY: this.y };
    const box = this.box(null);
    const gesture = new AbortController();
    const { signal } = gesture;
    const { root } = this.stage;
    root.setPointerCapture(event.pointerId);
    root.addEventListener(
      "pointermove",
      (move) => {
        this.x = start.panX + (move.clientX - start.x) / box.width;
        this.y = start.panY + (move.clientY - start.y) / box.height;
        this.apply();
      },
      { signal },
    );
    for (const end of ["pointerup", "pointercancel"]) {
      root.addEventListener(end, () => gesture.abort(), { signal });
    }
  }

  apply() {
    const most = (this.scale - 1) / 2;
    this.x = Math.max(-most, Math.min(most, this.x));
    this.y = Math.max(-most, Math.min(most, this.y));
    const { width, height } = this.stage.shown || { width: 0, height: 0 };
    const transform = `translate(${this.x * width}px, ${this.y * height}px) scale(${this.scale})`;
    for (const pane of Object.values(this.stage.panes)) {
      for (const layer of pane.layers) layer.style.transform = transform;
      pane.canvas.classList.toggle("mx-sharp", this.scale > 4);
    }
    this.hint.textContent = this.scale === 1 ? "wheel zooms" : `${this.scale.toFixed(1)}× · fit`;
    this.hint.disabled = this.scale === 1;
    this.hint.title = this.scale === 1 ? "" : "back to the whole picture (R)";
    this.stage.root.classList.toggle("mx-zoomed", this.scale > 1);
    this.stage.chooseDetail();
  }
}
