// Strict figures, and beside them struck through what leaking would claim.

import { mxElement, mxFold } from "../kit/dom.mjs";

const LEAK_CHANGES =
  "change:caption change:gist change:sentence change:columns change:groups change:curve change:remark";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-leak");

  function drawRow(row) {
    return mxElement(
      "tr",
      {
        class: row.invalid ? "mx-invalid" : "mx-own",
        "data-testid": row.invalid ? "leak-claim" : "leak-strict",
      },
      mxElement(
        "th",
        { scope: "row" },
        row.label,
        row.invalid ? [" ", mxElement("b", { class: "mx-stamp" }, "invalid")] : "",
      ),
      ...row.cells.map(([figure, small]) =>
        mxElement(
          "td",
          {},
          mxElement(row.invalid ? "s" : "span", {}, figure),
          mxElement("small", {}, small),
        ),
      ),
    );
  }

  function drawGroup(group) {
    return mxElement(
      "tbody",
      {},
      mxElement(
        "tr",
        { class: "mx-group" },
        mxElement(
          "th",
          { scope: "rowgroup", colspan: String(1 + model.get("columns").length) },
          group.title,
          " ",
          mxElement("span", { class: "mx-dim" }, group.detail),
        ),
      ),
      ...group.rows.map(drawRow),
    );
  }

  function drawCurve() {
    const drawn = new DOMParser().parseFromString(
      model.get("curve"),
      "image/svg+xml",
    ).documentElement;
    return mxElement(
      "figure",
      { "data-testid": "leak-curve" },
      mxElement("figcaption", {}, model.get("curve_caption")),
      document.importNode(drawn, true),
    );
  }

  function draw() {
    if (!model.get("caption")) {
      el.replaceChildren();
      return;
    }
    const head = mxElement(
      "tr",
      {},
      mxElement("td", {}),
      ...model.get("columns").map((name) => mxElement("th", { scope: "col" }, name)),
    );
    const groups = model.get("groups");
    const parts = [
      mxElement("p", { class: "mx-said", "data-testid": "leak-sentence" }, model.get("sentence")),
    ];
    if (groups.length) {
      parts.push(
        mxElement(
          "div",
          { class: "mx-leak-parts" },
          mxElement("table", {}, mxElement("thead", {}, head), ...groups.map(drawGroup)),
          model.get("curve") ? drawCurve() : "",
        ),
      );
    }
    if (model.get("remark"))
      parts.push(mxElement("p", { class: "mx-remark" }, model.get("remark")));
    el.replaceChildren(
      mxFold(el, { name: "leak", title: model.get("caption"), gist: model.get("gist") }, ...parts),
    );
  }

  draw();
  model.on(LEAK_CHANGES, draw);
  return () => model.off(LEAK_CHANGES, draw);
}

export default { render };
