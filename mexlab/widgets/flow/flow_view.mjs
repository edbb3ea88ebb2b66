// The centre of the flow page: takes what Python sends, draws it, and hands it on over the bus.

import { mxFact, mxListen, mxPublish, mxSubscribe } from "../kit/bus.mjs";
import { mxAppend, mxElement, mxFill, mxPen } from "../kit/dom.mjs";
import { mxTheme } from "../kit/theme_choice.mjs";
import { mxFlowContent } from "./flow_content.mjs";
import { MX_FLOW_PANES, MxFlowPanes } from "./flow_panes.mjs";

class MxFlowView {
  constructor(model, el, signal) {
    this.model = model;
    this.el = el;
    this.options = mxFact("flow-options") ?? model.get("options");
    this.message = mxElement("div", {
      class: "mx-flow-message",
      hidden: true,
      "data-testid": "flow-message",
    });
    this.busy = mxElement("div", {
      class: "mx-flow-busy",
      role: "status",
      "data-testid": "flow-busy",
    });
    this.stage = mxElement("div", { class: "mx-flow-stage" });
    mxAppend(el, [this.stage, this.message, this.busy]);
    el.dataset.state = "waiting";
    this.panes = new MxFlowPanes(this.stage, signal, (probe) => mxPublish("flow-probe", probe));
    const onMessage = (message, buffers) => this.receive(message, buffers);
    const onBusy = () => this.drawBusy();
    model.on("msg:custom", onMessage);
    model.on("change:busy", onBusy);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", onMessage);
      model.off("change:busy", onBusy);
    });
    mxSubscribe(
      "flow-options",
      (options) => {
        this.options = options;
        this.draw();
      },
      signal,
    );
    mxSubscribe("action", (action) => this.act(action), signal);
    mxSubscribe("flow-png", () => this.savePicture(), signal);
    signal.addEventListener(
      "abort",
      mxListen("theme", () => this.draw()),
    );
    this.drawBusy();
    model.send({ type: "ready" });
  }

  act({ name, phase }) {
    if (name === "flicker" && this.content?.kind === "maps") {
      this.panes.flicker = phase === "down";
      this.panes.drawFace();
    } else if (name === "escape" && phase === "down") {
      this.panes.pinned = null;
      this.panes.markAll("pin", null);
      this.panes.tell();
    } else if (name === "focus-player") {
      /** @type {HTMLElement | null} */ (document.activeElement)?.blur?.();
    }
  }

  async receive(message, buffers) {
    if (message.type === "content") await this.take(mxFlowContent(message, buffers));
    else if (message.type === "curve") mxPublish("flow-curve", message);
    else if (message.type === "held-out") mxPublish("flow-held-out", message);
    else if (message.type === "file")
      this.save(new Blob([buffers[0]], { type: message.mime }), message.name);
  }

  async take(content) {
    // Two computations may answer while a picture is decoded: the later one counts.
    this.latest = content.sequence;
    if (content.data["face-onset"]) {
      const decode = (name) => createImageBitmap(new Blob([content.data[name]]));
      const [onset, apex] = await Promise.all([decode("face-onset"), decode("face-apex")]);
      content.faces = { onset, apex };
    }
    if (content.sequence !== this.latest) return;
    for (const face of Object.values(this.content?.faces ?? {})) face.close();
    this.content = content;
    mxPublish("flow-content", content);
    this.draw();
  }

  draw() {
    const { content, options, el } = this;
    if (!content) return;
    this.message.hidden = content.kind !== "message";
    this.stage.hidden = content.kind === "message";
    if (content.kind === "message") this.drawMessage(content);
    this.panes.draw(content, options);
    Object.assign(el.dataset, {
      state: content.kind,
      clip: content.clip ?? "",
      apex: content.apex ?? "",
      mask: options.mask ? "on" : "off",
      sequence: content.sequence,
    });
  }

  drawMessage({ heading, text, remedy, links = [] }) {
    mxFill(
      this.message,
      mxElement("h2", {}, heading),
      text ? mxElement("p", { class: "mx-dim" }, text) : null,
      remedy ? mxElement("p", {}, remedy) : null,
      links.length
        ? mxElement(
            "p",
            { class: "mx-flow-links" },
            links.map(({ url, title }) => mxElement("a", { class: "mx-link", href: url }, title)),
          )
        : null,
    );
  }

  drawBusy() {
    const text = this.model.get("busy");
    clearTimeout(this.busyTimer);
    // What is ready at once is not announced: it would only flash.
    if (text) this.busyTimer = setTimeout(() => (this.busy.textContent = text), 150);
    else this.busy.textContent = "";
    this.el.dataset.busy = text ? "true" : "false";
  }

  // ---- files ------------------------------------------------------------------------------

  save(blob, name) {
    const url = URL.createObjectURL(blob);
    const link = mxElement("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  /** The panes as one picture, at twice the maps' size, with titles, scales and settings. */
  savePicture() {
    const { content } = this;
    if (!content || content.kind === "message") return;
    const [w, h, gap, head, foot] = [280, 340, 24, 26, 40];
    const canvas = mxElement("canvas", {
      width: 3 * w + 4 * gap,
      height: 2 * (h + head + foot) + 3 * gap + 24,
    });
    const context = mxPen(canvas);
    const colour = (name) => mxTheme.colour(name);
    const font = getComputedStyle(this.el).fontFamily;
    context.fillStyle = colour("bg");
    context.fillRect(0, 0, canvas.width, canvas.height);
    const say = (
      text,
      x,
      y,
      tone,
      align = /** @type {CanvasTextAlign} */ ("left"),
      weight = "",
    ) => {
      context.font = `${weight} 13px ${font}`;
      context.textAlign = align;
      context.fillStyle = colour(tone);
      context.fillText(text, x, y);
    };
    say(content.title, gap, gap + 2, "text");
    say(content.summary, canvas.width - gap, gap + 2, "dim", "right");
    MX_FLOW_PANES.forEach((name, i) => {
      const pane = this.panes.panes[name];
      const x = gap + (i % 3) * (w + gap);
      const y = gap + 24 + Math.floor(i / 3) * (h + head + foot + gap);
      say(pane.title.textContent, x, y + 14, "text", "left", "bold");
      say(pane.what.textContent, x + w, y + 14, "dim", "right");
      let source = pane.canvas;
      if (name === "face" && content.kind === "maps") {
        source = document.createElement("canvas");
        this.panes.paintFace(source, w, h);
      }
      context.imageSmoothingEnabled = source.width > 32;
      context.drawImage(source, x, y + head, w, name === "input" || source.width <= 32 ? w : h);
      if (pane.table) {
        const bar = context.createLinearGradient(x, 0, x + w, 0);
        const last = pane.table.length / 3 - 1;
        for (let k = 0; k <= 32; k += 1) {
          const at = 3 * Math.round((k / 32) * last);
          bar.addColorStop(
            k / 32,
            `rgb(${pane.table[at]},${pane.table[at + 1]},${pane.table[at + 2]})`,
          );
        }
        context.fillStyle = bar;
        context.fillRect(x, y + head + h + 6, w, 8);
      }
      const [left = "", middle = "", right = ""] = pane.texts ?? [];
      const base = y + head + h + 30;
      say(left, x, base, "dim");
      say(middle, x + w / 2, base, "dim", "center");
      say(right, x + w, base, "dim", "right");
    });
    canvas.toBlob((blob) => this.save(blob, `${content.file}.png`), "image/png");
  }
}

/** @param {MxRender} page */
function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-flow-view");
  new MxFlowView(model, el, life.signal);
  return () => life.abort();
}

export default { render };
