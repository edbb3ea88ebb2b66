// A part of a page under a heading that folds it away. Shared by the widgets that can be folded.

/** `mxFold(el, {name, title, gist, open}, ...parts)`: as el's fold stands already, else `open`. */
function mxFold(el, { name, title, gist = "", open = true }, ...parts) {
  const before = el.querySelector(":scope > details.mx-fold");
  const fold = mxElement("details", { class: "mx-fold", "data-testid": `fold-${name}` },
    mxElement("summary", {},
      mxElement("h3", { class: "mx-h3" }, title),
      gist ? mxElement("span", { class: "mx-gist" }, gist) : ""),
    ...parts);
  fold.open = before ? before.open : open;
  return fold;
}
