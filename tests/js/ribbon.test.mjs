import assert from "node:assert/strict";
import test from "node:test";

import { mxCurveSeries, mxCurveSince } from "../../mexlab/widgets/timeline/curve_layer.mjs";
import {
  mxCurvePath,
  MxTimelineScale,
  mxTimelineWindow,
} from "../../mexlab/widgets/timeline/timeline_scale.mjs";

const range = (n) => Array.from({ length: n }, (_, i) => i);

test("60,000 samples become the least and the largest of each column of pixels", () => {
  const numbers = range(60000);
  const values = numbers.map((n) => (n === 31234 ? 9 : n % 2));
  const path = mxCurvePath(new MxTimelineScale(numbers, 0, 500), numbers, values, 0, 90, 9);
  const points = path
    .split(/[ML]/)
    .slice(1)
    .map((point) => point.split(",").map(Number));
  assert.ok(points.length <= 2 * 501);
  // A peak of one frame is not lost.
  assert.ok(points.some(([x, y]) => y === 0 && Math.abs(x - (31234 / 59999) * 500) < 1));
  assert.ok(points.every(([x], i) => i === 0 || x >= points[i - 1][0]));
});

test("few samples are drawn one by one", () => {
  const scale = new MxTimelineScale(range(5), 0, 100);
  assert.equal(
    mxCurvePath(scale, range(5), [0, 1, 2, 1, 0], 0, 10, 2),
    "M0.0,10.0L25.0,5.0L50.0,0.0L75.0,5.0L100.0,10.0",
  );
});

test("a closer look stays within the clip and holds what it is about", () => {
  const numbers = range(6000).map((n) => n + 101);
  assert.equal(mxTimelineWindow(numbers, 1, 3000), null);
  assert.deepEqual(mxTimelineWindow(numbers, 0.1, 3000), { from: 2700, to: 3300 });
  assert.deepEqual(mxTimelineWindow(numbers, 0.1, 101), { from: 101, to: 701 });
  assert.deepEqual(mxTimelineWindow(numbers, 1e-4, 6100), { from: 6040, to: 6100 });
  assert.equal(mxTimelineWindow(range(50), 0.1, 20), null); // no closer look at so few frames
  const near = new MxTimelineScale(numbers, 0, 600, { from: 2700, to: 3300 });
  assert.deepEqual(
    [near.holds(2699), near.holds(2700), near.x(3000), near.number(300)],
    [false, true, 300, 3000],
  );
  // The line goes on to the edges, and leaves the rest out.
  const path = mxCurvePath(near, [101, 2600, 2900, 3400, 5000], [1, 1, 1, 1, 1], 0, 10, 2);
  assert.equal(path, "M0.0,5.0L200.0,5.0L600.0,5.0");
});

test("the kernel's bytes are strain and motion by region", () => {
  const values = new Float32Array(20).map((_, i) => i);
  const bytes = new Uint8Array(81);
  bytes.set(new Uint8Array(values.buffer), 1); // not on a multiple of four
  const numbers = new DataView(new Int32Array([46, 50]).buffer);
  const read = mxCurveSeries({ numbers, values: new DataView(bytes.buffer, 1, 80) });
  assert.deepEqual([...read.numbers], [46, 50]);
  assert.deepEqual([...read.series.strain.face], [0, 1]);
  assert.deepEqual([...read.series.strain.cheeks], [8, 9]);
  assert.deepEqual([...read.series.motion.mouth], [16, 17]);
});

test("the legend says against what", () => {
  assert.equal(mxCurveSince({ reference: 46, marked: false }, null, 200), "since frame 46");
  assert.equal(mxCurveSince({ reference: 50, marked: true }, 50, 200), "since onset 50");
  assert.equal(mxCurveSince({ reference: null, lag: 40 }, null, 200), "against 200 ms before");
  assert.equal(mxCurveSince({ reference: null, lag: 20 }, null, null), "against 20 frames before");
  assert.equal(
    mxCurveSince(
      { reference: 500, marked: true, lag: null, long: true, span: [1, 2500] },
      500,
      200,
    ),
    "since onset 500, frames 1–2500",
  );
});
