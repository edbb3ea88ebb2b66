// Marks by key: set at the frame on show, taken away, moved a frame, taken over from the machine.

import { mxEmit, mxFact } from "../kit/bus.mjs";
import { mxMsBetween, mxMsText, mxNearestIndex } from "../kit/clip_numbers.mjs";
import { mxFormat } from "../kit/words.mjs";
import { mxMarkNear } from "./coding_session.mjs";

/**
 * Where the apex goes at a press of the key: to the first method's frame, or where it is there already to
 * the next method's, in the order of their measured error. Methods that agree are named together, and
 * stand for one. {number, text}; number null before there is anything to go to.
 */
export function mxSnapApex(ghosts, apex, fps) {
  const machines = ghosts.filter((ghost) => ghost.machine);
  if (!machines.length) {
    return {
      number: null,
      text: "the machine's apex is shown after a commit, once it has been found",
    };
  }
  const frames = [...new Set(machines.map((ghost) => ghost.apex))];
  const number = frames[(frames.indexOf(apex) + 1) % frames.length];
  const coder = machines
    .filter((ghost) => ghost.apex === number)
    .map((ghost) => ghost.coder)
    .join(", ");
  if (apex === null) return { number, text: `apex ${number}: ${coder}` };
  const ms = mxMsBetween(apex, number, fps);
  const time = ms === null ? "" : ` (${mxMsText(Math.abs(ms))})`;
  return {
    number,
    text: `apex ${number}: ${coder}, ${mxFormat.plural(Math.abs(number - apex), "frame")}${time} from yours`,
  };
}

/**
 * Which mark a press of "move the mark" means: the chosen one, the one that was moved last if it
 * is still about here, else the nearest within `reach`; null where there is none.
 */
export function mxMarkToMove(
  coding,
  number,
  reach,
  { chosen = null, moved = null, step = 0 } = {},
) {
  const has = (name) => name && coding[name] !== null && coding[name] !== undefined;
  if (has(chosen)) return chosen;
  if (number === null) return null;
  // Pushed through another mark, it must not leave that one behind and take it instead.
  if (moved !== null && has(moved) && Math.abs(coding[moved] - number) <= reach) return moved;
  return mxMarkNear(coding, number, reach, step);
}

/** The other marks on a frame. */
export function mxMarksAt(coding, number, but) {
  return ["onset", "apex", "offset"].filter((name) => name !== but && coding[name] === number);
}

/** Which of several marks on one frame went, and which stayed; "" where it was the only one. */
export function mxMovedText(name, to, others, number) {
  if (!others.length) return "";
  const went = to === null ? "cleared" : `to ${to}`;
  return `${name} ${went}; the ${others.join(" and ")} stay${others.length > 1 ? "" : "s"} at ${number}`;
}

export class MxFormMarks {
  /** @param {import("./coding_form.mjs").MxCodingForm} form */
  constructor(form) {
    this.form = form;
    this.moved = null; // the mark that was moved last, by key
  }

  get coding() {
    return this.form.session.coding();
  }

  /** How far from a mark the frame on show may be for the mark to be meant. */
  get reach() {
    const { numbers = [] } = mxFact("clip") || {};
    const span = numbers.length ? numbers[numbers.length - 1] - numbers[0] : 0;
    return Math.max(2, Math.round(span / 50));
  }

  act(name) {
    const acts = {
      "mark-onset": () => this.set("onset"),
      "mark-apex": () => this.set("apex"),
      "mark-offset": () => this.set("offset"),
      "clear-mark": () => this.clear(),
      "mark-back": () => this.move(-1),
      "mark-forward": () => this.move(1),
      "snap-apex": () => this.snap(),
      "go-onset": () => this.miss("onset"),
      "go-apex": () => this.miss("apex"),
      "go-offset": () => this.miss("offset"),
    };
    if (!acts[name]) return false;
    acts[name]();
    return true;
  }

  set(name) {
    const number = this.form.painted();
    this.moved = name;
    if (number === null) this.form.unseen();
    else this.form.edit({ [name]: number });
  }

  /** The mark that is meant at the frame on show, or null, which is said. */
  meant(moved, step = 0) {
    const number = this.form.painted();
    const chosen = (mxFact("chosen-mark") || {}).name;
    const name = mxMarkToMove(this.coding, number, this.reach, { chosen, moved, step });
    if (!name && number === null) this.form.unseen();
    else if (!name) mxEmit("notice", { text: `no mark at frame ${number}` });
    return name;
  }

  clear() {
    const name = this.meant(null);
    if (!name) return;
    const at = this.coding[name];
    const others = mxMarksAt(this.coding, at, name);
    this.form.edit({ [name]: null });
    this.tell(mxMovedText(name, null, others, at));
  }

  tell(text) {
    if (text) mxEmit("notice", { text });
  }

  /** A frame earlier or later; the picture goes with it. */
  move(step) {
    const name = this.meant(this.moved, step);
    if (!name) return;
    const from = this.coding[name];
    const others = mxMarksAt(this.coding, from, name);
    const { numbers } = mxFact("clip");
    const at = mxNearestIndex(numbers, this.coding[name]) + step;
    const number = numbers[Math.max(0, Math.min(numbers.length - 1, at))];
    this.moved = name;
    this.form.edit({ [name]: number });
    mxEmit("seek", { number });
    this.tell(mxMovedText(name, number, others, from));
  }

  snap() {
    const { form } = this;
    const { number, text } = mxSnapApex(
      form.known.reference || [],
      this.coding.apex,
      form.state.fps,
    );
    if (number !== null) {
      form.edit({ apex: number });
      mxEmit("seek", { number });
    }
    mxEmit("notice", { text });
  }

  /** The player goes to a mark; where there is none it has nothing to do, and that is said. */
  miss(name) {
    const value = this.coding[name];
    if (value === null || value === undefined)
      mxEmit("notice", { text: `the ${name} is not marked yet` });
  }
}
