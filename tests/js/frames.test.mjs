import assert from "node:assert/strict";
import test from "node:test";

import { mxMsText, mxNearestIndex, mxWhereText } from "../../mexlab/widgets/kit/clip_numbers.mjs";
import { MxBitmapCache, mxDecodeOrder } from "../../mexlab/widgets/player/bitmap_cache.mjs";
import { MxFrameFetch } from "../../mexlab/widgets/player/frame_fetch.mjs";

const blobs = (indices, size = 10) => indices.map((index) => ({ index, blob: { size } }));

test("the frames nearest to the playhead are asked for first, sixteen at a time", () => {
  const fetch = new MxFrameFetch(100);
  const first = fetch.next(50);
  assert.equal(first.indices.length, 16);
  assert.deepEqual(first.indices.slice(0, 5), [50, 51, 49, 52, 48]);
  const second = fetch.next(50);
  assert.equal(new Set([...first.indices, ...second.indices]).size, 32);
});

test("no more than two requests are in flight, and an answer makes room for the next", () => {
  const fetch = new MxFrameFetch(100);
  const first = fetch.next(0);
  fetch.next(0);
  assert.equal(fetch.next(0), null);
  fetch.received(first.id, blobs(first.indices));
  assert.equal(fetch.next(0).indices[0], 32);
});

test("a whole clip is asked for exactly once, whatever the playhead does", () => {
  const fetch = new MxFrameFetch(83);
  const asked = [];
  let playhead = 40;
  for (let turn = 0; !fetch.complete; turn += 1) {
    const request = fetch.next(playhead);
    asked.push(...request.indices);
    fetch.received(request.id, blobs(request.indices));
    playhead = (playhead * 7 + 13) % 83;
    assert.ok(turn < 20);
  }
  assert.deepEqual(
    asked.sort((a, b) => a - b),
    Array.from({ length: 83 }, (_, i) => i),
  );
  assert.equal(fetch.next(playhead), null);
});

test("a frame that cannot be read is not asked for again", () => {
  const fetch = new MxFrameFetch(3);
  const { id } = fetch.next(0);
  fetch.received(id, blobs([0, 2]), [{ index: 1, reason: "zero bytes" }]);
  assert.ok(fetch.complete);
  assert.equal(fetch.failed.get(1), "zero bytes");
});

test("a lost request is asked again after it is forgotten", () => {
  const fetch = new MxFrameFetch(10);
  const { indices } = fetch.next(0);
  assert.equal(fetch.next(0), null);
  fetch.forgetRequests();
  assert.deepEqual(fetch.next(0).indices, indices);
});

test("a long video is held in a window round the playhead", () => {
  const fetch = new MxFrameFetch(10000, { budget: 1000 });
  for (let turn = 0; turn < 40; turn += 1) {
    const request = fetch.next(5000);
    if (!request) break;
    fetch.received(request.id, blobs(request.indices));
    fetch.trim(5000);
  }
  assert.ok(fetch.bytes <= 1000);
  assert.ok(fetch.encoded.has(5000));
  assert.ok(Math.max(...fetch.encoded.keys()) < 5100);
});

test("of a long video no more than a window is asked for, far from the playhead in runs", () => {
  const fetch = new MxFrameFetch(60000, { budget: 2 ** 40, window: 2 ** 40 });
  const asked = [];
  for (let turn = 0; turn < 1000; turn += 1) {
    const request = fetch.next(30000);
    if (!request) break;
    asked.push(request.indices);
    fetch.received(request.id, blobs(request.indices));
  }
  const frames = asked.flat();
  assert.equal(new Set(frames).size, frames.length);
  assert.ok(Math.max(...frames.map((index) => Math.abs(index - 30000))) < 2048 + 16);
  assert.ok(frames.length > 2 * 2048);
  assert.ok(fetch.settled(30000));
  assert.ok(!fetch.settled(40000));
  for (const indices of asked.slice(3)) {
    const sorted = [...indices].sort((a, b) => a - b);
    assert.equal(sorted.at(-1) - sorted[0], indices.length - 1, String(indices));
  }
});

