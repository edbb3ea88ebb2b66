// The timeline: native frame numbers, marks to drag or to move by key, and the motion curve.

import { mxEmit, mxPublish, mxSubscribe } from "../kit/bus.mjs";
import { MX_LONG_MS, mxMsBetween, mxMsText } from "../kit/clip_numbers.mjs";
import { mxElement, mxFill, mxMarkPaths } from "../kit/dom.mjs";
import { MxCurveLayer } from "./curve_layer.mjs";
import { mxGaps, mxGapShapes, mxLabelWidth, mxPlaceLabels } from "./timeline_labels.mjs";
import { mxGhostShapes, mxOtherShapes } from "./timeline_marks.mjs";
import {
  MX_BOTTOM,
  MX_LABELS,
  MX_NAMES,
  MX_SIDE,
  MX_TOP,
  MxTimelineScale,
} from "./timeline_scale.mjs";
import { MxTimelineHands } from "./timeline_hands.mjs";
import { MxTimelineView } from "./timeline_view.mjs";

const MX_MARKS = [
  { name: "onset", letter: "O", offset: 0 },
  { name: "apex", letter: "A", offset: -5 },
  { name: "offset", letter: "F", offset: -10 },
];

export class MxTimeline {
  /** @type {MxTimelineView} */ view;
  /** @type {MxTimelineScale} */ scale;
  /** @type {any} */ base;
  /** @type {any} */ height;
  /** @type {any} */ handles;

  constructor(model, el, signal) {
    this.model = model;
    this.signal = signal;
    this.clip = null;
    this.marks = { onset: null, apex: null, offset: null };
    this.preview = null; // {name, number} while a mark is dragged
    this.ghosts = [];
    this.others = []; // expressions and events that are not on the form
    this.selection = null;
    this.frame = null;
    this.svg = mxElement("svg", { class: "mx-track", role: "group", "aria-label": "Timeline" });
    this.svg.dataset.testid = "timeline";
    this.layers = {};
    for (const name of [
      "gaps",
      "range",
      "axis",
      "curves",
      "others",
      "ghosts",
      "playhead",
      "marks",
    ]) {
      this.layers[name] = mxElement("g", { class: `mx-layer-${name}` });
      this.svg.append(this.layers[name]);
    }
    this.makeHandles();
    this.hands = new MxTimelineHands(this, signal);
    this.view = new MxTimelineView(this, signal);
    this.curves = new MxCurveLayer(this, model, this.layers.curves);
    el.append(this.curves.legend, this.svg);
    this.el = el;
    this.listen();
    this.draw();
  }

  makeHandles() {
    this.handles = {};
    for (const { name, letter } of MX_MARKS) {
      const line = mxElement("line", { class: "mx-mark-line" });
      const grip = mxElement("path", { class: "mx-mark-grip", d: mxMarkPaths[name] });
      const area = mxElement("rect", { class: "mx-mark-area", width: 16 });
      const label = mxElement("text", { class: "mx-mark-label" });
      const group = mxElement(
        "g",
        { class: `mx-handle mx-handle-${name}`, tabindex: "0", role: "slider", hidden: true },
        line,
        area,
        grip,
        label,
      );
      group.setAttribute("aria-label", `${name} (${letter})`);
      group.dataset.testid = `mark-${name}`;
      this.layers.marks.append(group);
      this.handles[name] = { group, line, grip, area, label };
      group.addEventListener("keydown", (event) => this.hands.onMarkKey(event, name), {
        signal: this.signal,
      });
      group.addEventListener("focus", () => mxPublish("chosen-mark", { name }), {
        signal: this.signal,
      });
      group.addEventListener("blur", () => mxPublish("chosen-mark", { name: null }), {
        signal: this.signal,
      });
    }
  }

  listen() {
    const { signal } = this;
    const observer = new ResizeObserver(() => this.draw());
    observer.observe(this.svg);
    signal.addEventListener("abort", () => {
      observer.disconnect();
    });
    mxSubscribe("clip", (clip) => this.openClip(clip), signal);
    mxSubscribe("frame", ({ number }) => this.setFrame(number), signal);
    mxSubscribe(
      "selection",
      (selection) => {
        this.selection = selection;
        if (this.has && this.scale) this.drawRange();
      },
      signal,
    );
    mxSubscribe("coding", (state) => this.setCoding(state), signal);
  }

