// What a coder does, on its way to the store: every act goes through one queue, in the order in
// which it was done, and shows at once. Each carries an id, goes out one at a time with the revision
// that it builds on, and counts as saved only when the kernel has answered that it is stored.
// Until then it lies in the browser's storage, so that neither a dead kernel nor a reload loses it.

import { MX_BLANK, mxReplayClip, mxSaysSomething } from "./clip_codings.mjs";

const MX_LATE_MS = 2000;
export const MX_RESEND_MS = 5000;
const MX_ORPHAN_MS = 10000;

/** The name of a coding here: its clip, and which of the clip's expressions from the second on. */
export function mxCodingId({ clip, expression = 1 }) {
  return expression > 1 ? `${clip}\n${expression}` : clip;
}

export class MxCodingSession {
  /**
   * @param {{send: (message: MxAct) => void, storage: Storage | null, now: () => number, prefix: string,
   *   tab: string}} io
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
    // {id, clip, expression, kind, changes, base, at}; the head is the one in flight
    this.queue = [];
    this.sentAt = null;
    this.clips = new Map(); // clip -> {codings: expression -> {coding, revision}, steps, savedAt}
    this.records = new Map(); // coding -> its last record as the kernel told it: findings, units …
    this.clip = null;
    this.expression = 1; // on the form
    this.conflicts = new Map(); // coding -> {clip, expression, changes, message}
    this.problem = "";
    this.adopt();
  }

  // ---- what the store has -------------------------------------------------------------------

  /** A clip was opened, or its coding was told again: as the store has it. */
  load(state) {
    if (state.clip !== this.clip) {
      this.clip = state.clip;
      this.expression = state.expression || 1;
    }
    this.learn(state);
    if (state.saved_at) this.known(state.clip).savedAt = state.saved_at * 1000;
    this.pump();
  }

  known(clip) {
    if (!this.clips.has(clip))
      this.clips.set(clip, { codings: new Map(), steps: null, savedAt: undefined });
    return this.clips.get(clip);
  }

  /** A record may have been read before an answer that has come in meanwhile: the newer one stays. */
  learn(state) {
    const known = this.known(state.clip);
    const own = {
      expression: state.expression || 1,
      revision: state.revision,
      coding: state.coding,
    };
    for (const { expression, revision, coding } of [...(state.codings || []), own]) {
      const before = known.codings.get(expression);
      if (!before || revision >= before.revision)
        known.codings.set(expression, { coding, revision });
    }
    if (state.first_commit) known.kept = state.first_commit.map(({ expression }) => expression);
    if (state.steps && (!known.steps || state.steps.number >= known.steps.number))
      known.steps = state.steps;
    const name = mxCodingId(state);
    const record = this.records.get(name);
    if (!record || state.revision >= record.revision) this.records.set(name, state);
  }

  // ---- what a coder does --------------------------------------------------------------------

  /** Change fields of a coding: by default of the one on the form. */
  edit(changes, { clip = this.clip, expression = clip === this.clip ? this.expression : 1 } = {}) {
    if (!clip) return;
    const shown = this.coding(clip, expression);
    const differing = Object.entries(changes).filter(([name, value]) => shown[name] !== value);
    if (!differing.length) return;
    const kind = changes.status === "committed" ? "commit" : "edit";
    this.push({ clip, expression, kind, changes: Object.fromEntries(differing) });
  }

  /** Commit all of the clip on the form; false where nothing is coded in it. */
  commit() {
    const { codings } = this.view();
    if (![...codings.values()].some(mxSaysSomething)) return false;
    const open = [...codings].some(([number, { status }]) =>
      number === 1 ? status !== "committed" : !["committed", "untouched"].includes(status),
    );
    if (open)
      this.push({
        clip: this.clip,
        expression: this.expression,
        kind: "commit",
        changes: { status: "committed" },
      });
    return true;
  }

  /** A further expression of the clip, begun and empty; returns its number. */
  begin() {
    const number = Math.max(1, ...this.view().codings.keys()) + 1;
    this.edit({ status: "draft" }, { expression: number });
    this.expression = number;
    return number;
  }

