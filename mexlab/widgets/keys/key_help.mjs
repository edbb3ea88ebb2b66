// The one place where keys are heard. They work wherever the focus is on the page, except in a
// text field; a press becomes an action on the bus. "?" lists them all.

import { mxEmit, mxPublish } from "../kit/bus.mjs";
import { mxElement, mxFill, mxKey } from "../kit/dom.mjs";
import { MxKeyEditor } from "./key_editor.mjs";
import { mxFocusKind, mxKeyCaps, mxKeyMap, mxKeyName, mxPageTakesKey } from "./key_names.mjs";

class MxKeys {
  /** @type {any} */ map;
  /** @type {any} */ close;
  /** @type {HTMLElement} */ list;

  constructor(model, el, signal) {
    this.model = model;
    this.el = el;
    this.signal = signal;
    this.held = new Map(); // physical key -> binding
    this.editor = new MxKeyEditor(model, signal);
    this.overlay = this.makeOverlay();
    el.append(this.overlay);
    this.load();
    const onBindings = () => this.load();
    model.on("change:bindings change:sets", onBindings);
    signal.addEventListener("abort", () => model.off("change:bindings change:sets", onBindings));
    document.addEventListener("keydown", (event) => this.onDown(event), { signal, capture: true });
    document.addEventListener("keyup", (event) => this.onUp(event), { signal, capture: true });
    window.addEventListener("blur", () => this.releaseAll(), { signal });
    // No key reaches the page before something in it has the focus.
    document.addEventListener("focusin", () => this.claim(), { signal, capture: true });
    requestAnimationFrame(() => this.claim());
  }

  load() {
    const bindings = this.model.get("bindings");
    this.map = mxKeyMap(bindings);
    const caps = {};
    for (const { action, keys } of bindings)
      caps[action] = mxKeyCaps(keys[0]).join(keys[0].startsWith("Shift+") ? "" : " ");
    mxPublish("keycaps", caps);
    // What is drawn already follows; what is drawn later reads the fact.
    for (const cap of document.querySelectorAll("[data-key-of]")) {
      if (caps[cap.dataset.keyOf]) cap.textContent = caps[cap.dataset.keyOf];
    }
    this.editor.drawSets();
    this.drawList();
  }

  /** In JupyterLab a key pressed on this page is the page's, whether bound here or not. */
  claim() {
    const page = this.el.closest(".mexlab-page");
    if (!page || page.hasAttribute("data-lm-suppress-shortcuts")) return;
    page.setAttribute("data-lm-suppress-shortcuts", "true");
    // The notebook's own arrow keys are no shortcuts: they listen above the page.
    page.addEventListener("keydown", (event) => event.stopPropagation(), { signal: this.signal });
  }

  /** In a notebook only what has the focus within the page; in Voila the page is the window. */
  mine(target) {
    const page = this.el.closest(".mexlab-page") || document.body;
    if (target && page.contains(target) && target !== document.body) return true;
    // Voila draws inside a shell of JupyterLab's, too: what tells them apart is the body.
    const served =
      document.body.hasAttribute("data-voila") || !document.querySelector(".jp-LabShell");
    return served && (!target || target === document.body);
  }

  onDown(event) {
    if (event.defaultPrevented || event.isComposing || !this.mine(event.target)) return;
    const name = mxKeyName(event);
    if (!this.overlay.hidden) {
      if (this.editor.capture(event, name)) return;
      if (["Escape", "?"].includes(name)) {
        this.toggle();
        event.preventDefault();
        event.stopPropagation();
      }
      return;
    }
    const kind = mxFocusKind(event.target);
    const binding = this.map.get(name);
    if (!binding || !mxPageTakesKey(kind, name)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat && !binding.repeat) return;
    if (binding.hold) {
      if (this.held.has(event.code)) return;
      this.held.set(event.code, binding);
    }
    if (binding.action === "help") this.toggle();
    else mxEmit("action", { name: binding.action, phase: "down", target: event.target });
  }

