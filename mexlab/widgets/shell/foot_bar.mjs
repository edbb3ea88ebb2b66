// The line at the foot: the keys of the page, and at its ends the buttons that fold side columns.

import { mxKeyOf } from "../kit/bus.mjs";
import { mxElement, mxFill, mxKey, mxTyping } from "../kit/dom.mjs";
import { MxColumns } from "./columns.mjs";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-foot-bar");
  const life = new AbortController();
  const { signal } = life;
  const sides = model.get("columns");
  const columns = new MxColumns({
    name: model.get("page"),
    columns: sides,
    onChange: drawFolds,
    signal,
  });
  const keys = mxElement("span", { class: "mx-foot-keys" });
  const buttons = new Map(sides.map((column) => [column.side, foldButton(column)]));
  const help = mxElement("span", { class: "mx-foot-keys mx-foot-last" });
  mxFill(el, buttons.get("left"), keys, help, buttons.get("right"));

  function foldButton({ side, title, key }) {
    const button = mxElement("button", {
      type: "button",
      class: "mx-fold-button",
      "data-testid": `fold-${side}`,
    });
    button.dataset.title = title;
    button.dataset.key = key;
    button.addEventListener("click", () => columns.turn(side), { signal });
    // As everywhere: a click takes no keys away from the player.
    button.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    return button;
  }

  function drawFolds(folded) {
    for (const [side, button] of buttons) {
      const { title, key } = button.dataset;
      const open = !folded.includes(side);
      button.setAttribute("aria-expanded", String(open));
      mxFill(button, mxKeyOf(`fold-${side}`, key), `${open ? "fold" : "show"} ${title}`);
    }
  }

  const entry = ([caps, what]) =>
    mxElement(
      "span",
      {},
      caps
        .split(" ")
        .filter(Boolean)
        .map((key) => [mxKey(key), " "]),
      what,
    );

  /** In a narrow window whole entries go; the last one, which leads to all the others, stays. */
  function draw() {
    const entries = model.get("entries").map(entry);
    mxFill(help, entries.pop());
    mxFill(keys, entries);
  }

  // Pages with a list of keys hear them there, and send what they mean as an action.
  function onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || mxTyping(event))
      return;
    const column = sides.find(({ key }) => key === event.key);
    // Two notebooks may stand in one window; in Voila the window is the page.
    const mine =
      document.body.hasAttribute("data-voila") ||
      el.closest(".mexlab-page")?.contains(event.target);
    if (!column || !mine) return;
    event.preventDefault();
    columns.turn(column.side);
  }

  drawFolds([]);
  draw();
  model.on("change:entries", draw);
  if (model.get("hears_keys")) document.addEventListener("keydown", onKey, { signal });
  // Drawn before it is put into the page: its first size tells that it is there.
  const placed = new ResizeObserver(() => {
    const page = el.closest(".mexlab-page");
    if (!page) return;
    placed.disconnect();
    columns.attach(page, signal);
  });
  placed.observe(el);
  return () => {
    placed.disconnect();
    life.abort();
    model.off("change:entries", draw);
  };
}
export default { render };
