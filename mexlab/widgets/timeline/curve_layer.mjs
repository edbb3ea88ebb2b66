// The ribbon on the timeline and its legend: strain or motion, from the kernel's `curves`.

import { mxEmit, mxPublish, mxSubscribe } from "../kit/bus.mjs";
import { mxMsText } from "../kit/clip_numbers.mjs";
import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { mxFormat } from "../kit/words.mjs";
import { MX_TOP, mxCurvePath } from "./timeline_scale.mjs";

const MX_CURVES = [
  { name: "face", title: "whole face" },
  { name: "brows", title: "brows" },
  { name: "eyes", title: "eyes" },
  { name: "mouth", title: "mouth" },
  { name: "cheeks", title: "cheeks" },
];
// In the order of the kernel's layers. `least` fills the height: below it noise is not blown up
// to look like an expression.
const MX_QUANTITIES = [
  {
    name: "strain",
    least: 0.02,
    unit: (v) => `${(100 * v).toFixed(1)} %`,
    hint: "how far the skin is stretched or sheared, in % of its length",
  },
  {
    name: "motion",
    least: 0.5,
    unit: (v) => `${v.toFixed(1)} px`,
    hint: "how far the skin has moved, in pixels of a face 140 px wide",
  },
  { name: "hidden", hint: "no curve: mark without what the machine sees" },
];

/** The kernel's bytes as numbers and, by quantity and region, values. */
export function mxCurveSeries(curves) {
  const copy = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  const numbers = new Int32Array(copy(curves.numbers));
  const values = new Float32Array(copy(curves.values));
  const series = {};
  let at = 0;
  for (const quantity of MX_QUANTITIES.slice(0, 2)) {
    series[quantity.name] = {};
    for (const { name } of MX_CURVES) {
      series[quantity.name][name] = values.subarray(at, at + numbers.length);
      at += numbers.length;
    }
  }
  return { numbers, series };
}

/** Against what a curve was measured, in words; `onset` is where it is marked now. */
export function mxCurveSince({ reference, marked, lag, long, span }, onset, fps) {
  if (lag !== null && lag !== undefined) {
    return `against ${fps ? mxMsText((lag * 1000) / fps) : mxFormat.plural(lag, "frame")} before`;
  }
  const since = `since ${marked || reference === onset ? "onset" : "frame"} ${reference}`;
  return long ? `${since}, frames ${span[0]}–${span[1]}` : since;
}

export class MxCurveLayer {
  /** @param {import("./timeline.mjs").MxTimeline} timeline with clip, marks and scale; `layer` is where to draw. */
  constructor(timeline, model, layer) {
    this.timeline = timeline;
    this.model = model;
    this.layer = layer;
    this.shown = new Set(["face", "mouth"]);
    this.legend = mxElement("div", { class: "mx-legend", "data-testid": "curve-legend" });
    const onCurves = () => {
      this.tellFace();
      this.drawLegend();
      this.draw();
    };
    const onQuantity = () => {
      this.drawLegend();
      this.draw();
    };
    model.on("change:curves", onCurves);
    model.on("change:ribbon", onQuantity);
    timeline.signal.addEventListener("abort", () => {
      model.off("change:curves", onCurves);
      model.off("change:ribbon", onQuantity);
    });
    mxSubscribe(
      "action",
      ({ name, phase }) => {
        if (name === "ribbon" && phase !== "up") this.next();
      },
      timeline.signal,
    );
    this.tellFace();
    this.drawLegend();
  }

  /** What the kernel told of the clip on show. */
  get curves() {
    const curves = this.model.get("curves") || {};
    const { clip } = this.timeline;
    return clip && curves.clip === clip.key ? curves : { state: "none" };
  }

  /** The curve to draw: until a new one can be drawn, the last one of this clip stays. */
  get drawable() {
    const { curves } = this;
    const { clip } = this.timeline;
    if (curves.numbers && (!this.last || this.last.curves !== curves)) {
      this.last = { curves, ...mxCurveSeries(curves) };
    }
    if (this.last && clip && this.last.curves.clip !== clip.key) this.last = null;
    return curves.state === "ready" || curves.state === "computing" ? this.last : null;
  }

  get quantity() {
    return MX_QUANTITIES.find(({ name }) => name === this.model.get("ribbon")) || MX_QUANTITIES[0];
  }

