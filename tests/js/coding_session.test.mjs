import assert from "node:assert/strict";
import test from "node:test";

import { MX_RESEND_MS, begin, blank, mxBecomesFirst } from "./coding_kernel.mjs";

test("an edit is shown at once, saved only when the kernel has answered", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54 });
  assert.equal(session.coding().onset, 54);
  assert.equal(session.coding().status, "draft");
  assert.equal(session.pending, 1);
  assert.equal(session.lastSaved, undefined);
  session.answer(kernel.answer());
  assert.equal(session.pending, 0);
  assert.equal(session.lastSaved, 1000);
});

test("edits go out one at a time, each with the revision that the last one made", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54 });
  session.edit({ apex: 70 });
  session.edit({ offset: 90 });
  assert.equal(kernel.inbox.length, 1);
  for (const revision of [0, 1, 2]) {
    assert.equal(kernel.inbox[0].revision, revision);
    session.answer(kernel.answer());
  }
  assert.deepEqual(kernel.coding, { ...blank, onset: 54, apex: 70, offset: 90, status: "draft" });
  assert.equal(session.conflict, null);
});

test("an edit to the value that is there is none", () => {
  const { session, kernel } = begin();
  session.edit({ onset: null });
  assert.equal(kernel.inbox.length, 0);
});

test("no answer within two seconds is late; it is sent again and then saved", () => {
  const { session, kernel, clock } = begin();
  session.edit({ onset: 54 });
  clock.now += 1900;
  assert.equal(session.late, false);
  clock.now += 200;
  assert.equal(session.late, true);
  clock.now += MX_RESEND_MS;
  session.tick();
  assert.equal(kernel.inbox.length, 2);
  assert.equal(kernel.inbox[1].id, kernel.inbox[0].id);
  assert.equal(session.late, true, "sending again does not make it saved");
  session.answer(kernel.answer());
  assert.equal(session.late, false);
});

test("what a dead kernel did not answer is sent by the reloaded page", () => {
  const { session, storage, kernel } = begin();
  session.edit({ onset: 54 });
  session.edit({ emotion: "happiness" });
  kernel.inbox.length = 0; // killed
  const after = begin({ storage, kernel, at: 3000 });
  assert.equal(after.session.adopted, 2);
  assert.equal(after.session.coding().onset, 54);
  after.session.answer(kernel.answer());
  after.session.answer(kernel.answer());
  assert.equal(kernel.coding.onset, 54);
  assert.equal(kernel.coding.emotion, "happiness");
  assert.equal(storage.length, 0);
});

test("an undo that a dead kernel did not answer is sent again too, in its turn, and done once", () => {
  const { session, storage, kernel } = begin();
  session.edit({ onset: 54 });
  session.answer(kernel.answer());
  session.step("undo");
  session.edit({ apex: 70 });
  const [undo] = kernel.inbox;
  kernel.inbox.length = 0; // killed
  const after = begin({ storage, kernel, at: 3000 });
  assert.deepEqual(
    kernel.inbox.map(({ kind, number }) => [kind, number]),
    [["undo", undo.number]],
  );
  after.session.answer(kernel.answer());
  assert.deepEqual(
    kernel.inbox.map(({ kind, revision }) => [kind, revision]),
    [["edit", 2]],
  );
  after.session.answer(kernel.answer());
  assert.deepEqual([kernel.coding.onset, kernel.coding.apex], [null, 70]);
});

test("an undo whose answer was lost is sent again as the one that it was, whatever was heard since", () => {
  const { session, kernel, clock } = begin();
  session.edit({ onset: 54 });
  session.answer(kernel.answer());
  session.edit({ apex: 70 });
  session.answer(kernel.answer());
  session.step("undo");
  const { id, number } = kernel.inbox[0];
  kernel.answer(); // done, and the answer lost
  session.load(kernel.state());
  clock.now += MX_RESEND_MS;
  session.tick();
  assert.deepEqual(
    kernel.inbox.map((one) => [one.id, one.number]),
    [[id, number]],
    "else it would undo one more",
  );
});

test("a commit moves the other expressions too: what waits for one of them is no clash", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54 });
  session.begin();
  session.edit({ onset: 60 });
  while (kernel.inbox.length) session.answer(kernel.answer());
  session.commit(); // of expression 2, and of 1 with it
  session.edit({ note: "of the first" }, { expression: 1 });
  while (kernel.inbox.length) session.answer(kernel.answer());
  assert.equal(session.conflict, null);
  assert.deepEqual([kernel.coding.note, kernel.coding.status], ["of the first", "committed"]);
});

test("with the server away a further expression is marked, and the first stays as it is", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54, emotion: "fear" });
  // Shift+E O Right Right A, and nothing has been answered.
  assert.equal(session.begin(), 2);
  session.edit({ onset: 60 });
  session.edit({ apex: 62 });
  assert.equal(session.coding().onset, 60);
  assert.equal(session.coding("d/s/c", 1).onset, 54);
  assert.equal(kernel.inbox.length, 1, "one queue: one at a time");
  while (kernel.inbox.length) session.answer(kernel.answer());
  assert.deepEqual([kernel.coding.onset, kernel.coding.apex], [54, null]);
  const second = kernel.stored(2).coding;
  assert.deepEqual([second.onset, second.apex, second.status], [60, 62, "draft"]);
});

