// All that is in one clip: expressions, blinks, head movements. One is on the form at a time.

import { mxEmit, mxKeyOf } from "../kit/bus.mjs";
import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { MX_BLANK, mxSaysSomething } from "./clip_codings.mjs";

const MX_KINDS = ["", "micro", "macro", "blink", "head"];
const MX_KIND_TITLES = {
  "": "kind",
  micro: "micro",
  macro: "macro",
  blink: "blink",
  head: "head movement",
};

export function mxIsEvent({ kind }) {
  return kind === "blink" || kind === "head";
}

/**
 * What there is in a clip, in the order in which it was begun: the first expression always, else
 * what was not taken away again. Expressions are counted among expressions (`nth`): the second is
 * called 2, however many blinks were marked before it.
 */
export function mxListEvents(codings) {
  let nth = 0;
  return [...codings]
    .filter(([expression, { status }]) => expression === 1 || status !== "untouched")
    .sort(([a], [b]) => a - b)
    .map(([expression, coding]) => {
      if (!mxIsEvent(coding)) nth += 1;
      return { ...coding, expression, nth: mxIsEvent(coding) ? null : nth };
    });
}

/** "blink", "2 · happiness". */
export function mxEventName({ expression, nth = expression, kind, emotion }) {
  return mxIsEvent({ kind })
    ? MX_KIND_TITLES[kind]
    : [nth, emotion || kind].filter(Boolean).join(" · ");
}

/** "blink 61–67", "2 · happiness 54–90", "1 · not marked yet", "no expression" where all is done. */
export function mxEventText(each) {
  const { expression, nth, kind, emotion, onset, offset } = each;
  if (each.status === "committed" && !mxSaysSomething(each)) return "no expression";
  const event = mxIsEvent({ kind });
  const what = mxEventName({ expression, nth, kind, emotion });
  if (onset === null && offset === null) return event ? what : `${what} · not marked yet`;
  return `${what} ${onset === null ? "…" : onset}–${offset === null ? "…" : offset}`;
}

/**
 * What a press of "blink" or "head movement" means: it ends the one that is open, else it begins
 * a new one. `found` is all that is in the clip, `next` the number of a further one.
 */
export function mxEventEdit({ kind, number, found, next }) {
  const open = found.find(
    (each) => each.kind === kind && each.onset !== null && each.offset === null,
  );
  const { expression, onset } = open || {};
  if (!expression) return { expression: next, begins: true, changes: { kind, onset: number } };
  // Ended before it began: the coder stepped back to where it really begins.
  if (number < onset)
    return { expression, begins: false, changes: { onset: number, offset: onset } };
  return { expression, begins: false, changes: { offset: number } };
}

export class MxClipEvents {
  /** @param {import("./coding_form.mjs").MxCodingForm} form */
  constructor(form, signal) {
    this.form = form;
    this.signal = signal;
    this.kind = mxElement("button", {
      type: "button",
      class: "mx-quiet mx-kind",
      "data-testid": "kind",
      title: "micro, macro, blink or head movement (I)",
    });
    this.kind.addEventListener("click", () => this.nextKind(), { signal });
    const add = (name, text, key, title) => {
      const button = mxElement(
        "button",
        { type: "button", class: "mx-quiet", "data-testid": `add-${name}`, title },
        text,
        " ",
        mxKeyOf(name, key),
      );
      button.addEventListener("click", () => this.act(name), { signal });
      mxKeepFocus(button, signal);
      return button;
    };
    mxKeepFocus(this.kind, signal);
    this.tools = mxElement(
      "span",
      { class: "mx-event-tools" },
      this.kind,
      mxElement("span", { class: "mx-sp" }),
      add("blink", "blink", "B", "a blink begins at this frame; again: it ends here"),
      add("head", "head", "H", "a head movement begins at this frame; again: it ends here"),
      add("new-expression", "+", "⇧E", "one more expression in this clip"),
    );
    this.chips = mxElement("div", {
      class: "mx-events",
      role: "group",
      "aria-label": "Expressions and events of this clip",
      "data-testid": "events",
    });
  }

  /** All that is in the clip, with what waits to be stored. */
  get found() {
    return mxListEvents(this.form.session.view().codings);
  }

  get expression() {
    return this.form.session.expression;
  }

