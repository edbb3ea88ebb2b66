// The list of clips: search, filters, and only as many rows in the document as are in sight.

import { mxBrowserStorage } from "../kit/browser_storage.mjs";
import { mxEmit, mxKeyOf, mxListen, mxPublish, mxSubscribe } from "../kit/bus.mjs";
import { mxAppend, mxElement, mxFill } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { mxFormat } from "../kit/words.mjs";
import { MxClipFilters } from "./clip_filters.mjs";
import { mxFollowing, mxNeighbours, mxProgressText, mxShuffled, mxToDo } from "./clip_order.mjs";
import { MxPace } from "./clip_pace.mjs";
import { MX_ROW, mxClipRow, mxWarnings } from "./clip_row.mjs";

class MxClipList {
  /** @type {HTMLInputElement} */ search;
  /** @type {HTMLElement} */ rows;
  /** @type {HTMLButtonElement} */ order;
  /** @type {any} */ queue;
  /** @type {MxClipFilters} */ filters;
  /** @type {HTMLElement} */ progress;
  /** @type {HTMLElement} */ bar;
  /** @type {HTMLElement} */ spacer;
  /** @type {HTMLElement} */ nothing;

  constructor(model, el, signal) {
    this.model = model;
    this.el = el;
    this.signal = signal;
    this.live = new Map(); // key -> what the coder has just changed, ahead of Python
    this.unsaved = new Set(); // keys of clips whose changes should have been stored by now
    this.words = [];
    this.pace = new MxPace({
      storage: mxBrowserStorage("sessionStorage"),
      key: `mexlab:pace:${model.get("seed")}`,
      now: () => Date.now(),
    });
    this.pace.opened(model.get("selected"));
    this.build();
    this.listen();
    this.filter();
    this.reveal();
  }

  build() {
    this.search = mxElement("input", {
      class: "mx-input mx-find",
      type: "search",
      placeholder: this.model.get("placeholder"),
      "aria-label": "Find a clip",
      "data-testid": "search",
      spellcheck: "false",
      autocomplete: "off",
    });
    const onChange = () => {
      this.filter();
      this.reveal();
    };
    this.filters = new MxClipFilters(this.model, onChange, this.signal);
    this.spacer = mxElement("div", { class: "mx-spacer" });
    this.rows = mxElement(
      "div",
      {
        class: "mx-rows mx-scroll",
        role: "listbox",
        "aria-label": "Clips",
        "data-testid": "clip-list",
      },
      this.spacer,
    );
    this.nothing = mxElement("div", { class: "mx-nothing", hidden: true });
    this.progress = mxElement("div", { class: "mx-progress", "data-testid": "progress" });
    this.order = mxElement("button", {
      type: "button",
      class: "mx-order",
      "data-testid": "order",
      title: "random order works against order effects; it is yours, and the same at every visit",
    });
    this.order.addEventListener("click", () => this.turnOrder(), { signal: this.signal });
    mxKeepFocus(this.order, this.signal);
    this.bar = mxElement("div", { class: "mx-bar" }, mxElement("span", {}));
    mxAppend(this.el, [
      mxElement("div", { class: "mx-find-box" }, this.search, mxKeyOf("focus-search", "/")),
      this.filters.root,
      this.nothing,
      this.rows,
      mxElement("div", { class: "mx-list-foot" }, this.bar, this.progress, this.order),
    ]);
  }

  listen() {
    const { model, signal } = this;
    const onRows = () => {
      this.live.clear();
      this.filter();
    };
    const onSelected = () => {
      this.pace.opened(model.get("selected"));
      this.finished = null;
      this.draw();
      this.reveal();
    };
    model.on("change:rows", onRows);
    model.on("change:selected", onSelected);
    const onChoice = () => this.filter();
    for (const name of ["order", "queue"]) model.on(`change:${name}`, onChoice);
    signal.addEventListener("abort", () => {
      model.off("change:rows", onRows);
      model.off("change:selected", onSelected);
      for (const name of ["order", "queue"]) model.off(`change:${name}`, onChoice);
    });
    this.search.addEventListener(
      "input",
      () => {
        this.words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
        this.filter();
      },
      { signal },
    );
    this.search.addEventListener("keydown", (event) => this.onSearchKey(event), { signal });
    this.rows.addEventListener("scroll", () => this.draw(), { signal });
    this.rows.addEventListener(
      "click",
      (event) => {
        const row = /** @type {Element} */ (event.target).closest("[data-key]");
        if (row) this.choose(/** @type {HTMLElement} */ (row).dataset.key);
      },
      { signal },
    );
    mxKeepFocus(this.rows, signal);
    const observer = new ResizeObserver(() => {
      // Before the first layout there was no height to scroll within.
      if (!this.laidOut && this.rows.clientHeight) {
        this.laidOut = true;
        this.reveal();
      }
      this.draw();
    });
    observer.observe(this.rows);
    signal.addEventListener("abort", () => observer.disconnect());
    mxSubscribe("coding", (state) => this.follow(state), signal);
    signal.addEventListener(
      "abort",
      mxListen("stored", ({ clip, warnings }) => this.change(clip, { warnings })),
    );
    mxSubscribe(
      "unsaved",
      (keys) => {
        this.unsaved = new Set(keys);
        this.filter();
      },
      signal,
    );
    mxSubscribe("action", (action) => this.act(action), signal);
  }

