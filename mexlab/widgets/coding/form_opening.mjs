// The form between two clips: the picture of the next may be there before its coding. Until the
// coding has come nothing of the clip before is shown beside it, and what is pressed is kept for
// it: a mark with the frame that was on show at the press.

import { mxEmit, mxFact, mxSubscribe } from "../kit/bus.mjs";
import { mxElement } from "../kit/dom.mjs";
import { mxSeenFrame, mxUnseenText } from "../player/frame_seen.mjs";

const MX_OPENING_MS = 1500;
const MX_KEPT =
  /^(emotion-|mark-|clear-mark$|go-(onset|apex|offset)$|snap-apex$|blink$|head$|(new|next)-expression$|expression-kind$|confidence$|flag$|commit$|undo$|redo$|history$|focus-(note|action-units)$)/;
// Of a frame that was seen.
const MX_OF_A_FRAME = /^(mark-|clear-mark$|blink$|head$)/;

export class MxFormOpening {
  /** @param {import("./coding_form.mjs").MxCodingForm} form */
  constructor(form, signal) {
    this.form = form;
    this.kept = []; // {name, clip, number}
    this.number = null; // of the press that is being made good
    this.wait = mxElement(
      "p",
      { class: "mx-form-wait", "data-testid": "form-wait" },
      "The coding of this clip has not come yet: waiting for Python.",
    );
    mxSubscribe("clip", () => this.draw(), signal);
  }

  /** The clip whose picture is on show already while the form still has another, or null. */
  get shown() {
    const { key } = mxFact("clip") || {};
    return key && key !== this.form.state.clip ? key : null;
  }

  /** The clip that was chosen and is on its way, or null; a dead kernel holds nothing up. */
  get key() {
    const { key, at } = mxFact("opening") || {};
    const chosen = key && key !== this.form.state.clip && performance.now() - at < MX_OPENING_MS;
    return chosen ? key : this.shown;
  }

  /** Whether an action is not for the coding on the form: it is kept, or refused with a word. */
  holds(name) {
    const clip = this.key;
    if (!clip || !MX_KEPT.test(name)) return false;
    const number = mxSeenFrame(clip);
    const seen = number !== null;
    const { key, at } = mxFact("opening") || {};
    const late = key !== clip || performance.now() - at >= MX_OPENING_MS;
    if (late)
      mxEmit("notice", {
        text: "not taken: the coding of this clip has not come yet",
        tone: "warn",
      });
    else if (!seen && MX_OF_A_FRAME.test(name))
      mxEmit("notice", { text: mxUnseenText(clip), tone: "warn" });
    else this.kept.push({ name, clip, number: seen ? number : null });
    return true;
  }

  /** A coding has come: make good what was pressed for it. */
  came() {
    this.draw();
    const { clip } = this.form.state;
    const due = this.kept.filter((each) => each.clip === clip);
    this.kept = this.kept.filter((each) => each.clip !== clip);
    for (const { name, number } of due) {
      this.number = number;
      this.form.perform(name);
    }
    this.number = null;
  }

  /** Nothing of the clip before beside the picture of the next. */
  draw() {
    if (!this.form.state) return;
    const waiting = this.shown !== null;
    const { el } = this.form;
    if (waiting && el.contains(document.activeElement)) {
      // What is typed belongs to the clip before; keys go on to the player.
      this.form.flush();
      mxEmit("action", { name: "focus-player", phase: "down" });
    }
    el.dataset.clip = this.form.state.clip;
    el.classList.toggle("mx-waiting", waiting);
    el.setAttribute("aria-busy", String(waiting));
  }
}
