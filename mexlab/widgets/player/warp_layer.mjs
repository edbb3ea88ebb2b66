// Magnified motion in the current pane: asks the kernel for the field of the frame on show and its
// neighbours, keeps what came, and carries the onset's face along. Without a field yet the player
// magnifies the brightness, so that stepping never waits.

import { mxEmit, mxSubscribe } from "../kit/bus.mjs";
import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { mxInverseField, mxWarpField, mxWarpPicture } from "./warp_picture.mjs";

const MX_FIELDS = 240; // some 20 KB each
const MX_WARP_AHEAD = 4;
const MX_WARP_AGAIN_MS = 4000;
const MX_WARP_NOT_YET_MS = 150;
const MX_MAGNIFY = [
  {
    name: "brightness",
    title: "brightness",
    hint: "magnify how much brighter or darker each place became (Eulerian)",
  },
  {
    name: "motion",
    title: "motion",
    hint: "magnify how far the skin moved: the onset's face, carried along (flow)",
  },
];

export class MxWarpLayer {
  /** @param {import("./player_stage.mjs").MxPlayerStage} stage */
  constructor(stage, signal) {
    this.stage = stage;
    this.fields = new Map(); // "reference:number" -> {box, field} or {message}, oldest first
    this.asked = null;
    const { model } = stage.player;
    this.button = mxElement("button", {
      type: "button",
      class: "mx-magnify",
      hidden: true,
      "data-testid": "magnify-kind",
    });
    mxKeepFocus(this.button, signal);
    stage.panes.current.figure.append(this.button);
    this.button.addEventListener("click", () => this.turn(), { signal });
    /**
     * @param {MxPlayerHears} content
     * @param {DataView[]} buffers
     */
    const onMessage = (content, buffers) => {
      if (content.kind === "warp") this.received(content, buffers);
      else if (content.kind === "not-yet" && content.of === "warp") this.refused(content);
    };
    const onChoice = () => this.chosen();
    model.on("msg:custom", onMessage);
    model.on("change:magnify", onChoice);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", onMessage);
      model.off("change:magnify", onChoice);
      clearTimeout(this.again);
    });
    mxSubscribe(
      "action",
      ({ name, phase }) => {
        if (name === "magnify-kind" && phase !== "up") this.turn();
      },
      signal,
    );
    this.drawButton();
  }

  get kind() {
    return this.stage.player.model.get("magnify");
  }

  turn() {
    const { model } = this.stage.player;
    model.set("magnify", this.kind === "motion" ? "brightness" : "motion");
    model.save_changes();
  }

  chosen() {
    this.drawButton();
    mxEmit("notice", {
      text: `magnified: ${MX_MAGNIFY.find(({ name }) => name === this.kind)?.title} ×${this.stage.gain}`,
    });
    this.stage.paintCurrent();
  }

  drawButton() {
    const { title, hint } = MX_MAGNIFY.find(({ name }) => name === this.kind) || MX_MAGNIFY[0];
    mxFill(this.button, `${title} ×${this.stage.gain}`);
    this.button.title = `${hint}. Click or ⇧W: the other; ⇧M: how much`;
  }

  clear() {
    this.fields.clear();
    this.asked = null;
    this.inverse = null;
  }

  /**
   * Paint the magnified motion into `out` (RGBA) if that is chosen and the field is there.
   * Returns the caption, or null where the brightness has to do.
   */
  paint(onset, width, height, out) {
    this.word = "";
    if (this.kind !== "motion") return null;
    const { player, gain } = this.stage;
    const reference = player.numbers[player.reference];
    const { number } = player;
    if (number === reference) {
      out.set(onset);
      return `${this.stage.referenceText()}`;
    }
    const found = this.fields.get(`${reference}:${number}`);
    this.ask(reference, number);
    if (!found || found.message) {
      this.word = found ? found.message : "motion on its way";
      return null;
    }
    // The mouse and the light repaint the same frame: it is turned round once.
    if (!this.inverse || this.inverse.found !== found || this.inverse.gain !== gain) {
      this.inverse = { found, gain, field: mxInverseField(found.field, found.box, gain) };
    }
    mxWarpPicture(
      onset,
      width,
      height,
      this.inverse.field,
      found.box,
      width / player.clip.width,
      out,
    );
    return `${this.stage.referenceText()}, moved as to ${number} ×${gain}`;
  }

  /** Ask for the frame on show, and for those that the next steps in this direction lead to. */
  ask(reference, number) {
    const { player } = this.stage;
    const { numbers, painted, direction } = player;
    const missing = (one) =>
      one !== undefined && one !== reference && !this.fields.has(`${reference}:${one}`);
    const ahead = [];
    for (let step = 1; step <= MX_WARP_AHEAD; step += 1)
      ahead.push(numbers[painted + step * direction]);
    ahead.push(numbers[painted - direction]);
    const due = ahead.filter(missing);
    const want = missing(number);
    // Neighbours alone are worth a message only once most of them are missing.
    if (!want && due.length <= MX_WARP_AHEAD / 2) return;
    const [first, ...rest] = want ? [number, ...due] : due;
    const name = `${reference}:${first}:${rest.join()}`;
    const now = performance.now();
    if (this.asked && this.asked.name === name && now - this.asked.at < MX_WARP_AGAIN_MS) return;
    this.asked = { name, at: now };
    player.model.send({
      kind: "warp",
      token: player.clip.token,
      reference,
      number: first,
      ahead: rest,
    });
  }

  /** The clip is not open yet: asked again, while the motion is on show. */
  /** @param {MxNotYet} refusal */
  refused({ token }) {
    const { player } = this.stage;
    if (!player.clip || token !== player.clip.token) return;
    this.asked = null;
    clearTimeout(this.again);
    this.again = setTimeout(() => {
      if (this.stage.activeMode() === "amplify") this.stage.paintCurrent();
    }, MX_WARP_NOT_YET_MS);
  }

  /**
   * @param {MxWarp} field
   * @param {DataView[]} buffers
   */
  received({ token, reference, number, box, rows, columns, message }, buffers) {
    const { player } = this.stage;
    if (!player.clip || token !== player.clip.token) return;
    this.fields.set(
      `${reference}:${number}`,
      message ? { message } : { box, field: mxWarpField({ columns, rows }, buffers[0]) },
    );
    while (this.fields.size > MX_FIELDS) this.fields.delete(this.fields.keys().next().value);
    if (number === player.number && this.stage.activeMode() === "amplify")
      this.stage.paintCurrent();
  }
}
