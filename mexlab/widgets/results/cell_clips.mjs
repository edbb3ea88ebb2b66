// Clips behind a cell. Filter and order are the reader's own and stay in the page.

import { mxElement } from "../kit/dom.mjs";
import { mxTone } from "../kit/words.mjs";

const CALLED_SHORT = { negative: "neg", positive: "pos", surprise: "sur" };

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-cell-clips");
  let database = null;
  let certainFirst = true;
  let listed = "";

  function chip(text, on, act, testid) {
    const button = mxElement(
      "button",
      {
        type: "button",
        class: "mx-chip",
        "aria-pressed": String(on),
        "data-testid": testid,
      },
      text,
    );
    button.addEventListener("click", () => {
      act();
      draw();
    });
    return button;
  }

  function recodeButton(row) {
    const button = mxElement(
      "button",
      {
        type: "button",
        class: "mx-recode",
        tabindex: "-1",
        "data-testid": "recode",
        "aria-pressed": String(row.flagged),
        title: row.flagged
          ? `flagged for ${model.get("coder")}: take it back`
          : `flag it for ${model.get("coder")}, who finds it on the annotate page`,
      },
      row.flagged ? ["flagged for recoding", mxElement("b", {}, "undo")] : "send to recoding",
    );
    button.addEventListener("click", () => {
      button.disabled = true;
      model.send({ type: "recode", key: row.key, flag: !row.flagged });
    });
    return button;
  }

  function drawRow(row) {
    const link = row.annotate || row.flow;
    const item = mxElement("li", {
      class: "mx-clip",
      "data-clip": row.key,
      "data-testid": "cell-clip",
    });
    const title = /** @type {HTMLElement} */ (
      mxElement(link ? "a" : "span", { class: "mx-open", href: link || null }, row.title)
    );
    if (link) {
      title.setAttribute(
        "aria-label",
        `open ${row.title}${row.annotate ? (row.detail ? " at its apex" : "") : " in flow"}`,
      );
    }
    const also = mxElement("span", { class: "mx-also" }, row.detail || "");
    if (row.annotate)
      also.append(
        mxElement(
          "a",
          { href: row.annotate, tabindex: "-1", "data-testid": "open-annotate" },
          "annotate",
        ),
      );
    if (row.flow)
      also.append(
        mxElement("a", { href: row.flow, tabindex: "-1", "data-testid": "open-flow" }, "flow"),
      );
    const look = mxElement(
      "button",
      {
        type: "button",
        class: "mx-recode",
        tabindex: "-1",
        "data-testid": "look",
        title: "what covering each place of the face takes from the predicted class",
        onclick: () => model.send({ type: "look", key: row.key }),
      },
      "where it looked",
    );
    if (row.flow) also.append(look);
    // Imported predictions may say the class alone.
    const sure = row.probability === null ? null : row.probability.toFixed(2);
    const recode = row.recodable ? recodeButton(row) : null;
    if (recode) also.append(recode);
    item.append(
      mxElement("div", {}, title, also),
      mxElement(
        "span",
        {
          class: `mx-tag ${mxTone(row.called)}`,
          title:
            sure === null
              ? `predicted ${row.called}`
              : `predicted ${row.called} with probability ${sure}`,
        },
        `${CALLED_SHORT[row.called] || row.called} ${sure === null ? "" : sure.replace(/^0/, "")}`.trim(),
      ),
    );
    title.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const links = [...el.querySelectorAll("a.mx-open")];
        const next = links[links.indexOf(title) + (event.key === "ArrowDown" ? 1 : -1)];
        next?.focus();
      } else if (event.key.toLowerCase() === "f" && row.flow && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        window.location.assign(new URL(row.flow, document.baseURI));
      } else if (event.key.toLowerCase() === "o" && row.flow && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        look.click();
      } else if (event.key.toLowerCase() === "r" && recode && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        recode.click();
      }
    });
    return item;
  }

  function draw() {
    const focused = el.contains(document.activeElement)
      ? /** @type {HTMLElement | null} */ (document.activeElement?.closest(".mx-clip"))?.dataset
          .clip
      : null;
    const top = el.querySelector(".mx-list")?.scrollTop || 0;
    const rows = model.get("rows");
    const titles = model.get("titles");
    const left = model.get("remark");
    const remark = left
      ? mxElement("p", { class: "mx-hint", "data-testid": "cell-remark" }, left)
      : "";
    if (!rows.length) {
      el.replaceChildren(
        ...(model.get("heading")
          ? [
              mxElement(
                "h3",
                { class: "mx-h3", "data-testid": "cell-heading" },
                model.get("heading"),
              ),
            ]
          : []),
        remark ||
          mxElement(
            "p",
            { class: "mx-hint" },
            model.get("heading") ? "No clip here." : model.get("hint"),
          ),
      );
      return;
    }
    const counts = new Map();
    for (const row of rows) counts.set(row.database, (counts.get(row.database) || 0) + 1);
    if (database && !counts.has(database)) database = null;
    const chips = mxElement(
      "div",
      { class: "mx-chips" },
      chip(
        "most certain first",
        certainFirst,
        () => {
          certainFirst = !certainFirst;
        },
        "certain-first",
      ),
    );
    if (counts.size > 1) {
      for (const [name, count] of counts) {
        chips.append(
          chip(
            `${titles[name] || name} ${count}`,
            database === name,
            () => {
              database = database === name ? null : name;
            },
            `filter-${name}`,
          ),
        );
      }
    }
    const shown = rows.filter((row) => !database || row.database === database);
    shown.sort(
      (a, b) =>
        (certainFirst ? b.probability - a.probability : 0) ||
        (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
    );
    const list = mxElement("ul", { class: "mx-list" }, ...shown.map(drawRow));
    const fault = model.get("fault");
    el.replaceChildren(
      mxElement("h3", { class: "mx-h3", "data-testid": "cell-heading" }, model.get("heading")),
      chips,
      fault ? mxElement("p", { class: "mx-fault", role: "alert" }, fault) : "",
      remark,
      list,
    );
    list.scrollTop = top;
    if (focused)
      list
        .querySelector(`[data-clip="${CSS.escape(focused)}"] a.mx-open`)
        ?.focus({ preventScroll: true });
  }

  function fresh() {
    // The same clips with a flag more or less are no new list: the reader's filter stays.
    const clips = model
      .get("rows")
      .map((row) => row.key)
      .join("\n");
    if (clips !== listed) database = null;
    listed = clips;
    draw();
  }

  draw();
  model.on("change:heading change:hint change:titles change:remark change:fault", draw);
  model.on("change:rows", fresh);
  return () => {
    model.off("change:heading change:hint change:titles change:remark change:fault", draw);
    model.off("change:rows", fresh);
  };
}

export default { render };
