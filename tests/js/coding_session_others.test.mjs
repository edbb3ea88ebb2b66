// A session of codings beside others: other tabs, other clips, other coders, earlier pages.
import assert from "node:assert/strict";
import test from "node:test";

import { Storage, begin, blank } from "./coding_kernel.mjs";

test("what another tab did to one expression is not lost under an answer of the other", () => {
  const { session, kernel } = begin();
  session.begin();
  session.answer(kernel.answer());
  session.edit({ onset: 54 }, { expression: 1 });
  session.edit({ onset: 60 }, { expression: 2 });
  kernel.write(2, { onset: 99 }); // the other tab, after this one last heard of it
  session.answer(kernel.answer());
  session.answer(kernel.answer());
  assert.equal(kernel.stored(2).coding.onset, 99);
  assert.deepEqual(session.conflict.changes, { onset: 60 });
});

test("a second clip's conflict does not replace the first's", () => {
  const { session, kernel } = begin();
  session.clash({ note: "of the first" });
  session.load({ clip: "d/s/other", coding: { ...blank }, revision: 0 });
  session.clash({ note: "of the second" });
  assert.equal(session.conflicts.size, 2);
  assert.deepEqual(session.conflict.changes, { note: "of the second" });
  session.settle(false);
  assert.deepEqual(session.conflict.changes, { note: "of the first" });
  session.settle(true);
  assert.equal(session.conflict, null);
  assert.deepEqual(
    [kernel.inbox[0].clip, kernel.inbox[0].changes],
    ["d/s/c", { note: "of the first" }],
  );
});

for (const text of ["{}", "3", "null", '"x"', "[", "[null, 7, {}]"]) {
  test(`stored JSON that holds no acts (${text}) keeps no form away`, () => {
    const storage = new Storage();
    storage.setItem("mexlab:unsaved:ws:anna:t1", text);
    storage.setItem("mexlab:unsaved:ws:anna:gone", text);
    const { session, kernel } = begin({ storage, at: 60000 });
    assert.equal(session.adopted, 0);
    session.edit({ onset: 54 });
    session.answer(kernel.answer());
    assert.equal(kernel.coding.onset, 54);
  });
}

test("acts that an earlier version of the page left behind are taken up", () => {
  const storage = new Storage();
  const left = {
    id: "a",
    clip: "d/s/c\n2",
    kind: "edit",
    changes: { onset: 60 },
    base: null,
    at: 900,
  };
  storage.setItem("mexlab:unsaved:ws:anna:t1", JSON.stringify([left]));
  const { session, kernel } = begin({ storage });
  session.answer(kernel.answer());
  assert.equal(kernel.stored(2).coding.onset, 60);
});

test("edits of a tab that is gone are taken up, those of a living tab are not", () => {
  const { session, storage, kernel } = begin({ tab: "gone" });
  session.edit({ onset: 54 });
  assert.equal(begin({ storage, kernel, tab: "other", at: 1500 }).session.adopted, 0);
  assert.equal(begin({ storage, kernel, tab: "other", at: 60000 }).session.adopted, 1);
});

test("edits of several tabs that are gone go out in the order in which they were made", () => {
  const storage = new Storage();
  for (const [tab, at, onset] of [
    ["first", 900, 54],
    ["second", 950, 55],
    ["third", 925, 56],
  ]) {
    const left = {
      id: tab,
      clip: "d/s/c",
      expression: 1,
      kind: "edit",
      changes: { onset },
      base: null,
      at,
    };
    storage.setItem(`mexlab:unsaved:ws:anna:${tab}`, JSON.stringify([left]));
  }
  const { session, kernel } = begin({ storage, at: 60000 });
  assert.deepEqual(
    session.queue.map(({ id }) => id),
    ["first", "third", "second"],
  );
  while (kernel.inbox.length) session.answer(kernel.answer());
  assert.equal(kernel.coding.onset, 55, "the last one made stays");
});

test("what another coder left unsaved is not taken up, even one whose name begins alike", () => {
  const storage = new Storage();
  const left = {
    id: "a",
    clip: "d/s/c",
    kind: "edit",
    changes: { onset: 54 },
    base: null,
    at: 900,
  };
  storage.setItem("mexlab:unsaved:ws:annabel:t9", JSON.stringify([left]));
  assert.equal(begin({ storage, at: 60000 }).session.adopted, 0);
  assert.equal(storage.length, 1);
});

test("a change in another tab is told, and nothing is overwritten in silence", () => {
  const { session, kernel } = begin();
  kernel.write(1, { onset: 60 }); // the other tab
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

test("a commit that waits behind a clash of one expression does not go out for the others", () => {
  const { session, kernel } = begin();
  session.edit({ onset: 54 });
  session.begin();
  session.edit({ onset: 60 });
  while (kernel.inbox.length) session.answer(kernel.answer());
  kernel.write(1, { onset: 99 }); // the other tab
  session.edit({ onset: 55 }, { expression: 1 });
  session.commit(); // of what was on show: 55 and 60
  while (kernel.inbox.length) session.answer(kernel.answer());
  assert.deepEqual(
    [1, 2].map((number) => kernel.stored(number).coding.status),
    ["draft", "draft"],
  );
  assert.equal(session.pending, 0);
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
