// What hands do on the timeline: seek, drag a mark, move a mark by key.

import { mxEmit } from "../kit/bus.mjs";
import { mxNearestIndex } from "../kit/clip_numbers.mjs";
import { mxSeenFrame } from "../player/frame_seen.mjs";

export class MxTimelineHands {
  /**
   * @param {import("./timeline.mjs").MxTimeline} timeline
   * @param {AbortSignal} signal
   */
  constructor(timeline, signal) {
    this.timeline = timeline;
    timeline.svg.addEventListener("pointerdown", (event) => this.onPointer(event), { signal });
  }

  onPointer(event) {
    if (event.button !== 0 || !this.timeline.has) return;
    event.preventDefault();
    const mark = Object.keys(this.timeline.handles).find((name) =>
      this.timeline.handles[name].group.contains(event.target),
    );
    if (mark) this.dragMark(event, mark);
    else this.scrub(event);
  }

  follow(event, onMove, onEnd) {
    const gesture = new AbortController();
    const { signal } = gesture;
    this.timeline.svg.setPointerCapture(event.pointerId);
    const number = (e) =>
      this.timeline.scale.number(e.clientX - this.timeline.svg.getBoundingClientRect().left);
    this.timeline.svg.addEventListener("pointermove", (move) => onMove(number(move)), { signal });
    this.timeline.svg.addEventListener(
      "pointerup",
      (up) => {
        gesture.abort();
        onEnd(number(up));
      },
      { signal },
    );
    this.timeline.svg.addEventListener(
      "pointercancel",
      () => {
        gesture.abort();
        onEnd(null);
      },
      { signal },
    );
    return number(event);
  }

  scrub(event) {
    const seek = (number) => mxEmit("seek", { number });
    seek(this.follow(event, seek, () => {}));
  }

  /** The face follows the dragged mark; the mark is stored when it is let go. */
  dragMark(event, name) {
    const before = this.timeline.marks[name];
    // Grabbed beside the line: the mark must not jump by that much.
    const slip =
      this.timeline.scale.x(before) -
      (event.clientX - this.timeline.svg.getBoundingClientRect().left);
    let moved = false;
    const shifted = (number) => {
      const x = this.timeline.scale.x(number) + slip;
      return this.timeline.scale.number(x);
    };
    const startX = event.clientX;
    const show = (number) => {
      this.timeline.preview = { name, number };
      mxEmit("seek", { number });
      this.timeline.draw();
    };
    const gesture = (e) => {
      if (Math.abs(e.clientX - startX) > 2) moved = true;
    };
    const watch = new AbortController();
    this.timeline.svg.addEventListener("pointermove", gesture, { signal: watch.signal });
    mxEmit("seek", { number: before });
    this.timeline.handles[name].group.focus({ preventScroll: true });
    this.follow(
      event,
      (number) => {
        if (moved) show(shifted(number));
      },
      (number) => {
        watch.abort();
        const value = this.timeline.preview ? this.timeline.preview.number : before;
        this.timeline.preview = null;
        if (number !== null && moved) {
          mxEmit("edit", { changes: { [name]: value } });
          // The hand put it there by its number; whether the eye agrees it can only say later.
          if (mxSeenFrame(this.timeline.clip.key) !== value)
            mxEmit("notice", {
              text: `${name} ${value}: that frame is not on show yet`,
              tone: "warn",
            });
        }
        this.timeline.draw();
        // A click chooses the mark for the arrow keys; after a drag they step frames again.
        if (moved) mxEmit("action", { name: "focus-player", phase: "down" });
      },
    );
  }

  onMarkKey(event, name) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key];
    const { numbers } = this.timeline.clip;
    const index = mxNearestIndex(numbers, this.timeline.marks[name]);
    /** @type {number | null} */
    let next = null;
    if (step) next = index + step * (event.shiftKey ? 10 : 1);
    else if (event.key === "Home") next = 0;
    else if (event.key === "End") next = numbers.length - 1;
    if (next === null || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const number = numbers[Math.max(0, Math.min(numbers.length - 1, next))];
    mxEmit("edit", { changes: { [name]: number } });
    mxEmit("seek", { number });
  }
}