test("a window that is full is not fetched anew for ever", () => {
  const fetch = new MxFrameFetch(60000, { window: 100_000 });
  let asked = 0;
  for (const playhead of [30000, 30001, 30200, 30000, 59999]) {
    for (let request = fetch.next(playhead); request; request = fetch.next(playhead)) {
      asked += request.indices.length;
      fetch.received(
        request.id,
        request.indices.map((index) => ({ index, blob: { size: 900 + (index % 7) * 30 } })),
      );
      fetch.trim(playhead);
      assert.ok(fetch.bytes <= 100_000);
      assert.ok(asked < 1000);
    }
    assert.ok(fetch.encoded.has(playhead));
  }
});

test("bitmaps are evicted by bytes, the least recently used first, and closed", () => {
  const closed = [];
  const bitmap = (name) => ({ width: 10, height: 10, close: () => closed.push(name) });
  const cache = new MxBitmapCache(1200); // three of 400 bytes
  for (const name of [0, 1, 2]) cache.set(name, bitmap(name));
  cache.get(0);
  cache.set(3, bitmap(3));
  assert.deepEqual(closed, [1]);
  assert.ok(cache.has(0));
  cache.set(4, bitmap(4), new Set([2]));
  assert.deepEqual(closed, [1, 0]);
  cache.clear();
  assert.equal(cache.bytes, 0);
  assert.equal(closed.length, 5);
});

test("decoding goes in the direction of travel, with some frames behind", () => {
  assert.deepEqual(mxDecodeOrder(50, 1, 100).slice(0, 5), [50, 51, 49, 52, 48]);
  assert.deepEqual(mxDecodeOrder(50, -1, 100).slice(0, 5), [50, 49, 51, 48, 52]);
  assert.deepEqual(mxDecodeOrder(0, -1, 3), [0, 1, 2]);
  assert.equal(mxDecodeOrder(200, 1, 1000).length, 1 + 48 + 8);
  assert.deepEqual(mxDecodeOrder(10, 1, 30, Infinity, 3), [10, 13, 16, 19, 22, 25, 28]);
});

test("no more is decoded ahead than the cache holds, or each frame would push out another", () => {
  const cache = new MxBitmapCache(28 * 400);
  assert.equal(cache.holds, Infinity);
  cache.set(0, { width: 10, height: 10 });
  assert.equal(cache.holds, 28);
  assert.ok(mxDecodeOrder(500, 1, 1000, 28).length <= 28);
  assert.ok(mxDecodeOrder(500, 1, 1000, 28).length >= 20);
  assert.deepEqual(mxDecodeOrder(500, 1, 1000, 0), [500, 501]);
});

test("the nearest native number, gaps and ends included", () => {
  const numbers = [46, 47, 50, 60];
  assert.equal(mxNearestIndex(numbers, 46), 0);
  assert.equal(mxNearestIndex(numbers, 48), 1);
  assert.equal(mxNearestIndex(numbers, 49), 2);
  assert.equal(mxNearestIndex(numbers, 55), 2);
  assert.equal(mxNearestIndex(numbers, 1000), 3);
  assert.equal(mxNearestIndex(numbers, -5), 0);
  assert.equal(mxNearestIndex([], 3), -1);
});

test("times are told in native numbers and milliseconds", () => {
  assert.equal(mxMsText(120), "120 ms");
  assert.equal(mxMsText(-2.5), "−2.5 ms");
  const numbers = Array.from({ length: 66 }, (_, i) => 46 + i);
  assert.equal(
    mxWhereText(numbers, 24, 200, 54),
    "of 46–111 · 120 ms after clip start · 80 ms after onset",
  );
  assert.equal(
    mxWhereText(numbers, 0, 200, 54),
    "of 46–111 · 0 ms after clip start · 40 ms before onset",
  );
  assert.equal(mxWhereText(numbers, 8, null, 54), "of 46–111 · frame rate not known");
});
