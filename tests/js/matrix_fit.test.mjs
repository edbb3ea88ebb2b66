// How several matrices share a window, and what is written on their cells.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { mxMatrixPlan, mxMatrixSize } from "../../mexlab/widgets/results/matrix_fit.mjs";
import { mxCellInk, mxStrength } from "../../mexlab/widgets/results/matrix_shades.mjs";

const THREE = ["negative", "positive", "surprise"];
const FIVE = ["disgust", "happiness", "others", "repression", "surprise"];
// What the centre of the results page leaves at 1440 x 900 and at 1280 x 720, below a heading of two lines.
const LARGE = { width: 835, height: 717 };
const SMALL = { width: 758, height: 537 };

function group(classes, chrome = 90, count = 1) {
  return Array(count).fill({ classes, chrome, stub: classes === FIVE ? 73 : 61, least: 168 });
}

function plan(classes, databases, room, count = 1) {
  return mxMatrixPlan(
    group(classes, 126, count),
    Array(databases).fill(group(classes, 90, count)),
    room,
  );
}

test("up to five databases of three classes are in view", () => {
  for (const [databases, room] of [
    [1, LARGE],
    [2, LARGE],
    [3, LARGE],
    [4, LARGE],
    [5, LARGE],
    [2, SMALL],
    [3, SMALL],
    [5, SMALL],
  ]) {
    const found = plan(THREE, databases, room);
    assert.ok(found.fits, `${databases} databases in ${room.width} px`);
    assert.ok(found.part >= 34 && found.full >= found.part);
    assert.ok(found.first + (found.columns - 1) * (found.column + 26) <= room.width);
  }
  assert.ok(plan(FIVE, 3, LARGE).fits);
});

test("what stands beside them takes its room, too", () => {
  const found = plan(THREE, 3, LARGE, 2);
  assert.ok(found.fits);
  assert.ok(found.column >= 2 * 168);
});

test("more room gives larger cells, never smaller ones", () => {
  let before = 0;
  for (const height of [450, 537, 600, 717, 900, 1200]) {
    const { part, fits } = plan(THREE, 5, { width: 835, height });
    if (!fits) continue;
    assert.ok(part >= before, `${part} after ${before} at ${height}`);
    before = part;
  }
  assert.ok(before >= 48);
});

test("where they cannot be in view the cells are no smaller for it", () => {
  const found = plan(FIVE, 5, SMALL);
  assert.equal(found.fits, false);
  assert.ok(found.part >= 40);
  assert.ok(found.first <= SMALL.width);
  assert.ok(plan(THREE, 3, { width: 300, height: 200 }).columns === 1);
});

test("one matrix alone is as large as there is room for", () => {
  const alone = (room) => mxMatrixPlan(group(THREE, 140), [], room);
  assert.equal(alone(LARGE).full, 96);
  assert.ok(alone({ width: 250, height: 400 }).full < 65);
});

test("names that stand upright take height", () => {
  const long = ["contempt", "contentment", "containment"];
  const [narrow, wide] = [34, 90].map(
    (side) => mxMatrixSize({ classes: long, stub: 80, chrome: 0 }, side).height - 3 * (side + 3),
  );
  assert.ok(narrow > 60 && wide === 17);
});

test("every shade of both themes carries its text", () => {
  const css = readFileSync(new URL("../../mexlab/widgets/kit/theme.css", import.meta.url), "utf8");
  const light = css.slice(css.indexOf('[data-mx-theme="light"]'));
  const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  for (const theme of [css, light]) {
    const colour = (name) => theme.match(new RegExp(`--mx-${name}: (#[0-9a-f]{6})`))[1];
    const parts = (text) =>
      text
        .match(/^#(..)(..)(..)/)
        .slice(1)
        .map((part) => parseInt(part, 16) / 255);
    const ground = parts(colour("bg"));
    for (const hue of ["focus", "neg"]) {
      for (let share = 0; share <= 1; share += 1 / 256) {
        const strength = mxStrength(share);
        const mixed = parts(colour(hue)).map((value, i) =>
          linear(value * strength + ground[i] * (1 - strength)),
        );
        const luminance = 0.2126 * mixed[0] + 0.7152 * mixed[1] + 0.0722 * mixed[2];
        const black = mxCellInk(share, colour(hue), colour("bg")) === "black";
        const ratio = black ? (luminance + 0.05) / 0.05 : 1.05 / (luminance + 0.05);
        assert.ok(ratio >= 4.5, `${hue} at ${share}: ${ratio}`);
      }
    }
  }
});

test("a lone matrix in a low, wide room is as large as its height allows", () => {
  const found = plan(THREE, 0, { width: 835, height: 420 });
  assert.ok(found.fits);
  assert.ok(found.full > 60 && found.full <= 96, `${found.full}`);
});
