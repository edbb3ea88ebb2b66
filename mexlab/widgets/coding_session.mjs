// Edits on their way to the store. Each carries an id, goes out one at a time with the revision
// that it builds on, and counts as saved only when the kernel has answered that it is stored.
// Until then it lies in the browser's storage, so that neither a dead kernel nor a reload loses it.

const MX_LATE_MS = 2000;
const MX_RESEND_MS = 5000;
const MX_ORPHAN_MS = 10000;

/** The name of a coding here: its clip, and which of the clip's expressions from the second on. */
function mxCodingId({ clip, expression = 1 }) {
  return expression > 1 ? `${clip}\n${expression}` : clip;
}

class MxCodingSession {
  /**
   * @param {object} io
   *   send(message): to the kernel; storage: like localStorage, or null; now(): ms;
   *   prefix: storage key of this workspace and coder; tab: name of this browser tab.
   */
  constructor({ send, storage, now, prefix, tab }) {
    this.send = send;
    this.storage = storage;
    this.now = now;
    this.prefix = prefix;
    this.key = `${prefix}:${tab}`;
    this.tab = tab;
    this.sequence = 0;
    // {id, clip, kind, changes, base, at}; `clip` as mxCodingId; the head is the one in flight
    this.queue = [];
    this.sentAt = null;
    this.states = new Map(); // clip -> last state told by the kernel
    this.savedAt = new Map(); // clip -> ms of the last answer "stored"
    this.steps = new Map(); // clip, whatever the expression -> what undo and redo do next
    this.clip = null;
    this.conflict = null;
    this.problem = "";
    this.adopt();
  }

  /** A clip was opened: its state as the store has it. */
  load(state) {
    this.clip = mxCodingId(state);
    // Read before an answer that has come in meanwhile: the answer is newer.
    const known = this.states.get(this.clip);
    if (!known || state.revision >= known.revision) this.states.set(this.clip, state);
    this.learnSteps(state);
    if (state.saved_at) this.savedAt.set(this.clip, state.saved_at * 1000);
    this.pump();
  }

  edit(changes, clip = this.clip) {
    if (!clip) return;
    const shown = this.coding(clip);
    const differing = Object.entries(changes).filter(([name, value]) => shown[name] !== value);
    if (!differing.length) return;
    this.push({ clip, kind: "edit", changes: Object.fromEntries(differing) });
  }

  /** Undo or redo the last change of the clip; of which expression shows when it is sent. */
  step(kind) {
    if (this.clip) this.push({ clip: this.clip, kind, changes: {}, open: true });
  }

  learnSteps({ clip, steps }) {
    const known = this.steps.get(clip);
    if (steps && (!known || steps.number >= known.number)) this.steps.set(clip, steps);
  }

  /** What undo and redo would do now: {undo: {depth, expression, revision}, redo: …}. */
  stepsNow() {
    const none = { depth: 0, expression: 1, revision: 0 };
    return this.steps.get((this.clip || "").split("\n")[0]) || { undo: none, redo: none };
  }

  /** All before it has been answered: now it is known which coding a step is of. */
  settleStep(item) {
    const [clip] = item.clip.split("\n");
    const steps = this.steps.get(clip);
    delete item.open;
    if (!steps || !steps[item.kind].depth) return;
    const { expression, revision } = steps[item.kind];
    item.clip = mxCodingId({ clip, expression });
    item.base = revision;
    this.persist();
  }

  push(item) {
    this.sequence += 1;
    const state = this.states.get(item.clip);
    this.queue.push({
      ...item,
      id: `${this.tab}-${this.now().toString(36)}-${this.sequence}`,
      base: state ? state.revision : null,
      at: this.now(),
    });
    this.persist();
    this.pump();
  }

  /** Send the head of the queue if nothing is under way. */
  pump() {
    if (this.sentAt !== null || !this.queue.length) return;
    const item = this.queue[0];
    if (item.open) this.settleStep(item);
    this.sentAt = this.now();
    const [clip, expression = "1"] = item.clip.split("\n");
    this.send({
      kind: item.kind,
      id: item.id,
      clip,
      expression: Number(expression),
      changes: item.changes,
      revision: item.base,
    });
  }

  /** The kernel's answer: {id, outcome, message, state}. */
  answer({ id, outcome, message, state }) {
    if (state) {
      const name = mxCodingId(state);
      const known = this.states.get(name);
      if (!known || state.revision >= known.revision) this.states.set(name, state);
      this.learnSteps(state);
    }
    if (!this.queue.length || this.queue[0].id !== id) return false;
    this.sentAt = null;
    if (outcome === "refused") {
      // Kept and tried again: a full disk or a locked store may come right.
      this.problem = message;
      this.sentAt = this.now();
      return true;
    }
    const item = this.queue.shift();
    this.problem = "";
    if (outcome === "stored") {
      this.savedAt.set(item.clip, this.now());
      for (const later of this.queue) if (later.clip === item.clip) later.base = state.revision;
    } else if (outcome === "stale") {
      // Changed elsewhere: what was waiting for this clip is shown to the person, not forced.
      const lost = [item, ...this.queue.filter((later) => later.clip === item.clip)];
      this.queue = this.queue.filter((later) => later.clip !== item.clip);
      const changes = Object.assign({}, ...lost.map((each) => each.changes));
      this.conflict = { clip: item.clip, changes, message };
    }
    this.persist();
    this.pump();
    return true;
  }

