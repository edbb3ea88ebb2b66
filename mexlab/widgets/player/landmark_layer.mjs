// Landmarks over the current picture, for whoever wants to see where the machine sees the face.
// They are asked for when the playhead rests, and kept for the frames that have been asked for.

import { mxEmit } from "../kit/bus.mjs";
import { mxElement, mxFill } from "../kit/dom.mjs";

const MX_LANDMARK_REST_MS = 120;
// The 68 points are runs along the face: jaw, brows, nose, eyes, lips; true: closed.
const MX_LANDMARK_RUNS = [
  [0, 17, false],
  [17, 22, false],
  [22, 27, false],
  [27, 31, false],
  [31, 36, false],
  [36, 42, true],
  [42, 48, true],
  [48, 60, true],
  [60, 68, true],
];

export class MxLandmarkLayer {
  /** @param {import("./player_stage.mjs").MxPlayerStage} stage; `pane` is where the points are drawn */
  constructor(stage, pane, signal) {
    this.stage = stage;
    this.shown = false;
    this.known = new Map(); // native number -> points, or the reason why there are none
    this.svg = mxElement("svg", {
      class: "mx-landmarks",
      preserveAspectRatio: "none",
      "aria-hidden": "true",
      "data-testid": "landmarks",
    });
    this.svg.style.display = "none";
    pane.window.append(this.svg);
    pane.layers.push(this.svg);
    signal.addEventListener("abort", () => clearTimeout(this.resting));
  }

  clear() {
    this.known.clear();
    this.draw();
  }

  turn() {
    this.shown = !this.shown;
    this.svg.style.display = this.shown ? "" : "none";
    mxEmit("notice", { text: this.shown ? "landmarks on" : "landmarks off" });
    this.follow();
  }

  /** Another frame is on show. */
  follow() {
    if (!this.shown) return;
    this.draw();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const { player } = this.stage;
      const { number } = player;
      if (number === null || this.known.has(number)) return;
      player.model.send({ kind: "landmarks", token: player.clip.token, number });
    }, MX_LANDMARK_REST_MS);
  }

  /** The clip is not open yet: asked again, while the frame is on show. */
  /** @param {MxNotYet} refusal */
  refused({ token, number }) {
    const { player } = this.stage;
    if (player.clip && token === player.clip.token && number === player.number) this.follow();
  }

  /** @param {MxLandmarks} found */
  received({ token, number, points, message }) {
    const { player } = this.stage;
    if (!player.clip || token !== player.clip.token) return;
    this.known.set(number, points || []);
    if (message && number === player.number) mxEmit("notice", { text: message, tone: "warn" });
    this.draw();
  }

  draw() {
    const { player, size } = this.stage;
    const points = this.shown && size ? this.known.get(player.number) || [] : [];
    this.svg.dataset.frame = points.length ? String(player.number) : "";
    if (!size) return;
    this.svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
    mxFill(
      this.svg,
      points.length
        ? MX_LANDMARK_RUNS.map(([from, to, closed]) =>
            mxElement(closed ? "polygon" : "polyline", {
              points: points
                .slice(from, to)
                .map((p) => p.join(","))
                .join(" "),
            }),
          )
        : [],
    );
  }
}
