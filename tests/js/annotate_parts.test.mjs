import assert from "node:assert/strict";
import test from "node:test";

import * as units from "../../mexlab/widgets/coding/unit_line.mjs";
import * as order from "../../mexlab/widgets/clips/clip_order.mjs";
import * as events from "../../mexlab/widgets/coding/clip_events.mjs";
import * as fields from "../../mexlab/widgets/coding/coding_fields.mjs";
import * as pace from "../../mexlab/widgets/clips/clip_pace.mjs";
import * as snap from "../../mexlab/widgets/coding/form_marks.mjs";
import * as session from "../../mexlab/widgets/coding/coding_session.mjs";
import * as feed from "../../mexlab/widgets/player/frame_feed.mjs";
import * as marks from "../../mexlab/widgets/coding/form_marks.mjs";

const names = [
  [1, "inner brow up"],
  [2, "outer brow up"],
  [12, "lip corner up"],
  [17, "chin up"],
];
const labels = (...given) => units.mxCompleteUnits(...given).map(({ label }) => label);

test("units complete by number, by word and from earlier lines", () => {
  assert.deepEqual(labels("1", 1, names, []), ["12", "17"]);
  assert.deepEqual(labels("4+L1", 4, names, []), ["L12", "L17"]);
  assert.deepEqual(labels("brow", 4, names, []), ["1", "2"]);
  assert.deepEqual(labels("4 + c", 5, names, []), []); // one letter may be a side or an intensity
  assert.deepEqual(labels("", 0, names, ["4+7", "12"]), ["4+7", "12"]);
  assert.deepEqual(labels("4", 1, names, ["4 + 7", "12"]), ["4 + 7"]);
  assert.deepEqual(labels("12B", 3, names, []), []);
  // A unit that is whole is not gone on with: nothing is in the way of what comes next.
  for (const line of ["12", "12B", "L12", "12+", "4+12 "])
    assert.deepEqual(labels(line, line.length, names, ["12+6", "4+12+1"]), []);
  assert.deepEqual(labels("L1", 2, names, []), ["L12", "L17"]);
  const [chosen] = units.mxCompleteUnits("6+lip+4", 5, names, []);
  assert.deepEqual([chosen.text, chosen.caret], ["6+12+4", 4]);
});

test("side and intensity of the unit at the caret", () => {
  const step = (text, caret, what, by) => (units.mxStepUnit(text, caret, what, by) || {}).text;
  assert.equal(step("4+12", 4, "intensity", 1), "4+12A");
  assert.equal(step("4+12E", 5, "intensity", 1), "4+12E");
  assert.equal(step("4+12A", 5, "intensity", -1), "4+12");
  assert.equal(step("4+12", 0, "side", 1), "L4+12");
  assert.equal(step("R4+12", 1, "side", 1), "4+12");
  assert.equal(step("4+(6", 4, "side", 1), undefined);
  assert.equal(units.mxFindUnit("4, L12B + 12", 12, 1), 10);
  assert.equal(units.mxFindUnit("4", 12), -1);
});

test("random order is the coder's own, steady, and complete", () => {
  const rows = Array.from({ length: 60 }, (_, i) => ({ key: `d/s/${i}` }));
  const keys = (all) => all.map(({ key }) => key);
  const anna = keys(order.mxShuffled(rows, "anna"));
  assert.deepEqual(keys(order.mxShuffled([...rows].reverse(), "anna")), anna);
  assert.notDeepEqual(keys(order.mxShuffled(rows, "bert")), anna);
  assert.notDeepEqual(anna, keys(rows));
  assert.deepEqual([...anna].sort(), keys(rows).sort());
  // A clip keeps its place among the others when one is added.
  const more = keys(order.mxShuffled([...rows, { key: "d/s/new" }], "anna")).filter(
    (key) => key !== "d/s/new",
  );
  assert.deepEqual(more, anna);
});

