// The right of the flow page: probe, regions, the apex moved, files.
// Past 400 lines as prettier breaks them; to be split where it is next worked on.

import { mxEmit, mxSubscribe } from "../kit/bus.mjs";
import { mxMsText } from "../kit/clip_numbers.mjs";
import { mxAppend, mxElement, mxFill, mxKey, mxMark } from "../kit/dom.mjs";
import { mxKeepQuery } from "../kit/page_address.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { mxFormat, mxTone } from "../kit/words.mjs";
import { mxArrow, mxSigned } from "./flow_content.mjs";
import { mxFlowCurve } from "./flow_curve.mjs";

class MxFlowProbe {
  /** @type {any} */ probe;
  /** @type {any} */ take_;
  /** @type {any} */ regions;
  /** @type {any} */ apex;
  /** @type {any} */ heldOut;
  /** @type {any} */ motion;

  constructor(model, el, signal) {
    this.model = model;
    this.el = el;
    this.signal = signal;
    this.options = {};
    this.wanted = null; // the apex asked for, ahead of Python's answer
    this.build();
    mxSubscribe(
      "flow-options",
      (options) => {
        this.options = options;
        this.drawRegions();
      },
      signal,
    );
    mxSubscribe("flow-content", (content) => this.take(content), signal);
    mxSubscribe(
      "flow-curve",
      (message) => {
        this.curve = message;
        this.drawCurve();
      },
      signal,
    );
    mxSubscribe(
      "flow-held-out",
      (message) => {
        this.said = message;
        this.drawHeldOut();
      },
      signal,
    );
    mxSubscribe("flow-probe", (probe) => this.drawProbe(probe), signal);
    mxSubscribe(
      "action",
      ({ name, phase }) => {
        if (phase === "up") return;
        const steps = {
          "apex-back": -1,
          "apex-forward": 1,
          "apex-back-5": -5,
          "apex-forward-5": 5,
        };
        if (name in steps) this.nudge(steps[name]);
        else if (name === "apex-coded") this.ask(null);
        else if (name === "save-png") mxEmit("flow-png");
      },
      signal,
    );
  }

  build() {
    const section = (title, testid, ...keys) => {
      const body = mxElement("div", { "data-testid": testid });
      const root = mxElement(
        "section",
        {},
        mxElement(
          "h3",
          { class: "mx-h3" },
          title,
          keys.map((key) => [" ", mxKey(key)]),
        ),
        body,
      );
      this.el.append(root);
      return { root, body, head: root.firstElementChild };
    };
    this.probe = section("Probe", "probe");
    this.regions = section("Regions, mean of strongest 20 %", "regions");
    this.apex = section("Nudge the apex", "nudge", "←", "→");
    this.motion = section("Motion over the clip", "curve");
    this.heldOut = section("Held-out prediction", "held-out");
    this.take_ = section("Take it along", "exports");
    this.motion.body.classList.add("mx-curve-box");
    const chip = (title, testid, hint, onClick) => {
      const button = mxElement(
        "button",
        { type: "button", class: "mx-chip", "data-testid": testid, title: hint },
        title,
      );
      mxKeepFocus(button, this.signal);
      button.addEventListener("click", onClick, { signal: this.signal });
      return button;
    };
    const ask = (kind) => () => this.model.send({ type: "export", kind });
    this.take_.body.append(
      mxElement(
        "div",
        { class: "mx-flow-exports" },
        chip("PNG", "export-png", "The six panes as one picture", () => mxEmit("flow-png")),
        chip(
          "npz",
          "export-npz",
          "Maps, mask, landmarks and network input as NumPy arrays, with the settings",
          ask("npz"),
        ),
        chip(
          "CSV + settings",
          "export-csv",
          "Maps and regions as tables, settings as JSON, in one zip file",
          ask("csv"),
        ),
      ),
    );
    this.drawProbe(null);
  }

  take(content) {
    if (this.content?.clip !== content.clip) this.wanted = null;
    this.content = content;
    if (content.apex === this.wanted) this.wanted = null;
    const maps = content.kind === "maps";
    for (const part of [this.regions, this.apex, this.motion]) part.root.hidden = !maps;
    this.probe.root.hidden = content.kind === "message";
    this.take_.root.hidden = content.kind === "message";
    this.drawHeldOut();
    if (content.kind === "release") this.drawProbe(null);
    if (!maps) return;
    this.drawRegions();
    this.drawApex();
    this.drawCurve();
  }

  // ---- probe ------------------------------------------------------------------------------

