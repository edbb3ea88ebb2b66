import assert from "node:assert/strict";
import test from "node:test";

import { mxKeyCaps, mxKeyName, mxPageTakesKey } from "../../mexlab/widgets/keys/key_names.mjs";
import { mxAmplifyChange, mxSignedDifference } from "../../mexlab/widgets/player/picture_modes.mjs";
import {
  mxDropText,
  mxNextSpeed,
  MxPlayClock,
  mxSpeedText,
} from "../../mexlab/widgets/player/play_clock.mjs";
import { mxCurvePath, MxTimelineScale } from "../../mexlab/widgets/timeline/timeline_scale.mjs";

const press = (key, modifiers = {}) => mxKeyName({ key, ...modifiers });

test("keys have one name each, on every keyboard", () => {
  assert.equal(press(" "), "Space");
  assert.equal(press("O"), "o"); // caps lock
  assert.equal(press("O", { shiftKey: true }), "Shift+o");
  assert.equal(press("?", { shiftKey: true }), "?");
  assert.equal(press("ArrowLeft", { shiftKey: true }), "Shift+ArrowLeft");
  assert.equal(press("z", { ctrlKey: true }), "Ctrl+z");
  assert.equal(press("Z", { metaKey: true, shiftKey: true }), "Ctrl+Shift+z");
});

test("caps are drawn as they stand on a keyboard", () => {
  assert.deepEqual(mxKeyCaps("Ctrl+Shift+z"), ["Ctrl", "⇧", "Z"]);
  assert.deepEqual(mxKeyCaps("+"), ["+"]);
  assert.deepEqual(mxKeyCaps("ArrowLeft"), ["←"]);
});

test("letters typed into a text field are not commands; buttons keep Space and Enter", () => {
  assert.equal(mxPageTakesKey("text", "o"), false);
  assert.equal(mxPageTakesKey("text", "Ctrl+z"), false);
  assert.equal(mxPageTakesKey("text", "Ctrl+s"), true);
  assert.equal(mxPageTakesKey("text", "Escape"), true);
  assert.equal(mxPageTakesKey("button", "Space"), false);
  assert.equal(mxPageTakesKey("button", "ArrowRight"), true);
  assert.equal(mxPageTakesKey("slider", "ArrowRight"), false);
  assert.equal(mxPageTakesKey("slider", "Delete"), true);
  assert.equal(mxPageTakesKey("page", "o"), true);
});

test("play position follows time: 200 fps at 1/8 is 25 frames a second", () => {
  const clock = new MxPlayClock();
  clock.start(10, 0, { from: 0, to: 99, fps: 200, speed: 1 / 8, loop: false });
  assert.equal(clock.at(39).index, 10);
  assert.equal(clock.at(40).index, 11);
  assert.equal(clock.at(1000).index, 35);
  assert.deepEqual(clock.at(60000), { index: 99, ended: true });
});

test("a loop goes round, and starts in range", () => {
  const clock = new MxPlayClock();
  clock.start(99, 0, { from: 8, to: 11, fps: 100, speed: 1, loop: true });
  assert.deepEqual(
    [0, 10, 20, 30, 40, 50].map((t) => clock.at(t).index),
    [8, 9, 10, 11, 8, 9],
  );
});

test("a frame that comes late holds the clock instead of being skipped", () => {
  const clock = new MxPlayClock();
  clock.start(0, 0, { from: 0, to: 99, fps: 100, speed: 1, loop: false });
  assert.equal(clock.at(30).index, 3);
  clock.wait(530);
  assert.equal(clock.at(530).index, 3);
  assert.equal(clock.at(540).index, 4);
  assert.equal(clock.waited, 500);
});

test("dropped frames are admitted, and only where there are any", () => {
  assert.equal(mxDropText(200, 1 / 8), "");
  assert.equal(
    mxDropText(200, 1, 60),
    "shows about 1 frame in 3.3: 200 a second on a 60 Hz screen",
  );
});

test("speeds go from 1/32 to 2", () => {
  assert.equal(mxSpeedText(1 / 32), "1/32×");
  assert.equal(mxSpeedText(mxNextSpeed(1, 1)), "2×");
  assert.equal(mxNextSpeed(2, 1), 2);
  assert.equal(mxNextSpeed(1 / 32, -1), 1 / 32);
});

test("pixels and native numbers are inverse to each other", () => {
  const numbers = Array.from({ length: 66 }, (_, i) => 46 + i);
  const scale = new MxTimelineScale(numbers, 20, 820);
  for (const n of numbers) assert.equal(scale.number(scale.x(n)), n);
  assert.equal(scale.number(-100), 46);
  assert.equal(scale.number(9999), 111);
  assert.equal(scale.x(46), 20);
  assert.equal(scale.x(111), 820);
});

test("a gap in the numbers is as wide as it lasted, and holds no frame", () => {
  const scale = new MxTimelineScale([10, 11, 20], 0, 100);
  assert.equal(scale.x(20) - scale.x(11), 90);
  assert.equal(scale.number(50), 11);
  assert.equal(scale.number(60), 20);
});

test("ticks are round numbers within the clip", () => {
  const numbers = Array.from({ length: 66 }, (_, i) => 46 + i);
  assert.deepEqual(new MxTimelineScale(numbers, 20, 620).ticks(), [50, 60, 70, 80, 90, 100, 110]);
});

test("a curve breaks where a value is missing", () => {
  const scale = new MxTimelineScale([0, 1, 2, 3], 0, 30);
  assert.equal(
    mxCurvePath(scale, [0, 1, 2, 3], [0, null, 1, 2], 0, 10, 2),
    "M0.0,10.0M20.0,5.0L30.0,0.0",
  );
});

test("difference is neutral where nothing changed, orange brighter, blue darker", () => {
  const onset = new Uint8ClampedArray([100, 100, 100, 255, 100, 100, 100, 255, 100, 100, 100, 255]);
  const current = new Uint8ClampedArray([100, 100, 100, 255, 130, 130, 130, 255, 70, 70, 70, 255]);
  const out = mxSignedDifference(current, onset, 5, new Uint8ClampedArray(12));
  assert.deepEqual([...out.slice(0, 3)], [46, 49, 56]);
  assert.ok(out[4] > out[6], "brighter leans to red");
  assert.ok(out[10] > out[8], "darker leans to blue");
});

test("amplified change is the change times the gain, and nothing where there is none", () => {
  const size = 12;
  const onset = new Uint8ClampedArray(size * size * 4).fill(100);
  const current = new Uint8ClampedArray(size * size * 4).fill(105);
  const out = mxAmplifyChange(
    current,
    onset,
    size,
    size,
    8,
    new Uint8ClampedArray(size * size * 4),
  );
  assert.equal(out[0], 140);
  assert.equal(out[3], 255);
  const still = mxAmplifyChange(
    onset,
    onset,
    size,
    size,
    8,
    new Uint8ClampedArray(size * size * 4),
  );
  assert.equal(still[4 * 60 + 1], 100);
});
