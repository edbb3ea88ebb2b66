// What to do next, the pages and their keys, and how the data is treated.

import { mxElement, mxFill, mxKey, mxStepCard, mxTyping } from "../kit/dom.mjs";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-next");
  const steps = mxElement("section", { "data-testid": "next-steps" });
  const rest = mxElement("section");
  mxFill(el, steps, rest);

  function drawSteps() {
    steps.hidden = !model.get("steps").length;
    mxFill(
      steps,
      mxElement("h3", { class: "mx-h3" }, "What to do next"),
      model.get("steps").map(mxStepCard),
    );
  }

  function drawRest() {
    mxFill(
      rest,
      mxElement("h3", { class: "mx-h3" }, "Pages"),
      model
        .get("pages")
        .map((page) =>
          mxElement(
            "a",
            { class: "mx-next-page", href: page.url },
            mxElement("span", {}, page.title, mxElement("small", {}, page.text)),
            mxKey(page.key),
          ),
        ),
      mxElement("h3", { class: "mx-h3" }, "Your data"),
      mxElement("p", { class: "mx-next-privacy" }, model.get("privacy")),
      mxElement("p", { class: "mx-next-place" }, model.get("place")),
    );
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || mxTyping(event)) return;
    if (!el.isConnected || el.closest("[hidden]")) return;
    const page = model
      .get("pages")
      .find((one) => one.key.toLowerCase() === event.key.toLowerCase());
    if (!page) return;
    event.preventDefault();
    window.location.assign(page.url);
  }

  // In JupyterLab single letters are its own commands; the keys work where the page is the window.
  const alone = document.body.dataset.voila !== undefined;
  if (alone) window.addEventListener("keydown", onKey);
  model.on("change:steps", drawSteps);
  for (const name of ["pages", "privacy", "place"]) model.on(`change:${name}`, drawRest);
  drawSteps();
  drawRest();
  return () => {
    window.removeEventListener("keydown", onKey);
    model.off("change:steps", drawSteps);
    for (const name of ["pages", "privacy", "place"]) model.off(`change:${name}`, drawRest);
  };
}
export default { render };
