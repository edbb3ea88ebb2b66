// The history of a clip, newest first: who, when, what, of which expression or event, from which
// page; each can be restored.

import { mxKeyOf } from "../kit/bus.mjs";
import { mxElement, mxFill, mxKey } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { mxFormat } from "../kit/words.mjs";

export class MxHistoryPanel {
  /** @type {any} */ nameOf;

  /** @param {{onRestore: (record: any) => void, onClose: () => void, signal: AbortSignal}} options */
  constructor({ onRestore, onClose, signal }) {
    this.onRestore = onRestore;
    this.arriving = false; // opened just now: the keys go to its list when it has come
    this.moved = false; // an entry was chosen by key since it was opened
    this.signal = signal;
    this.list = mxElement("ol", {
      class: "mx-history-list",
      "aria-label": "Changes, the newest first",
    });
    const close = mxElement(
      "button",
      { type: "button", class: "mx-btn-plain", "data-testid": "history-close" },
      "Close ",
      mxKeyOf("history", "W"),
    );
    close.addEventListener("click", onClose, { signal });
    mxKeepFocus(close, signal);
    this.root = mxElement(
      "section",
      {
        class: "mx-history mx-scroll",
        hidden: true,
        "aria-label": "History of this clip",
        "data-testid": "history",
      },
      mxElement("header", {}, mxElement("h3", { class: "mx-h3" }, "What was done"), close),
      mxElement(
        "p",
        { class: "mx-history-hint" },
        mxKey("↑"),
        " ",
        mxKey("↓"),
        " choose, ",
        mxKey("↵"),
        " restores; that can be undone",
      ),
      this.list,
    );
    this.close = close;
    this.root.addEventListener("keydown", (event) => this.onKey(event), { signal });
  }

  get shown() {
    return !this.root.hidden;
  }

  toggle(shown) {
    this.root.hidden = !shown;
    this.arriving = shown;
    this.moved = false;
  }

  /** Up and down go through the entries; Enter on one restores it, as on any button. */
  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    const buttons = [...this.list.querySelectorAll("button")];
    const at = buttons.findIndex((button) => button === document.activeElement) + step;
    const next = at < 0 ? this.close : buttons[Math.min(at, buttons.length - 1)];
    if (next) next.focus();
    this.moved = true;
    event.preventDefault();
  }

  /**
   * @param {any[]} lines
   * @param {(line: any) => string} nameOf which of the clip's expressions or events a line is of, or ""
   */
  draw(lines, nameOf = () => "") {
    this.nameOf = nameOf;
    const within = this.arriving || this.root.contains(document.activeElement);
    const before = [...this.list.querySelectorAll("button")];
    const chosen = this.moved
      ? before.findIndex((button) => button === document.activeElement)
      : -1;
    this.arriving = false;
    this.drawLines(lines);
    if (!within) return;
    // What had the focus is drawn anew. New entries come at the top, so the chosen one is known by
    // its place from the end: Enter must not restore another than the one that was chosen.
    const now = [...this.list.querySelectorAll("button")];
    const same = chosen < 0 ? 0 : Math.max(0, now.length - (before.length - chosen));
    (now[same] || this.close).focus();
  }

  drawLines(lines) {
    if (!lines.length) {
      mxFill(
        this.list,
        mxElement("li", { class: "mx-faint" }, "Nothing was done in this clip yet."),
      );
      return;
    }
    const newest = new Set(); // the last line of each expression is as it is now
    mxFill(
      this.list,
      lines.map((line) => {
        const now = !newest.has(line.expression);
        newest.add(line.expression);
        return this.line(line, now);
      }),
    );
  }

  line(line, newest) {
    const { kind, who, page, at, what } = line;
    const name = this.nameOf(line);
    const restore = newest
      ? mxElement("span", { class: "mx-faint" }, "as it is now")
      : mxElement(
          "button",
          {
            type: "button",
            class: "mx-quiet",
            "data-testid": "restore",
            "aria-label": `restore the coding as of: ${what || kind}, ${mxFormat.moment(at)}`,
            title: "make the coding what it was after this change; that can be undone too",
          },
          "restore",
        );
    if (!newest)
      restore.addEventListener("click", () => this.onRestore(line), { signal: this.signal });
    return mxElement(
      "li",
      {},
      mxElement(
        "div",
        {},
        name ? mxElement("em", { class: "mx-history-of" }, `${name}: `) : null,
        kind === "edit" ? null : mxElement("b", {}, `${kind}: `),
        what || "nothing",
      ),
      mxElement(
        "small",
        {},
        `${mxFormat.moment(at)} · ${who}${page ? ` · ${page}` : ""}`,
        mxElement("span", { class: "mx-sp" }),
        restore,
      ),
    );
  }
}
