// The side columns of a page: folded away and back, by key and by button. On a narrow page (a small
// window, or a magnified one) they start folded, so that what the page is about keeps its room.

import { mxBus, mxEmit } from "../kit/bus.mjs";

/** How wide a page is: "wide", "middle" or "narrow" (as a window of 1440 px magnified twice is). */
export function mxWidthClass(width) {
  if (width >= 1180) return "wide";
  return width >= 900 ? "middle" : "narrow";
}

/**
 * Which sides are folded.
 *
 * @param {Array} columns {side, folds} of each side; `folds` are the widths at which it starts folded
 * @param {string} width of `mxWidthClass`
 * @param {object} chosen side -> true (folded) or false, as the user chose at this width
 */
export function mxFolded(columns, width, chosen = {}) {
  return columns
    .filter(({ side, folds }) => chosen[side] ?? folds.includes(width))
    .map(({ side }) => side);
}

/** The choices after a press on one side: on a narrow page no two stand open. */
export function mxFoldTurned(columns, width, chosen, side) {
  const open = !mxFolded(columns, width, chosen).includes(side);
  const next = { ...chosen, [side]: open };
  if (width === "narrow" && !open) {
    for (const other of columns) if (other.side !== side) next[other.side] = true;
  }
  return next;
}

/** Acts that put the cursor into a field, and the side that the field is on. */
const MX_FIELD_SIDES = {
  "focus-search": "left",
  "focus-note": "right",
  "focus-action-units": "right",
  history: "right",
};

export class MxColumns {
  /** @param {{name: string, columns: Array, onChange: Function, signal: AbortSignal}} options */
  constructor({ name, columns, onChange, signal }) {
    this.name = name;
    this.columns = columns;
    this.onChange = onChange;
    this.width = null;
    this.chosen = {};
    // Before the widgets hear it: a field in a folded column cannot take the cursor.
    mxBus().addEventListener(
      "action",
      (event) => this.act(/** @type {CustomEvent} */ (event).detail),
      { capture: true, signal },
    );
  }

  /** Take hold of the page, once its frame is in the document, and follow its width. */
  attach(page, signal) {
    this.page = page;
    const observer = new ResizeObserver(() => this.measure());
    observer.observe(page);
    signal.addEventListener("abort", () => observer.disconnect());
    this.measure();
  }

  measure() {
    const { clientWidth } = this.page;
    if (!clientWidth) return;
    const width = mxWidthClass(clientWidth);
    if (width === this.width) return;
    this.width = width;
    this.chosen = this.remembered();
    this.apply();
  }

  get folded() {
    return this.width ? mxFolded(this.columns, this.width, this.chosen) : [];
  }

  apply() {
    const frame = this.page.querySelector(".mx-columns");
    if (!frame) return;
    const { folded } = this;
    const leaves = folded.some((side) =>
      frame.querySelector(`:scope > .mx-column-${side}`)?.contains(document.activeElement),
    );
    for (const side of ["left", "right"])
      frame.classList.toggle(`mx-fold-${side}`, folded.includes(side));
    if (leaves) {
      /** @type {HTMLElement} */ (document.activeElement).blur();
      mxEmit("action", { name: "focus-player", phase: "down" });
    }
    this.onChange(folded);
  }

  turn(side) {
    if (!this.width || !this.columns.some((column) => column.side === side)) return;
    this.chosen = mxFoldTurned(this.columns, this.width, this.chosen, side);
    this.remember();
    this.apply();
  }

  act({ name, phase }) {
    if (phase === "up") return;
    if (name === "fold-left") this.turn("left");
    else if (name === "fold-right") this.turn("right");
    else if (this.folded.includes(MX_FIELD_SIDES[name])) this.turn(MX_FIELD_SIDES[name]);
  }

  get place() {
    return `mexlab-columns:${this.name}:${this.width}`;
  }

  remembered() {
    try {
      const kept = JSON.parse(window.localStorage.getItem(this.place) ?? "null");
      return kept && typeof kept === "object" ? kept : {};
    } catch {
      return {}; // no storage, or not ours: as the page's width has it
    }
  }

  remember() {
    try {
      window.localStorage.setItem(this.place, JSON.stringify(this.chosen));
    } catch {
      /* kept until the page is closed */
    }
  }
}
