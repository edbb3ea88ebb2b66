// The motion curve on the timeline and its legend, from the kernel's `curves`.

const MX_CURVES = [
  { name: "face", title: "whole face" },
  { name: "brows", title: "brows" },
  { name: "eyes", title: "eyes" },
  { name: "mouth", title: "mouth" },
  { name: "cheeks", title: "cheeks" },
];

class MxCurveLayer {
  /** @param {MxTimeline} timeline with clip, marks and scale; `layer` is where to draw. */
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
    model.on("change:curves", onCurves);
    timeline.signal.addEventListener("abort", () => model.off("change:curves", onCurves));
    this.tellFace();
    this.drawLegend();
  }

  /** What the kernel told of the clip on show. */
  get curves() {
    const curves = this.model.get("curves") || {};
    const { clip } = this.timeline;
    return clip && curves.clip === clip.key ? curves : { state: "none" };
  }

  /** The curve to draw: while a new one is computed, the last one of this clip stays. */
  get drawable() {
    const { curves } = this;
    const { clip } = this.timeline;
    if (curves.state === "ready") this.last = curves;
    if (this.last && clip && this.last.clip !== clip.key) this.last = null;
    return curves.state === "ready" || curves.state === "computing" ? this.last : null;
  }

  /** The face was found on the way to the curve: the player can crop to it. */
  tellFace() {
    const curves = this.model.get("curves") || {};
    if (curves.face) mxPublish("face", { clip: curves.clip, ...curves.face });
  }

  draw() {
    const { scale, base } = this.timeline;
    if (!scale) return;
    const curves = this.drawable;
    const paths = [];
    if (curves) {
      this.layer.classList.toggle("mx-old", curves !== this.curves);
      const shown = MX_CURVES.filter(({ name }) => this.shown.has(name) && curves.series[name]);
      let largest = 0;
      for (const { name } of shown) for (const v of curves.series[name]) if (v > largest) largest = v;
      // At least half a pixel fills the height: noise is not blown up to look like motion.
      largest = Math.max(largest, 0.5);
      for (const { name } of [...shown].reverse()) {
        const d = mxCurvePath(scale, curves.numbers, curves.series[name], MX_TOP, base - 3, largest);
        paths.push(mxElement("path", { class: `mx-curve mx-curve-${name}`, d, "data-testid": `curve-${name}` }));
      }
    }
    mxFill(this.layer, paths);
  }

  sentence() {
    const { curves } = this;
    if (curves.state === "failed") return curves.message;
    if (curves.state === "computing") {
      return curves.done ? `computing the motion, ${curves.done} of ${curves.of} frames` : "computing the motion…";
    }
    if (curves.state !== "ready") return "";
    const { onset } = this.timeline.marks;
    const since = curves.marked || curves.reference === onset;
    return `motion since ${since ? "onset" : "frame"} ${curves.reference}`;
  }

  drawLegend() {
    const { curves } = this;
    const tone = curves.state === "failed" ? "mx-warn" : "mx-faint";
    mxFill(
      this.legend,
      mxElement("span", { class: tone, role: "status", title: this.sentence() }, this.sentence()),
      this.drawable ? MX_CURVES.map((curve) => this.choice(curve)) : null,
    );
    this.legend.dataset.state = curves.state || "none";
  }

  choice({ name, title }) {
    const { signal } = this.timeline;
    const button = mxElement(
      "button",
      { type: "button", class: `mx-curve-choice mx-of-${name}`, "aria-pressed": String(this.shown.has(name)) },
      title,
    );
    mxKeepFocus(button, signal);
    button.addEventListener("click", () => {
      if (!this.shown.delete(name)) this.shown.add(name);
      this.drawLegend();
      this.draw();
    }, { signal });
    return button;
  }
}