  /** Undo or redo the last act in the clip; what it does, as far as it is known here. */
  step(kind) {
    if (!this.clip) return null;
    const view = this.view();
    if (this.known(this.clip).steps && !view[`${kind}Depth`]) return [];
    const act = view[kind].at(-1) || null;
    this.push({ clip: this.clip, expression: this.expression, kind, changes: {} });
    return act;
  }

  /** Keys of the clips with changes that should have been stored by now and are not. */
  unsaved() {
    return this.late ? [...new Set(this.queue.map(({ clip }) => clip))] : [];
  }

  push(item) {
    this.sequence += 1;
    const known = this.clips.get(item.clip);
    const stored = known && known.codings.get(item.expression);
    this.queue.push({
      ...item,
      id: `${this.tab}-${this.now().toString(36)}-${this.sequence}`,
      // Of a clip that is known an expression that is not listed has never been stored.
      base: stored ? stored.revision : known ? 0 : null,
      at: this.now(),
    });
    this.persist();
    this.pump();
  }

  // ---- to the kernel and back ---------------------------------------------------------------

  /** Send the head of the queue if nothing is under way. */
  pump() {
    if (this.sentAt !== null || !this.queue.length) return;
    const item = this.queue[0];
    const { kind, id, clip, expression, changes } = item;
    const shown = clip === this.clip ? this.expression : null;
    this.sentAt = this.now();
    if (kind === "undo" || kind === "redo") {
      const known = this.clips.get(clip);
      // All before it has been answered: it is of the clip as it is now known, and of no other.
      if (item.number === undefined && known && known.steps) {
        item.number = known.steps.number;
        this.persist();
      }
      this.send({ kind, id, clip, expression, shown, number: item.number ?? null });
    } else {
      this.send({ kind, id, clip, expression, shown, changes, revision: item.base });
    }
  }