test("undo takes back what was seen to be done last, before any answer", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54 });
  session.commit();
  session.begin();
  assert.deepEqual(
    session.step("undo").map(({ expression }) => expression),
    [2],
    "the begun expression, not the commit",
  );
  assert.equal(session.coding("d/s/c", 2).status, "untouched");
  assert.equal(session.coding("d/s/c", 1).status, "committed");
  session.step("undo");
  assert.equal(session.coding("d/s/c", 1).status, "draft");
  session.step("redo");
  assert.equal(session.coding("d/s/c", 1).status, "committed");
  const shown = structuredClone([...session.view().codings]);
  while (kernel.inbox.length) session.answer(kernel.answer());
  assert.deepEqual([...session.view().codings], shown, "the store has come to the same");
  assert.equal(session.pending, 0);
});

test("a commit is of all that says something, and one undo takes all of it back", () => {
  const { session } = begin();
  assert.equal(session.commit(), false, "nothing is coded");
  session.edit({ confidence: "sure" });
  assert.equal(session.commit(), false, "a confidence of nothing");
  session.edit({ onset: 54 });
  session.begin();
  session.edit({ onset: 70 });
  session.begin();
  assert.equal(session.commit(), true);
  const statuses = () => [...session.view().codings.values()].map(({ status }) => status);
  assert.deepEqual(statuses(), ["committed", "committed", "untouched"]);
  session.step("undo");
  assert.deepEqual(statuses(), ["draft", "draft", "draft"]);
});

test("a commit puts the first that says something in the place of an empty first one", () => {
  const { session } = begin();
  session.begin();
  session.edit({ onset: 54, emotion: "fear" });
  session.commit();
  const found = () =>
    [1, 2].map((number) => [
      session.coding("d/s/c", number).status,
      session.coding("d/s/c", number).onset,
    ]);
  assert.deepEqual(found(), [
    ["committed", 54],
    ["untouched", null],
  ]);
  session.step("undo");
  assert.deepEqual(found()[1], ["draft", 54]);
  session.commit();
  assert.deepEqual(found(), [
    ["committed", 54],
    ["untouched", null],
  ]);
});

test("beside a blink an empty first expression stays, and what was first committed keeps its number", () => {
  const becomes = (codings, kept = []) =>
    mxBecomesFirst(
      new Map(
        Object.entries(codings).map(([number, one]) => [Number(number), { ...blank, ...one }]),
      ),
      new Set(kept),
    );
  assert.equal(becomes({ 2: { kind: "blink", onset: 3 } }), null);
  assert.equal(
    becomes({ 1: {}, 2: { kind: "blink", onset: 3 }, 3: { onset: 5 }, 4: { onset: 9 } }),
    3,
  );
  assert.equal(becomes({ 1: {}, 2: { onset: 5 } }, [1]), 2);
  assert.equal(becomes({ 1: {}, 2: { onset: 5 } }, [1, 2]), null);
  assert.equal(becomes({ 1: { note: "x" }, 2: { onset: 5 } }), null);
});

test("there is nothing to undo where nothing was done", () => {
  const { session, kernel } = begin();
  assert.deepEqual(session.step("undo"), []);
  assert.equal(kernel.inbox.length, 0);
});

test("an older state does not overwrite a newer", () => {
  const { session, kernel } = begin();
  const old = kernel.state();
  session.edit({ onset: 54 });
  session.answer(kernel.answer());
  session.load(old); // read before the answer, told after it
  assert.equal(session.coding().onset, 54);
  session.answer({ id: "of another life", outcome: "stored", state: old });
  assert.equal(session.coding().onset, 54);
  assert.equal(session.view().undoDepth, 1);
  session.edit({ apex: 60 });
  assert.equal(kernel.inbox[0].revision, 1);
});

test("a refusal keeps the edit, says why, and tries again", () => {
  const { session, kernel, clock } = begin();
  session.edit({ onset: 54 });
  session.answer({ id: kernel.inbox[0].id, outcome: "refused", message: "disk full", state: null });
  assert.equal(session.problem, "disk full");
  assert.equal(session.late, true);
  assert.equal(session.coding().onset, 54);
  clock.now += MX_RESEND_MS;
  session.tick();
  assert.equal(kernel.inbox.length, 2);
  session.answer(kernel.answer());
  assert.equal(session.late, false);
  assert.equal(session.problem, "");
});

test("edits wait for their own clip when another one is opened", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54 });
  session.load({ clip: "d/s/other", coding: { ...blank }, revision: 0 });
  assert.equal(session.coding().onset, null);
  session.answer(kernel.answer());
  assert.equal(kernel.coding.onset, 54);
  assert.equal(session.coding("d/s/c").onset, 54);
});

test("an answer about one clip says nothing of the revision of another", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54 });
  session.load({ clip: "d/s/other", coding: { ...blank }, revision: 7 });
  session.edit({ onset: 12 });
  session.answer(kernel.answer());
  assert.deepEqual(
    kernel.inbox.map(({ clip, revision }) => [clip, revision]),
    [["d/s/other", 7]],
  );
});

test("an edit of a clip that was never told claims no revision, one of a new expression claims none stored", () => {
  const { session, kernel } = begin();
  session.edit({ note: "seen in the list" }, { clip: "d/s/never" });
  session.edit({ onset: 54 }, { expression: 2 });
  assert.deepEqual(
    session.queue.map(({ base }) => base),
    [null, 0],
  );
  assert.equal(kernel.inbox[0].revision, null);
});

test("an answer to something else is not taken for one's own", () => {
  const { session } = begin();
  session.edit({ onset: 54 });
  assert.equal(session.answer({ id: "other", outcome: "stored", state: null }), false);
  assert.equal(session.pending, 1);
});

test("a browser without storage still saves", () => {
  const { session, kernel } = begin({ storage: null });
  session.edit({ onset: 54 });
  session.answer(kernel.answer());
  assert.equal(kernel.coding.onset, 54);
});