  // ---- what is in the list ----------------------------------------------------------------

  row(row) {
    return this.live.has(row.key) ? { ...row, ...this.live.get(row.key) } : row;
  }

  /** An edit shows in the list at once; the kernel's rows are read again on reload. */
  follow({ clip, coding, tone, expression = 1, expressions = [] }) {
    // The list speaks of the first expression; a commit is of the whole clip.
    const first = expressions.find((each) => each.expression === 1);
    if (expression > 1 && !first) return;
    if (expression > 1) {
      const status = coding.status === "committed" ? "committed" : first.status;
      ({ tone, coding } = { tone: first.tone, coding: { ...first, status } });
    }
    const row = this.model.get("rows").find((each) => each.key === clip);
    if (!row) return;
    const before = this.row(row);
    const now = { status: coding.status, emotion: coding.emotion, tone };
    if (
      before.status !== "committed" &&
      now.status === "committed" &&
      clip === this.model.get("selected")
    ) {
      this.finished = clip; // not yet by a commit: an undo may have brought it back
    }
    this.change(clip, now);
  }

  /** Put what is known now of a clip into its row. */
  change(clip, now) {
    const row = this.model.get("rows").find((each) => each.key === clip);
    const before = row && this.row(row);
    if (!row || Object.keys(now).every((name) => String(before[name]) === String(now[name])))
      return;
    this.live.set(clip, { ...this.live.get(clip), ...now });
    this.filter();
  }

  filter() {
    const rows = this.model.get("rows").map((row) => this.row(row));
    const queue = new Set(this.model.get("queue"));
    const random = this.model.get("order") === "random";
    this.shown = (random ? mxShuffled(rows, this.model.get("seed")) : rows).filter((row) => {
      if (!this.filters.passes(row, queue.has(row.key))) return false;
      const text =
        `${row.key} ${row.title} ${row.detail} ${row.emotion} ${row.status}`.toLowerCase();
      return this.words.every((word) => text.includes(word));
    });
    this.queue = queue;
    this.filters.draw(rows, queue);
    this.drawProgress(rows);
    mxFill(this.order, random ? "random order " : "in order ", mxKeyOf("order", "⇧R"));
    this.order.hidden = !this.model.get("statuses");
    this.draw();
  }

  turnOrder() {
    this.model.set("order", this.model.get("order") === "random" ? "listed" : "random");
    this.model.save_changes();
    this.filter();
    this.reveal();
  }

  /** Put the open clip into the coder's own queue, or take it out. */
  turnQueue() {
    const key = this.model.get("selected");
    const queue = this.model.get("queue");
    const there = queue.includes(key);
    this.model.set("queue", there ? queue.filter((each) => each !== key) : [...queue, key]);
    this.model.save_changes();
    this.filter();
    mxEmit("notice", {
      text: there
        ? "taken out of your queue"
        : `in your queue, with ${mxFormat.plural(queue.length, "other")}`,
    });
  }

  drawProgress(rows) {
    if (!this.model.get("statuses")) {
      mxFill(this.progress, mxFormat.plural(this.shown.length, "clip"));
      this.bar.hidden = true;
      return;
    }
    // Clips without a status have no frames: there is nothing to code in them.
    const all = rows.filter((row) => row.status).length;
    // What is not on the disk is not done.
    const done = rows.filter(
      (row) => row.status === "committed" && !this.unsaved.has(row.key),
    ).length;
    mxFill(this.progress, mxProgressText(done, all, this.pace.paces));
    const warned = rows.filter((row) => mxWarnings(row).length).length;
    const sign = (tone, name, text) =>
      this.progress.append(
        mxElement("span", { class: `mx-${tone} mx-row-sign`, "data-testid": name }, text),
      );
    if (warned)
      sign("warn", "warned-count", `${warned} with ${warned === 1 ? "a warning" : "warnings"}`);
    const unsaved = this.unsaved.size;
    if (unsaved) sign("bad", "unsaved-count", `${mxFormat.plural(unsaved, "clip")} NOT SAVED`);
    const filled = /** @type {HTMLElement} */ (this.bar.firstElementChild);
    filled.style.width = `${all ? (100 * done) / all : 0}%`;
  }