  /** The kernel's answer: {id, outcome, message, state, touched}. */
  answer({ id, outcome, message, state, touched = [] }) {
    const waiting = this.queue.length && this.queue[0].id === id;
    const before = waiting && outcome === "stale" ? this.view(this.queue[0].clip) : null;
    if (state) this.learn(state);
    if (!waiting) return false;
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
      this.known(item.clip).savedAt = this.now();
      const moved = touched.length ? touched : [[item.expression, state.revision]];
      for (const later of this.queue) {
        const found =
          later.clip === item.clip && moved.find(([expression]) => expression === later.expression);
        if (found) [, later.base] = found;
      }
    } else if (outcome === "stale") {
      this.stale(item, before, message);
    }
    this.persist();
    this.pump();
    return true;
  }

  /** Changed elsewhere: what was waiting for it is shown to the person, not forced. */
  stale(item, view, message) {
    const here = this.queue.filter(({ clip }) => clip === item.clip);
    // An undo or a commit after it would be of other acts than those that were seen.
    const all = [item, ...here].some(({ kind }) => kind !== "edit");
    const lost = [item, ...here.filter(({ expression }) => all || expression === item.expression)];
    this.queue = this.queue.filter((later) => !lost.includes(later));
    for (const each of lost) {
      const { clip, expression } = each;
      const wanted = view.codings.get(expression) || MX_BLANK;
      const theirs = this.coding(clip, expression);
      const names = Object.keys(each.changes).filter((name) => theirs[name] !== wanted[name]);
      const changes = Object.fromEntries(names.map((name) => [name, wanted[name]]));
      if (names.length) this.clash(changes, { clip, expression }, message);
    }
  }

  // ---- changed elsewhere --------------------------------------------------------------------

  /** The one to decide upon next: of the clip on the form before those of others; or null. */
  get conflict() {
    const all = [...this.conflicts.values()];
    return all.find(({ clip }) => clip === this.clip) || all[0] || null;
  }

  /** Whether a change is of a field that was changed elsewhere, and not yet decided upon. */
  disputes(changes, { clip = this.clip, expression = this.expression } = {}) {
    const found = this.conflicts.get(mxCodingId({ clip, expression }));
    return Boolean(found) && Object.keys(changes).some((name) => name in found.changes);
  }

  /** A change that cannot be sent without overwriting what somebody else has stored. */
  clash(changes, { clip = this.clip, expression = this.expression } = {}, message = "") {
    const name = mxCodingId({ clip, expression });
    const before = (this.conflicts.get(name) || { changes: {} }).changes;
    this.conflicts.set(name, { clip, expression, changes: { ...before, ...changes }, message });
  }

  /** After "changed in another tab": put mine on top of theirs, or leave theirs. */
  settle(mine) {
    const { conflict } = this;
    if (!conflict) return;
    const { clip, expression, changes } = conflict;
    this.conflicts.delete(mxCodingId(conflict));
    if (mine) this.edit(changes, { clip, expression });
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

  /** The kernel may do an act twice without harm: it knows one that it has already stored. */
  sendAgain() {
    this.sentAt = null;
    this.pump();
  }

  // ---- what is shown ------------------------------------------------------------------------

  /** Late since the oldest waiting act was done, however often it has been sent. */
  get late() {
    return (
      this.queue.length > 0 && (this.problem !== "" || this.now() - this.queue[0].at > MX_LATE_MS)
    );
  }

  /** When anything of the open clip was stored last, in ms, or undefined. */
  get lastSaved() {
    const known = this.clips.get(this.clip);
    return known && known.savedAt;
  }

  get pending() {
    return this.queue.length;
  }

  /** The clip with all that waits done: see mxReplayClip. */
  view(clip = this.clip) {
    const known = this.clips.get(clip) || { codings: new Map(), steps: null };
    return mxReplayClip(
      known,
      this.queue.filter((item) => item.clip === clip),
    );
  }

  /** The coding as shown: what the store has, with the acts under way on top. */
  coding(clip = this.clip, expression = clip === this.clip ? this.expression : 1) {
    return { ...(this.view(clip).codings.get(expression) || {}) };
  }

  /** What the kernel last told of a coding, or undefined. */
  record(clip = this.clip, expression = this.expression) {
    return this.records.get(mxCodingId({ clip, expression }));
  }

  // ---- kept in the browser ------------------------------------------------------------------

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
      const items = mxStoredItems(this.storage.getItem(key));
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

/** The acts in a stored text; none where it is something else, which must not keep the form away. */
function mxStoredItems(text) {
  /** @type {any} */
  let items = null;
  try {
    items = JSON.parse(text);
  } catch {
    return [];
  }
  if (!Array.isArray(items)) return [];
  return items
    .filter((item) => item && typeof item.clip === "string" && typeof item.kind === "string")
    .map((item) => {
      // Of a version before this one the clip held the expression, and a step its revision.
      const [clip, expression = item.expression || 1] = item.clip.split("\n");
      return { ...item, clip, expression: Number(expression), changes: item.changes || {} };
    });
}

/** "just now", "0.4 s ago", "12 s ago", "3 min ago", "2 h ago", "4 days ago". */
export function mxAgeText(ms) {
  const seconds = Math.max(0, ms / 1000);
  if (seconds < 10) return `${seconds.toFixed(1)} s ago`;
  if (seconds < 60) return `${Math.round(seconds)} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.round(seconds / 3600)} h ago`;
  const days = Math.round(seconds / 86400);
  return `${days} day${days === 1 ? "" : "s"} ago`;
}

/**
 * The mark that is meant at a playhead: one exactly there, else the nearest within `reach`. Of two
 * on one frame the earlier where it is to go back (`step` < 0), else the later: their order stays.
 */
export function mxMarkNear(coding, number, reach, step = 0) {
  /** @type {{name: string, distance: number} | null} */
  let best = null;
  for (const name of ["onset", "apex", "offset"]) {
    const value = coding[name];
    if (value === null || value === undefined) continue;
    const distance = Math.abs(value - number);
    const nearer = best === null || distance < best.distance;
    const same = best !== null && value === coding[best.name] && step >= 0;
    if (distance <= reach && (nearer || same)) best = { name, distance };
  }
  return best ? best.name : null;
}
