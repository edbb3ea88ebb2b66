// The six panes: drawing, the linked cross, the pin.

import { mxElement, mxFill, mxPen } from "../kit/dom.mjs";
import { mxInputPlaces, mxPaintColours, mxPaintSigned, mxPaintUnsigned } from "./flow_colours.mjs";
import { mxFlowAt, mxFlowInput, mxFlowLimits, mxFlowTensor } from "./flow_content.mjs";
import { MxFlowPane } from "./flow_pane.mjs";

export const MX_FLOW_PANES = ["face", "u", "v", "uve", "strain", "input"];
const MX_EYES = [
  [36, 42],
  [42, 48],
];

export class MxFlowPanes {
  constructor(root, signal, onProbe) {
    this.root = root;
    this.signal = signal;
    this.onProbe = onProbe;
    this.flicker = false;
    this.pinned = null;
    this.panes = Object.fromEntries(
      MX_FLOW_PANES.map((name) => [name, new MxFlowPane(name, 140, 170)]),
    );
    this.channels = ["u", "v", "ε"].map((title) => {
      const canvas = mxElement("canvas", {
        width: 28,
        height: 28,
        class: "mx-pixels",
        role: "img",
        "aria-label": `network input: ${title}`,
      });
      const said = mxElement("span", {}, title);
      return {
        title,
        canvas,
        said,
        root: mxElement("div", { class: "mx-channel" }, canvas, said),
      };
    });
    this.panes.input.scale.replaceWith(
      mxElement(
        "div",
        { class: "mx-channels" },
        this.channels.map((one) => one.root),
      ),
    );
    this.note = mxElement("p", { class: "mx-flow-note", "data-testid": "flow-note", hidden: true });
    this.panes.face.stage.append(this.note);
    this.grid = mxElement(
      "div",
      { class: "mx-flow-grid" },
      MX_FLOW_PANES.map((name) => this.panes[name].root),
    );
    root.append(this.grid);
    for (const name of MX_FLOW_PANES) this.listen(this.panes[name]);
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(root);
    signal.addEventListener("abort", () => observer.disconnect());
  }

  /** Panes as large as the window lets them be, in the crop's proportions, without scroll bars. */
  fit() {
    const { clientWidth, clientHeight } = this.root;
    if (!clientWidth || !clientHeight) return;
    const wide = (clientWidth - 2 * 16 - 2 * 16) / 3;
    const high = ((clientHeight - 2 * 12 - 14 - 2 * 54) / 2) * (140 / 170);
    const width = Math.max(80, Math.floor(Math.min(wide, high, 420)));
    this.grid.style.setProperty("--w", `${width}px`);
    this.grid.style.setProperty("--h", `${Math.round((width * 170) / 140)}px`);
    if (this.content) this.drawFace();
  }

  // ---- probe ------------------------------------------------------------------------------

  listen(pane) {
    const { signal } = this;
    pane.stage.addEventListener("pointermove", (event) => this.hover(this.place(pane, event)), {
      signal,
    });
    pane.stage.addEventListener("pointerleave", () => this.hover(null), { signal });
    pane.stage.addEventListener("click", (event) => this.pin(this.place(pane, event)), { signal });
  }

