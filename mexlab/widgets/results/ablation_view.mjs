// Published and own figures in the four cells of two switches; empty cells say how to fill them.

import { mxElement, mxFold } from "../kit/dom.mjs";

const ABLATION_CHANGES =
  "change:caption change:sentence change:published change:columns change:rows change:steps change:unlike change:remark";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-ablation");

  function drawCell(cell) {
    if (!cell.run)
      return mxElement("td", { class: "mx-empty", "data-testid": "ablation-empty" }, cell.text);
    const name = cell.own
      ? mxElement("b", {}, cell.name)
      : mxElement("a", { class: "mx-link", href: cell.url }, cell.name);
    return mxElement(
      "td",
      { class: cell.own ? "mx-own" : "", "data-testid": `ablation-${cell.run}` },
      cell.text,
      mxElement("small", {}, cell.small, " · ", name),
      cell.also ? mxElement("small", {}, cell.also) : "",
    );
  }

  function drawTable(title, columns, rows, drawOne) {
    return mxElement(
      "table",
      {},
      mxElement(
        "thead",
        {},
        mxElement(
          "tr",
          {},
          mxElement("th", { scope: "col" }, title),
          ...columns.map((name) => mxElement("th", { scope: "col" }, name)),
        ),
      ),
      mxElement(
        "tbody",
        {},
        ...rows.map((row) =>
          mxElement(
            "tr",
            {},
            mxElement("th", { scope: "row" }, row.label),
            ...row.cells.map(drawOne),
          ),
        ),
      ),
    );
  }

  function copyButton(command) {
    const button = mxElement(
      "button",
      { type: "button", class: "mx-btn-plain", "data-testid": "copy-command" },
      "Copy",
    );
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(command);
        button.textContent = "Copied";
      } catch {
        // Without permission to the clipboard the text can still be marked and copied by hand.
        const code = button.parentElement?.querySelector("code");
        if (code) window.getSelection()?.selectAllChildren(code);
        button.textContent = "Press Ctrl C";
      }
    });
    return button;
  }

  function drawStep(step) {
    return mxElement(
      "li",
      { "data-testid": "ablation-step" },
      step.text,
      step.command
        ? mxElement(
            "div",
            { class: "mx-copy" },
            mxElement("code", { class: "mx-code" }, step.command),
            copyButton(step.command),
          )
        : "",
    );
  }

  function drawMissing() {
    const steps = model.get("steps");
    if (!steps.length) return "";
    return mxElement(
      "div",
      { class: "mx-steps" },
      mxElement(
        "p",
        {},
        "To fill the empty cells, train on the ",
        mxElement("a", { class: "mx-link", href: model.get("train") }, "train page"),
        " or from a terminal:",
      ),
      mxElement("ul", {}, ...steps.map(drawStep)),
    );
  }

  function drawUnlike() {
    const unlike = model.get("unlike");
    if (!unlike.length) return "";
    return mxElement(
      "details",
      { class: "mx-unlike", "data-testid": "ablation-unlike" },
      mxElement(
        "summary",
        {},
        unlike.length === 1
          ? "1 run is not in the table"
          : `${unlike.length} runs are not in the table`,
      ),
      mxElement(
        "ul",
        {},
        ...unlike.map(([run, why]) => mxElement("li", {}, mxElement("b", {}, run), ` ${why}`)),
      ),
    );
  }

  function draw() {
    if (!model.get("caption")) {
      el.replaceChildren();
      return;
    }
    const published = model.get("published");
    const tables = mxElement(
      "div",
      { class: "mx-tables" },
      drawTable("Your runs", model.get("columns"), model.get("rows"), drawCell),
      published.length
        ? drawTable("LAENet, published", model.get("published_columns"), published, (text) =>
            mxElement("td", {}, text),
          )
        : "",
    );
    const sentence = model.get("sentence");
    el.replaceChildren(
      mxFold(
        el,
        { name: "ablation", title: model.get("caption"), gist: "what each of the two adds" },
        sentence
          ? mxElement("p", { class: "mx-said", "data-testid": "ablation-sentence" }, sentence)
          : "",
        tables,
        drawMissing(),
        drawUnlike(),
        mxElement("p", { class: "mx-remark" }, model.get("remark")),
      ),
    );
  }

  draw();
  model.on(ABLATION_CHANGES, draw);
  return () => model.off(ABLATION_CHANGES, draw);
}

export default { render };