  // ---- rows in sight ----------------------------------------------------------------------

  draw() {
    this.tellNeighbours();
    this.spacer.style.height = `${this.shown.length * MX_ROW}px`;
    this.nothing.hidden = this.shown.length > 0;
    this.nothing.textContent = this.model.get("rows").length
      ? "No clip matches. Esc clears the search."
      : this.model.get("empty");
    const from = Math.max(0, Math.floor(this.rows.scrollTop / MX_ROW) - 4);
    const to = Math.min(this.shown.length, from + Math.ceil(this.rows.clientHeight / MX_ROW) + 9);
    const selected = this.model.get("selected");
    this.wanted = this.searched();
    const fragment = document.createDocumentFragment();
    for (let at = from; at < to; at += 1) {
      const row = this.shown[at];
      fragment.append(
        mxClipRow(row, {
          at,
          count: this.shown.length,
          selected: row.key === selected,
          unsaved: this.unsaved.has(row.key),
          queued: this.queue.has(row.key),
          wanted: row === this.wanted,
        }),
      );
    }
    this.spacer.replaceChildren(fragment);
  }

  /** Scroll so that the selected row is in sight with one neighbour either side. */
  reveal() {
    const at = this.shown.findIndex((row) => row.key === this.model.get("selected"));
    if (at < 0 || !this.rows.clientHeight) return;
    const top = at * MX_ROW;
    const { scrollTop, clientHeight } = this.rows;
    if (top < scrollTop + MX_ROW) this.rows.scrollTop = top - MX_ROW;
    else if (top + 2 * MX_ROW > scrollTop + clientHeight)
      this.rows.scrollTop = top + 2 * MX_ROW - clientHeight;
    this.draw();
  }

  choose(key) {
    if (!key || key === this.model.get("selected")) return;
    // The form holds keys back until the clip is there: they are meant for the new one.
    mxPublish("opening", { key, at: performance.now() });
    this.model.set("selected", key);
    this.model.save_changes();
  }

  /** Which clips the coder's keys lead to from here, so that their pictures can be fetched ahead. */
  tellNeighbours() {
    const keys = mxNeighbours(this.shown, this.model.get("selected"));
    if (keys.join("\n") === this.told) return;
    this.told = keys.join("\n");
    mxPublish("neighbours", { keys });
  }

  // ---- keys -------------------------------------------------------------------------------

  /** The row that Enter opens while something is searched for, or undefined. */
  searched() {
    if (!this.words.length) return undefined;
    return this.shown.find((row) => row.key !== this.model.get("selected"));
  }

  onSearchKey(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      const row = this.searched();
      if (row) this.choose(row.key);
      mxEmit("action", { name: "focus-player", phase: "down" });
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.move(event.key === "ArrowDown" ? 1 : -1);
    }
  }

  clearSearch() {
    this.search.value = "";
    this.words = [];
    this.filter();
    this.reveal();
  }

  act({ name, phase, target }) {
    if (phase === "up") return;
    if (name === "escape") {
      if (target === this.search || !this.shown.length) this.clearSearch();
    } else if (name === "focus-search") {
      this.search.focus();
      this.search.select();
    } else if (name === "next-clip") this.move(1);
    else if (name === "previous-clip") this.move(-1);
    else if (name === "next-untouched") this.next(mxToDo);
    else if (name === "next-flagged")
      this.next((row) => row.status === "flagged", "no other clip of this list is flagged");
    else if (name === "queue") this.turnQueue();
    else if (name === "order") this.turnOrder();
    else if (name === "committed") this.afterCommit();
  }

  move(step) {
    if (!this.shown.length) return;
    const at = this.shown.findIndex((row) => row.key === this.model.get("selected"));
    const next = at < 0 ? 0 : at + step;
    if (next < 0 || next >= this.shown.length) {
      mxEmit("notice", {
        text: next < 0 ? "this is the first clip of the list" : "this is the last clip of the list",
      });
      return;
    }
    this.choose(this.shown[next].key);
  }

  /** The next row, after the selected one and then from the top, that meets the condition. */
  next(condition, otherwise = "every clip of this list is committed") {
    const found = mxFollowing(this.shown, this.model.get("selected"), condition);
    if (found) this.choose(found.key);
    else mxEmit("notice", { text: otherwise });
  }

  afterCommit() {
    if (this.finished === this.model.get("selected")) this.pace.committed(this.finished);
    this.finished = null;
    this.drawProgress(this.model.get("rows").map((row) => this.row(row)));
    this.next(mxToDo);
  }
}

/** @param {MxRender} page */
function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-clip-list");
  new MxClipList(model, el, life.signal);
  return () => life.abort();
}

export default { render };