  /** The pixel of the maps under the pointer. */
  place(pane, event) {
    const { width, height } = this.content ?? {};
    if (!width) return null;
    const box = pane.stage.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * height);
    return { x: Math.min(width - 1, Math.max(0, x)), y: Math.min(height - 1, Math.max(0, y)) };
  }

  hover(at) {
    this.over = at;
    this.markAll("cross", at && this.content?.kind === "maps" ? at : null);
    this.tell();
  }

  pin(at) {
    if (this.content?.kind !== "maps") return;
    const again = at && this.pinned && Math.hypot(at.x - this.pinned.x, at.y - this.pinned.y) < 3;
    this.pinned = again ? null : at;
    this.markAll("pin", this.pinned);
    this.tell();
  }

  markAll(kind, at) {
    for (const name of MX_FLOW_PANES) {
      const mark = this.panes[name][kind];
      mark.hidden = !at;
      if (!at) continue;
      mark.style.left = `${((at.x + 0.5) / this.content.width) * 100}%`;
      mark.style.top = `${((at.y + 0.5) / this.content.height) * 100}%`;
    }
  }

  tell() {
    if (this.content?.kind !== "maps") {
      this.onProbe(null);
      return;
    }
    const read = (at) => at && { ...at, ...mxFlowAt(this.content, this.options, at.x, at.y) };
    this.onProbe({ over: read(this.over), pinned: read(this.pinned) });
  }

  // ---- drawing ----------------------------------------------------------------------------

  draw(content, options) {
    this.content = content;
    this.options = options;
    this.grid.hidden = !["maps", "release"].includes(content.kind);
    this.grid.classList.toggle("mx-release", content.kind === "release");
    if (content.kind === "maps") this.drawMaps();
    else if (content.kind === "release") this.drawRelease();
    if (this.grid.hidden) return;
    this.fit();
    this.drawFace();
    this.drawInput();
    this.markAll("pin", content.kind === "maps" ? this.pinned : null);
    this.tell();
  }

  drawMaps() {
    const { content, options, panes } = this;
    const { data, width, height } = content;
    const limits = mxFlowLimits(content, options);
    const n = width * height;
    const hidden = (i) => options.mask && data.mask[i];
    const channel = (c) =>
      Float32Array.from({ length: n }, (_, i) => (hidden(i) ? 0 : data.maps[3 * i + c]));
    const [u, v, strain] = [0, 1, 2].map(channel);
    const end = (value) => (value >= 1 ? value.toFixed(1) : value.toFixed(2));
    const signed = (pane, values, limit, labels) => {
      const image = pane.image(width, height);
      mxPaintSigned(image, values, data.diverging, limit);
      pane.put(image);
      pane.legend(data.diverging, labels);
    };
    if (options.show === "tensor") {
      const tensor = mxFlowTensor(content);
      const clear = (values) => values.map((value, i) => (hidden(i) ? 0 : value));
      const s = end(limits.strain);
      panes.u.head("εxx", "stretch along x, px/px");
      signed(panes.u, clear(tensor.xx), limits.strain, [`−${s} shrinks`, "0", `grows ${s}`]);
      panes.v.head("εyy", "stretch along y, px/px");
      signed(panes.v, clear(tensor.yy), limits.strain, [`−${s} shrinks`, "0", `grows ${s}`]);
      panes.uve.head("εxy", "shear, px/px");
      signed(panes.uve, clear(tensor.xy), limits.strain, [`−${s}`, "0", s]);
    } else {
      const f = end(limits.flow);
      panes.u.head("u", "horizontal, px");
      signed(panes.u, u, limits.flow, [`−${f} left`, "0", `right ${f}`]);
      panes.v.head("v", "vertical, px");
      signed(panes.v, v, limits.flow, [`−${f} up`, "0", `down ${f}`]);
      panes.uve.head("(u, v, ε)", "red green blue");
      const image = panes.uve.image(width, height);
      const half = (value) => 0.5 + value / (2 * limits.flow);
      mxPaintColours(image, [u, v, strain], [half, half, (value) => value / limits.strain]);
      panes.uve.put(image);
      panes.uve.legend(null, ["olive is stillness", "", "blue is strain"]);
    }
    panes.strain.head("ε", "strain, px/px");
    const image = panes.strain.image(width, height);
    mxPaintUnsigned(image, strain, data.sequential, limits.strain);
    panes.strain.put(image);
    panes.strain.legend(data.sequential, ["0", "", end(limits.strain)]);
  }

  drawRelease() {
    const { content, panes } = this;
    const { data, side } = content;
    const n = side * side;
    const parts = [0, 1, 2].map((c) => data["input-bare"].subarray(c * n, (c + 1) * n));
    const plain = (pane, values) => {
      const image = pane.image(side, side);
      mxPaintUnsigned(image, values, data.sequential, 1);
      pane.put(image);
      pane.legend(data.sequential, ["its least", "", "its greatest"]);
    };
    panes.u.head("u", "horizontal, stretched");
    plain(panes.u, parts[0]);
    panes.v.head("v", "vertical, stretched");
    plain(panes.v, parts[1]);
    panes.strain.head("ε", "strain, stretched");
    plain(panes.strain, parts[2]);
    panes.uve.head("(u, v, ε)", "as released");
    const image = panes.uve.image(side, side);
    mxPaintColours(
      image,
      parts,
      [0, 1, 2].map(() => (value) => value),
    );
    panes.uve.put(image);
    panes.uve.legend(null, ["red u", "green v", "blue ε"]);
  }

  drawInput() {
    const { content, options, panes } = this;
    const { side, data } = content;
    const channels = mxFlowInput(content, options);
    const limits =
      content.kind === "maps" ? mxFlowLimits(content, options) : { flow: 1, strain: 1 };
    panes.input.head("network input", `${side} × ${side} × 3`);
    const image = panes.input.image(side, side);
    mxPaintColours(image, channels, mxInputPlaces(options, limits));
    panes.input.put(image);
    channels.forEach((values, c) => {
      const { canvas, title } = this.channels[c];
      canvas.width = canvas.height = side;
      const picture = mxPen(canvas).createImageData(side, side);
      const unsigned =
        c === 2 ||
        options.normalise === "min-max" ||
        (content.kind === "release" && options.normalise === "none");
      let [low, high] = [Infinity, -Infinity];
      for (const value of values) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      const limit = Math.max(Math.abs(low), Math.abs(high)) || 1;
      (unsigned ? mxPaintUnsigned : mxPaintSigned)(
        picture,
        values,
        unsigned ? data.sequential : data.diverging,
        limit,
      );
      mxPen(canvas).putImageData(picture, 0, 0);
      const digits = limit >= 10 ? 0 : limit >= 1 ? 1 : 2;
      const number = (value) => (value < 0 ? "−" : "") + Math.abs(value).toFixed(digits);
      mxFill(this.channels[c].said, mxElement("b", {}, title), ` ${number(low)}…${number(high)}`);
    });
  }

  // ---- the face ---------------------------------------------------------------------------

  drawFace() {
    const { content, options } = this;
    const pane = this.panes.face;
    pane.legend(
      null,
      content.kind === "maps"
        ? [options.landmarks ? "68 landmarks" : "", "", options.mask ? "eye mask" : "eye mask off"]
        : null,
    );
    this.note.hidden = !content.note;
    this.note.textContent = content.note ?? "";
    if (content.kind !== "maps") {
      pane.head("face", "no frames");
      pane.image(1, 1);
      return;
    }
    const box = pane.stage.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(box.width * ratio));
    const height = Math.max(1, Math.round(box.height * ratio));
    this.paintFace(pane.canvas, width, height);
    pane.canvas.classList.remove("mx-pixels");
    const apex = this.flicker;
    pane.head(apex ? "apex" : "onset", `frame ${apex ? content.apex : content.onset}`);
  }

  paintFace(canvas, width, height) {
    const { content, options } = this;
    canvas.width = width;
    canvas.height = height;
    const context = mxPen(canvas);
    const face = this.flicker ? content.faces?.apex : content.faces?.onset;
    if (face) context.drawImage(face, 0, 0, width, height);
    const [sx, sy] = [width / content.width, height / content.height];
    if (this.flicker) return;
    const at = ([x, y]) => [(x + 0.5) * sx, (y + 0.5) * sy];
    if (options.mask) this.paintMask(context, at, sx);
    if (options.landmarks) {
      context.fillStyle = "#a6f36a";
      for (const point of content.landmarks) {
        const [x, y] = at(point);
        context.beginPath();
        context.arc(x, y, 0.8 * sx, 0, 2 * Math.PI);
        context.fill();
      }
    }
    if (options.arrows) this.paintArrows(context, at, sx);
  }

  paintMask(context, at, scale) {
    const { width, height } = context.canvas;
    const layer = new OffscreenCanvas(width, height);
    const mask = /** @type {OffscreenCanvasRenderingContext2D} */ (layer.getContext("2d"));
    mask.fillStyle = mask.strokeStyle = "#4ea0ff";
    mask.lineJoin = mask.lineCap = "round";
    for (const [from, to] of MX_EYES) {
      const path = new Path2D();
      this.content.landmarks.slice(from, to).forEach((point, i) => {
        const [x, y] = at(point);
        if (i) path.lineTo(x, y);
        else path.moveTo(x, y);
      });
      path.closePath();
      // A round stroke twice the margin wide is the polygon grown by the margin.
      mask.lineWidth = Math.max(2 * this.content.margin * scale, 0.01);
      mask.fill(path);
      if (this.content.margin > 0) mask.stroke(path);
      context.lineWidth = 1.2;
      context.strokeStyle = "#4ea0ff";
      context.stroke(path);
    }
    context.globalAlpha = 0.38;
    context.drawImage(layer, 0, 0);
    context.globalAlpha = 1;
  }

  /** The motion as arrows, enlarged tenfold: half a pixel would be no arrow at all. */
  paintArrows(context, at, scale) {
    const { width, height } = this.content;
    context.strokeStyle = "#fff";
    context.lineWidth = Math.max(1, 0.5 * scale);
    for (let y = 5; y < height; y += 9) {
      for (let x = 5; x < width; x += 9) {
        const { u, v, magnitude } = mxFlowAt(this.content, this.options, x, y);
        if (magnitude < 0.15) continue;
        const [x0, y0] = at([x, y]);
        const [x1, y1] = [x0 + 10 * u * scale * 0.8, y0 + 10 * v * scale * 0.8];
        const angle = Math.atan2(y1 - y0, x1 - x0);
        const tip = 2 * scale;
        context.beginPath();
        context.moveTo(x0, y0);
        context.lineTo(x1, y1);
        context.lineTo(x1 - tip * Math.cos(angle - 0.5), y1 - tip * Math.sin(angle - 0.5));
        context.moveTo(x1, y1);
        context.lineTo(x1 - tip * Math.cos(angle + 0.5), y1 - tip * Math.sin(angle + 0.5));
        context.stroke();
      }
    }
  }
}
