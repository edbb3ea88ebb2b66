// Elements, and the few small pieces that every page is made of.

/** Build an element: mxElement("button", {class: "mx-btn", onclick: f}, "Commit", kbd). */
export function mxElement(tag, attributes, ...children) {
  const svg = [
    "svg",
    "g",
    "path",
    "line",
    "rect",
    "circle",
    "text",
    "polyline",
    "polygon",
    "title",
  ];
  const element =
    svg.includes(tag) && !(tag === "title" && !attributes?.svg)
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

export function mxAppend(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** Replace the children of an element. */
export function mxFill(element, ...children) {
  element.replaceChildren();
  return mxAppend(element, children);
}

/** A key as it stands on the keyboard: mxKey("Ctrl S"). */
export function mxKey(text) {
  return mxElement("kbd", { class: "mx-kbd" }, text);
}

/** Onset, apex and offset have one shape and one colour each, everywhere. */
export const mxMarkPaths = {
  onset: "M1 1 L9 5 L1 9z",
  apex: "M5 0 L10 5 L5 10 L0 5z",
  offset: "M9 1 L1 5 L9 9z",
};

export function mxMark(kind) {
  return mxElement(
    "svg",
    { class: "mx-mark", viewBox: "0 0 10 10", width: 10, height: 10, "aria-hidden": "true" },
    mxElement("path", { d: mxMarkPaths[kind], fill: `var(--mx-${kind})` }),
  );
}

/** True while the user is typing, when single keys must not act on the page. */
export function mxTyping(event) {
  const target = event.composedPath?.()[0] ?? event.target;
  if (!(target instanceof Element)) return false;
  return Boolean(
    target.closest(
      "textarea, select, [contenteditable=true], input:not([type=checkbox]):not([type=radio]):not([type=button])",
    ),
  );
}

/** A command to type, with a button that copies it. */
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
          window.getSelection().removeAllRanges();
          window.getSelection().addRange(range);
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

/** `mxFold(el, {name, title, gist, open}, ...parts)`: as el's fold stands already, else `open`. */
export function mxFold(el, { name, title, gist = "", open = true }, ...parts) {
  const before = el.querySelector(":scope > details.mx-fold");
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

/** One step of what to do next: why, and a link to follow or commands to copy. */
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
