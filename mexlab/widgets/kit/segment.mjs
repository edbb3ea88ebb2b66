// Buttons that are clicked by mouse without taking the keys away from the player.

import { mxKeyOf } from "./bus.mjs";
import { mxElement, mxKey } from "./dom.mjs";

/** @typedef {{name: string, title: string, key?: string, action?: string, hint?: string}} MxChoice */

/**
 * A row of buttons of which one is chosen. Clicks leave the focus where the keys work.
 * @param {string} label
 * @param {MxChoice[]} choices
 * @param {string} chosen
 * @param {(name: string) => void} onChoose
 * @param {AbortSignal} signal
 */
export function mxSegment(label, choices, chosen, onChoose, signal) {
  const root = mxElement("span", { class: "mx-seg", role: "group", "aria-label": label });
  const buttons = new Map();
  for (const choice of choices) {
    const button = mxElement("button", { type: "button" }, choice.title);
    if (choice.key)
      button.append(" ", choice.action ? mxKeyOf(choice.action, choice.key) : mxKey(choice.key));
    if (choice.hint) button.title = choice.hint;
    button.dataset.testid = `choose-${choice.name}`;
    button.addEventListener("click", () => onChoose(choice.name), { signal });
    mxKeepFocus(button, signal);
    buttons.set(choice.name, button);
    root.append(button);
  }
  /** @param {string} name */
  const choose = (name) => {
    for (const [key, button] of buttons) {
      button.classList.toggle("on", key === name);
      button.setAttribute("aria-pressed", String(key === name));
    }
  };
  choose(chosen);
  return { root, choose };
}

/**
 * A mouse click on a button must not take the keys away from the player; Tab still reaches it.
 * @param {HTMLElement} button
 * @param {AbortSignal} signal
 */
export function mxKeepFocus(button, signal) {
  button.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
}
