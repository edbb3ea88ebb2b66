// Buttons for fingers: they do what a key does, for as long as they are held.

import { mxEmit } from "../kit/bus.mjs";
import { mxElement } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";

const MX_HOLD_AFTER_MS = 400;
const MX_HOLD_EVERY_MS = 110;

/**
 * A button that sends the action of a key: once a press, again and again while it is held where it
 * `repeats`, and its end where the action lasts as long as the key is down.
 */
export function mxHoldButton({ action, text, title, repeats = false, signal }) {
  const button = mxElement(
    "button",
    {
      type: "button",
      class: `mx-transport mx-hold mx-hold-${action}`,
      title,
      "aria-label": title,
      "data-testid": `hold-${action}`,
    },
    text,
  );
  /** @type {number | undefined} */
  let timer;
  let held = false;
  const send = (phase) => mxEmit("action", { name: action, phase, target: button });
  const down = (event) => {
    if (event.button > 0 || held) return;
    held = true;
    // The finger may slide off: its release is heard all the same.
    button.setPointerCapture?.(event.pointerId);
    send("down");
    if (!repeats) return;
    timer = setTimeout(() => {
      timer = setInterval(() => send("down"), MX_HOLD_EVERY_MS);
    }, MX_HOLD_AFTER_MS);
  };
  const up = () => {
    clearTimeout(timer);
    clearInterval(timer);
    if (held) send("up");
    held = false;
  };
  button.addEventListener("pointerdown", down, { signal });
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"])
    button.addEventListener(name, up, { signal });
  // A long press is no wish for a menu here.
  button.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
  // By keyboard a press has no length: it steps, and flickers for a moment.
  button.addEventListener(
    "click",
    (event) => {
      if (event.detail !== 0) return;
      send("down");
      setTimeout(() => send("up"), repeats ? 0 : 1500);
    },
    { signal },
  );
  signal.addEventListener("abort", up);
  mxKeepFocus(button, signal);
  return button;
}
