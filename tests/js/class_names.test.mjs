// Names of classes above the narrow columns of a matrix.
import assert from "node:assert/strict";
import test from "node:test";

import { mxClassNames, mxColumnNames } from "../../mexlab/widgets/results/class_names.mjs";

const SEVEN = ["anger", "contempt", "contentment", "disgust", "fear", "happiness", "sadness"];

test("names stand whole where there is room", () => {
  assert.deepEqual(mxClassNames(["negative", "positive", "surprise"], 9), [
    "negative",
    "positive",
    "surprise",
  ]);
  assert.deepEqual(mxColumnNames(SEVEN, 80).names, SEVEN);
});

test("where there is none they are as short as tells them apart", () => {
  assert.deepEqual(mxClassNames(["negative", "positive", "surprise"], 4), ["neg", "pos", "sur"]);
  assert.deepEqual(mxClassNames(["disgust", "happiness", "fear"], 4), ["disg", "happ", "fear"]);
  assert.deepEqual(mxClassNames(["contempt", "contentment", "negative", "negligence"], 4), [
    "contem",
    "conten",
    "nega",
    "negl",
  ]);
  assert.deepEqual(mxClassNames(["happy", "happy-ish", "I", "II", "III"], 4), [
    "happy",
    "happy-",
    "I",
    "II",
    "III",
  ]);
  for (const letters of [1, 2, 3, 4, 5, 6, 7]) {
    const short = mxClassNames(SEVEN, letters);
    assert.equal(new Set(short).size, SEVEN.length, short.join());
  }
});

test("names stand upright and whole where even the shortest have no room", () => {
  assert.deepEqual(mxColumnNames(SEVEN, 34), { names: SEVEN, upright: true });
  assert.equal(mxColumnNames(["disgust", "happiness", "fear"], 34).upright, false);
});