  onUp(event) {
    const binding = this.held.get(event.code);
    if (!binding) return;
    this.held.delete(event.code);
    mxEmit("action", { name: binding.action, phase: "up" });
  }

  /** The window lost the focus while a key was down: its release will never be heard. */
  releaseAll() {
    for (const binding of this.held.values())
      mxEmit("action", { name: binding.action, phase: "up" });
    this.held.clear();
  }

  makeOverlay() {
    this.list = mxElement("div", { class: "mx-help-groups" });
    const close = mxElement(
      "button",
      { type: "button", class: "mx-btn-plain" },
      "Close ",
      mxKey("Esc"),
    );
    close.addEventListener("click", () => this.toggle(), { signal: this.signal });
    this.close = close;
    const box = mxElement(
      "div",
      { class: "mx-help-box mx-scroll" },
      mxElement("header", {}, mxElement("h2", {}, "All keys"), this.editor.root, close),
      this.editor.said,
      this.list,
    );
    const overlay = mxElement(
      "div",
      {
        class: "mx-help",
        hidden: true,
        role: "dialog",
        "aria-modal": "true",
        "aria-label": "All keys",
        "data-testid": "key-help",
      },
      box,
    );
    overlay.addEventListener(
      "click",
      (event) => {
        if (event.target === overlay) this.toggle();
      },
      { signal: this.signal },
    );
    return overlay;
  }

  toggle() {
    this.overlay.hidden = !this.overlay.hidden;
    this.editor.stop();
    if (this.overlay.hidden) mxEmit("action", { name: "focus-player", phase: "down" });
    else this.close.focus();
  }

  drawList() {
    const groups = new Map();
    for (const binding of mxWithoutDigits(this.model.get("bindings"))) {
      if (!groups.has(binding.group)) groups.set(binding.group, []);
      groups.get(binding.group).push(binding);
    }
    mxFill(
      this.list,
      [...groups].map(([title, bindings]) =>
        mxElement(
          "section",
          {},
          mxElement("h3", { class: "mx-h3" }, title),
          bindings.map((binding) => this.drawBinding(binding)),
        ),
      ),
      this.model.get("fixed").map(([title, lines]) =>
        mxElement(
          "section",
          {},
          mxElement("h3", { class: "mx-h3" }, title),
          lines.map(([keys, what]) =>
            mxElement(
              "div",
              { class: "mx-help-row" },
              mxElement(
                "span",
                { class: "mx-help-keys" },
                keys.split(" ").map((key) => [mxKeyCaps(key).map((cap) => mxKey(cap)), " "]),
              ),
              mxElement("span", {}, what),
            ),
          ),
        ),
      ),
    );
  }

  drawBinding({ action, title, keys, hold, spread }) {
    const caps = keys.map((key, i) => [
      i ? mxElement("i", { class: "mx-faint mx-or" }, spread ? " … " : " or ") : null,
      mxElement(
        "span",
        {},
        mxKeyCaps(key).map((cap) => mxKey(cap)),
      ),
    ]);
    return mxElement(
      "div",
      { class: "mx-help-row" },
      spread || !this.editor.allowed
        ? mxElement("span", { class: "mx-help-keys" }, caps)
        : this.editor.button(action, title, caps),
      mxElement(
        "span",
        {},
        title,
        hold ? mxElement("span", { class: "mx-faint" }, " · while held") : null,
      ),
    );
  }
}

/** The emotions' digits are one line of the list: the form shows which digit is which. */
function mxWithoutDigits(bindings) {
  const digits = bindings.filter(({ action }) => /^emotion-\d$/.test(action));
  if (!digits.length) return bindings;
  const keys = [digits[0].keys[0], digits[digits.length - 1].keys[0]];
  const line = {
    ...digits[0],
    keys,
    title: "choose the emotion with this digit; again takes it back",
    spread: true,
  };
  return bindings.flatMap((binding) =>
    binding === digits[0] ? [line] : digits.includes(binding) ? [] : [binding],
  );
}

/** @param {MxRender} page */
function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-key-help");
  new MxKeys(model, el, life.signal);
  return () => life.abort();
}

export default { render };
