// Marks by key: set at the frame on show, taken away, moved a frame, taken over from the machine.

const MX_MARK_NAMES = ["onset", "apex", "offset"];

/**
 * Which mark a press of "move the mark" means: the chosen one, the one that was moved last if it
 * is still about here, else the nearest within `reach`; null where there is none.
 */
function mxMarkToMove(coding, number, reach, { chosen = null, moved = null } = {}) {
  const has = (name) => name && coding[name] !== null && coding[name] !== undefined;
  if (has(chosen)) return chosen;
  if (number === null) return null;
  // Pushed through another mark, it must not leave that one behind and take it instead.
  if (has(moved) && Math.abs(coding[moved] - number) <= reach) return moved;
  return mxMarkNear(coding, number, reach);
}

class MxFormMarks {
  /** @param {MxCodingForm} form */
  constructor(form) {
    this.form = form;
    this.moved = null; // the mark that was moved last, by key
  }

  get coding() {
    return this.form.session.coding();
  }

  /** How far from a mark the frame on show may be for the mark to be meant. */
  get reach() {
    const { numbers = [] } = mxFact("clip") || {};
    const span = numbers.length ? numbers[numbers.length - 1] - numbers[0] : 0;
    return Math.max(2, Math.round(span / 50));
  }

  act(name) {
    const acts = {
      "mark-onset": () => this.set("onset"),
      "mark-apex": () => this.set("apex"),
      "mark-offset": () => this.set("offset"),
      "clear-mark": () => this.clear(),
      "mark-back": () => this.move(-1),
      "mark-forward": () => this.move(1),
      "snap-apex": () => this.snap(),
      "go-onset": () => this.miss("onset"),
      "go-apex": () => this.miss("apex"),
      "go-offset": () => this.miss("offset"),
    };
    if (!acts[name]) return false;
    acts[name]();
    return true;
  }

  set(name) {
    const number = this.form.painted();
    this.moved = name;
    if (number === null) this.form.unseen();
    else this.form.edit({ [name]: number });
  }

  /** The mark that is meant at the frame on show, or null, which is said. */
  meant(moved) {
    const number = this.form.painted();
    const chosen = (mxFact("chosen-mark") || {}).name;
    const name = mxMarkToMove(this.coding, number, this.reach, { chosen, moved });
    if (!name && number === null) this.form.unseen();
    else if (!name) mxEmit("notice", { text: `no mark at frame ${number}` });
    return name;
  }

  clear() {
    const name = this.meant(null);
    if (name) this.form.edit({ [name]: null });
  }

  /** A frame earlier or later; the picture goes with it. */
  move(step) {
    const name = this.meant(this.moved);
    if (!name) return;
    const { numbers } = mxFact("clip");
    const at = mxNearestIndex(numbers, this.coding[name]) + step;
    const number = numbers[Math.max(0, Math.min(numbers.length - 1, at))];
    this.moved = name;
    this.form.edit({ [name]: number });
    mxEmit("seek", { number });
  }

  snap() {
    const { form } = this;
    const known = form.session.state() || form.state;
    const { number, text } = mxSnapApex(known.reference || [], this.coding.apex, form.state.fps);
    if (number !== null) {
      form.edit({ apex: number });
      mxEmit("seek", { number });
    }
    mxEmit("notice", { text });
  }

  /** The player goes to a mark; where there is none it has nothing to do, and that is said. */
  miss(name) {
    const value = this.coding[name];
    if (value === null || value === undefined) mxEmit("notice", { text: `the ${name} is not marked yet` });
  }
}
