// Databases and runs of the workspace.

import { mxElement, mxFill, mxStepCard } from "../kit/dom.mjs";
import { mxFormat } from "../kit/words.mjs";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-home");
  const databases = mxElement("section", {
    class: "mx-home-databases",
    "data-testid": "databases",
  });
  const runs = mxElement("section", { class: "mx-home-runs", "data-testid": "runs" });
  const fault = mxElement("p", { class: "mx-note", role: "alert", hidden: true });
  const beginning = mxElement("section", {
    class: "mx-home-beginning",
    "data-testid": "beginning",
  });
  mxFill(el, fault, beginning, databases, runs);

  function headings(...names) {
    return mxElement(
      "thead",
      {},
      mxElement(
        "tr",
        {},
        names.map((name) => {
          const [text, kind] = Array.isArray(name) ? name : [name, ""];
          return mxElement("th", { scope: "col", class: kind }, text);
        }),
      ),
    );
  }

  function drawTable(section, title, columns, rows, cells, empty) {
    mxFill(
      section,
      mxElement("h3", { class: "mx-h3" }, title),
      rows.length
        ? mxElement(
            "table",
            { class: "mx-table" },
            headings(...columns),
            mxElement("tbody", {}, rows.map(cells)),
          )
        : mxElement("p", { class: "mx-home-empty" }, empty),
    );
  }

  function codingCell(row) {
    if (!row.codable) {
      return mxElement("td", { class: "mx-faint" }, "features only, nothing to play");
    }
    const said = row.coding
      .filter((entry) => entry.clips)
      .map((entry) => `${mxFormat.count(entry.clips)} ${entry.status}`)
      .join(" · ");
    return mxElement(
      "td",
      { class: "mx-home-coding" },
      mxElement(
        "span",
        { class: "mx-bar", role: "img", "aria-label": said },
        row.coding
          .filter((entry) => entry.clips && entry.status !== "untouched")
          .map((entry) =>
            mxElement("i", {
              class: entry.status,
              style: { width: `${(100 * entry.clips) / row.codable}%` },
            }),
          ),
      ),
      mxElement("small", {}, said),
    );
  }

  function mapsCell(row) {
    if (row.maps === null || row.maps === undefined) {
      return mxElement("td", { class: "mx-faint" }, row.codable ? "counting…" : "–");
    }
    const { ready, clips, noun } = row.maps;
    // Beside a column of clips another number needs a word.
    const said = `${mxFormat.count(ready)} of ${noun === "expression" ? mxFormat.plural(clips, noun) : mxFormat.count(clips)}`;
    if (!clips) {
      return mxElement(
        "td",
        { class: "mx-faint" },
        row.codable ? "no onset and apex yet" : "as released",
      );
    }
    return mxElement(
      "td",
      { class: "mx-home-maps" },
      mxElement(
        "span",
        { class: "mx-bar", role: "img", "aria-label": said },
        mxElement("i", { class: "ready", style: { width: `${(100 * ready) / clips}%` } }),
      ),
      mxElement("small", {}, said),
    );
  }

  function drawBeginning() {
    const steps = model.get("databases").length ? [] : model.get("beginning");
    beginning.hidden = !steps.length;
    databases.hidden = steps.length > 0;
    runs.hidden = steps.length > 0 && !model.get("runs").length;
    mxFill(
      beginning,
      mxElement("h2", {}, "This workspace is still empty"),
      mxElement(
        "p",
        { class: "mx-dim" },
        "Type one of these in a terminal; the page shows by itself what it brought.",
      ),
      steps.map(mxStepCard),
    );
  }

  function drawDatabases() {
    drawBeginning();
    drawTable(
      databases,
      "Databases",
      [
        "name",
        ["clips", "num"],
        ["subjects", "num"],
        `coded by ${model.get("coder")}`,
        "flow maps",
        ["", "acts"],
      ],
      model.get("databases"),
      databaseRow,
      "No database yet.",
    );
  }

  function databaseRow(row) {
    return mxElement(
      "tr",
      { "data-testid": `database-${row.name}` },
      mxElement(
        "th",
        { scope: "row" },
        mxElement("b", {}, row.title),
        row.synthetic
          ? mxElement(
              "span",
              { class: "mx-tag quiet", title: "computed, no real person" },
              "synthetic",
            )
          : null,
        mxElement(
          "small",
          {},
          [row.name, row.layout === row.name ? "" : row.layout, row.fps ? `${row.fps} fps` : ""]
            .filter(Boolean)
            .join(" · "),
        ),
      ),
      mxElement("td", { class: "num" }, mxFormat.count(row.clips)),
      mxElement("td", { class: "num" }, mxFormat.count(row.subjects)),
      codingCell(row),
      mapsCell(row),
      mxElement(
        "td",
        { class: "acts" },
        row.links.map((link) => linkTo(link, `${link.title} ${row.title}`)),
      ),
    );
  }

  function linkTo(link, label) {
    return mxElement("a", { class: "mx-link", href: link.url, "aria-label": label }, link.title);
  }

  function statusCell(row) {
    if (row.status !== "running" && row.status !== "queued") {
      return mxElement(
        "td",
        { class: "mx-home-status" },
        mxElement("i", { class: `mx-home-state ${row.tone || "none"}` }),
        row.status,
      );
    }
    const share = row.share;
    return mxElement(
      "td",
      { class: "mx-home-status live" },
      mxElement(
        "span",
        {
          class: "mx-bar",
          role: "progressbar",
          "aria-valuenow": share === null ? null : Math.round(100 * share),
          "aria-valuemin": 0,
          "aria-valuemax": 100,
          "aria-label": `progress of ${row.title}`,
        },
        mxElement("i", { class: "live", style: { width: `${100 * (share ?? 0)}%` } }),
      ),
      mxElement(
        "small",
        {},
        share === null ? row.doing : `${Math.floor(100 * share)} % · ${row.doing}`,
      ),
    );
  }

  function drawRuns() {
    drawBeginning();
    drawTable(
      runs,
      "Runs",
      [
        "name",
        "status",
        ["accuracy", "num"],
        ["UF1", "num"],
        ["UAR", "num"],
        ["started", "num"],
        ["", "acts"],
      ],
      model.get("runs"),
      runRow,
      "No training yet.",
    );
  }

  function runRow(row) {
    return mxElement(
      "tr",
      { "data-testid": `run-${row.id}`, "data-status": row.status },
      mxElement(
        "th",
        { scope: "row" },
        mxElement("b", {}, row.title),
        row.synthetic ? mxElement("span", { class: "mx-tag quiet" }, "synthetic") : null,
        mxElement("small", {}, row.reason || row.detail),
      ),
      statusCell(row),
      row.figures.map((figure) =>
        mxElement(
          "td",
          { class: `num ${Number.isFinite(figure) ? "" : "mx-faint"}` },
          mxFormat.score(figure),
        ),
      ),
      mxElement("td", { class: "num mx-dim" }, row.created || "–"),
      mxElement(
        "td",
        { class: "acts" },
        row.link ? linkTo(row.link, `${row.link.title} of ${row.title}`) : null,
      ),
    );
  }

  function drawFault() {
    const text = model.get("fault");
    fault.hidden = !text;
    mxFill(fault, mxElement("b", {}, "!"), text);
  }

  // A redraw takes the focus from a link that is being tabbed to: give it back by its address.
  function keepingFocus(draw) {
    const href =
      el.contains(document.activeElement) && document.activeElement?.getAttribute("href");
    draw();
    if (href) [...el.querySelectorAll("a")].find((a) => a.getAttribute("href") === href)?.focus();
  }

  /** @type {[string, () => void][]} */
  const handlers = [
    ["change:databases", () => keepingFocus(drawDatabases)],
    ["change:beginning", drawBeginning],
    ["change:coder", () => keepingFocus(drawDatabases)],
    ["change:runs", () => keepingFocus(drawRuns)],
    ["change:fault", drawFault],
  ];
  for (const [name, handler] of handlers) model.on(name, handler);
  drawDatabases();
  drawRuns();
  drawFault();
  return () => {
    for (const [name, handler] of handlers) model.off(name, handler);
  };
}
export default { render };