test("progress with pace; one long pause does not spoil it", () => {
  assert.equal(order.mxProgressText(0, 5, []), "0 of 5 committed");
  assert.equal(
    order.mxProgressText(3, 5, [40, 44, 3600]),
    "3 of 5 committed · 44 s a clip · about 1 min 28 s left",
  );
  assert.equal(
    order.mxProgressText(1, 28, [44.6]),
    "1 of 28 committed · 45 s a clip · about 20 min left",
  );
  assert.equal(order.mxProgressText(5, 5, [40]), "5 of 5 committed · 40 s a clip");
});

test("the pace outlives a reload, and so does when the clip was opened", () => {
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
  };
  const clock = { now: 1000 };
  const begin = (given = storage) =>
    new pace.MxPace({ storage: given, key: "pace", now: () => clock.now });
  const before = begin();
  before.opened("a");
  clock.now += 40e3;
  before.committed("a");
  before.opened("b");
  clock.now += 10e3;
  const after = begin();
  after.opened("b"); // the reload opens the same clip
  clock.now += 10e3;
  after.committed("b");
  assert.deepEqual(after.paces, [40, 20]);
  after.committed("another");
  assert.deepEqual(after.paces, [40, 20]);
  for (const text of ["[", "3", "null", '{"paces": 3, "since": "x"}']) {
    kept.set("pace", text);
    assert.deepEqual(begin().paces, []);
  }
  assert.deepEqual(begin(null).paces, []);
});

test("a blink begins, ends, and may be ended backwards", () => {
  const begin = events.mxEventEdit({ kind: "blink", number: 60, found: [], next: 2 });
  assert.deepEqual(begin, { expression: 2, begins: true, changes: { kind: "blink", onset: 60 } });
  const found = [
    { expression: 2, kind: "blink", onset: 60, offset: null },
    { expression: 3, kind: "head", onset: 1, offset: null },
  ];
  assert.deepEqual(events.mxEventEdit({ kind: "blink", number: 64, found, next: 4 }).changes, {
    offset: 64,
  });
  assert.deepEqual(events.mxEventEdit({ kind: "blink", number: 50, found, next: 4 }).changes, {
    onset: 50,
    offset: 60,
  });
  assert.equal(
    events.mxEventText({ expression: 2, kind: "blink", emotion: "", onset: 60, offset: null }),
    "blink 60–…",
  );
  const empty = {
    expression: 1,
    kind: "",
    emotion: "",
    action_units: "",
    note: "",
    onset: null,
    apex: null,
    offset: null,
  };
  assert.equal(events.mxEventText({ ...empty, status: "draft" }), "1 · not marked yet");
  assert.equal(events.mxEventText({ ...empty, status: "committed" }), "no expression");
  assert.equal(
    events.mxEventText({ expression: 2, kind: "", emotion: "fear", onset: null, offset: null }),
    "2 · fear · not marked yet",
  );
});

test("what was said of an earlier state of the coding is known as such", () => {
  const coding = {
    onset: 54,
    apex: null,
    offset: null,
    emotion: "",
    action_units: "",
    confidence: "",
    note: "",
    status: "draft",
    kind: "",
  };
  assert.equal(fields.mxIsOlder({ coding }, { ...coding }), false);
  assert.equal(fields.mxIsOlder({ coding }, { ...coding, apex: 60 }), true);
  assert.equal(fields.mxIsOlder(undefined, coding), true);
});

test("what was changed after the first commit is told", () => {
  const text = (...given) => fields.mxRevealText(...given);
  const first = [
    {
      expression: 1,
      onset: 54,
      apex: 60,
      offset: null,
      emotion: "fear",
      action_units: "4",
      confidence: "",
      kind: "",
    },
  ];
  const coding = { ...first[0], note: "a note is none", status: "committed" };
  assert.equal(text(null, 1, coding), "");
  assert.equal(text(first, 1, coding), "");
  assert.equal(
    text(first, 1, { ...coding, onset: 55, emotion: "" }),
    "Changed after the reveal: onset 54 → 55, emotion fear → –. Your first commit is kept.",
  );
  assert.match(text(first, 2, coding), /^Added after the reveal/);
});

