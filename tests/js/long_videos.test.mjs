import assert from "node:assert/strict";
import test from "node:test";

import { mxClockText, mxMsText } from "../../mexlab/widgets/kit/clip_numbers.mjs";
import {
  mxParsePlace,
  mxParseTime,
  mxSecondsOn,
} from "../../mexlab/widgets/player/go_to_field.mjs";
import {
  mxGaps,
  mxIsFree,
  mxLabelWidth,
  mxPlaceLabels,
} from "../../mexlab/widgets/timeline/timeline_labels.mjs";
import { mxCurvePath, MxTimelineScale } from "../../mexlab/widgets/timeline/timeline_scale.mjs";

const from = (first, count) => Array.from({ length: count }, (_, i) => first + i);

test("a short time is told in ms, a long one in minutes and seconds", () => {
  assert.equal(mxMsText(180), "180 ms");
  assert.equal(mxMsText(9999), "9999 ms");
  assert.equal(mxMsText(10000), "0:10");
  assert.equal(mxMsText(90395), "1:30.395");
  assert.equal(mxMsText(-90395), "−1:30.395");
  assert.equal(mxClockText(3723004), "1:02:03.004");
  assert.equal(mxClockText(59999.6), "1:00");
});

test("times are read as they are told, and as one writes them", () => {
  for (const [text, ms] of [
    ["1:30.250", 90250],
    ["1:30,25", 90250],
    ["0:05", 5000],
    ["1:02:03.5", 3723500],
    ["90.25", 90250],
    ["90 s", 90000],
    ["1500 ms", 1500],
    [" 1.5s ", 1500],
    ["2 min", 120000],
  ])
    assert.equal(mxParseTime(text), ms, text);
  for (const text of ["", "soon", "1:75", "1:2:3:4", "-5", "1:60:00"])
    assert.equal(mxParseTime(text), null, text);
});

test("a whole number is a frame by the database's numbers, anything else a time after the clip's start", () => {
  const numbers = from(1, 18200);
  assert.deepEqual(mxParsePlace("18000", numbers, 200), { number: 18000, text: "" });
  assert.deepEqual(mxParsePlace("1:30.250", numbers, 200), { number: 18051, text: "" });
  assert.deepEqual(mxParsePlace("0:00", numbers, 200), { number: 1, text: "" });
  assert.equal(
    mxParsePlace("18201", numbers, 200).problem,
    "frame 18201 is not in this clip: 1 to 18200",
  );
  assert.equal(mxParsePlace("1:31", numbers, 200).problem, "the clip ends at 1:30.995");
  assert.match(mxParsePlace("soon", numbers, 200).problem, /a frame \(18000\) or a time/);
  assert.match(mxParsePlace("0:01", numbers, null).problem, /frame rate of this clip is not known/);
  assert.equal(mxParsePlace("18000", numbers, null).number, 18000);
});

test("a frame that is missing leads to the nearest, and that is said", () => {
  const numbers = [...from(46, 10), ...from(70, 10)];
  assert.deepEqual(mxParsePlace("60", numbers, 100), {
    number: 55,
    text: "there is no frame 60: this is 55",
  });
  assert.deepEqual(mxParsePlace("140 ms", numbers, 100), {
    number: 55,
    text: "there is no frame at 140 ms: this is 55",
  });
  assert.deepEqual(mxParsePlace("94 ms", numbers, 100), { number: 55, text: "" });
});

test("full-width digits and signs are read as plain ones", () => {
  const numbers = from(1, 18200);
  assert.equal(mxParsePlace("１８０００", numbers, 200).number, 18000);
  assert.equal(mxParsePlace("１：３０．２５０", numbers, 200).number, 18051);
  assert.equal(mxParseTime("９０　ｓ"), 90000);
});

test("a second is a second by the numbers, across holes too, and moves by a frame at least", () => {
  const numbers = [...from(0, 100), ...from(150, 400)];
  assert.equal(numbers[mxSecondsOn(numbers, 0, 1, 50)], 50);
  assert.equal(
    numbers[mxSecondsOn(numbers, 90, 1, 50)],
    150,
    "140 is missing: 150 is nearer than 99",
  );
  assert.equal(numbers[mxSecondsOn(numbers, 99, 1, 20)], 150, "the nearest would be where one is");
  assert.equal(numbers[mxSecondsOn(numbers, 150, -1, 20)], 99);
  assert.equal(numbers[mxSecondsOn(numbers, 549, 1, 50)], 549);
  assert.equal(numbers[mxSecondsOn(numbers, 10, -10, 50)], 0);
});

test("holes in the numbers are what exceeds the usual step", () => {
  assert.deepEqual(mxGaps(from(1, 50)), []);
  assert.deepEqual(mxGaps([2, 4, 6, 8, 12, 14]), [{ after: 8, before: 12 }]);
  assert.deepEqual(mxGaps([1]), []);
  assert.deepEqual(mxGaps([1, 2, 3, 7, 8, 20]), [
    { after: 3, before: 7 },
    { after: 8, before: 20 },
  ]);
});

test("no curve is drawn across a hole", () => {
  const numbers = [...from(0, 5), ...from(50, 5)];
  const scale = new MxTimelineScale(numbers, 0, 540);
  const path = (gaps) =>
    mxCurvePath(
      scale,
      numbers,
      numbers.map(() => 0.5),
      0,
      10,
      1,
      gaps,
    );
  assert.equal(path([]).match(/M/g).length, 1);
  assert.equal(path(mxGaps(numbers)).match(/M/g).length, 2);
});

test("names stand beside what they name, and never on each other or on what is taken", () => {
  const labels = [100, 101, 102, 103, 300].map((x) => ({ x, width: 70 }));
  const lanes = [[[97, 103]], [[97, 103]]];
  const placed = mxPlaceLabels(labels, { lanes, left: 0, right: 320 });
  assert.deepEqual(placed[0], { lane: 0, x: 103 });
  assert.equal(placed[4].x + 70 <= 320, true, "at the edge it goes to the left");
  for (const [i, one] of placed.entries()) {
    for (const other of placed.slice(i + 1)) {
      if (!one || !other || one.lane !== other.lane) continue;
      assert.ok(mxIsFree([[one.x, one.x + 70]], other.x, other.x + 70));
    }
  }
  assert.ok(placed.filter(Boolean).length >= 4);
});

test("where there is no room a name is left out rather than written over another", () => {
  const labels = Array.from({ length: 12 }, () => ({ x: 50, width: 60 }));
  const placed = mxPlaceLabels(labels, { lanes: [[]], left: 0, right: 200 });
  assert.equal(placed.filter(Boolean).length, 2);
  assert.ok(mxLabelWidth("offset 18000") < 90);
});
