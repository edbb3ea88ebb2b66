// The settings of the flow page. Each change goes to Python and, at once, over the bus.

import { mxPublish, mxSubscribe } from "../kit/bus.mjs";
import { mxAppend, mxElement, mxFill, mxKey } from "../kit/dom.mjs";
import { mxKeepFocus, mxSegment } from "../kit/segment.mjs";

const MX_NORMALISE = [
  { value: "median-scale", title: "median / scale" },
  { value: "min-max", title: "min–max" },
  { value: "none", title: "none (px)" },
];

class MxFlowSettings {
  /** @type {HTMLInputElement} */ margin;
  /** @type {HTMLElement} */ differs;
  /** @type {any} */ coder;
  /** @type {any} */ mask;
  /** @type {any} */ flow;
  /** @type {any} */ normalise;
  /** @type {any} */ limit;
  /** @type {HTMLElement} */ energy;
  /** @type {HTMLElement} */ warning;

  constructor(model, el, signal) {
    this.model = model;
    this.el = el;
    this.signal = signal;
    this.options = { ...model.get("options") };
    this.segments = [];
    this.toggles = [];
    this.build();
    const onOptions = () => {
      this.options = { ...model.get("options") };
      this.show();
    };
    const onCoders = () => this.fillCoders();
    model.on("change:options", onOptions);
    model.on("change:coders", onCoders);
    model.on("change:coder", onCoders);
    const onDifferences = () => this.drawDifferences();
    model.on("change:compared change:differences", onDifferences);
    signal.addEventListener("abort", () => {
      model.off("change:options", onOptions);
      model.off("change:coders", onCoders);
      model.off("change:coder", onCoders);
      model.off("change:compared change:differences", onDifferences);
    });
    mxSubscribe(
      "flow-content",
      (content) => {
        this.content = content;
        this.show();
      },
      signal,
    );
    mxSubscribe(
      "action",
      ({ name, phase }) => {
        if (phase === "up") return;
        if (name === "toggle-mask") this.set({ mask: !this.options.mask });
        else if (name === "toggle-scale")
          this.set({ scale: this.options.scale === "clip" ? "locked" : "clip" });
        else if (name === "toggle-tensor")
          this.set({ show: this.options.show === "uve" ? "tensor" : "uve" });
        else if (name === "toggle-landmarks") this.set({ landmarks: !this.options.landmarks });
        else if (name === "toggle-arrows") this.set({ arrows: !this.options.arrows });
      },
      signal,
    );
    mxPublish("flow-options", this.options);
    this.fillCoders();
    this.show();
  }

  set(changes) {
    this.options = { ...this.options, ...changes };
    this.model.set("options", this.options);
    this.model.save_changes();
    mxPublish("flow-options", this.options);
    this.show();
  }

  select(testid, label, choices, onChange) {
    const select = mxElement("select", {
      class: "mx-select",
      "aria-label": label,
      "data-testid": testid,
    });
    for (const { value, title } of choices) select.append(mxElement("option", { value }, title));
    select.addEventListener(
      "change",
      () => {
        onChange(select.value);
        // The keys of the page work again at once.
        select.blur();
      },
      { signal: this.signal },
    );
    return select;
  }

  segment(label, choices, key) {
    const made = mxSegment(
      label,
      choices,
      this.options[key],
      (name) => this.set({ [key]: name }),
      this.signal,
    );
    this.segments.push([key, made]);
    return made.root;
  }

  toggle(title, key, cap) {
    const chip = mxElement(
      "button",
      { type: "button", class: "mx-chip", "data-testid": `toggle-${key}` },
      title,
      " ",
      mxKey(cap),
    );
    mxKeepFocus(chip, this.signal);
    chip.addEventListener("click", () => this.set({ [key]: !this.options[key] }), {
      signal: this.signal,
    });
    this.toggles.push([key, chip]);
    return chip;
  }

