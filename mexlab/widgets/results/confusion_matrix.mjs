// Confusion matrices. The whole matrix is one tab stop; arrow keys move inside it, Enter chooses.

import { mxListen } from "../kit/bus.mjs";
import { mxElement, mxTyping } from "../kit/dom.mjs";
import { mxTheme } from "../kit/theme_choice.mjs";
import { mxFormat } from "../kit/words.mjs";
import { MX_LETTER_PX, mxColumnNames } from "./class_names.mjs";
import { MX_MATRIX, mxFitMatrices } from "./matrix_fit.mjs";
import { mxCellInk, mxStrength } from "./matrix_shades.mjs";

// Below so many pixels a cell has no room for the point and the nought of 100.0.
const NARROW_PX = 46;

// From here on the four figures have room in one line.
const FIGURES_PX = 340;

// What confusion_matrix.css leaves of a side on a narrow page, where the matrix is not one of several.
const LEAST_SHARE = 0.78;

function cellSide(size, classes) {
  const room = size === "large" ? 300 : 186;
  const most = size === "large" ? 96 : 60;
  return Math.max(size === "large" ? 44 : 34, Math.min(most, Math.floor(room / classes)));
}

// Those of a run stand on one grid, whose cells matrix_fit.mjs gives their size.
function gridOf(el) {
  return el.closest(".mx-results-top");
}

// Beside the rows there is room for most names as they are.
function stubWidth(names) {
  return Math.min(
    96,
    Math.max(34, ...names.map((name) => Math.ceil(name.length * MX_LETTER_PX) + 8)),
  );
}

function writePercent(percent, side) {
  const text = percent.toFixed(1);
  return text === "100.0" && side < NARROW_PX ? "100" : text;
}

function percentOf(count, total) {
  return total ? (100 * count) / total : 0;
}

