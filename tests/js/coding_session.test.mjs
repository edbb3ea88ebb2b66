import assert from "node:assert/strict";
import test from "node:test";

import { load } from "./parts.mjs";

const { MxCodingSession, mxAgeText, mxMarkNear, MX_RESEND_MS } = load(
  ["coding_session"],
  ["MxCodingSession", "mxAgeText", "mxMarkNear", "MX_RESEND_MS"],
);

class Storage {
  constructor() {
    this.map = new Map();
  }
  get length() {
    return this.map.size;
  }
  key(i) {
    return [...this.map.keys()][i] ?? null;
  }
  getItem(key) {
    return this.map.get(key) ?? null;
  }
  setItem(key, value) {
    this.map.set(key, String(value));
  }
  removeItem(key) {
    this.map.delete(key);
  }
}

const blank = { onset: null, apex: null, offset: null, emotion: "", status: "untouched" };

/** A kernel with a store of one clip, that answers when told to. */
class Kernel {
  constructor() {
    this.coding = { ...blank };
    this.revision = 0;
    this.inbox = [];
  }
  state() {
    return { clip: "d/s/c", coding: { ...this.coding }, revision: this.revision, undo: this.revision, redo: 0 };
  }
  answer() {
    const { id, changes, revision, kind } = this.inbox.shift();
    if (revision !== this.revision) {
      return { id, outcome: "stale", message: "changed elsewhere", state: this.state(), step: kind };
    }
    Object.assign(this.coding, changes);
    this.revision += 1;
    return { id, outcome: "stored", message: "", state: this.state(), step: kind };
  }
}

function begin({ storage = new Storage(), tab = "t1", at = 1000, kernel = new Kernel() } = {}) {
  const clock = { now: at };
  const session = new MxCodingSession({
    send: (message) => kernel.inbox.push(message),
    storage,
    now: () => clock.now,
    prefix: "mexlab:unsaved:ws:anna",
    tab,
  });
  session.load(kernel.state());
  return { session, kernel, clock, storage };
}

test("an edit is shown at once, saved only when the kernel has answered", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54 });
  assert.equal(session.coding().onset, 54);
  assert.equal(session.coding().status, "draft");
  assert.equal(session.pending, 1);
  assert.equal(session.savedAt.get("d/s/c"), undefined);
  session.answer(kernel.answer());
  assert.equal(session.pending, 0);
  assert.equal(session.savedAt.get("d/s/c"), 1000);
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
  assert.deepEqual(kernel.coding, { ...blank, onset: 54, apex: 70, offset: 90 });
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

test("an undo that a dead kernel did not answer is sent again too, in its turn", () => {
  const { session, storage, kernel } = begin();
  session.step("undo");
  session.edit({ onset: 54 });
  kernel.inbox.length = 0; // killed
  const after = begin({ storage, kernel, at: 3000 });
  assert.deepEqual(kernel.inbox.map(({ kind }) => kind), ["undo"]);
  after.session.answer(kernel.answer());
  assert.deepEqual(kernel.inbox.map(({ kind, revision }) => [kind, revision]), [["edit", 1]]);
});

test("an undo is of the clip's last change, whichever expression it was made to", () => {
  const sent = [];
  const session = new MxCodingSession({ send: (message) => sent.push(message), storage: null, now: () => 0, prefix: "p", tab: "t" });
  const at = (number, expression, revision) => ({
    clip: "d/s/c", expression, revision, coding: { ...blank },
    steps: { number, undo: { depth: number, expression: 2, revision: 5 }, redo: { depth: 0, expression: 1, revision: 0 } },
  });
  session.load(at(7, 1, 3));
  session.edit({ onset: 54 });
  session.step("undo");
  assert.equal(sent.length, 1, "which one it is of is not known before the edit is answered");
  const steps = { number: 8, undo: { depth: 8, expression: 1, revision: 4 }, redo: { depth: 0, expression: 1, revision: 0 } };
  session.answer({ id: sent[0].id, outcome: "stored", state: { ...at(8, 1, 4), steps } });
  assert.deepEqual([sent[1].kind, sent[1].expression, sent[1].revision], ["undo", 1, 4]);
  session.answer({ id: sent[1].id, outcome: "stored", state: at(9, 1, 5) });
  session.step("undo");
  assert.deepEqual([sent[2].kind, sent[2].expression, sent[2].revision], ["undo", 2, 5]);
  assert.equal(session.stepsNow().undo.depth, 9);
});

test("edits of a tab that is gone are taken up, those of a living tab are not", () => {
  const { session, storage, kernel } = begin({ tab: "gone" });
  session.edit({ onset: 54 });
  assert.equal(begin({ storage, kernel, tab: "other", at: 1500 }).session.adopted, 0);
  assert.equal(begin({ storage, kernel, tab: "other", at: 60000 }).session.adopted, 1);
});

test("a change in another tab is told, and nothing is overwritten in silence", () => {
  const { session, kernel } = begin();
  kernel.coding.onset = 60; // the other tab
  kernel.revision = 1;
  session.edit({ onset: 54 });
  session.edit({ apex: 70 });
  session.answer(kernel.answer());
  assert.equal(kernel.coding.onset, 60);
  assert.equal(session.coding().onset, 60);
  assert.deepEqual(session.conflict.changes, { onset: 54, apex: 70 });
  assert.equal(session.pending, 0);
  session.settle(true);
  session.answer(kernel.answer());
  assert.equal(kernel.coding.onset, 54);
  assert.equal(kernel.coding.apex, 70);
});

test("text that goes on being typed after a clash is added to what is mine, and sent when settled", () => {
  const { session, kernel } = begin();
  session.clash({ note: "mine" });
  assert.equal(session.disputes({ note: "" }), true);
  assert.equal(session.disputes({ onset: 3 }), false);
  session.clash({ note: "mine, and more" });
  assert.equal(kernel.inbox.length, 0);
  session.settle(true);
  assert.equal(session.disputes({ note: "" }), false);
  assert.deepEqual(kernel.inbox[0].changes, { note: "mine, and more" });
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

test("ages read as a person would say them", () => {
  assert.equal(mxAgeText(400), "0.4 s ago");
  assert.equal(mxAgeText(12300), "12 s ago");
  assert.equal(mxAgeText(3 * 60e3), "3 min ago");
  assert.equal(mxAgeText(2 * 86400e3), "2 days ago");
});

test("the mark to clear is the one at the playhead, else the nearest in reach", () => {
  const coding = { onset: 54, apex: 70, offset: 90 };
  assert.equal(mxMarkNear(coding, 70, 2), "apex");
  assert.equal(mxMarkNear(coding, 56, 2), "onset");
  assert.equal(mxMarkNear(coding, 80, 2), null);
  assert.equal(mxMarkNear({ onset: null, apex: null, offset: 90 }, 90, 0), "offset");
});
