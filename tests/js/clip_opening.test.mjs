import assert from "node:assert/strict";
import test from "node:test";

import { MxCodingForm } from "../../mexlab/widgets/coding/coding_form.mjs";
import { MxFormOpening } from "../../mexlab/widgets/coding/form_opening.mjs";
import { mxEmit } from "../../mexlab/widgets/kit/bus.mjs";
import { MxClipOpening } from "../../mexlab/widgets/player/clip_opening.mjs";
import { MxPlayer } from "../../mexlab/widgets/player/clip_player.mjs";
import { facts, hear } from "./page.mjs";

globalThis.createImageBitmap = async () => ({ width: 4, height: 4, close() {} });

const numbers = [46, 47, 48];
const clip = (key, marks = {}) => ({ key, token: `${key}#1`, numbers, fps: 100, frame: 46, marks });

/** The opening of a player that does nothing by itself, and what its feed was told. */
function bench() {
  facts.clear();
  const told = [];
  const tell =
    (what) =>
    (...given) =>
      told.push([what, ...given]);
  const traits = { clip: clip("a") };
  const listeners = {};
  const model = {
    get: (name) => traits[name],
    on: (name, then) => {
      listeners[name] = then;
    },
    send() {},
  };
  const player = {
    clip: null,
    wanted: 0,
    painted: null,
    feed: {
      refused: tell("refused"),
      open: tell("open"),
      rename: tell("rename"),
      close() {},
      settled: true,
    },
    stage: {
      wait: { expect() {}, done() {} },
      open() {},
      explain() {},
      paintSides() {},
      paintCurrent() {},
    },
    controls: { show() {}, showAhead() {} },
    pause() {},
    look() {},
    act() {},
    seek() {},
    tellFrame() {},
    select() {},
  };
  const opening = new MxClipOpening(player, model, { addEventListener() {} });
  opening.load();
  return {
    opening,
    player,
    told,
    message: listeners["msg:custom"],
    choose: (clip) => mxEmit("opening", clip),
  };
}

/** Of a form that has clip `a` as told. */
function form(opening) {
  return Object.assign(Object.create(MxCodingForm.prototype), { state: { clip: "a" }, opening });
}

test("a not yet about frames of the clip on show is told to its feed, one about anything else is not", () => {
  const { told, message } = bench();
  told.length = 0;
  const refusal = { kind: "not-yet", of: "want", token: "a#1", request: 3 };
  message(refusal, []);
  message({ kind: "not-yet", of: "ahead", token: "a#1", request: 4 }, []);
  assert.deepEqual(told, [["refused", refusal]]);
});

test("there and back: the clip comes with the marks that its form has now, not those of its opening", () => {
  const { opening, player, choose } = bench();
  choose({ key: "b" });
  opening.show(clip("b"), { frames: [], failures: [] }, true);
  facts.set("coding", { clip: "a", coding: { onset: 47, apex: null, offset: null } });
  choose({ key: "a" });
  assert.equal(player.clip.key, "a");
  assert.deepEqual(player.marks, { onset: 47, apex: null, offset: null });
});

test("a form marks the frame on show, and none while another is on its way", () => {
  const seen = form({ number: null, key: null });
  facts.clear();
  facts.set("frame", { clip: "a", number: 46 });
  facts.set("wanted", { clip: "a", number: 46 });
  assert.equal(seen.painted(), 46);
  facts.set("wanted", { clip: "a", number: 48 });
  assert.equal(seen.painted(), null);
  assert.equal(form({ number: 47, key: null }).painted(), 47, "that of a press that is made good");
});

test("a mark for a clip whose coding has not come is kept with its frame, or refused where none was seen", () => {
  facts.clear();
  const notices = hear();
  const opening = new MxFormOpening({ state: { clip: "a" } }, { addEventListener() {} });
  facts.set("opening", { key: "b", at: performance.now() });
  facts.set("frame", { clip: "b", number: 46 });
  facts.set("wanted", { clip: "b", number: 46 });
  assert.equal(opening.holds("mark-apex"), true);
  facts.set("wanted", { clip: "b", number: 48 });
  assert.equal(opening.holds("mark-apex"), true, "it is not for the form's own clip either");
  assert.equal(opening.holds("emotion-3"), true);
  assert.deepEqual(opening.kept, [
    { name: "mark-apex", clip: "b", number: 46 },
    { name: "emotion-3", clip: "b", number: null },
  ]);
  assert.equal(notices.length, 1);
  assert.match(notices[0], /frame 48 is not on show yet/);
});

test("a loop begins at no frame that is still on its way", () => {
  facts.clear();
  const notices = hear();
  facts.set("wanted", { clip: "a", number: 48 });
  const player = Object.assign(Object.create(MxPlayer.prototype), {
    clip: clip("a"),
    wanted: 2,
    painted: 0,
    selection: { from: null, to: null },
    select() {
      assert.fail("a frame that is not on show");
    },
  });
  player.turnSelection();
  assert.match(notices[0], /frame 48 is not on show yet/);
});
