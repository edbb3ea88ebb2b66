// What happened, why, what to do.

import { mxCommand, mxElement, mxFill } from "./dom.mjs";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-notice");
  function draw() {
    const tone = model.get("tone");
    mxFill(
      el,
      mxElement(
        "section",
        {
          class: `mx-notice-box ${tone}`,
          role: tone === "bad" ? "alert" : null,
          "data-testid": "notice",
        },
        mxElement("h2", {}, model.get("heading")),
        model.get("text") ? mxElement("p", {}, model.get("text")) : null,
        model.get("remedy")
          ? mxElement("p", { class: "mx-notice-remedy" }, model.get("remedy"))
          : null,
        model.get("commands").map((/** @type {string} */ command) => mxCommand(command)),
        model.get("links").length
          ? mxElement(
              "p",
              {},
              model
                .get("links")
                .map((/** @type {{url: string, title: string}} */ link) => [
                  mxElement("a", { href: link.url, class: "mx-link" }, link.title),
                  "  ",
                ]),
            )
          : null,
      ),
    );
  }
  const names = ["heading", "text", "remedy", "commands", "links", "tone"];
  for (const name of names) model.on(`change:${name}`, draw);
  draw();
  return () => {
    for (const name of names) model.off(`change:${name}`, draw);
  };
}
export default { render };
