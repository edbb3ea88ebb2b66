// What a session of codings talks to in the tests: a browser's storage and a kernel with its store.
import { mxBecomesFirst } from "../../mexlab/widgets/coding/clip_codings.mjs";
import { MX_RESEND_MS, MxCodingSession } from "../../mexlab/widgets/coding/coding_session.mjs";

export { MxCodingSession, MX_RESEND_MS, mxBecomesFirst };

export class Storage {
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

export const blank = {
  onset: null,
  apex: null,
  offset: null,
  emotion: "",
  action_units: "",
  confidence: "",
  note: "",
  status: "untouched",
  kind: "",
};

/** A kernel with a store of one clip, by the rules of the store, that answers when told to. */
export class Kernel {
  constructor() {
    this.codings = new Map(); // expression -> {coding, revision}
    this.undo = [];
    this.redo = [];
    this.number = 0;
    this.inbox = [];
  }
  get coding() {
    return this.stored(1).coding;
  }
  get revision() {
    return this.stored(1).revision;
  }
  stored(expression) {
    return this.codings.get(expression) || { coding: { ...blank }, revision: 0 };
  }
  /** Another tab, or the kernel itself. */
  write(expression, changes, act = null) {
    const { coding, revision } = this.stored(expression);
    const before = Object.fromEntries(Object.keys(changes).map((name) => [name, coding[name]]));
    this.codings.set(expression, { coding: { ...coding, ...changes }, revision: revision + 1 });
    this.number += 1;
    (act || this.undo).push(
      act ? { expression, before, after: changes } : [{ expression, before, after: changes }],
    );
  }
  state(expression = 1) {
    const codings = [...this.codings].map(([number, one]) => ({
      expression: number,
      ...structuredClone(one),
    }));
    const steps = {
      number: this.number,
      undo_depth: this.undo.length,
      redo_depth: this.redo.length,
      undo: structuredClone(this.undo),
      redo: structuredClone(this.redo),
    };
    return {
      clip: "d/s/c",
      expression,
      ...structuredClone(this.stored(expression)),
      codings,
      steps,
    };
  }
  answer() {
    const { id, changes, revision, kind, expression, shown, number } = this.inbox.shift();
    const step = kind === "undo" || kind === "redo";
    const state = () => this.state(step ? shown || 1 : expression);
    const moved = step
      ? number !== null && number !== this.number
      : revision !== null && revision !== this.stored(expression).revision;
    if (moved)
      return { id, outcome: "stale", message: "changed elsewhere", state: state(), step: kind };
    const touched = new Set();
    if (step) {
      const act = this[kind].pop() || [];
      const other = kind === "undo" ? this.redo : this.undo;
      for (const part of [...act].reverse()) {
        const { coding, revision: at } = this.stored(part.expression);
        const values = kind === "undo" ? part.before : part.after;
        this.codings.set(part.expression, { coding: { ...coding, ...values }, revision: at + 1 });
        this.number += 1;
        touched.add(part.expression);
      }
      if (act.length) other.push([...act].reverse());
    } else {
      const { coding } = this.stored(expression);
      const real =
        coding.status === "untouched" && !changes.status
          ? { ...changes, status: "draft" }
          : changes;
      const act = [];
      if (kind === "commit") {
        for (const [other, one] of [...this.codings]) {
          if (other !== expression && one.coding.status === "draft")
            this.write(other, { status: "committed" }, act);
        }
      }
      this.write(expression, real, act);
      for (const part of act) touched.add(part.expression);
      this.undo.push(act);
      this.redo = [];
    }
    const pairs = [...touched].map((each) => [each, this.stored(each).revision]);
    return { id, outcome: "stored", message: "", state: state(), step: kind, touched: pairs };
  }
}

export function begin({
  storage = new Storage(),
  tab = "t1",
  at = 1000,
  kernel = new Kernel(),
} = {}) {
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
