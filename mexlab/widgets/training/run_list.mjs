// Runs as a list box: one tab stop, arrows move and choose.

import { mxElement } from "../kit/dom.mjs";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-runs");

  function choose(id) {
    model.set("selected", id);
    model.save_changes();
  }

  function drawRow(row) {
    const on = row.id === model.get("selected");
    return mxElement(
      "li",
      {
        class: `mx-run ${on ? "on" : ""}`,
        role: "option",
        "aria-selected": String(on),
        "data-run": row.id,
        "data-status": row.status,
        "data-testid": `run-${row.id}`,
        tabindex: on ? "0" : "-1",
      },
      mxElement("i", { class: `mx-state mx-state-${row.tone || "none"}` }),
      mxElement("span", { class: "mx-run-name" }, row.title),
      mxElement("span", { class: "mx-run-figure" }, row.figure || ""),
      mxElement("small", {}, row.detail, row.synthetic ? mxElement("em", {}, "synthetic") : ""),
    );
  }

  function draw() {
    const focused = el.contains(document.activeElement);
    const top = el.querySelector(".mx-run-rows")?.scrollTop || 0;
    const rows = model.get("rows");
    const list = mxElement(
      "ul",
      { class: "mx-run-rows", role: "listbox", "aria-label": model.get("heading") },
      ...rows.map(drawRow),
    );
    const items = /** @type {HTMLElement[]} */ ([...list.children]);
    for (const item of items) item.addEventListener("click", () => choose(item.dataset.run));
    if (!rows.some((row) => row.id === model.get("selected")) && items.length) {
      items[0].tabIndex = 0;
    }
    list.addEventListener("keydown", (event) => {
      const here = items.findIndex((item) => item === document.activeElement);
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        if (here >= 0) choose(items[here].dataset.run);
        return;
      }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = items[Math.min(items.length - 1, Math.max(0, here + step))];
      next.focus();
      choose(next.dataset.run);
    });
    el.replaceChildren(
      mxElement("h3", { class: "mx-h3" }, model.get("heading")),
      rows.length ? list : mxElement("p", { class: "mx-hint" }, model.get("empty")),
    );
    if (rows.length) list.scrollTop = top;
    if (focused) list.querySelector('[tabindex="0"]')?.focus();
  }

  function remember() {
    draw();
    if (!model.get("deep_link")) return;
    const address = new URL(window.location.href);
    const id = model.get("selected");
    if ((address.searchParams.get("run") || "") === id) return;
    if (id) address.searchParams.set("run", id);
    else address.searchParams.delete("run");
    address.searchParams.delete("cell");
    window.history.replaceState(window.history.state, "", address);
  }

  draw();
  model.on("change:rows change:heading change:empty", draw);
  model.on("change:selected", remember);
  return () => {
    model.off("change:rows change:heading change:empty", draw);
    model.off("change:selected", remember);
  };
}

export default { render };
