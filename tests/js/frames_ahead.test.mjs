import assert from "node:assert/strict";
import test from "node:test";

import { mxNeighbours, mxShuffled } from "../../mexlab/widgets/clips/clip_order.mjs";
import { MxFramesAhead } from "../../mexlab/widgets/player/frames_ahead.mjs";

const numbers = Array.from({ length: 40 }, (_, i) => 46 + i);

/** A player at rest and a kernel that answers with frames of a given size. */
function bench({ size = 1000, options = {} } = {}) {
  const state = { asked: [], idle: true, now: 0 };
  const ahead = new MxFramesAhead(
    { ask: (message) => state.asked.push(message), idle: () => state.idle, now: () => state.now },
    options,
  );
  const answer = (message = state.asked.at(-1), frame = 46) => {
    const indices = message.indices.length ? message.indices : [numbers.indexOf(frame)];
    const record = { key: message.clip, token: `${message.clip}#1`, numbers, frame };
    ahead.received(
      {
        kind: "ahead",
        request: message.request,
        failures: [],
        frames: indices.map((index) => ({ index, mime: "image/jpeg" })),
        ...(message.indices.length ? {} : { record }),
      },
      indices.map(() => new Uint8Array(size)),
    );
  };
  const answerAll = () => {
    for (let done = 0; done < state.asked.length; done += 1) answer(state.asked[done]);
  };
  return { ahead, state, answer, answerAll };
}

test("the likeliest clip is fetched first, a few frames at a time, then the others", () => {
  const { ahead, state, answerAll } = bench();
  ahead.want(["b", "c", "a"]);
  assert.deepEqual(state.asked[0], { kind: "ahead", clip: "b", request: 1, indices: [] });
  answerAll();
  const of = (clip) => state.asked.filter((message) => message.clip === clip);
  assert.deepEqual(
    of("b").flatMap(({ indices }) => indices),
    Array.from({ length: 15 }, (_, i) => i + 1),
  );
  assert.ok(state.asked.every(({ indices }) => indices.length <= 4));
  assert.deepEqual([...new Set(state.asked.map(({ clip }) => clip))], ["b", "c", "a"]);
  assert.equal(ahead.bytes, 3 * 16 * 1000);
});

test("nothing is asked for while the clip on show wants something", () => {
  const { ahead, state, answer } = bench();
  state.idle = false;
  ahead.want(["b"]);
  assert.equal(state.asked.length, 0);
  state.idle = true;
  ahead.pump();
  assert.equal(state.asked.length, 1);
  ahead.pump();
  assert.equal(state.asked.length, 1, "one question at a time");
  state.idle = false;
  answer();
  assert.equal(state.asked.length, 1);
});

test("the bytes of all clips together stay below the budget", () => {
  const { ahead, answerAll } = bench({ size: 1000, options: { budget: 20_000 } });
  ahead.want(["b", "c", "a"]);
  answerAll();
  assert.ok(ahead.bytes <= 20_000, String(ahead.bytes));
  assert.ok(ahead.take("a"));
});

test("what is no neighbour any more is dropped, and its late answer too", () => {
  const { ahead, state, answer, answerAll } = bench();
  ahead.want(["b"]);
  answerAll();
  ahead.want(["c"]);
  assert.equal(ahead.bytes, 0);
  const late = state.asked.at(-1);
  ahead.want(["d"]);
  answer(late);
  assert.equal(ahead.take("c"), null);
  assert.equal(state.asked.at(-1).clip, "d");
});

test("a clip is handed over once, with the frame at which it opens", () => {
  const { ahead, state, answer } = bench();
  ahead.want(["b"]);
  answer(state.asked[0], 60);
  const { record, frames, failures } = ahead.take("b");
  assert.equal(record.frame, 60);
  assert.deepEqual(
    frames.map(({ index }) => index),
    [14],
  );
  assert.deepEqual(failures, []);
  assert.equal(ahead.take("b"), null);
});

test("a question that is never answered is asked again, one that is refused is not", () => {
  const { ahead, state } = bench();
  ahead.want(["b", "c"]);
  state.now = 20_000;
  ahead.pump();
  assert.equal(state.asked.length, 2);
  ahead.received({ kind: "ahead", request: state.asked[1].request, frames: [], failures: [] }, []);
  assert.equal(state.asked.at(-1).clip, "c", "the other clip has its turn");
});

test("neighbours follow the order and the filter that the coder has chosen", () => {
  const rows = ["a", "b", "c", "d"].map((key) => ({ key, status: "untouched" }));
  rows[2].status = "committed";
  assert.deepEqual(mxNeighbours(rows, "b"), ["d", "c", "a"]);
  assert.deepEqual(mxNeighbours(rows, "a"), ["b"]);
  assert.deepEqual(mxNeighbours(rows, "gone"), ["a"]);
  assert.deepEqual(mxNeighbours([], "a"), []);
  const shuffled = mxShuffled(rows, "anna");
  const at = shuffled.findIndex(({ key }) => key === "b");
  const beside = [shuffled[at + 1], shuffled[at - 1]].filter(Boolean).map(({ key }) => key);
  for (const key of beside) assert.ok(mxNeighbours(shuffled, "b").includes(key));
});
