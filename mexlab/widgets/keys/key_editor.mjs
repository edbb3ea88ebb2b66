// Changing keys in the list of keys: choose an action, press its new key. A key that is taken, or
// that the browser keeps for itself, is refused and said why.

import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxSegment } from "../kit/segment.mjs";
import { mxKeyCaps } from "./key_names.mjs";

export class MxKeyEditor {
  constructor(model, signal) {
    this.model = model;
    this.signal = signal;
    this.waiting = null; // {action, title, button} whose new key is awaited
    this.warned = null; // the key that was pressed once, and would replace one's own keys
    this.root = mxElement("span", { class: "mx-key-sets" });
    this.said = mxElement("p", {
      class: "mx-key-said mx-faint",
      role: "status",
      "data-testid": "key-said",
    });
    const onMessage = (content) => {
      if (content.kind === "refused") this.say(content.message, "mx-warn");
      else if (content.kind === "kept") this.say("kept for you, in this workspace", "mx-ok");
    };
    model.on("msg:custom", onMessage);
    signal.addEventListener("abort", () => model.off("msg:custom", onMessage));
  }

  get allowed() {
    return Object.keys(this.model.get("sets") || {}).length > 0;
  }

  say(text, tone = "mx-faint") {
    this.said.textContent = text;
    this.said.className = `mx-key-said ${tone}`;
  }

  drawSets() {
    const sets = this.model.get("sets") || {};
    if (!this.allowed) return;
    const chosen = this.chosen();
    const names = Object.keys(sets).map((name) => ({
      name: `keys-${name}`,
      title: name,
      hint: `the keys of ${name}`,
    }));
    const segment = mxSegment(
      "Set of keys",
      names,
      `keys-${chosen}`,
      (name) => this.chooseSet(sets[name.slice(5)]),
      this.signal,
    );
    mxFill(
      this.root,
      chosen ? "" : mxElement("i", { class: "mx-faint" }, "your own keys "),
      segment.root,
    );
    if (!this.said.textContent)
      this.say("Choose a key below, then press the one that you want instead.");
  }

  /** Another set of keys; the key that was waited for was one of the set before. */
  chooseSet(bindings) {
    if (this.waiting) this.say("");
    this.stop();
    this.send(bindings);
  }

  /** Name of the set whose keys are in use; "" where they are of no set. */
  chosen() {
    const sets = this.model.get("sets") || {};
    return (
      Object.keys(sets).find((name) => mxSameKeys(sets[name], this.model.get("bindings"))) || ""
    );
  }

  /** The keys of one action in the list, as a button that changes them. */
  button(action, title, caps) {
    const button = mxElement(
      "button",
      {
        type: "button",
        class: "mx-help-keys",
        "data-testid": `set-key-${action}`,
        title: `change the key: ${title}`,
      },
      caps,
    );
    button.addEventListener(
      "click",
      () => {
        this.stop();
        this.waiting = { action, title, button };
        button.classList.add("mx-waiting");
        this.say(`Press the new key for “${title}”; Esc leaves it as it is.`, "mx-dim");
      },
      { signal: this.signal },
    );
    return button;
  }

  stop() {
    if (this.waiting) this.waiting.button.classList.remove("mx-waiting");
    this.waiting = null;
    this.warned = null;
  }

  /** A key was pressed while the list is open; true where it was the awaited one. */
  capture(event, name) {
    if (!this.waiting) return false;
    event.preventDefault();
    event.stopPropagation();
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return true;
    const { action, title } = this.waiting;
    // A change of a ready-made set makes a set of one's own: not in place of another, unasked.
    const replaces = this.model.get("sets").yours && this.chosen() !== "yours";
    if (replaces && name !== "Escape" && this.warned !== name) {
      this.warned = name;
      this.say(
        `This makes new keys of your own, in place of those kept as “yours”. ${mxKeyCaps(name).join(" ")} once more does it; Esc leaves all as it is.`,
        "mx-warn",
      );
      return true;
    }
    this.stop();
    if (name === "Escape") {
      this.say("left as it is");
      return true;
    }
    const bindings = this.model.get("bindings");
    const owner = bindings.find(
      (binding) => binding.keys.includes(name) && binding.action !== action,
    );
    if (owner)
      this.say(
        `${mxKeyCaps(name).join(" ")} is taken: “${owner.title}”. “${title}” keeps its key.`,
        "mx-warn",
      );
    else
      this.send(
        bindings.map((binding) =>
          binding.action === action ? { ...binding, keys: [name] } : binding,
        ),
      );
    return true;
  }

  /** Send what differs from the shipped set. */
  send(bindings) {
    const [shipped] = Object.values(this.model.get("sets"));
    const keys = {};
    for (const { action, keys: own } of bindings) {
      const first = shipped.find((binding) => binding.action === action);
      if (!first || first.keys.join(" ") !== own.join(" ")) keys[action] = own;
    }
    this.model.send({ kind: "keys", keys });
  }
}

function mxSameKeys(a, b) {
  return a.length === b.length && a.every(({ keys }, i) => keys.join(" ") === b[i].keys.join(" "));
}