  drawProbe(probe) {
    const at = probe?.pinned ?? probe?.over;
    mxFill(this.probe.head, probe?.pinned ? "Probe, pinned" : "Probe");
    if (probe?.pinned) mxAppend(this.probe.head, [" ", mxKey("Esc")]);
    if (!at) {
      const release = this.content?.kind === "release";
      mxFill(
        this.probe.body,
        mxElement(
          "div",
          { class: "mx-faint mx-probe-empty" },
          release
            ? "No pixel values to read: the release keeps neither sign nor size."
            : "Point at a map to read it; click to pin.",
        ),
      );
      return;
    }
    const second = probe.pinned && probe.over ? probe.over : null;
    const cell = (value) => (value ? mxElement("span", { class: "mx-faint" }, value) : null);
    const row = (name, text, other) => [
      mxElement("span", {}, name),
      mxElement("b", {}, text),
      cell(other),
    ];
    const angle = (one) => (one.magnitude >= 0.05 ? mxArrow(one.u, one.v) : "·");
    mxFill(
      this.probe.body,
      mxElement(
        "div",
        { class: "mx-dim" },
        this.regionName(at),
        ` · x ${at.x} y ${at.y}`,
        at.masked ? " · masked" : "",
      ),
      mxElement(
        "div",
        { class: `mx-numbers ${second ? "mx-two" : ""}` },
        row("u", `${mxSigned(at.u)} px`, second && mxSigned(second.u)),
        row("v", `${mxSigned(at.v)} px`, second && mxSigned(second.v)),
        row("ε", at.strain.toFixed(3), second && second.strain.toFixed(3)),
        row(
          "length",
          `${angle(at)} ${at.magnitude.toFixed(2)} px`,
          second && second.magnitude.toFixed(2),
        ),
      ),
    );
  }

  regionName({ x, y }) {
    const { data, width, region_names: names } = this.content;
    const index = data.regions[y * width + x];
    if (!index) return "face";
    const middle = this.content.landmarks[30][0];
    // FACS counts sides from the person's own view: the picture's left is the person's right.
    const sided = !["nose", "chin", "mouth"].includes(names[index - 1]);
    return names[index - 1] + (sided ? `, person's ${x < middle ? "right" : "left"}` : "");
  }

  // ---- regions ----------------------------------------------------------------------------

  drawRegions() {
    const { content, options } = this;
    if (content?.kind !== "maps") return;
    const rows = content.motion[options.mask ? "masked" : "bare"];
    const most = Math.max(...rows.map((row) => row.magnitude ?? 0));
    mxFill(
      this.regions.body,
      mxElement(
        "div",
        { class: "mx-regions" },
        rows.map(({ name, magnitude, u, v, strain }) => {
          const none = magnitude === null;
          const top = !none && magnitude === most && most > 0;
          return [
            mxElement("span", { class: top ? "mx-top" : "" }, none ? `${name} (masked)` : name),
            mxElement("span", {}, none ? "" : mxArrow(u, v, 0.1)),
            mxElement(
              "span",
              { class: top ? "mx-top" : "", "data-testid": `region-${name}` },
              none ? "–" : `${magnitude.toFixed(2)} px`,
            ),
            mxElement("span", {}, none ? "" : `ε ${strain.toFixed(3)}`),
          ];
        }),
      ),
    );
  }

  // ---- apex -------------------------------------------------------------------------------

  nudge(by) {
    const { content } = this;
    if (content?.kind !== "maps") return;
    const { numbers } = content;
    const from = this.wanted ?? content.apex;
    let at = numbers.findIndex((number) => number >= from);
    if (at < 0) at = numbers.length - 1;
    this.ask(numbers[Math.min(numbers.length - 1, Math.max(0, at + by))]);
  }

  ask(number) {
    const { content } = this;
    if (content?.kind !== "maps") return;
    if ((number ?? content.coded_apex) === (this.wanted ?? content.apex)) return;
    this.wanted = number ?? content.coded_apex;
    this.model.send({ type: "apex", number: number === content.coded_apex ? null : number });
    this.drawApex();
  }

