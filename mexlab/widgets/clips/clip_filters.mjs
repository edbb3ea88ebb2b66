// Which clips are listed: by database, and by how far the coder is with them.

import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { mxToDo } from "./clip_order.mjs";
import { mxWarnings } from "./clip_row.mjs";

/** @type {{name: string, title: string, has: (row: any, queued: boolean) => boolean, quiet?: boolean}[]} */
const MX_STATUS_FILTERS = [
  { name: "all", title: "all", has: () => true },
  { name: "todo", title: "to do", has: mxToDo },
  { name: "committed", title: "done", has: (row) => row.status === "committed" },
  { name: "warned", title: "warnings", has: (row) => mxWarnings(row).length > 0, quiet: true },
  { name: "flagged", title: "flagged", has: (row) => row.status === "flagged" },
  { name: "queue", title: "queue", has: (row, queued) => queued, quiet: true },
];

export class MxClipFilters {
  /**
   * @param {MxModel} model
   * @param {() => void} onChange
   * @param {AbortSignal} signal
   */
  constructor(model, onChange, signal) {
    this.model = model;
    this.onChange = onChange;
    this.signal = signal;
    this.databases = new Set(model.get("databases")); // none chosen: all shown
    this.status = "all";
    this.root = mxElement("div", { class: "mx-chips" });
  }

  /** Whether a row is listed; the open clip stays, though a commit takes it out of "to do". */
  passes(row, queued) {
    if (this.databases.size && !this.databases.has(row.database)) return false;
    if (!this.model.get("statuses") || row.key === this.model.get("selected")) return true;
    return MX_STATUS_FILTERS.find(({ name }) => name === this.status)?.has(row, queued);
  }

  /** Chips with counts of these rows, of which some stand in the coder's queue. */
  draw(rows, queue) {
    const chips = [];
    const databases = [...new Set(rows.map((row) => row.database))];
    const titles = this.model.get("titles") || {};
    if (databases.length > 1) {
      for (const name of databases) {
        const on = this.databases.has(name);
        chips.push(
          this.chip(titles[name] || name, on, `database-${name}`, () => {
            if (!this.databases.delete(name)) this.databases.add(name);
          }),
        );
      }
    }
    if (this.model.get("statuses")) {
      if (chips.length) chips.push(mxElement("span", { class: "mx-break" }));
      for (const { name, title, has, quiet } of MX_STATUS_FILTERS) {
        const count =
          name === "all" ? 0 : rows.filter((row) => has(row, queue.has(row.key))).length;
        // Nobody who keeps no queue need know of it, nor who has no warnings.
        if (quiet && !count && this.status !== name) continue;
        chips.push(
          this.chip(
            count ? `${title} ${count}` : title,
            this.status === name,
            `status-${name}`,
            () => {
              this.status = name;
            },
          ),
        );
      }
    }
    mxFill(this.root, chips);
    this.root.hidden = !chips.length;
  }

  chip(title, on, testid, onClick) {
    const chip = mxElement(
      "button",
      {
        type: "button",
        class: "mx-chip",
        "aria-pressed": String(on),
        "data-testid": testid,
      },
      title,
    );
    mxKeepFocus(chip, this.signal);
    chip.addEventListener(
      "click",
      () => {
        onClick();
        this.onChange();
      },
      { signal: this.signal },
    );
    return chip;
  }
}