  /** Whether a change is of a field that was changed elsewhere, and not yet decided upon. */
  disputes(changes, clip = this.clip) {
    return this.conflict !== null && this.conflict.clip === clip && Object.keys(changes).some((name) => name in this.conflict.changes);
  }

  /** A change that cannot be sent without overwriting what somebody else has stored. */
  clash(changes, clip = this.clip) {
    const before = this.conflict && this.conflict.clip === clip ? this.conflict.changes : {};
    this.conflict = { clip, changes: { ...before, ...changes }, message: "" };
  }

  /** After "changed in another tab": put mine on top of theirs, or leave theirs. */
  settle(mine) {
    const conflict = this.conflict;
    this.conflict = null;
    if (mine && conflict) this.edit(conflict.changes, conflict.clip);
  }

  discard() {
    this.queue = [];
    this.sentAt = null;
    this.problem = "";
    this.persist();
  }

  /** Called a few times a second: sends again what was not answered. */
  tick() {
    if (this.sentAt !== null && this.now() - this.sentAt >= MX_RESEND_MS) this.sendAgain();
  }

  /** The kernel may do an edit twice without harm: it knows one that it has already stored. */
  sendAgain() {
    this.sentAt = null;
    this.pump();
  }

  /** Late since the oldest waiting edit was made, however often it has been sent. */
  get late() {
    return this.queue.length > 0 && (this.problem !== "" || this.now() - this.queue[0].at > MX_LATE_MS);
  }

  /** When anything of the open clip was stored last, in ms, or undefined. */
  get lastSaved() {
    const [clip] = (this.clip || "").split("\n");
    const times = [...this.savedAt].filter(([name]) => name.split("\n")[0] === clip).map(([, at]) => at);
    return times.length ? Math.max(...times) : undefined;
  }

  get pending() {
    return this.queue.length;
  }

  /** The coding as shown: what the store has, with the edits under way on top. */
  coding(clip = this.clip) {
    const state = this.states.get(clip);
    const coding = { ...(state ? state.coding : {}) };
    for (const item of this.queue) if (item.clip === clip) Object.assign(coding, item.changes);
    if (coding.status === "untouched" && this.queue.some((item) => item.clip === clip)) {
      coding.status = "draft";
    }
    return coding;
  }

  state(clip = this.clip) {
    return this.states.get(clip);
  }

  persist() {
    if (!this.storage) return;
    try {
      if (this.queue.length) this.storage.setItem(this.key, JSON.stringify(this.queue));
      else this.storage.removeItem(this.key);
    } catch {
      // Storage may be full or forbidden; the edit still waits in memory and is shown as unsaved.
    }
  }

  /** Take up edits that an earlier life of this tab, or a tab that is gone, could not save. */
  adopt() {
    if (!this.storage) return;
    const found = [];
    for (let i = this.storage.length - 1; i >= 0; i -= 1) {
      const key = this.storage.key(i);
      if (!key || !key.startsWith(`${this.prefix}:`)) continue;
      let items = [];
      try {
        items = JSON.parse(this.storage.getItem(key)) || [];
      } catch {
        items = [];
      }
      const mine = key === this.key;
      if (!mine && items.some((item) => this.now() - item.at < MX_ORPHAN_MS)) continue;
      found.push(...items);
      if (!mine) this.storage.removeItem(key);
    }
    this.queue = found.sort((a, b) => a.at - b.at);
    this.adopted = this.queue.length;
    if (found.length) this.persist();
  }
}

/** "just now", "0.4 s ago", "12 s ago", "3 min ago", "2 h ago", "4 days ago". */
function mxAgeText(ms) {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s ago`;
  if (seconds < 60) return `${Math.round(seconds)} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86400);
  return `${days} day${days === 1 ? "" : "s"} ago`;
}

/** The mark to clear for a playhead: the one exactly there, else the nearest within `reach`. */
function mxMarkNear(coding, number, reach) {
  let best = null;
  for (const name of ["onset", "apex", "offset"]) {
    const value = coding[name];
    if (value === null || value === undefined) continue;
    const distance = Math.abs(value - number);
    if (distance <= reach && (best === null || distance < best.distance)) best = { name, distance };
  }
  return best ? best.name : null;
}
