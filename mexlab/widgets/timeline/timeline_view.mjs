// How closely one looks at the timeline: all of the clip, or a part of it that goes along with the
// playhead. In a video of minutes an expression is a pixel wide otherwise.

import { mxEmit, mxSubscribe } from "../kit/bus.mjs";
import { mxElement } from "../kit/dom.mjs";
import { MxTimelineScale, mxTimelineWindow } from "./timeline_scale.mjs";

// What the key goes through: shares of the clip.
const MX_SHARES = [1, 1 / 8, 1 / 64];

export class MxTimelineView {
  /** @type {any} */ share;

  constructor(timeline, signal) {
    this.timeline = timeline;
    this.reset();
    timeline.svg.addEventListener("wheel", (event) => this.onWheel(event), {
      signal,
      passive: false,
    });
    mxSubscribe(
      "action",
      ({ name, phase }) => {
        if (name === "timeline-zoom" && phase !== "up") this.next();
      },
      signal,
    );
  }

  reset() {
    this.share = 1; // of the clip
    this.window = null; // {from, to} where that is not all of it
  }

  /** Look at a share of the clip, round a frame. */
  look(share, centre = this.timeline.frame) {
    const { timeline } = this;
    const { numbers } = timeline.clip;
    this.window =
      share < 1 ? mxTimelineWindow(numbers, share, centre === null ? numbers[0] : centre) : null;
    const { from, to } = this.window || { from: 0, to: 0 };
    this.share = this.window ? (to - from) / (numbers[numbers.length - 1] - numbers[0]) : 1;
    timeline.draw();
  }

  follow() {
    const { timeline } = this;
    if (!this.window || !timeline.has || !timeline.scale || timeline.frame === null) return;
    if (!timeline.scale.holds(timeline.frame)) this.look(this.share);
  }

  next() {
    if (!this.timeline.has) return;
    const before = this.share;
    // A short clip has no closer look than some frames: from there it is all of it again.
    for (const share of MX_SHARES.filter((one) => one < before * 0.99)) {
      this.look(share);
      if (this.share < before * 0.99) break;
    }
    if (this.share >= before * 0.99) this.look(1);
    const { window } = this;
    mxEmit("notice", {
      text: window ? `timeline: frames ${window.from}–${window.to}` : "timeline: the whole clip",
    });
  }

  onWheel(event) {
    const { timeline } = this;
    if (!timeline.has || !timeline.scale) return;
    event.preventDefault();
    const { first, span, left, right } = timeline.scale;
    const x = event.clientX - timeline.svg.getBoundingClientRect().left;
    const pointed = first + ((x - left) / (right - left)) * span;
    const share = Math.min(1, this.share * Math.exp(event.deltaY * 0.002));
    // What is under the pointer stays there.
    this.look(share, pointed + (first + span / 2 - pointed) * (share / this.share));
  }

  /** Where in the clip one looks: a bar below the numbers. */
  shapes() {
    if (!this.window) return [];
    const { clip, scale, height } = this.timeline;
    const whole = new MxTimelineScale(clip.numbers, scale.left, scale.right);
    const [from, to] = [whole.x(this.window.from), whole.x(this.window.to)];
    const y = height - 2;
    return [
      mxElement("line", { class: "mx-place-all", x1: whole.left, x2: whole.right, y1: y, y2: y }),
      mxElement("line", {
        class: "mx-place",
        x1: from,
        x2: Math.max(to, from + 3),
        y1: y,
        y2: y,
        "data-testid": "timeline-place",
      }),
    ];
  }
}
