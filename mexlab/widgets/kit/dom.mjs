// Elements, and the few small pieces that every page is made of.

/**
 * What may stand in an element: nothing, a text, a number, an element, or a list of such.
 * @typedef {Node | string | number | boolean | null | undefined | MxChild[]} MxChild
 */

/** @typedef {"svg" | "g" | "path" | "line" | "rect" | "circle" | "text" | "polyline" | "polygon"} MxDrawn */

const MX_DRAWN = "svg g path line rect circle text polyline polygon".split(" ");

/**
 * Build an element: mxElement("button", {class: "mx-btn", onclick: f}, "Commit", kbd).
 *
 * A `title` is drawn, not a document's, where its attributes have `svg: true`.
 *
 * @template {string} T
 * @param {T} tag
 * @param {Record<string, any> | null} [attributes] `onclick` and its like are functions, `style` and
 *   `dataset` objects; null, undefined and false leave an attribute out
 * @param {...MxChild} children
 * @returns {T extends MxDrawn ? SVGElementTagNameMap[T] : T extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[T] : HTMLElement}
 */
export function mxElement(tag, attributes, ...children) {
  const drawn = MX_DRAWN.includes(tag) || (tag === "title" && attributes?.svg);
  /** @type {any} */
  const element = drawn
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "svg" || value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (name === "style" && typeof value === "object") {
      for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
    } else if (name === "dataset") {
      for (const [key, one] of Object.entries(value)) element.dataset[key] = one;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  mxAppend(element, children);
  return element;
}

/**
 * Put children behind those that are there.
 * @template {ParentNode} E
 * @param {E} element
 * @param {MxChild[]} children
 */
export function mxAppend(element, children) {
  for (const child of /** @type {any[]} */ (children).flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/**
 * Replace the children of an element.
 * @template {ParentNode} E
 * @param {E} element
 * @param {...MxChild} children
 */
export function mxFill(element, ...children) {
  element.replaceChildren();
  return mxAppend(element, children);
}

/**
 * A key as it stands on the keyboard: mxKey("Ctrl S").
 * @param {string} text
 */
export function mxKey(text) {
  return mxElement("kbd", { class: "mx-kbd" }, text);
}

/** Onset, apex and offset have one shape and one colour each, everywhere. */
export const mxMarkPaths = {
  onset: "M1 1 L9 5 L1 9z",
  apex: "M5 0 L10 5 L5 10 L0 5z",
  offset: "M9 1 L1 5 L9 9z",
};

/**
 * What draws on a canvas. It is null only where another kind of context was asked for before, which
 * nobody does here.
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [options]
 */
export function mxPen(canvas, options) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", options));
}

/** @typedef {"onset" | "apex" | "offset"} MxMarkName */

/** @param {MxMarkName} kind */
export function mxMark(kind) {
  return mxElement(
    "svg",
    { class: "mx-mark", viewBox: "0 0 10 10", width: 10, height: 10, "aria-hidden": "true" },
    mxElement("path", { d: mxMarkPaths[kind], fill: `var(--mx-${kind})` }),
  );
}

/**
 * True while the user is typing, when single keys must not act on the page.
 * @param {Event} event
 */
export function mxTyping(event) {
  const target = event.composedPath?.()[0] ?? event.target;
  if (!(target instanceof Element)) return false;
  return Boolean(
    target.closest(
      "textarea, select, [contenteditable=true], input:not([type=checkbox]):not([type=radio]):not([type=button])",
    ),
  );
}

/**
 * A command to type, with a button that copies it.
 * @param {string} command
 */
export function mxCommand(command) {
  const button = mxElement(
    "button",
    {
      class: "mx-btn-plain mx-copy",
      type: "button",
      "aria-label": `Copy: ${command}`,
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(command);
          button.textContent = "Copied";
        } catch {
          // No clipboard without a secure context: select the text, so that Ctrl C copies it.
          const range = document.createRange();
          range.selectNodeContents(code);
          window.getSelection()?.removeAllRanges();
          window.getSelection()?.addRange(range);
          button.textContent = "Press Ctrl C";
        }
        setTimeout(() => (button.textContent = "Copy"), 2000);
      },
    },
    "Copy",
  );
  const code = mxElement("code", { class: "mx-code" }, command);
  return mxElement("div", { class: "mx-command" }, code, button);
}

/**
 * A part of a page under a heading that folds it away; as el's fold stands already, else `open`.
 * @param {Element} el
 * @param {{name: string, title: string, gist?: string, open?: boolean}} words
 * @param {...MxChild} parts
 */
export function mxFold(el, { name, title, gist = "", open = true }, ...parts) {
  const before = /** @type {HTMLDetailsElement | null} */ (
    el.querySelector(":scope > details.mx-fold")
  );
  const fold = mxElement(
    "details",
    { class: "mx-fold", "data-testid": `fold-${name}` },
    mxElement(
      "summary",
      {},
      mxElement("h3", { class: "mx-h3" }, title),
      gist ? mxElement("span", { class: "mx-gist" }, gist) : "",
    ),
    ...parts,
  );
  fold.open = before ? before.open : open;
  return fold;
}

/**
 * One step of what to do next: why, and a link to follow or commands to copy.
 * @param {{title: string, text: string, commands: string[], link?: {url: string, title: string}}} step
 */
export function mxStepCard(step) {
  return mxElement(
    "div",
    { class: "mx-step" },
    mxElement("b", {}, step.title),
    mxElement("p", {}, step.text),
    step.commands.map(mxCommand),
    step.link ? mxElement("a", { class: "mx-link", href: step.link.url }, step.link.title) : null,
  );
}
