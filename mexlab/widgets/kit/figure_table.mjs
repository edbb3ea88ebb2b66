// A table of figures: nothing to compute here, the page sends ready texts.

import { mxElement, mxFold } from "./dom.mjs";

/**
 * A row as mexlab/widgets/kit/figure_table.py describes it; a cell of two texts has its second small.
 * @typedef {{label: string, cells: (string | [string, string])[], note?: string, tone?: string,
 *   strong?: boolean, faded?: boolean, shaded?: boolean}} MxFigureRow
 */

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-figure-table");

  function draw() {
    /** @type {MxFigureRow[]} */
    const rows = model.get("rows");
    /** @type {string[]} */
    const columns = model.get("columns");
    const fold = model.get("fold");
    if (!rows.length) {
      el.replaceChildren();
      return;
    }
    const head = mxElement(
      "tr",
      {},
      fold
        ? mxElement("td", {})
        : mxElement(
            "th",
            { scope: "col" },
            mxElement("span", { class: "mx-caption" }, model.get("caption")),
          ),
      ...columns.map((name) => mxElement("th", { scope: "col" }, name)),
    );
    const body = rows.map((row) =>
      mxElement(
        "tr",
        {
          class: `${row.strong ? "mx-own" : ""} ${row.faded ? "mx-faded" : ""} ${row.shaded ? "mx-shaded" : ""}`,
          "data-testid": `row-${row.label}`,
        },
        mxElement(
          "th",
          { scope: "row" },
          row.tone ? mxElement("i", { class: `mx-swatch ${row.tone}` }) : "",
          row.label,
          row.note ? mxElement("small", { class: "mx-warn" }, row.note) : "",
        ),
        ...row.cells.map((cell) =>
          mxElement(
            "td",
            {},
            Array.isArray(cell) ? [cell[0], mxElement("small", {}, cell[1])] : cell,
          ),
        ),
      ),
    );
    const remark = model.get("remark");
    const parts = [
      mxElement("table", {}, mxElement("thead", {}, head), mxElement("tbody", {}, ...body)),
      ...(remark ? [mxElement("p", { class: "mx-remark" }, remark)] : []),
    ];
    if (!fold) {
      el.replaceChildren(...parts);
      return;
    }
    const [title, gist] = [model.get("caption"), model.get("gist")];
    el.replaceChildren(
      mxFold(el, { name: "figures", title, gist, open: fold === "open" }, ...parts),
    );
  }

  el.classList.toggle("mx-wide", model.get("wide"));
  draw();
  model.on("change:caption change:columns change:rows change:remark change:gist", draw);
  return () =>
    model.off("change:caption change:columns change:rows change:remark change:gist", draw);
}

export default { render };
