// How large several matrices are drawn, on one grid, so that all of them are in view where that can be.

import { MX_LETTER_PX, mxColumnNames } from "./class_names.mjs";

export const MX_MATRIX = {
  gap: 26,
  below: 14,
  inside: 18,
  line: 3,
  names: 17,
  upright: 96,
  figures: 168,
};
// Pixels of a cell's side: per cent and count stand below one another from 34 on, in 11 px and more.
const MX_FULL = { most: 96, least: 44 };
const MX_PART = { most: 60, least: 34 };
// Beyond it a part gains less than Full does.
const MX_EASY = 48;

// Pixels that one matrix takes, `{classes, stub, chrome}`; chrome is what stands above and below its grid.
export function mxMatrixSize(matrix, side) {
  const top = mxColumnNames(matrix.classes, side);
  const tallest = Math.max(
    ...matrix.classes.map((name) => Math.ceil(name.length * MX_LETTER_PX) + 4),
  );
  const names = top.upright ? Math.min(MX_MATRIX.upright, tallest) : MX_MATRIX.names;
  const cells = matrix.classes.length * (side + MX_MATRIX.line);
  return {
    width: Math.max(matrix.stub + cells, matrix.least || 0),
    height: matrix.chrome + names + cells,
  };
}

// A group is one matrix, or one and what it is held against, side by side.
function mxGroupSize(group, side) {
  const sizes = group.map((matrix) => mxMatrixSize(matrix, side));
  return {
    width: sizes.reduce((sum, size) => sum + size.width, MX_MATRIX.inside * (group.length - 1)),
    height: Math.max(...sizes.map((size) => size.height)),
  };
}

// Height of a grid whose first entry takes `span` columns and `rows` rows, and every other one cell.
function gridHeight(full, part, count, columns, span, rows) {
  const beside = Math.max(0, columns - span) * rows;
  const below = Math.ceil(Math.max(0, count - beside) / columns);
  const used =
    columns > span ? Math.min(rows, Math.ceil(Math.min(count, beside) / (columns - span))) : 0;
  const right = used * part + Math.max(0, used - 1) * MX_MATRIX.below;
  return Math.max(full, right) + below * (part + MX_MATRIX.below);
}

function sides({ most, least }) {
  const found = [];
  for (let side = most; side > least; side -= 2) found.push(side);
  return [...found, least];
}

function groupSizes(groups, side) {
  const sizes = groups.map((group) => mxGroupSize(group, side));
  return {
    width: Math.max(...sizes.map((size) => size.width)),
    height: Math.max(...sizes.map((size) => size.height)),
  };
}

// The grids that are worth a look: Full over several columns that are all alike, or in one as wide as
// it needs, beside as many as there is room for.
function gridsOf(full, part, count, room) {
  const gap = MX_MATRIX.gap;
  const span = Math.ceil((full + gap) / (part + gap));
  const found = [];
  for (let more = 0; more <= count; more += 1) {
    found.push(
      { first: part, columns: span + more, span },
      { first: Math.max(full, part), columns: 1 + more, span: 1 },
    );
  }
  return found.filter(
    (one) => one.columns === one.span || one.first + (one.columns - 1) * (part + gap) <= room,
  );
}

function isAbove(score, other) {
  const at = score.findIndex((value, i) => value !== other[i]);
  return at >= 0 && score[at] > other[at];
}

/**
 * @typedef {{full: number, part: number, columns: number, first: number, column: number, span: number,
 *   rows: number, fits: boolean}} MxPlan
 */

/**
 * The layout of Full and its parts in a room: `{full, part, columns, first, column, span,
 * rows, fits}`, in pixels or numbers of columns and rows. Of those layouts that fit the one with the largest cells is
 * taken; where none does, one of easy sizes in as many columns as there is room for.
 * @returns {MxPlan}
 */
export function mxMatrixPlan(full, parts, room) {
  /** @type {{score: number[], plan: MxPlan}[]} the best so far, or none yet */
  const best = [];
  if (!parts.length) {
    const found = sides(MX_FULL).find((side) => {
      const size = mxGroupSize(full, side);
      return size.width <= room.width && size.height <= room.height;
    });
    const side =
      found ??
      sides(MX_FULL).find((one) => mxGroupSize(full, one).width <= room.width) ??
      MX_FULL.least;
    return {
      full: side,
      part: MX_PART.least,
      columns: 1,
      first: mxGroupSize(full, side).width,
      column: 0,
      span: 1,
      rows: 1,
      fits: found !== undefined,
    };
  }
  for (const part of sides(MX_PART)) {
    const { width, height } = groupSizes(parts, part);
    for (const side of sides(MX_FULL)) {
      if (side < part) continue;
      const size = mxGroupSize(full, side);
      for (const { first, columns, span } of gridsOf(size.width, width, parts.length, room.width)) {
        for (let rows = 1; rows <= (columns > span ? parts.length : 1); rows += 1) {
          const total = gridHeight(size.height, height, parts.length, columns, span, rows);
          const all = first + (columns - 1) * (width + MX_MATRIX.gap);
          const fits = all <= room.width && total <= room.height;
          const score = fits
            ? [1, 2 * Math.min(part, MX_EASY) + Math.min(side, 2 * part), -total]
            : [
                Math.min(0, room.width - all),
                -Math.abs(part - 44) - Math.abs(side - 64) / 2,
                -total,
              ];
          if (!best.length || isAbove(score, best[0].score))
            best[0] = {
              score,
              plan: { full: side, part, columns, first, column: width, span, rows, fits },
            };
        }
      }
    }
  }
  return best[0].plan;
}

// Lay out the matrices below `top`, which are of one widget or of two, and tell those that are drawn
// too small or too large, by the event `mx-sides`. Again and again, since what stands below a matrix
// wraps otherwise at another width.
export function mxFitMatrices(top) {
  if (top.mxFitting) return;
  top.mxFitting = true;
  for (let turn = 0; turn < 3; turn += 1) {
    const groups = [...top.querySelectorAll(".mx-pair:not(.mx-enlarged)")];
    const column = top.closest(".mx-column");
    const width = top.clientWidth;
    if (!groups.length || !column || !width) break;
    const height =
      column.clientHeight +
      column.getBoundingClientRect().top -
      MX_MATRIX.below / 2 -
      (top.getBoundingClientRect().top + column.scrollTop);
    const shape = (group) =>
      [...group.querySelectorAll(".mx-matrix")].map((matrix) => ({
        ...matrix.mxShape,
        least: MX_MATRIX.figures,
        chrome: matrix.offsetHeight - matrix.querySelector(".mx-grid").offsetHeight,
      }));
    const [full, ...parts] = groups.map(shape);
    const plan = mxMatrixPlan(full, parts, { width, height });
    const same = JSON.stringify(plan) === JSON.stringify(top.mxPlan);
    top.mxPlan = plan;
    top.classList.add("mx-fitted");
    top.style.setProperty(
      "grid-template-columns",
      [plan.first, ...Array(plan.columns - 1).fill(plan.column)].map((one) => `${one}px`).join(" "),
    );
    for (const name of ["span", "rows"]) top.style.setProperty(`--${name}`, plan[name]);
    top.dispatchEvent(new CustomEvent("mx-sides"));
    if (same) break;
  }
  top.mxFitting = false;
}
