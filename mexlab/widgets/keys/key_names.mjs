// How keys are spelled in a key map ("Ctrl+z", "Shift+ArrowRight", "Space", "?"), and when a key
// press belongs to the page rather than to the text field or button that has the focus.

/** The canonical name of a key press; Cmd counts as Ctrl, so that Macs work with the same map. */
export function mxKeyName(event) {
  let key = event.key;
  if (key === " " || key === "Spacebar") key = "Space";
  const letter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  if (letter) key = key.toLowerCase();
  // Shift is part of a printable sign ("?"), but a choice with a letter or a named key.
  const shifted = event.shiftKey && (letter || key.length > 1);
  const control = event.ctrlKey || event.metaKey;
  return `${control ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${shifted ? "Shift+" : ""}${key}`;
}

/** Map of key name to binding {action, keys, hold}; the Python side has refused conflicts. */
export function mxKeyMap(bindings) {
  const map = new Map();
  for (const binding of bindings) for (const key of binding.keys) map.set(key, binding);
  return map;
}

/** What kind of thing has the focus: "text", "button", "slider" or "page". */
export function mxFocusKind(element) {
  if (!element || !element.tagName) return "page";
  const tag = element.tagName.toLowerCase();
  if (tag === "textarea" || tag === "select" || element.isContentEditable) return "text";
  if (tag === "input") {
    const type = (element.getAttribute("type") || "text").toLowerCase();
    if (type === "range") return "slider";
    return ["button", "checkbox", "radio", "submit"].includes(type) ? "button" : "text";
  }
  const role = element.getAttribute && element.getAttribute("role");
  if (role === "slider") return "slider";
  if (tag === "button" || tag === "a" || tag === "summary" || role === "button") return "button";
  return "page";
}

/** Whether the page takes a key while a thing of this kind has the focus. */
export function mxPageTakesKey(kind, name) {
  if (kind === "text") {
    return name === "Escape" || name === "Ctrl+s" || name === "F1";
  }
  if (kind === "button") return name !== "Space" && name !== "Enter";
  if (kind === "slider") return !/^(Shift\+)?(Arrow|Home|End|Page)/.test(name);
  return true;
}

/** "Ctrl+Shift+z" -> ["Ctrl", "⇧", "Z"]: the caps to draw. */
export function mxKeyCaps(name) {
  const signs = {
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
    Shift: "⇧",
    Escape: "Esc",
    Delete: "Del",
    Backspace: "⌫",
    Enter: "↵",
    PageUp: "Pg↑",
    PageDown: "Pg↓",
  };
  const parts = name === "+" ? ["+"] : name.replace(/\+\+$/, "+plus").split("+");
  return parts.map((part) => {
    if (part === "plus") return "+";
    if (signs[part]) return signs[part];
    return part.length === 1 ? part.toUpperCase() : part;
  });
}