function sameCell(a, b) {
  return !!a && !!b && a.matrix === b.matrix && a.row === b.row && a.column === b.column;
}

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-confusion");
  const roving = {};
  /** @type {number | null} */
  let drawn = null;
  /** @type {any} the page's grid of matrices, which carries their plan; null outside of one */
  let top = null;
  let enlarged = null;

  function choose(cell) {
    if (!model.get("choosable")) return;
    model.set("selected", cell);
    model.save_changes();
  }

  function setMode(mode) {
    model.set("mode", mode);
    model.save_changes();
  }

  function drawCell(matrix, row, column, side) {
    const count = matrix.counts[row][column];
    const total = matrix.counts[row].reduce((sum, value) => sum + value, 0);
    const percent = percentOf(count, total);
    const counted = mxFormat.plural(total, matrix.noun || "clip");
    const written = total ? percent.toFixed(1) : "–";
    const byCounts = model.get("mode") === "counts";
    const truth = matrix.classes[row];
    const called = matrix.classes[column];
    const cell = { matrix: matrix.name, row, column };
    const words =
      row === column ? `${truth} predicted ${called}, correct` : `${truth} predicted ${called}`;
    const button = mxElement("button", {
      type: "button",
      role: "gridcell",
      class: "mx-cell " + (row === column ? "mx-hit" : "mx-miss"),
      style: `--strength:${mxStrength(percent / 100).toFixed(3)}`,
      "data-testid": `cell-${matrix.name}-${truth}-${called}`,
      "data-count": String(count),
      "data-cell": `${matrix.name}:${row}:${column}`,
      "aria-label": `${words}: ${count} of ${counted}, ${written} %`,
      title: `${words}: ${count} of ${counted}`,
    });
    button.classList.add(
      `mx-${mxCellInk(percent / 100, mxTheme.colour(row === column ? "focus" : "neg"), mxTheme.colour("bg"))}`,
    );
    button.append(
      mxElement("b", {}, byCounts ? String(count) : total ? writePercent(percent, side) : written),
      mxElement("small", {}, byCounts ? (total ? `${written} %` : "–") : String(count)),
    );
    const here = roving[matrix.name] || { row: 0, column: 0 };
    button.tabIndex = here.row === row && here.column === column ? 0 : -1;
    button.addEventListener("click", () => {
      roving[matrix.name] = { row, column };
      refreshTabStops(matrix.name);
      if (!matrix.fixed) choose(cell);
    });
    return button;
  }

  function refreshTabStops(name) {
    const here = roving[name];
    for (const button of el.querySelectorAll(`[data-cell^="${CSS.escape(name)}:"]`)) {
      button.tabIndex = button.dataset.cell === `${name}:${here.row}:${here.column}` ? 0 : -1;
    }
  }

  function move(matrix, event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const last = matrix.classes.length - 1;
    const here = roving[matrix.name] || { row: 0, column: 0 };
    roving[matrix.name] = {
      row: Math.min(last, Math.max(0, here.row + step[0])),
      column: Math.min(last, Math.max(0, here.column + step[1])),
    };
    refreshTabStops(matrix.name);
    const next = roving[matrix.name];
    el.querySelector(
      `[data-cell="${CSS.escape(matrix.name)}:${next.row}:${next.column}"]`,
    )?.focus();
  }

  // The side that the grid gives to this widget's cells; null where it is not in one.
  function planned() {
    return top?.mxPlan?.[model.get("size") === "large" ? "full" : "part"] ?? null;
  }

  function drawMatrix(matrix, position) {
    const size = model.get("size");
    const n = matrix.classes.length;
    const large = enlarged === matrix.name;
    const side = large ? cellSide("large", n) : (planned() ?? cellSide(size, n));
    const least = large ? side : (planned() ?? (size === "large" ? side * LEAST_SHARE : side));
    const tops = mxColumnNames(matrix.classes, least);
    const stub = stubWidth(matrix.classes);
    const label = (name, how, written) =>
      mxElement(
        "span",
        {
          class: `mx-axis ${how}`,
          title: name,
        },
        written,
      );
    const grid = mxElement("div", {
      class: "mx-grid",
      role: "grid",
      "aria-label": `confusion matrix, ${matrix.title}`,
      style: `--full:${side}px;--n:${n}`,
    });
    grid.append(
      mxElement("span", { class: "mx-corner" }, "true"),
      ...matrix.classes.map((name, i) =>
        label(name, tops.upright ? "mx-top mx-upright" : "mx-top", tops.names[i]),
      ),
    );
    matrix.counts.forEach((row, index) => {
      grid.append(label(matrix.classes[index], "mx-side", matrix.classes[index]));
      row.forEach((_, column) => grid.append(drawCell(matrix, index, column, least)));
    });
    grid.addEventListener("keydown", (event) => move(matrix, event));
    const wide = stub + n * (side + MX_MATRIX.line) >= FIGURES_PX;
    const figures = mxElement("div", { class: `mx-figures ${wide ? "mx-one-line" : ""}` });
    for (const [name, value, interval] of matrix.figures || []) {
      figures.append(
        mxElement(
          "span",
          { title: interval ? `95 % interval over subjects: ${interval}` : null },
          name,
          mxElement("b", { "data-testid": `figure-${matrix.name}-${name}` }, value),
          interval
            ? mxElement("small", { "data-testid": `interval-${matrix.name}-${name}` }, interval)
            : "",
        ),
      );
    }
    const section = mxElement(
      "section",
      {
        class: `mx-matrix ${matrix.fixed ? "mx-fixed" : ""}`,
        style: `--stub:${stub}px`,
        "data-testid": `matrix-${matrix.name}`,
        "data-total": String(matrix.counts.flat().reduce((a, b) => a + b, 0)),
      },
      mxElement(
        "header",
        {},
        top && size === "small" && !matrix.fixed
          ? drawTitle(matrix)
          : mxElement("b", {}, matrix.title),
        mxElement("span", { class: "mx-called" }, "predicted →"),
        mxElement("span", {}, matrix.detail || ""),
      ),
      grid,
      figures,
      model.get("controls") && position === 0 ? drawSwitch() : "",
    );
    Object.assign(section, { mxShape: { classes: matrix.classes, stub: stub + MX_MATRIX.line } });
    return section;
  }

  // The title of a small one makes it large, in a row of its own, and small again.
  function drawTitle(matrix) {
    const large = enlarged === matrix.name;
    const button = mxElement(
      "button",
      {
        type: "button",
        class: "mx-title",
        "aria-expanded": String(large),
        "data-testid": `enlarge-${matrix.name}`,
        title: large ? "smaller again" : "larger",
      },
      mxElement("b", {}, matrix.title),
    );
    button.addEventListener("click", () => {
      enlarged = large ? null : matrix.name;
      draw();
      const fresh = el.querySelector(`[data-testid="enlarge-${CSS.escape(matrix.name)}"]`);
      fresh?.focus();
      fresh?.closest(".mx-pair")?.scrollIntoView({ block: "nearest" });
    });
    return button;
  }

  function drawSwitch() {
    const seg = mxElement("div", { class: "mx-seg", role: "group", "aria-label": "figures shown" });
    for (const mode of ["percent", "counts"]) {
      const button = mxElement(
        "button",
        {
          type: "button",
          "aria-pressed": String(model.get("mode") === mode),
          "data-testid": `mode-${mode}`,
        },
        mode,
      );
      button.addEventListener("click", () => setMode(mode));
      seg.append(button);
    }
    return seg;
  }

  function draw() {
    paint();
    fit();
  }

  function fit() {
    top ??= gridOf(el);
    if (top) mxFitMatrices(top);
  }

  function resize() {
    if (planned() !== drawn) paint();
  }

  function paint() {
    drawn = planned();
    const focused = el.contains(document.activeElement)
      ? /** @type {HTMLElement} */ (document.activeElement).dataset.cell
      : null;
    const matrices = model.get("matrices");
    const body = mxElement("div", { class: `mx-matrices mx-${model.get("size")}` });
    if (!matrices.length && model.get("empty")) {
      body.append(mxElement("p", { class: "mx-quiet" }, model.get("empty")));
    }
    // What stands beside a matrix stays beside it, also where the row breaks.
    /** @type {HTMLElement | null} */
    let pair = null;
    matrices.forEach((matrix, position) => {
      const section = drawMatrix(matrix, position);
      if (matrix.fixed && pair) pair.append(section);
      else
        body.append(
          (pair = mxElement(
            "div",
            { class: `mx-pair ${matrix.name === enlarged ? "mx-enlarged" : ""}` },
            section,
          )),
        );
    });
    el.replaceChildren(body);
    mark();
    if (focused) el.querySelector(`[data-cell="${CSS.escape(focused)}"]`)?.focus();
  }

  function mark() {
    const selected = model.get("selected");
    el.classList.toggle("mx-choosable", model.get("choosable"));
    for (const button of el.querySelectorAll(".mx-cell")) {
      const [matrix, row, column] = (button.dataset.cell ?? "").split(":");
      const on = sameCell(selected, { matrix, row: Number(row), column: Number(column) });
      button.classList.toggle("on", on);
      button.setAttribute("aria-selected", String(on));
    }
  }

  function remember() {
    mark();
    const cell = model.get("selected");
    if (!model.get("deep_link") || !cell) return;
    const matrix = model.get("matrices").find((one) => one.name === cell.matrix);
    if (!matrix) return;
    const address = new URL(window.location.href);
    address.searchParams.set(
      "cell",
      [cell.matrix, matrix.classes[cell.row], matrix.classes[cell.column]].join(":"),
    );
    window.history.replaceState(window.history.state, "", address);
  }

  function key(event) {
    if (event.key.toLowerCase() !== "p" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!model.get("controls") || mxTyping(event)) return;
    setMode(model.get("mode") === "percent" ? "counts" : "percent");
  }

  draw();
  // The widget is rendered before Jupyter puts it into the page.
  /** @type {ResizeObserver | null} */
  let room = null;
  const placed = new ResizeObserver(() => {
    fit();
    if (!top || room) return;
    top.addEventListener("mx-sides", resize);
    room = new ResizeObserver(fit);
    for (const part of [top.closest(".mx-column"), ...top.closest(".mx-column").children])
      room.observe(part);
    resize();
  });
  placed.observe(el);
  model.on("change:matrices change:mode change:size change:empty change:controls", draw);
  model.on("change:selected", remember);
  model.on("change:choosable", mark);
  document.addEventListener("keydown", key);
  const deaf = mxListen("theme", draw);
  return () => {
    document.removeEventListener("keydown", key);
    deaf();
    placed.disconnect();
    room?.disconnect();
    top?.removeEventListener("mx-sides", resize);
    model.off("change:matrices change:mode change:size change:empty change:controls", draw);
    model.off("change:selected", remember);
    model.off("change:choosable", mark);
  };
}

export default { render };
