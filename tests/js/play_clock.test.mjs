import assert from "node:assert/strict";
import test from "node:test";

import { MxPlayClock, MxPlayTally, mxStride } from "../../mexlab/widgets/player/play_clock.mjs";

/** Play as the player does, on a screen whose frames come unevenly; returns what was seen. */
function play({
  count,
  fps,
  speed,
  refresh = 60,
  loop = false,
  seconds = 60,
  late = () => 0,
  from = 0,
  to = count - 1,
  at = from,
}) {
  const clock = new MxPlayClock();
  const tally = new MxPlayTally();
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  clock.start(at, 0, { from, to, fps, speed, loop, stride: mxStride(fps, speed, refresh) });
  tally.start(0, fps * speed);
  const seen = [];
  const said = new Set();
  let now = 0;
  let painted = at;
  let wanted = at;
  let ready = 0; // when the wanted frame will have been decoded
  while (now < 1000 * seconds) {
    now += (1000 / refresh) * (0.8 + 0.4 * random());
    if (painted !== wanted && now >= ready) {
      painted = wanted;
      tally.painted();
      seen.push({ index: painted, now });
    }
    if (painted !== wanted) clock.wait(now);
    const { index, ended } = clock.at(now);
    if (index !== wanted) {
      wanted = index;
      ready = now + late(index);
      if (now >= ready) {
        painted = wanted;
        tally.painted();
        seen.push({ index: painted, now });
      }
    }
    const text = tally.tell(now, clock.waited);
    if (text !== null) said.add(text);
    if (ended && painted === index) break;
  }
  return { seen, now, said: [...said], waited: clock.waited };
}

for (const speed of [1 / 32, 1 / 8, 1 / 2, 1, 2]) {
  test(`a clip of 2 s at 200 fps lasts as long as it should at speed ${speed}, to 2 %`, () => {
    const { now, seen, waited } = play({ count: 400, fps: 200, speed, seconds: 1000 });
    const due = (1000 * (399 / 200)) / speed;
    assert.ok(Math.abs(now - due) < 0.02 * due + 1000 / 60, `${now} for ${due}`);
    assert.equal(waited, 0);
    assert.equal(seen.at(-1).index, 399);
    const indices = seen.map(({ index }) => index);
    assert.deepEqual(
      indices,
      [...indices].sort((a, b) => a - b),
    );
  });
}

test("in slow motion every frame is shown, and nothing is said", () => {
  const { seen, said } = play({ count: 200, fps: 200, speed: 1 / 8 });
  assert.deepEqual(
    seen.map(({ index }) => index),
    Array.from({ length: 199 }, (_, i) => i + 1),
  );
  assert.deepEqual(said, [""]);
});

test("at true speed frames are dropped evenly, and how many are shown is counted", () => {
  const { seen, said } = play({ count: 4000, fps: 200, speed: 1 });
  assert.ok(seen.slice(0, -1).every(({ index }) => index % 3 === 0));
  for (const text of said) {
    const [, shown, passed] = text.match(/^shows (\d+) of (\d+) frames a second$/);
    assert.ok(Number(shown) >= 50 && Number(shown) <= 64, text);
    assert.ok(Math.abs(Number(passed) - 200) <= 2, text);
  }
});

test("a loop shows its own frames only, again and again at the same speed", () => {
  const { seen } = play({
    count: 400,
    fps: 200,
    speed: 1,
    loop: true,
    from: 51,
    to: 110,
    at: 61,
    seconds: 12,
  });
  const indices = new Set(seen.map(({ index }) => index));
  assert.ok(Math.min(...indices) === 51);
  assert.ok(Math.max(...indices) > 107 && Math.max(...indices) <= 110);
  assert.ok(indices.size <= 22, "the same third of the frames at each round");
  const turns = seen.filter(({ index }, i) => i && index < seen[i - 1].index).length;
  assert.ok(Math.abs(turns - 12 / (60 / 200)) <= 1, String(turns));
});

test("where frames load late the clock stands still, none is skipped, and that is said", () => {
  const { seen, said, now, waited } = play({
    count: 200,
    fps: 100,
    speed: 1 / 4,
    late: (index) => (index % 10 ? 0 : 200),
  });
  assert.deepEqual(
    seen.map(({ index }) => index),
    Array.from({ length: 199 }, (_, i) => i + 1),
  );
  assert.ok(waited > 19 * 150 && now > 8000 + 19 * 150);
  assert.ok(
    said.some((text) => /% slower: frames are loading/.test(text)),
    String(said),
  );
});