test("undo and redo say what they did, and of what", () => {
  const act = [
    {
      expression: 2,
      before: { onset: null, status: "untouched" },
      after: { onset: 54, status: "draft" },
    },
  ];
  const names = new Map([[2, "2 · fear"]]);
  assert.equal(
    fields.mxStepText("undo", act, 2, names),
    "undo: onset 54 → –, status draft → untouched",
  );
  assert.equal(
    fields.mxStepText("redo", act, 1, names),
    "redo: 2 · fear: onset – → 54, status untouched → draft",
  );
  const begun = [{ expression: 2, before: { status: "untouched" }, after: { status: "draft" } }];
  assert.equal(fields.mxStepText("undo", begun, 2, names), "undo: the further expression");
  const commit = [1, 2].map((expression) => ({
    expression,
    before: { status: "draft" },
    after: { status: "committed" },
  }));
  assert.equal(fields.mxStepText("undo", commit, 1, names), "undo: the commit of this clip");
  assert.equal(fields.mxStepText("undo", [], 1, names), "nothing to undo");
});

test("expressions are counted among expressions, not among blinks", () => {
  const one = (kind, status = "draft") => ({
    kind,
    status,
    emotion: kind ? "" : "fear",
    onset: 5,
    offset: 9,
  });
  const listed = events.mxListEvents(
    new Map([
      [1, one("")],
      [2, one("blink")],
      [3, one("head")],
      [5, one("", "untouched")],
      [4, one("")],
    ]),
  );
  assert.deepEqual(
    listed.map((each) => [each.expression, each.nth]),
    [
      [1, 1],
      [2, null],
      [3, null],
      [4, 2],
    ],
  );
  assert.deepEqual(listed.map(events.mxEventText), [
    "1 · fear 5–9",
    "blink 5–9",
    "head movement 5–9",
    "2 · fear 5–9",
  ]);
  assert.equal(events.mxEventName(listed[3]), "2 · fear");
});

test("the apex snaps to one machine, then to the other", () => {
  const ghosts = [
    { coder: "database", apex: 5 },
    { coder: "largest motion", apex: 70, machine: true },
    { coder: "largest strain", apex: 70, machine: true },
    { coder: "D&C-RoIs", apex: 72, machine: true },
  ];
  assert.equal(snap.mxSnapApex([ghosts[0]], 5, 200).number, null);
  assert.deepEqual(snap.mxSnapApex(ghosts, 66, 200), {
    number: 70,
    text: "apex 70: largest motion, largest strain, 4 frames (20 ms) from yours",
  });
  assert.equal(snap.mxSnapApex(ghosts, 70, null).text, "apex 72: D&C-RoIs, 2 frames from yours");
  assert.equal(snap.mxSnapApex(ghosts, null, 200).number, 70);
});

test("each expression of a clip has its own edits, revisions and place in the queue", () => {
  const sent = [];
  const one = new session.MxCodingSession({
    send: (m) => sent.push(m),
    storage: null,
    now: () => 1000,
    prefix: "p",
    tab: "t",
  });
  one.load({ clip: "d/s/c", expression: 1, coding: { onset: 1 }, revision: 4 });
  const second = { expression: 2 };
  one.edit({ onset: 60 }, second);
  // Of a clip that is known an expression that is not listed was never stored.
  assert.deepEqual([sent[0].clip, sent[0].expression, sent[0].revision], ["d/s/c", 2, 0]);
  assert.equal(one.coding().onset, 1);
  assert.equal(one.coding("d/s/c", 2).onset, 60);
  one.answer({
    id: sent[0].id,
    outcome: "stored",
    message: "",
    state: { clip: "d/s/c", expression: 2, coding: { onset: 60 }, revision: 1 },
  });
  one.edit({ onset: 61 }, second);
  assert.equal(sent[1].revision, 1);
  // A state that was read before an answer came in does not take its place.
  one.load({ clip: "d/s/c", expression: 1, coding: { onset: 9 }, revision: 3 });
  assert.equal(one.coding().onset, 1);
});