  openClip(clip) {
    if (this.clip && this.clip.key !== clip.key) {
      this.ghosts = [];
      this.others = [];
      this.selection = null;
      this.view.reset();
    }
    this.clip = clip;
    this.gaps = mxGaps(clip.numbers);
    this.marks = { ...this.marks, ...(clip.marks || {}) };
    this.frame = null;
    this.curves.drawLegend();
    this.draw();
  }

  setCoding({ clip, coding, reference, expression = 1, expressions = [] }) {
    if (!this.clip || clip !== this.clip.key) return;
    this.marks = { onset: coding.onset, apex: coding.apex, offset: coding.offset };
    this.ghosts = reference || [];
    this.others = expressions.filter((each) => each.expression !== expression);
    this.draw();
  }

  setFrame(number) {
    this.frame = number;
    this.view.follow();
    this.drawPlayhead();
  }

  get has() {
    return Boolean(this.clip && this.clip.numbers.length);
  }

  at(name) {
    return this.preview && this.preview.name === name ? this.preview.number : this.marks[name];
  }

  // ---- drawing ----------------------------------------------------------------------------

  draw() {
    this.el.classList.toggle("mx-off", !this.has);
    if (!this.has) return;
    const { width, height } = this.svg.getBoundingClientRect();
    if (!width) return;
    this.height = height;
    this.base = height - MX_BOTTOM;
    this.scale = new MxTimelineScale(this.clip.numbers, MX_SIDE, width - MX_SIDE, this.view.window);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    mxFill(this.layers.gaps, mxGapShapes(this.gaps, this.scale, MX_TOP - 4, this.base));
    this.drawRange();
    this.drawAxis();
    this.curves.draw();
    const labels = this.drawMarks();
    this.drawOthers(labels);
    this.drawGhosts();
    this.drawPlayhead();
  }

  drawRange() {
    const shapes = [];
    const band = (name, from, to) => {
      if (
        from === null ||
        to === null ||
        from > to ||
        to < this.scale.first ||
        from > this.scale.last
      )
        return;
      const x = this.scale.x(from);
      shapes.push(
        mxElement("rect", {
          class: name,
          x,
          y: MX_TOP - 4,
          width: Math.max(1, this.scale.x(to) - x),
          height: this.base - MX_TOP + 4,
          "data-testid": name,
        }),
      );
    };
    band("mx-range", this.at("onset"), this.at("offset"));
    if (this.selection && this.selection.clip === this.clip.key)
      band("mx-selection", this.selection.from, this.selection.to);
    mxFill(this.layers.range, shapes);
  }

  drawAxis() {
    const { numbers, fps } = this.clip;
    const y = this.base;
    /** @type {Element[]} */
    const axis = [
      mxElement("line", { class: "mx-axis", x1: MX_SIDE, x2: this.scale.right, y1: y, y2: y }),
    ];
    const ends = [this.scale.first, this.scale.last];
    const text = (n) => {
      const ms = mxMsBetween(numbers[0], n, fps);
      return ms === null ? "" : ` · ${mxMsText(Math.abs(ms) < MX_LONG_MS ? Math.round(ms) : ms)}`;
    };
    const width = Math.max(...ends.map((n) => mxLabelWidth(`${n}${text(n)}`)));
    const inner = this.scale
      .ticks(width + 24)
      .filter((n) =>
        ends.every((end) => Math.abs(this.scale.x(n) - this.scale.x(end)) > 1.5 * width + 8),
      );
    for (const n of [...new Set([...ends, ...inner])]) {
      const x = this.scale.x(n);
      axis.push(mxElement("line", { class: "mx-tick", x1: x, x2: x, y1: y, y2: y + 4 }));
      const anchor = n === ends[0] ? "start" : n === ends[1] ? "end" : "middle";
      const shift = { start: -2, middle: 0, end: 2 }[anchor];
      axis.push(
        mxElement(
          "text",
          { class: "mx-tick-text", x: x + shift, y: this.height - 5, "text-anchor": anchor },
          String(n),
          text(n) ? this.span(text(n)) : null,
        ),
      );
    }
    axis.push(...this.view.shapes());
    mxFill(this.layers.axis, axis);
  }

  span(text) {
    const span = document.createElementNS("http://www.w3.org/2000/svg", "tspan");
    span.setAttribute("class", "mx-tick-ms");
    span.textContent = text;
    return span;
  }

