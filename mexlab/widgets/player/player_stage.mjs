// The panes: onset, current and apex side by side, and what a held key shows in the current one.

import { mxBrowserStorage, mxStoreChoice, mxStoredChoice } from "../kit/browser_storage.mjs";
import { mxEmit } from "../kit/bus.mjs";
import { mxElement } from "../kit/dom.mjs";
import { mxKeepFocus, mxSegment } from "../kit/segment.mjs";
import { MxChangePainter } from "./change_painter.mjs";
import { MxFaceMemory } from "./face_memory.mjs";
import { MxLandmarkLayer } from "./landmark_layer.mjs";
import { MxPaneZoom } from "./pane_zoom.mjs";
import { MxLightPanel } from "./player_controls.mjs";
import { MxPlayerPane } from "./player_pane.mjs";
import { MxWaitWord } from "./wait_word.mjs";

const MX_VIEWS = [
  { name: "single", title: "single", panes: ["current"], hint: "the current frame alone (V)" },
  {
    name: "onset",
    title: "+ onset",
    panes: ["onset", "current"],
    hint: "onset beside the current frame (V)",
  },
  {
    name: "both",
    title: "+ apex",
    panes: ["onset", "current", "apex"],
    hint: "onset, current frame and apex (V)",
  },
];
const MX_FLICKER_MS = 140;
const MX_GAINS = [5, 8, 12, 20];
// Pictures above a megapixel are decoded no larger than they are shown.
const MX_LARGE = 1e6;

export class MxPlayerStage {
  /** @type {any} */ viewSegment;
  /** @type {any} */ cropSegment;
  /** @type {MxPaneZoom} */ zoom;
  /** @type {any} */ modeSegment;

  constructor(player, el, signal) {
    this.player = player;
    this.signal = signal;
    this.view =
      mxStoredChoice(
        "view",
        MX_VIEWS.map((view) => view.name),
      ) || "onset";
    this.mode = "picture"; // chosen by button
    this.gain = 8;
    this.held = null; // overrides while a key is down
    this.showsReference = false;
    this.painted = { onset: null, apex: null };
    this.bar = mxElement("div", { class: "mx-views", role: "toolbar", "aria-label": "View" });
    this.root = mxElement("div", {
      class: "mx-stage",
      tabindex: "0",
      role: "application",
      "aria-label":
        "Clip player: arrow keys step, O A F mark onset, apex and offset, ? lists all keys",
      "data-testid": "player",
    });
    /** @type {Record<string, MxPlayerPane>} */
    this.panes = {};
    for (const name of /** @type {const} */ (["onset", "current", "apex"])) {
      this.panes[name] = new MxPlayerPane(name);
      this.root.append(this.panes[name].figure);
    }
    this.message = mxElement("div", { class: "mx-stage-message", hidden: true });
    this.toastBox = mxElement("div", { class: "mx-toast", role: "status", "data-testid": "toast" });
    this.root.append(this.message, this.toastBox);
    this.wait = new MxWaitWord(this.root, this.panes.current.figure, signal);
    this.faces = new MxFaceMemory(mxBrowserStorage("localStorage"));
    this.size = null;
    this.landmarks = new MxLandmarkLayer(this, this.panes.current, signal);
    this.change = new MxChangePainter(this, signal);
    el.append(this.bar, this.root);
    this.drawBar();
    this.listen();
  }