test("large pictures are decoded at the size in which they are shown, and anew when that changes", async () => {
  const made = [];
  globalThis.createImageBitmap = async (from, size) => {
    const width = size ? size.resizeWidth : from.width;
    const bitmap = { width, height: size ? size.resizeHeight : from.height, close() {} };
    made.push(width);
    return bitmap;
  };
  const frames = [];
  const one = new feed.MxFrameFeed({
    ask() {},
    onFrame: (index) => frames.push(index),
    onFailure() {},
    onProgress() {},
  });
  one.reduceTo(4);
  const blob = { width: 2040, height: 1088, size: 1 };
  one.open("t", 1, 0, { frames: [{ index: 0, blob }], failures: [] });
  one.look(0, 1, [0]);
  const settled = () =>
    new Promise((resolve) => {
      setTimeout(resolve, 0);
    });
  await settled();
  assert.deepEqual([one.bitmap(0).width, one.bitmap(0).height], [510, 272]);
  assert.equal(one.reduceTo(4), false);
  assert.equal(one.reduceTo(1), true);
  await settled();
  assert.equal(one.bitmap(0).width, 2040);
  assert.deepEqual(frames, [0, 0]);
});

test("the mark that a key moves: the chosen one, the one moved last, the nearest, or none", () => {
  const coding = { onset: 50, apex: 52, offset: null };
  assert.equal(marks.mxMarkToMove(coding, 51, 2), "onset");
  assert.equal(marks.mxMarkToMove(coding, 52, 2), "apex");
  assert.equal(marks.mxMarkToMove(coding, 90, 2), null);
  assert.equal(marks.mxMarkToMove(coding, null, 2), null);
  // On through the onset, without taking it along.
  assert.equal(marks.mxMarkToMove({ ...coding, apex: 50 }, 50, 2, { moved: "apex" }), "apex");
  assert.equal(marks.mxMarkToMove(coding, 60, 2, { moved: "apex" }), null);
  assert.equal(marks.mxMarkToMove(coding, 51, 2, { chosen: "apex" }), "apex");
  assert.equal(marks.mxMarkToMove(coding, 50, 2, { chosen: "offset" }), "onset");
});

test("of two marks on one frame the one that keeps the order moves, and it is said", () => {
  const coding = { onset: 50, apex: 50, offset: 60 };
  assert.equal(marks.mxMarkToMove(coding, 50, 2, { step: -1 }), "onset");
  assert.equal(marks.mxMarkToMove(coding, 50, 2, { step: 1 }), "apex");
  assert.equal(marks.mxMarkToMove(coding, 50, 2), "apex", "Delete: the later one");
  assert.equal(
    marks.mxMarkToMove(coding, 50, 2, { step: -1, moved: "apex" }),
    "apex",
    "on with the one moved last",
  );
  assert.equal(marks.mxMarkToMove(coding, 50, 2, { step: 1, chosen: "onset" }), "onset");
  const text = marks.mxMovedText("onset", 49, marks.mxMarksAt(coding, 50, "onset"), 50);
  assert.equal(text, "onset to 49; the apex stays at 50");
  assert.equal(
    marks.mxMovedText("onset", null, ["apex", "offset"], 50),
    "onset cleared; the apex and offset stay at 50",
  );
  assert.equal(marks.mxMovedText("onset", 49, [], 50), "");
});

test("ages read as a person would say them", () => {
  assert.equal(session.mxAgeText(400), "0.4 s ago");
  assert.equal(session.mxAgeText(12300), "12 s ago");
  assert.equal(session.mxAgeText(3 * 60e3), "3 min ago");
  assert.equal(session.mxAgeText(2 * 86400e3), "2 days ago");
});

test("the mark to clear is the one at the playhead, else the nearest in reach", () => {
  const coding = { onset: 54, apex: 70, offset: 90 };
  assert.equal(session.mxMarkNear(coding, 70, 2), "apex");
  assert.equal(session.mxMarkNear(coding, 56, 2), "onset");
  assert.equal(session.mxMarkNear(coding, 80, 2), null);
  assert.equal(session.mxMarkNear({ onset: null, apex: null, offset: 90 }, 90, 0), "offset");
});