  build() {
    this.coder = this.select("coder", "Whose coding", [], (value) => {
      this.model.set("coder", value);
      this.model.save_changes();
    });
    this.flow = this.select("flow-method", "Flow method", this.model.get("methods"), (flow) =>
      this.set({ flow }),
    );
    this.normalise = this.select(
      "normalise",
      "Normalise the network input",
      MX_NORMALISE,
      (normalise) => this.set({ normalise }),
    );
    this.margin = mxElement("input", {
      class: "mx-input mx-margin",
      type: "number",
      min: 0,
      max: 20,
      step: 1,
      "aria-label": "Margin of the eye mask, pixels",
      "data-testid": "mask-margin",
    });
    this.margin.addEventListener(
      "change",
      () => {
        const margin = Math.min(20, Math.max(0, Number(this.margin.value)));
        if (Number.isFinite(margin)) this.set({ margin });
        else this.show();
      },
      { signal: this.signal },
    );
    this.limit = this.select(
      "colour-limit",
      "Range of the locked colour scale",
      [0.5, 1, 1.5, 3, 6].map((value) => ({ value: String(value), title: `±${value}` })),
      (value) => this.set({ limit: Number(value), scale: "locked" }),
    );
    const mask = mxSegment(
      "Eye mask",
      [
        { name: "on", title: "on" },
        { name: "off", title: "off" },
      ],
      "on",
      (name) => this.set({ mask: name === "on" }),
      this.signal,
    );
    this.mask = mask;
    this.energy = mxElement("div", { class: "mx-flow-remark", "data-testid": "mask-energy" });
    this.warning = mxElement("div", { class: "mx-note mx-flow-remark" });
    this.differs = mxElement("div", {
      class: "mx-note mx-flow-differs",
      hidden: true,
      "data-testid": "flow-differs",
    });
    const row = (title, ...controls) =>
      mxElement(
        "div",
        { class: "mx-flow-row" },
        mxElement("label", {}, title),
        mxElement("div", {}, controls),
      );
    mxAppend(this.el, [
      row("coding", this.coder),
      row("flow", this.flow),
      row(
        "head",
        this.segment(
          "Head motion",
          [
            {
              name: "as filmed",
              title: "as filmed",
              hint: "The head's own motion stays in, as in the paper",
            },
            {
              name: "compensated",
              title: "compensated",
              hint: "The motion of nose bridge, eye corners and temples is taken off",
            },
          ],
          "head_motion",
        ),
      ),
      row(
        "eye mask",
        mask.root,
        this.margin,
        mxElement("span", { class: "mx-faint" }, "px"),
        mxElement("span", { class: "mx-sp" }),
        mxKey("B"),
      ),
      this.energy,
      row(
        "scale",
        this.segment(
          "Colour scale",
          [
            { name: "locked", title: "locked" },
            { name: "clip", title: "clip", hint: "each clip to its own largest motion" },
          ],
          "scale",
        ),
        this.limit,
      ),
      row("input", this.normalise),
      this.warning,
      row(
        "show",
        this.segment(
          "Maps",
          [
            { name: "uve", title: "u v ε" },
            { name: "tensor", title: "εxx εyy εxy" },
          ],
          "show",
        ),
      ),
      row("face", this.toggle("landmarks", "landmarks", "L"), this.toggle("arrows", "arrows", "W")),
      this.differs,
    ]);
    this.drawDifferences();
  }

  /** Where what is on show is not what the shown run was trained on. */
  drawDifferences() {
    const words = this.model.get("differences");
    this.differs.hidden = !words.length;
    const run = mxElement("b", {}, this.model.get("compared"));
    mxFill(
      this.differs,
      mxElement("b", {}, "≠"),
      mxElement("span", {}, "Not as ", run, " was trained: ", words.join("; "), "."),
    );
  }

  fillCoders() {
    mxFill(
      this.coder,
      this.model.get("coders").map(({ value, title }) => mxElement("option", { value }, title)),
    );
    this.coder.value = this.model.get("coder");
  }

  show() {
    const { options, content } = this;
    for (const [key, segment] of this.segments) segment.choose(options[key]);
    for (const [key, chip] of this.toggles)
      chip.setAttribute("aria-pressed", String(Boolean(options[key])));
    this.mask.choose(options.mask ? "on" : "off");
    this.flow.value = options.flow;
    this.normalise.value = options.normalise;
    this.margin.value = options.margin;
    this.limit.value = String(options.limit);
    this.limit.disabled = options.scale !== "locked";
    const release = content?.kind === "release";
    for (const control of [this.flow, this.margin, ...this.el.querySelectorAll(".mx-seg button")]) {
      if (
        control.closest(
          "[aria-label='Maps'],[aria-label='Head motion'],[aria-label='Eye mask'],[aria-label='Colour scale']",
        ) ||
        control === this.flow ||
        control === this.margin
      ) {
        control.disabled = release;
      }
    }
    const share = content?.kind === "maps" ? content.energy : null;
    mxFill(this.energy, share === null ? null : this.energyText(share));
    this.energy.hidden = share === null;
    const lost = options.normalise === "min-max";
    this.warning.hidden = !lost;
    mxFill(
      this.warning,
      lost
        ? [
            mxElement("b", {}, "!"),
            mxElement("span", {}, "as in the STSTNet release: loses sign and zero"),
          ]
        : null,
    );
  }

  energyText(share) {
    const percent = `${Math.round(100 * share)} %`;
    const large =
      share >= 0.25 ? mxElement("span", { class: "mx-flow-strong" }, ": a blink or glare?") : null;
    return [`covers ${percent} of the motion`, large];
  }
}

/** @param {MxRender} page */
function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-flow-settings");
  new MxFlowSettings(model, el, life.signal);
  return () => life.abort();
}

export default { render };
