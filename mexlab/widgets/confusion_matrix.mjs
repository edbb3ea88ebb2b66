// Confusion matrices. The whole matrix is one tab stop; arrow keys move inside it, Enter chooses.

// Below so many pixels a cell has no room for the point and the nought of 100.0.
const NARROW_PX = 46;

// What confusion_matrix.css leaves of a side on a narrow page, and run_header.css of a small one.
const LEAST_SHARE = { large: 0.78, small: 0.8 };

function cellSide(size, classes) {
  const room = size === "large" ? 300 : 186;
  const most = size === "large" ? 96 : 60;
  return Math.max(size === "large" ? 44 : 34, Math.min(most, Math.floor(room / classes)));
}

function leastSide(side, size) {
  return Math.max(34, side * LEAST_SHARE[size]);
}

// Beside the rows there is room for most names as they are.
function stubWidth(names) {
  return Math.min(96, Math.max(34, ...names.map((name) => Math.ceil(name.length * MX_LETTER_PX) + 8)));
}

function writePercent(percent, side) {
  const text = percent.toFixed(1);
  return text === "100.0" && side < NARROW_PX ? "100" : text;
}

function percentOf(count, total) {
  return total ? (100 * count) / total : 0;
}

// Black or white, whichever reads better on a cell's ground (WCAG): one of the two has 4.5:1 on any.
// Its mixture is that of confusion_matrix.css.
function reads(hit, percent) {
  const share = 0.08 + 0.84 * percent / 100;
  const [top, below] = [hit ? "focus" : "neg", "bg"].map((name) => {
    const [, r, g, b] = mxTheme.colour(name).match(/^#(..)(..)(..)/);
    return [r, g, b].map((part) => parseInt(part, 16) / 255);
  });
  const linear = top.map((value, i) => {
    const mixed = value * share + below[i] * (1 - share);
    return mixed <= 0.04045 ? mixed / 12.92 : ((mixed + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return (light + 0.05) ** 2 > 1.05 * 0.05 ? "black" : "white";
}

function sameCell(a, b) {
  return !!a && !!b && a.matrix === b.matrix && a.row === b.row && a.column === b.column;
}

function render({ model, el }) {
  el.classList.add("mx", "mx-confusion");
  const roving = {};

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
    const written = total ? percent.toFixed(1) : "–";
    const byCounts = model.get("mode") === "counts";
    const truth = matrix.classes[row];
    const called = matrix.classes[column];
    const cell = { matrix: matrix.name, row, column };
    const words = row === column
      ? `${truth} called ${called}, right`
      : `${truth} called ${called}`;
    const button = mxElement("button", {
      type: "button",
      role: "gridcell",
      class: "mx-cell " + (row === column ? "mx-hit" : "mx-miss"),
      style: `--share:${(percent / 100).toFixed(3)}`,
      "data-testid": `cell-${matrix.name}-${truth}-${called}`,
      "data-count": String(count),
      "data-cell": `${matrix.name}:${row}:${column}`,
      "aria-label": `${words}: ${count} of ${total} clips, ${written} %`,
      title: `${words}: ${count} of ${total} clips`,
    });
    button.classList.add(`mx-${reads(row === column, percent)}`);
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
    el.querySelector(`[data-cell="${CSS.escape(matrix.name)}:${next.row}:${next.column}"]`)?.focus();
  }

  function drawMatrix(matrix, position) {
    const size = model.get("size");
    const n = matrix.classes.length;
    const side = cellSide(size, n);
    const least = leastSide(side, size);
    const tops = mxColumnNames(matrix.classes, least);
    const stub = stubWidth(matrix.classes);
    const label = (name, how, written) => mxElement("span", {
      class: `mx-axis ${how}`, title: name,
    }, written);
    const grid = mxElement("div", {
      class: "mx-grid",
      role: "grid",
      "aria-label": `confusion matrix, ${matrix.title}`,
      style: `--full:${side}px;--n:${n}`,
    });
    grid.append(
      mxElement("span", { class: "mx-corner" }, "coded"),
      ...matrix.classes.map((name, i) => label(name, tops.upright ? "mx-top mx-upright" : "mx-top", tops.names[i])),
    );
    matrix.counts.forEach((row, index) => {
      grid.append(label(matrix.classes[index], "mx-side", matrix.classes[index]));
      row.forEach((_, column) => grid.append(drawCell(matrix, index, column, least)));
    });
    grid.addEventListener("keydown", (event) => move(matrix, event));
    const figures = mxElement("div", { class: "mx-figures" });
    for (const [name, value, interval] of matrix.figures || []) {
      figures.append(mxElement("span", { title: interval ? `95 % interval over subjects: ${interval}` : null },
        name, mxElement("b", { "data-testid": `figure-${matrix.name}-${name}` }, value),
        interval ? mxElement("small", { "data-testid": `interval-${matrix.name}-${name}` }, interval) : ""));
    }
    return mxElement("section", {
      class: `mx-matrix ${matrix.fixed ? "mx-fixed" : ""}`, style: `--stub:${stub}px`, "data-testid": `matrix-${matrix.name}`,
      "data-total": String(matrix.counts.flat().reduce((a, b) => a + b, 0)),
    },
    mxElement("header", {},
      mxElement("b", {}, matrix.title),
      mxElement("span", { class: "mx-called" }, "called →"),
      mxElement("span", {}, matrix.detail || "")),
    grid, figures,
    model.get("controls") && position === 0 ? drawSwitch() : "");
  }

  function drawSwitch() {
    const seg = mxElement("div", { class: "mx-seg", role: "group", "aria-label": "figures shown" });
    for (const mode of ["percent", "counts"]) {
      const button = mxElement("button", {
        type: "button",
        "aria-pressed": String(model.get("mode") === mode), "data-testid": `mode-${mode}`,
      }, mode);
      button.addEventListener("click", () => setMode(mode));
      seg.append(button);
    }
    return seg;
  }

  function draw() {
    const focused = el.contains(document.activeElement) ? document.activeElement.dataset.cell : null;
    const matrices = model.get("matrices");
    const body = mxElement("div", { class: `mx-matrices mx-${model.get("size")}` });
    if (!matrices.length && model.get("empty")) {
      body.append(mxElement("p", { class: "mx-quiet" }, model.get("empty")));
    }
    // What stands beside a matrix stays beside it, also where the row breaks.
    let pair = null;
    matrices.forEach((matrix, position) => {
      const drawn = drawMatrix(matrix, position);
      if (matrix.fixed && pair) pair.append(drawn);
      else body.append(pair = mxElement("div", { class: "mx-pair" }, drawn));
    });
    el.replaceChildren(body);
    mark();
    if (focused) el.querySelector(`[data-cell="${CSS.escape(focused)}"]`)?.focus();
  }

  function mark() {
    const selected = model.get("selected");
    el.classList.toggle("mx-choosable", model.get("choosable"));
    for (const button of el.querySelectorAll(".mx-cell")) {
      const [matrix, row, column] = button.dataset.cell.split(":");
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
    address.searchParams.set("cell", [cell.matrix, matrix.classes[cell.row], matrix.classes[cell.column]].join(":"));
    window.history.replaceState(window.history.state, "", address);
  }

  function key(event) {
    if (event.key.toLowerCase() !== "p" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!model.get("controls") || mxTyping(event)) return;
    setMode(model.get("mode") === "percent" ? "counts" : "percent");
  }

  draw();
  model.on("change:matrices change:mode change:size change:empty change:controls", draw);
  model.on("change:selected", remember);
  model.on("change:choosable", mark);
  document.addEventListener("keydown", key);
  const deaf = mxListen("theme", draw);
  return () => {
    document.removeEventListener("keydown", key);
    deaf();
    model.off("change:matrices change:mode change:size change:empty change:controls", draw);
    model.off("change:selected", remember);
    model.off("change:choosable", mark);
  };
}

export default { render };
