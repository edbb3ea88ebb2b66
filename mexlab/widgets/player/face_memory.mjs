// Where the faces are, for the "face" view: known before a clip is on show wherever that can be,
// so that nobody sees the whole frame first and then a jump. A face that is not known yet is
// guessed: a person sits much the same in the next clip, and everybody in front of one camera.

const MX_FACES = 400; // kept in the browser, the latest used

export class MxFaceMemory {
  /** @param storage like localStorage, or null: then for as long as the page lives */
  constructor(storage) {
    this.storage = storage;
    this.faces = new Map(); // clip, "database/subject" or "database" -> {left, top, width, height, of}
    this.none = new Set(); // clips in which no face was found
    try {
      for (const [name, face] of JSON.parse((storage && storage.getItem("mexlab:faces")) || "[]"))
        this.faces.set(name, face);
    } catch {
      // What was kept cannot be read: faces are found anew.
    }
  }

  static names(key) {
    const [database, subject] = key.split("/");
    return [key, `${database}/${subject}`, database];
  }

  /** Where the face of a clip is, or most likely is; null where that is anybody's guess. */
  find(key, { width, height }) {
    if (this.none.has(key)) return null;
    for (const name of MxFaceMemory.names(key)) {
      const face = this.faces.get(name);
      if (face && face.of === `${width}x${height}`) return face;
    }
    return null;
  }

  /** Whether the face of this very clip was found, and not only one like it. */
  knows(key) {
    return this.faces.has(key);
  }

  /** A face was found, in frames of this size; also what the next guesses are made of. */
  learn(key, { left, top, width, height }, size) {
    const face = { left, top, width, height, of: `${size.width}x${size.height}` };
    for (const name of MxFaceMemory.names(key)) {
      this.faces.delete(name);
      this.faces.set(name, face);
    }
    while (this.faces.size > MX_FACES) this.faces.delete(this.faces.keys().next().value);
    if (!this.storage) return;
    try {
      this.storage.setItem("mexlab:faces", JSON.stringify([...this.faces]));
    } catch {
      // Full or forbidden: they are known until the page is closed.
    }
  }

  /** Where a face was found before, in another clip by another browser: a guess, where none is known. */
  suggest(key, face, size) {
    if (!this.find(key, size))
      this.faces.set(MxFaceMemory.names(key)[1], { ...face, of: `${size.width}x${size.height}` });
  }

  /** There is no face in this clip: a guess would cut off what there is. */
  learnNone(key) {
    this.none.add(key);
  }
}
