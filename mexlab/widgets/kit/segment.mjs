// Buttons that are clicked by mouse without taking the keys away from the player.

import { mxKeyOf } from "./bus.mjs";
import { mxElement, mxKey } from "./dom.mjs";

/** A row of buttons of which one is chosen. Clicks leave the focus where the keys work. */
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
  const choose = (name) => {
    for (const [key, button] of buttons) {
      button.classList.toggle("on", key === name);
      button.setAttribute("aria-pressed", String(key === name));
    }
  };
  choose(chosen);
  return { root, choose };
}

/** A mouse click on a button must not take the keys away from the player; Tab still reaches it. */
export function mxKeepFocus(button, signal) {
  button.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
}