  drawApex() {
    const { content, signal } = this;
    const { coded_apex: coded, fps } = content;
    const apex = this.wanted ?? content.apex;
    const away = apex - coded;
    const chips = [-4, -2, 0, 2, 4].map((by) => {
      const number = coded + by;
      const chip = mxElement(
        "button",
        {
          type: "button",
          class: "mx-chip",
          "aria-pressed": String(apex === number),
          disabled: !content.numbers.includes(number),
          "data-testid": `nudge-${by}`,
          title: by ? `frame ${number}` : "the coded apex (key 0)",
        },
        by > 0 ? `+${by}` : by < 0 ? `−${-by}` : "coded",
      );
      mxKeepFocus(chip, signal);
      chip.addEventListener("click", () => this.ask(by ? number : null));
      return chip;
    });
    const distance = away
      ? `${away > 0 ? "+" : "−"}${mxFormat.plural(Math.abs(away), "frame")}${fps ? `, ${away > 0 ? "+" : "−"}${mxMsText(Math.round((1000 * Math.abs(away)) / fps))}` : ""}`
      : "";
    mxFill(
      this.apex.body,
      mxElement(
        "div",
        { class: "mx-apex-line" },
        mxMark("apex"),
        mxElement("b", { "data-testid": "apex-number" }, String(apex)),
        mxElement("span", { class: "mx-dim" }, away ? `coded ${coded} · ${distance}` : "as coded"),
      ),
      mxElement("div", { class: "mx-flow-exports" }, chips),
      away
        ? mxElement(
            "div",
            { class: "mx-faint mx-small" },
            "Only looked at: the coding stays as it is.",
          )
        : null,
    );
    this.drawHeldOut();
    this.drawCurve();
  }

  /** What the network of the fold without this person says of the apex on show; the run is chosen. */
  drawHeldOut() {
    const { content, said } = this;
    const here =
      said &&
      content &&
      said.clip === content.clip &&
      content.kind !== "message" &&
      (said.runs.length || said.problem || said.closed || said.elsewhere);
    this.heldOut.root.hidden = !here;
    if (!here) return;
    const late =
      said.apex !== undefined && said.apex !== null && said.apex !== (this.wanted ?? content.apex);
    const select = mxElement(
      "select",
      {
        class: "mx-select mx-held-run",
        "aria-label": "Run of the held-out prediction",
        "data-testid": "held-out-run",
      },
      said.runs.map(({ value, title }) =>
        mxElement("option", { value, selected: value === said.run }, title),
      ),
    );
    select.addEventListener("change", () => {
      if (this.model.get("deep_link")) mxKeepQuery("run", select.value);
      this.model.send({ type: "run", id: select.value });
      // The keys of the page work again at once.
      select.blur();
    });
    const small = (...parts) => mxElement("div", { class: "mx-small mx-dim" }, parts);
    const link = said.run ? mxElement("a", { class: "mx-link", href: said.url }, said.run) : null;
    /** @type {(Node | null)[]} */
    const parts = [said.runs.length ? select : null];
    if (said.lacks) parts.push(small(said.lacks));
    if (said.closed) parts.push(small(link ? [link, ": "] : "", `${said.closed}.`));
    else if (said.problem || said.elsewhere) parts.push(small(said.problem || said.elsewhere));
    else {
      const right = said.truth === said.predicted;
      parts.push(
        mxElement(
          "div",
          { class: `mx-held ${late ? "mx-late" : ""}` },
          said.classes.map(({ name, probability }) => [
            mxElement(
              "span",
              { class: name === said.predicted ? "mx-top" : "" },
              name,
              name === said.truth ? mxElement("span", { class: "mx-faint" }, " true") : null,
            ),
            mxElement(
              "div",
              { class: "mx-bar" },
              mxElement("span", {
                style: {
                  width: `${100 * probability}%`,
                  background: `var(--mx-${{ neg: "neg", pos: "pos", sur: "sur" }[mxTone(name)] ?? "focus"})`,
                },
              }),
            ),
            mxElement("span", {}, probability.toFixed(2)),
          ]),
        ),
        small(
          link,
          right ? " agrees with the label" : " differs from the label",
          ` (${said.labels})`,
        ),
        small(
          late ? `asking the network about apex ${this.wanted ?? content.apex} …` : `${said.said}`,
        ),
      );
    }
    mxFill(this.heldOut.body, ...parts);
  }

  drawCurve() {
    const { content, curve } = this;
    if (content?.kind !== "maps") return;
    if (!curve || curve.clip !== content.clip || curve.onset !== content.onset) {
      mxFill(this.motion.body, mxElement("div", { class: "mx-faint" }, "computing…"));
    } else if (curve.problem) {
      mxFill(this.motion.body, mxElement("div", { class: "mx-faint" }, curve.problem));
    } else {
      const marks = {
        onset: content.onset,
        offset: content.offset,
        coded: content.coded_apex,
        apex: this.wanted ?? content.apex,
      };
      mxFlowCurve(this.motion.body, curve.curve, marks, (number) => this.ask(number));
    }
  }
}

/** @param {MxRender} page */
function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-flow-probe");
  new MxFlowProbe(model, el, life.signal);
  return () => life.abort();
}

export default { render };
