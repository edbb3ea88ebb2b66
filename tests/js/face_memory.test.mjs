import assert from "node:assert/strict";
import test from "node:test";

import { MxFaceMemory } from "../../mexlab/widgets/player/face_memory.mjs";

const size = { width: 640, height: 480 };
const face = (left) => ({ left, top: 10, width: 200, height: 240 });

function storage(kept = {}) {
  return {
    kept,
    getItem: (name) => kept[name] ?? null,
    setItem: (name, text) => {
      kept[name] = text;
    },
  };
}

test("a face is that of the clip, else of the person, else of whoever sat before the camera", () => {
  const memory = new MxFaceMemory(null);
  assert.equal(memory.find("casme2/s1/a", size), null);
  memory.learn("casme2/s1/a", face(1), size);
  memory.learn("casme2/s2/b", face(2), size);
  assert.equal(memory.find("casme2/s1/a", size).left, 1);
  assert.equal(memory.find("casme2/s1/c", size).left, 1);
  assert.equal(memory.find("casme2/s3/d", size).left, 2);
  assert.equal(memory.find("samm/s1/a", size), null);
});

test("nothing is guessed for frames of another size, or where no face was found", () => {
  const memory = new MxFaceMemory(null);
  memory.learn("casme2/s1/a", face(1), size);
  assert.equal(memory.find("casme2/s1/a", { width: 320, height: 240 }), null);
  memory.learnNone("casme2/s1/b");
  assert.equal(memory.find("casme2/s1/b", size), null);
});

test("what another browser saw is a guess, and nothing where a face is known", () => {
  const memory = new MxFaceMemory(null);
  memory.suggest("casme2/s1/a", face(7), size);
  assert.equal(memory.find("casme2/s1/a", size).left, 7);
  assert.equal(memory.knows("casme2/s1/a"), false);
  memory.learn("casme2/s1/a", face(1), size);
  memory.suggest("casme2/s1/a", face(9), size);
  assert.equal(memory.find("casme2/s1/a", size).left, 1);
  memory.learnNone("casme2/s1/b");
  memory.suggest("casme2/s1/b", face(9), size);
  assert.equal(memory.find("casme2/s1/b", size), null);
});

test("faces outlive the page; the oldest go, and what cannot be read is forgotten", () => {
  const store = storage();
  const memory = new MxFaceMemory(store);
  for (let i = 0; i < 500; i += 1) memory.learn(`casme2/s1/c${i}`, face(i), size);
  const again = new MxFaceMemory(store);
  assert.equal(again.find("casme2/s1/c499", size).left, 499);
  assert.equal(again.find("casme2/s9/new", size).left, 499);
  assert.equal(again.faces.has("casme2/s1/c0"), false);
  assert.ok(again.faces.size <= 400);
  assert.equal(new MxFaceMemory(storage({ "mexlab:faces": "{" })).faces.size, 0);
});
