// Moves between cells from one run to another. Each row is a button that lists its clips.

import { mxElement } from "../kit/dom.mjs";

const CHANGE_MARKS = {
  gained: ["+", "newly correct"],
  lost: ["−", "newly wrong"],
  "": ["·", "wrong either way"],
};

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-changes");

  function drawRow(row) {
    const [sign, words] = CHANGE_MARKS[row.effect];
    const button = mxElement(
      "button",
      {
        type: "button",
        class: `mx-change mx-change-${row.effect || "none"}`,
        "data-testid": `change-${row.truth}-${row.before}-${row.after}`,
        "data-effect": row.effect || "none",
        "data-key": `${row.truth}/${row.before}/${row.after}`,
        title: `${words}: list ${row.clips === 1 ? "the clip" : "the clips"}`,
      },
      mxElement("b", {}, sign),
      mxElement("span", {}, `${row.truth}: ${row.before} → ${row.after}`),
      mxElement("span", { class: "mx-dim" }, words),
      mxElement("span", { class: "mx-count" }, String(row.clips)),
    );
    button.addEventListener("click", () => {
      model.set("selected", { truth: row.truth, before: row.before, after: row.after });
      model.save_changes();
    });
    return button;
  }

  function draw() {
    if (!model.get("caption")) {
      el.replaceChildren();
      return;
    }
    const warning = model.get("warning");
    el.replaceChildren(
      mxElement("h3", { class: "mx-h3" }, model.get("caption")),
      mxElement(
        "p",
        { class: "mx-said", "data-testid": "changes-sentence" },
        model.get("sentence"),
      ),
      ...(warning
        ? [
            mxElement(
              "p",
              { class: "mx-unlike", role: "note", "data-testid": "changes-unlike" },
              warning,
            ),
          ]
        : []),
      ...model.get("rows").map(drawRow),
    );
    mark();
  }

  function mark() {
    const one = model.get("selected");
    const key = one ? `${one.truth}/${one.before}/${one.after}` : null;
    for (const button of el.querySelectorAll(".mx-change")) {
      button.setAttribute("aria-pressed", String(button.dataset.key === key));
    }
  }

  draw();
  model.on("change:caption change:sentence change:rows change:warning", draw);
  model.on("change:selected", mark);
  return () => {
    model.off("change:caption change:sentence change:rows change:warning", draw);
    model.off("change:selected", mark);
  };
}

export default { render };