  listen() {
    const { signal } = this;
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(this.root);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      clearInterval(this.flickering);
    });
  }

  /** A short word about what a key did, or why it did nothing. */
  toast({ text, tone = "" }) {
    this.toastBox.textContent = text;
    this.toastBox.className = `mx-toast ${tone}`;
    clearTimeout(this.toasting);
    this.toasting = setTimeout(() => {
      this.toastBox.textContent = "";
    }, 3500);
  }

  focus() {
    this.root.focus({ preventScroll: true });
  }

  drawBar() {
    const views = mxSegment(
      "Panes",
      MX_VIEWS,
      this.view,
      (name) => this.setView(name),
      this.signal,
    );
    const modes = mxSegment(
      "Picture",
      [
        { name: "picture", title: "picture" },
        {
          name: "difference",
          title: "difference",
          key: "X",
          action: "difference",
          hint: "change since the onset: orange brighter, blue darker; hold X",
        },
        {
          name: "amplify",
          title: "amplify",
          key: "M",
          action: "amplify",
          hint: "motion or brightness since the onset 5 to 20 times as large (⇧M, ⇧W); hold M",
        },
      ],
      this.mode,
      (name) => this.setMode(name),
      this.signal,
    );
    this.light = new MxLightPanel(
      (filter) => this.root.style.setProperty("--mx-light", filter),
      this.signal,
    );
    this.crop = mxStoredChoice("crop", ["face", "full"]) || "face";
    this.cropSegment = mxSegment(
      "Crop",
      [
        { name: "face", title: "face", hint: "only the face, once it has been found" },
        { name: "full", title: "full frame" },
      ],
      this.crop,
      (name) => this.setCrop(name),
      this.signal,
    );
    const hint = mxElement("button", {
      type: "button",
      class: "mx-quiet mx-zoom-hint",
      "data-testid": "zoom",
    });
    mxKeepFocus(hint, this.signal);
    this.zoom = new MxPaneZoom(this, hint, this.signal);
    this.bar.replaceChildren(
      views.root,
      modes.root,
      mxElement("span", { class: "mx-grow" }),
      hint,
      this.light.root,
      this.cropSegment.root,
    );
    this.viewSegment = views;
    this.modeSegment = modes;
    this.zoom.apply();
  }

  setView(name) {
    this.view = name;
    this.viewSegment.choose(name);
    mxStoreChoice("view", name);
    this.fit();
    this.player.look();
    this.paintSides();
  }

  setCrop(name) {
    this.crop = name;
    this.cropSegment.choose(name);
    mxStoreChoice("crop", name);
    if (name === "face" && !this.face)
      mxEmit("notice", { text: "the face has not been found yet: still looking" });
    this.zoom.reset();
    this.fit();
  }

  /**
   * Where a face is; without `left` none was found.
   * @param {MxFaceFound} found
   */
  setFace({ clip, size, ...face }) {
    const shown = this.player.clip && clip === this.player.clip.key;
    const of = size || (shown ? this.size : null);
    if (!of) return;
    if (face.left === undefined) this.faces.learnNone(clip);
    else this.faces.learn(clip, /** @type {any} */ (face), of);
    if (shown) this.fit();
  }

  /** The face of the clip on show, or the likeliest place of it; null for the whole frame. */
  get face() {
    return this.size && this.player.clip ? this.faces.find(this.player.clip.key, this.size) : null;
  }

  /** The part of the frame that is shown before any zoom. */
  region() {
    return (this.crop === "face" && this.face) || { left: 0, top: 0, ...this.size };
  }

  cycleView() {
    const at = MX_VIEWS.findIndex((view) => view.name === this.view);
    this.setView(MX_VIEWS[(at + 1) % MX_VIEWS.length].name);
  }

  setMode(name) {
    this.mode = name;
    this.modeSegment.choose(name);
    this.player.look();
    this.paintCurrent();
  }

  shownPanes() {
    return MX_VIEWS.find((view) => view.name === this.view)?.panes ?? [];
  }

  /** Indices other than the current one that have to be decoded for what is on show. */
  sideIndices() {
    const { player } = this;
    const indices = [];
    if (this.shownPanes().includes("onset") || this.activeMode() !== "picture") {
      indices.push(player.reference);
    }
    const apex = player.indexOf(player.marks.apex);
    if (this.shownPanes().includes("apex") && apex !== null) indices.push(apex);
    return indices;
  }

  open(clip) {
    this.message.hidden = true;
    this.size = { width: clip.width, height: clip.height };
    if (clip.face) this.faces.suggest(clip.key, clip.face, this.size);
    this.painted = { onset: null, apex: null };
    for (const pane of Object.values(this.panes)) {
      pane.canvas.width = clip.width;
      pane.canvas.height = clip.height;
      pane.canvas.removeAttribute("data-frame");
      pane.caption.textContent = "";
      pane.empty.hidden = true;
    }
    this.zoom.reset();
    this.landmarks.clear();
    this.change.warp.clear();
    this.fit();
    this.paintSides();
  }

  /** Instead of frames: why there are none. */
  explain(text) {
    this.size = null;
    this.message.replaceChildren(mxElement("p", {}, text));
    this.message.hidden = false;
    for (const pane of Object.values(this.panes)) pane.figure.hidden = true;
  }

  fit() {
    if (!this.size) return;
    const shown = this.shownPanes();
    const gap = 10;
    const width = (this.root.clientWidth - 24 - gap * (shown.length - 1)) / shown.length;
    const height = this.root.clientHeight - 16;
    const region = this.region();
    this.root.dataset.face = this.faces.knows(this.player.clip && this.player.clip.key)
      ? "found"
      : this.face
        ? "guessed"
        : "none";
    const scale = Math.max(0.02, Math.min(width / region.width, height / region.height));
    for (const pane of Object.values(this.panes)) {
      pane.figure.hidden = !shown.includes(pane.name);
      pane.figure.style.width = `${Math.floor(region.width * scale)}px`;
      pane.figure.style.height = `${Math.floor(region.height * scale)}px`;
      const place = {
        width: `${this.size.width * scale}px`,
        height: `${this.size.height * scale}px`,
        left: `${-region.left * scale}px`,
        top: `${-region.top * scale}px`,
        transformOrigin: `${(region.left + region.width / 2) * scale}px ${(region.top + region.height / 2) * scale}px`,
      };
      for (const layer of pane.layers) Object.assign(layer.style, place);
    }
    this.scale = scale;
    this.shown = { width: region.width * scale, height: region.height * scale };
    this.zoom.apply();
  }

  /** Large pictures are decoded for the size at which they are shown now; zooming in asks for more. */
  chooseDetail() {
    if (!this.size || !this.scale) return;
    const { width, height } = this.size;
    const shown = width * this.scale * this.zoom.scale * (window.devicePixelRatio || 1);
    const reduction = width * height > MX_LARGE ? Math.max(1, Math.floor(width / shown)) : 1;
    if (this.player.feed.reduceTo(reduction)) this.player.stale = true;
  }

  cycleGain() {
    this.gain = MX_GAINS[(MX_GAINS.indexOf(this.gain) + 1) % MX_GAINS.length];
    this.change.warp.drawButton();
    mxEmit("notice", { text: `amplified ×${this.gain}` });
    if (this.activeMode() === "amplify") this.paintCurrent();
  }

  // ---- painting ---------------------------------------------------------------------------

  activeMode() {
    return this.held || this.mode;
  }

  paintCurrent() {
    const { player } = this;
    const pane = this.panes.current;
    const current = player.painted === null ? null : player.feed.bitmap(player.painted);
    if (!current) return;
    pane.empty.hidden = true;
    pane.match(current);
    const mode = this.activeMode();
    // Nothing is compared before it is known whether an onset is marked.
    const alone = mode === "picture" || player.opening.pending;
    const reference = alone ? null : player.feed.bitmap(player.reference);
    let caption = String(player.number);
    if (!reference) {
      pane.context.drawImage(current, 0, 0);
    } else if (mode === "flicker") {
      pane.context.drawImage(this.showsReference ? reference : current, 0, 0);
      if (this.showsReference) caption = this.referenceText();
    } else {
      caption = this.change.paint(pane, mode, current, reference);
    }
    pane.caption.textContent = caption;
    pane.canvas.dataset.frame = String(player.number);
    pane.canvas.dataset.mode = mode;
    this.change.warp.button.hidden = mode !== "amplify";
  }

  referenceText() {
    const { marks, numbers } = this.player;
    return marks.onset === null ? `first frame ${numbers[0]}` : `onset ${marks.onset}`;
  }

  /** Onset and apex panes; `index` limits the work to a frame that has just come in. */
  paintSides(index = null) {
    const { player } = this;
    if (player.opening.pending) return;
    this.paintSide("onset", player.reference, this.referenceText(), index);
    const apex = player.marks.apex;
    if (apex === null) this.panes.apex.explain("no apex yet: press A at the peak");
    else this.paintSide("apex", player.indexOf(apex), `apex ${apex}`, index);
    if (index !== null && this.activeMode() !== "picture" && index === player.reference) {
      this.paintCurrent();
    }
  }

  paintSide(name, index, caption, only) {
    const pane = this.panes[name];
    if (!this.shownPanes().includes(name) || (only !== null && only !== index)) return;
    const bitmap = this.player.feed.bitmap(index);
    pane.empty.hidden = true;
    pane.caption.textContent = caption;
    if (!bitmap) return;
    pane.match(bitmap);
    pane.context.drawImage(bitmap, 0, 0);
    pane.canvas.dataset.frame = String(this.player.numbers[index]);
  }

  fail(number, reason) {
    this.panes.current.explain(`frame ${number} cannot be shown: ${reason}`, String(number));
  }

  // ---- held keys --------------------------------------------------------------------------

  hold(name, down) {
    if (down === (this.held === name)) return;
    this.held = down ? name : null;
    clearInterval(this.flickering);
    this.showsReference = false;
    if (down) this.player.look();
    if (down && name === "flicker") {
      this.showsReference = true;
      this.flickering = setInterval(() => {
        this.showsReference = !this.showsReference;
        this.paintCurrent();
      }, MX_FLICKER_MS);
    }
    this.modeSegment.choose(this.held || this.mode);
    this.paintCurrent();
  }
}
