import assert from "node:assert/strict";
import test from "node:test";

import { MxFrameFeed } from "../../mexlab/widgets/player/frame_feed.mjs";
import { mxSeenFrame, mxUnseenText } from "../../mexlab/widgets/player/frame_seen.mjs";
import { MxWaitWord } from "../../mexlab/widgets/player/wait_word.mjs";
import { element, facts } from "./page.mjs";

globalThis.createImageBitmap = async () => ({ width: 4, height: 4, close() {} });
/** A feed, what it asks, and the timers that it sets. */
function bench(count = 100) {
  const asked = [];
  const timers = [];
  const feed = new MxFrameFeed({
    ask: (message) => asked.push(message),
    onFrame() {},
    onFailure() {},
    onProgress() {},
    later: (then, ms) => timers.push({ then, ms }),
  });
  feed.open("b#7", count, 0);
  const answer = ({ token, request, indices }) =>
    feed.received(
      {
        token,
        request,
        failures: [],
        frames: indices.map((index) => ({ index, mime: "image/jpeg" })),
      },
      indices.map(() => new Uint8Array(10)),
    );
  const refuse = ({ token, request }) => feed.refused({ token, request });
  return { feed, asked, timers, answer, refuse };
}

test("what was asked before the clip was open is asked again as soon as it is, under the same name", () => {
  const { feed, asked, refuse } = bench();
  feed.look(0, 1, [0]);
  const early = asked.splice(0);
  assert.equal(early.length, 2);
  early.forEach(refuse);
  assert.equal(asked.length, 0);
  feed.rename("b#7");
  assert.deepEqual(
    asked.map(({ indices }) => indices),
    early.map(({ indices }) => indices),
  );
});

test("not yet is asked again soon by itself, then ever more seldom, and no more once answered", () => {
  const { feed, asked, timers, answer, refuse } = bench();
  feed.look(0, 1, [0]);
  const waits = [];
  for (let turn = 0; turn < 6; turn += 1) {
    asked.splice(0).forEach(refuse);
    assert.equal(timers.length, 1, "one timer at a time");
    const { then, ms } = timers.pop();
    waits.push(ms);
    then();
    assert.ok(asked.length > 0);
  }
  assert.deepEqual(waits, [100, 200, 400, 800, 1000, 1000]);
  asked.splice(0).forEach(answer);
  asked.splice(0).forEach(refuse);
  assert.equal(timers.pop().ms, 100, "it begins anew");
});

test("how long the clip before was refused makes no difference to the next", () => {
  const { feed, asked, timers, refuse } = bench();
  feed.look(0, 1, [0]);
  for (let turn = 0; turn < 4; turn += 1) {
    asked.splice(0).forEach(refuse);
    timers.pop().then();
  }
  asked.length = 0;
  feed.open("c#8", 100, 0);
  feed.look(0, 1, [0]);
  asked.splice(0).forEach(refuse);
  assert.equal(timers.pop().ms, 100);
});

test("an answer about a clip that was left, or to a question of before, changes nothing", () => {
  const { feed, asked, timers, refuse } = bench();
  feed.look(0, 1, [0]);
  refuse({ token: "a#6", request: 1 });
  refuse({ token: "b#7", request: 99 });
  assert.equal(timers.length, 0);
  feed.rename("b#7");
  assert.equal(asked.length, 2, "what is under way is not asked twice");
});

test("another name of the opening asks everything again", () => {
  const { feed, asked } = bench();
  feed.look(0, 1, [0]);
  feed.rename("b#8");
  assert.deepEqual(
    asked.map(({ token }) => token),
    ["b#7", "b#7", "b#8", "b#8"],
  );
});

test("the frame that the eye waits for does not queue behind those fetched ahead", () => {
  const { feed, asked } = bench();
  feed.look(0, 1, [0]);
  feed.look(99, 1, [99, 0]);
  assert.equal(asked.length, 3);
  assert.equal(asked[2].indices[0], 99);
  assert.ok(asked[2].indices.length <= 4, "a short one");
  feed.look(50, 1, [50]);
  assert.equal(asked.length, 3, "and only one such");
});

test("until the kernel knows of the choice only what the eye waits for is asked for", () => {
  const { feed, asked, answer } = bench();
  const here = Array.from({ length: 16 }, (_, index) => ({ index, blob: { size: 10 } }));
  feed.open("c#8", 100, 0, { frames: here, failures: [] }, true);
  feed.look(0, 1, [0, 3]);
  assert.equal(asked.length, 0);
  feed.look(99, -1, [99]);
  assert.deepEqual(
    asked.map(({ indices }) => indices),
    [[99, 98, 97, 96]],
  );
  asked.splice(0).forEach(answer);
  assert.equal(asked.length, 0);
  feed.rename("c#8");
  assert.deepEqual(
    asked.map(({ indices }) => indices.length),
    [16, 16],
  );
});

test("a mark is of the frame that is on show and wanted, or of none", () => {
  facts.clear();
  assert.equal(mxSeenFrame("b"), null);
  assert.equal(mxUnseenText("b"), "no frame is on show yet");
  facts.set("frame", { clip: "b", number: 46 });
  facts.set("wanted", { clip: "b", number: 46 });
  assert.equal(mxSeenFrame("b"), 46);
  assert.equal(mxSeenFrame("a"), null, "another clip's picture");
  facts.set("wanted", { clip: "b", number: 48 });
  assert.equal(mxSeenFrame("b"), null, "neither the old frame nor one that nobody has seen");
  assert.match(mxUnseenText("b"), /frame 48 is not on show yet/);
});

test("a wait is said once it is long enough to be noticed, and no longer than it lasts", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const [root, figure] = [element(), element()];
  const wait = new MxWaitWord(root, figure, { addEventListener() {} });
  wait.expect("frame 1");
  t.mock.timers.tick(140);
  wait.expect("frame 2");
  assert.equal(wait.box.hidden, true);
  t.mock.timers.tick(10);
  assert.equal(wait.box.hidden, false, "150 ms since the first, however often more is wanted");
  assert.equal(wait.box.textContent, "frame 2");
  assert.equal(figure.children[0], wait.box, "on the picture");
  wait.done();
  assert.equal(wait.box.hidden, true);
  wait.expect("frame 3");
  wait.done();
  t.mock.timers.tick(1000);
  assert.equal(wait.box.hidden, true);
});

test("what comes of a clip that was left is not taken for the new one's", () => {
  const { feed, asked, answer } = bench();
  feed.look(0, 1, [0]);
  const left = asked.splice(0);
  feed.open("c#8", 100, 0);
  feed.look(0, 1, [0]);
  answer(left[0]);
  feed.received(
    {
      token: "b#7",
      request: left[1].request,
      frames: [],
      failures: [{ index: 3, reason: "gone" }],
    },
    [],
  );
  assert.equal(feed.fetch.encoded.size, 0, "wrong pictures under right numbers");
  assert.equal(feed.failure(3), undefined);
  answer(asked[0]);
  assert.deepEqual([...feed.fetch.encoded.keys()], asked[0].indices);
});