  /** Names of others' marks, beside them in the lanes above the curve; none on a line of one's own. */
  drawGhosts() {
    const { left, right } = this.scale;
    const lines = [
      ...MX_MARKS.map(({ name }) => this.at(name)),
      ...this.ghosts.map(({ apex }) => apex),
    ];
    const taken = lines
      .filter((value) => value !== null && value !== undefined && this.scale.holds(value))
      .map((value) => [this.scale.x(value) - 3, this.scale.x(value) + 3]);
    const unit = [right - 48, right + MX_SIDE]; // the curve's largest value stands there
    const lanes = [[...taken], [...taken, unit]];
    mxFill(
      this.layers.ghosts,
      mxGhostShapes(this.ghosts, this.scale, {
        top: MX_TOP,
        base: this.base,
        lanes: MX_NAMES,
        place: (names) =>
          mxPlaceLabels(names, { lanes, left: left - MX_SIDE, right: right + MX_SIDE }),
      }),
    );
  }

  /** The clip's other expressions and its events: a thin bar each, named below the axis. */
  drawOthers(labels) {
    const within = ({ onset, offset }) =>
      (onset === null ? offset : onset) <= this.scale.last &&
      (offset === null ? onset : offset) >= this.scale.first;
    const others = this.others.filter(
      (each) => (each.onset !== null || each.offset !== null) && within(each),
    );
    const { left, right } = this.scale;
    const lanes = [labels, []];
    mxFill(
      this.layers.others,
      mxOtherShapes(others, this.scale, {
        base: this.base,
        lanes: MX_LABELS.map((y) => this.base + y),
        place: (names) =>
          mxPlaceLabels(names, { lanes, left: left - MX_SIDE, right: right + MX_SIDE }),
      }),
    );
  }

  /** One's own marks; returns what their labels take of the first lane below the axis. */
  drawMarks() {
    const labels = [];
    for (const { name, offset } of MX_MARKS) {
      const { group, line, grip, area, label } = this.handles[name];
      const value = this.at(name);
      if (value === null || value === undefined) {
        // The keys of a mark that is gone go back to the player.
        if (document.activeElement === group)
          mxEmit("action", { name: "focus-player", phase: "down" });
        group.setAttribute("hidden", "");
        continue;
      }
      // A mark that has the keys stays reachable though one looks elsewhere: at the edge.
      if (!this.scale.holds(value) && document.activeElement !== group) {
        group.setAttribute("hidden", "");
        continue;
      }
      const x = this.scale.x(value);
      group.removeAttribute("hidden");
      group.setAttribute("aria-valuenow", String(value));
      group.setAttribute("aria-valuemin", String(this.clip.numbers[0]));
      group.setAttribute("aria-valuemax", String(this.clip.numbers[this.clip.numbers.length - 1]));
      group.setAttribute("aria-valuetext", `frame ${value}`);
      for (const [key, v] of Object.entries({ x1: x, x2: x, y1: 26, y2: this.base + 6 }))
        line.setAttribute(key, v);
      grip.setAttribute("transform", `translate(${x + offset * 1.15}, 20) scale(1.15)`);
      for (const [key, v] of Object.entries({ x: x - 8, y: 18, height: this.base - 8 }))
        area.setAttribute(key, v);
      labels.push({ x, width: mxLabelWidth(`${name} ${value}`), label, text: `${name} ${value}` });
    }
    // Marks may be a frame apart: labels are pushed aside rather than written over each other.
    labels.sort((a, b) => a.x - b.x);
    const right = this.scale.right + MX_SIDE;
    let free = 0;
    for (const each of labels) {
      each.left = Math.max(free, Math.min(each.x - each.width / 2, right - each.width));
      free = each.left + each.width;
    }
    let limit = right;
    for (const each of labels.reverse()) {
      each.left = Math.min(each.left, limit - each.width);
      limit = each.left;
      each.label.setAttribute("x", each.left + 4);
      each.label.setAttribute("y", this.base + MX_LABELS[0]);
      each.label.textContent = each.text;
    }
    return labels.map(({ left, width }) => [left, left + width]);
  }

  drawPlayhead() {
    if (!this.has || !this.scale) return;
    if (this.frame === null) {
      mxFill(this.layers.playhead);
      return;
    }
    const x = this.scale.x(this.frame);
    if (!this.playhead) {
      this.playhead = mxElement("line", { class: "mx-playhead", "data-testid": "playhead" });
    }
    for (const [key, v] of Object.entries({ x1: x, x2: x, y1: MX_TOP - 4, y2: this.base + 6 }))
      this.playhead.setAttribute(key, v);
    this.playhead.dataset.frame = String(this.frame);
    if (!this.playhead.isConnected) mxFill(this.layers.playhead, this.playhead);
  }
}

/** @param {MxRender} page */
function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-timeline");
  new MxTimeline(model, el, life.signal);
  return () => life.abort();
}

export default { render };
