// Which side columns are folded, at which width, and after which presses.
import assert from "node:assert/strict";
import { test } from "node:test";

import { mxFolded, mxFoldTurned, mxWidthClass } from "../../mexlab/widgets/shell/columns.mjs";

const COLUMNS = [
  { side: "left", folds: ["middle", "narrow"] },
  { side: "right", folds: [] },
];

test("a window of 1440 px stays wide, and is narrow where it is magnified twice", () => {
  assert.deepEqual([1440, 1280, 1024, 720].map(mxWidthClass), ["wide", "wide", "middle", "narrow"]);
});

test("a column starts as its page wants it, until the user chooses", () => {
  assert.deepEqual(mxFolded(COLUMNS, "wide"), []);
  assert.deepEqual(mxFolded(COLUMNS, "middle"), ["left"]);
  assert.deepEqual(mxFolded(COLUMNS, "middle", { left: false, right: true }), ["right"]);
});

test("on a narrow page the one that is opened takes the other's room", () => {
  const open = mxFoldTurned(COLUMNS, "narrow", {}, "left");
  assert.deepEqual(mxFolded(COLUMNS, "narrow", open), ["right"]);
  assert.deepEqual(mxFolded(COLUMNS, "narrow", mxFoldTurned(COLUMNS, "narrow", open, "left")), [
    "left",
    "right",
  ]);
});

test("where there is room both stand open", () => {
  const open = mxFoldTurned(COLUMNS, "middle", {}, "left");
  assert.deepEqual(mxFolded(COLUMNS, "middle", open), []);
});