  draw(coding) {
    const all = this.found;
    mxFill(
      this.kind,
      MX_KIND_TITLES[coding.kind || ""],
      coding.kind ? null : [" ", mxKeyOf("expression-kind", "I")],
    );
    this.kind.classList.toggle("mx-set", Boolean(coding.kind));
    const text = JSON.stringify(
      all.map((each) => [each.expression, mxEventText(each), each.expression === this.expression]),
    );
    if (text === this.drawn) return all;
    this.drawn = text;
    mxFill(this.chips, all.length < 2 ? [] : all.map((each) => this.chip(each)));
    return all;
  }

  chip(each) {
    const on = each.expression === this.expression;
    const go = mxElement(
      "button",
      {
        type: "button",
        class: "mx-chip",
        "aria-pressed": String(on),
        "data-testid": `event-${each.expression}`,
        title: on ? "on the form now" : "put it on the form (E goes through them)",
      },
      mxEventText(each),
    );
    mxKeepFocus(go, this.signal);
    go.addEventListener("click", () => this.go(each.expression), { signal: this.signal });
    if (each.expression === 1) return go;
    const remove = mxElement(
      "button",
      {
        type: "button",
        class: "mx-clear",
        "aria-label": `remove ${mxEventText(each)}`,
        title: "remove; undo brings it back",
        "data-testid": `remove-${each.expression}`,
      },
      "×",
    );
    mxKeepFocus(remove, this.signal);
    remove.addEventListener("click", () => this.remove(each.expression), { signal: this.signal });
    return mxElement("span", { class: "mx-event" }, go, remove);
  }

  // ---- what keys and buttons do -----------------------------------------------------------

  act(name) {
    if (name === "blink" || name === "head") this.mark(name);
    else if (name === "new-expression") this.begin();
    else if (name === "next-expression") this.next();
    else if (name === "expression-kind") this.nextKind();
    else return false;
    return true;
  }

  mark(kind) {
    const number = this.form.painted();
    if (number === null) {
      this.form.unseen();
      return;
    }
    const { found } = this;
    const next = Math.max(1, ...this.form.session.view().codings.keys()) + 1;
    const { expression, begins, changes } = mxEventEdit({ kind, number, found, next });
    this.form.session.edit(changes, { expression });
    const title = MX_KIND_TITLES[kind];
    const key = kind === "blink" ? "B" : "H";
    mxEmit("notice", {
      text: begins
        ? `${title} from ${number}: ${key} again where it ends`
        : `${title} to ${number}`,
    });
    this.form.draw();
  }

  /** An act as any other: it waits in the queue with the rest, and undo takes it back. */
  begin() {
    this.form.flush();
    this.from = this.expression;
    this.form.session.begin();
    this.form.shown();
    mxEmit("notice", { text: "one more expression: mark its onset, apex and offset" });
  }

  /** What was on the form may be gone: taken away, undone, or dropped by a commit. */
  settle() {
    const { codings } = this.form.session.view();
    const there = (number) =>
      number === 1 || (codings.has(number) && codings.get(number).status !== "untouched");
    if (there(this.expression)) return;
    this.form.session.expression = there(this.from || 1) ? this.from || 1 : 1;
    this.form.shown();
  }

  next() {
    const numbers = this.found.map(({ expression }) => expression);
    if (numbers.length < 2) {
      mxEmit("notice", { text: "this clip has one expression so far: Shift+E begins another" });
      return;
    }
    this.go(numbers[(numbers.indexOf(this.expression) + 1) % numbers.length]);
  }

  /** Put another on the form, and the playhead to where it begins: in a long video it is far off. */
  go(expression) {
    const {
      onset = null,
      apex = null,
      offset = null,
    } = this.found.find((each) => each.expression === expression) || {};
    const number = [onset, apex, offset].find((each) => each !== null);
    this.show(expression);
    if (number !== undefined) mxEmit("seek", { number });
  }

  show(expression) {
    if (expression === this.expression) return;
    this.form.flush();
    this.form.session.expression = expression;
    this.form.shown();
  }

  remove(expression) {
    this.form.flush();
    this.form.session.edit(MX_BLANK, { expression });
    this.form.draw();
  }

  nextKind() {
    const now = this.form.session.coding().kind || "";
    const kind = MX_KINDS[(MX_KINDS.indexOf(now) + 1) % MX_KINDS.length];
    this.form.edit({ kind });
    mxEmit("notice", {
      text: kind
        ? `this is a ${MX_KIND_TITLES[kind]}${kind.length === 5 && kind !== "blink" ? "-expression" : ""}`
        : "kind: not said",
    });
  }
}