  /** The face was found on the way to the curve: the player can crop to it. */
  tellFace() {
    const curves = this.model.get("curves") || {};
    if (curves.face) mxPublish("face", { clip: curves.clip, ...curves.face });
    else if (curves.state === "failed" && curves.faceless) mxPublish("face", { clip: curves.clip });
  }

  draw() {
    const { scale, base } = this.timeline;
    if (!scale) return;
    const { drawable, quantity } = this;
    const shapes = [];
    if (drawable && quantity.unit && drawable.numbers.length) {
      const { numbers } = drawable;
      const series = drawable.series[quantity.name];
      this.layer.classList.toggle("mx-old", drawable.curves !== this.curves);
      const shown = MX_CURVES.filter(({ name }) => this.shown.has(name));
      let largest = quantity.least;
      for (const { name } of shown) for (const v of series[name]) if (v > largest) largest = v;
      for (const { name } of [...shown].reverse()) {
        const d = mxCurvePath(
          scale,
          numbers,
          series[name],
          MX_TOP,
          base - 3,
          largest,
          this.timeline.gaps,
        );
        shapes.push(
          mxElement("path", {
            class: `mx-curve mx-curve-${name}`,
            d,
            "data-testid": `curve-${name}`,
          }),
        );
      }
      if (shown.length) {
        shapes.push(
          mxElement("line", {
            class: "mx-curve-top",
            x1: scale.left,
            x2: scale.right,
            y1: MX_TOP,
            y2: MX_TOP,
          }),
          mxElement(
            "text",
            {
              class: "mx-curve-unit",
              x: scale.right,
              y: MX_TOP - 3,
              "text-anchor": "end",
              "data-testid": "curve-top",
            },
            quantity.unit(largest),
          ),
        );
      }
    }
    mxFill(this.layer, shapes);
  }

  sentence() {
    const { curves, quantity } = this;
    if (curves.state === "failed") return curves.message;
    if (curves.state === "none") return "";
    const since =
      curves.numbers && quantity.unit
        ? mxCurveSince(curves, this.timeline.marks.onset, this.timeline.clip.fps)
        : "";
    if (curves.state === "ready") return since;
    if (!curves.done) return "computing…";
    return `${since ? `${since}: ` : ""}${curves.long ? "first look" : "computing"}, ${curves.done} of ${curves.of} frames`;
  }

  drawLegend() {
    const { curves, quantity } = this;
    const tone = curves.state === "failed" ? "mx-warn" : "mx-faint";
    const sentence = this.sentence();
    const switches = curves.state === "failed" || curves.state === "none" ? null : this.switch();
    mxFill(
      this.legend,
      switches,
      mxElement("span", { class: tone, role: "status", title: sentence }, sentence),
      this.drawable && quantity.unit ? MX_CURVES.map((curve) => this.choice(curve)) : null,
    );
    this.legend.dataset.state = curves.state || "none";
    this.legend.dataset.quantity = quantity.name;
  }

  /** Strain, motion, or no curve at all. */
  switch() {
    const { signal } = this.timeline;
    return mxElement(
      "span",
      { class: "mx-curve-switch", role: "group", "aria-label": "What the ribbon shows" },
      MX_QUANTITIES.map(({ name, hint }) => {
        const button = mxElement(
          "button",
          {
            type: "button",
            class: "mx-curve-choice mx-of-face",
            title: hint,
            "aria-pressed": String(name === this.quantity.name),
            "data-testid": `ribbon-${name}`,
          },
          name,
        );
        mxKeepFocus(button, signal);
        button.addEventListener(
          "click",
          () => {
            this.show(name);
          },
          { signal },
        );
        return button;
      }),
    );
  }

  show(name) {
    this.model.set("ribbon", name);
    this.model.save_changes();
  }

  next() {
    const at = MX_QUANTITIES.indexOf(this.quantity);
    const { name } = MX_QUANTITIES[(at + 1) % MX_QUANTITIES.length];
    this.show(name);
    mxEmit("notice", { text: `ribbon: ${name}` });
  }

  choice({ name, title }) {
    const { signal } = this.timeline;
    const button = mxElement(
      "button",
      {
        type: "button",
        class: `mx-curve-choice mx-of-${name}`,
        "aria-pressed": String(this.shown.has(name)),
      },
      title,
    );
    mxKeepFocus(button, signal);
    button.addEventListener(
      "click",
      () => {
        if (!this.shown.delete(name)) this.shown.add(name);
        this.drawLegend();
        this.draw();
      },
      { signal },
    );
    return button;
  }
}
