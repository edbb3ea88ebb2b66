// Paints what has changed since the onset into the current pane: the difference, or the change
// magnified.

import { mxAmplifyChange, mxSignedDifference } from "./picture_modes.mjs";
import { MxWarpLayer } from "./warp_layer.mjs";

const MX_DIFFERENCE_GAIN = 5;

export class MxChangePainter {
  /** @param {import("./player_stage.mjs").MxPlayerStage} stage */
  constructor(stage, signal) {
    this.stage = stage;
    this.warp = new MxWarpLayer(stage, signal);
  }

  /** Paint the change from one bitmap to another; returns the caption. */
  paint({ canvas, context }, mode, current, reference) {
    const { width, height } = canvas;
    const { player, gain } = this.stage;
    const since = this.stage.referenceText();
    const from = this.pixels(reference, width, height);
    const out = context.createImageData(width, height);
    let caption = mode === "amplify" ? this.warp.paint(from, width, height, out.data) : null;
    canvas.dataset.magnified = caption === null ? "brightness" : "motion";
    if (caption === null) {
      const to = this.pixels(current, width, height);
      if (mode === "difference") {
        mxSignedDifference(to, from, MX_DIFFERENCE_GAIN, out.data);
        caption = `${player.number} − ${since}, ×${MX_DIFFERENCE_GAIN}`;
      } else {
        mxAmplifyChange(to, from, width, height, gain, out.data);
        caption = `${player.number}, change since ${since} ×${gain}${this.warp.word ? ` · ${this.warp.word}` : ""}`;
      }
    }
    context.putImageData(out, 0, 0);
    return caption;
  }

  pixels(bitmap, width, height) {
    this.scratch = this.scratch || new OffscreenCanvas(1, 1);
    if (this.scratch.width !== width || this.scratch.height !== height) {
      this.scratch.width = width;
      this.scratch.height = height;
      this.context = this.scratch.getContext("2d", { willReadFrequently: true });
    }
    this.context.drawImage(bitmap, 0, 0);
    return this.context.getImageData(0, 0, width, height).data;
  }
}
