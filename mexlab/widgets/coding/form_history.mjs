// What was done in the clip on the form: undone and done again by key, listed, restored.

import { mxEmit } from "../kit/bus.mjs";
import { mxSaysSomething } from "./clip_codings.mjs";
import { mxEventName, mxIsEvent } from "./clip_events.mjs";
import { mxStepText } from "./coding_fields.mjs";
import { MxHistoryPanel } from "./history_panel.mjs";

export class MxFormHistory {
  /** @type {any} */ form;

  /** @param {import("./coding_form.mjs").MxCodingForm} form */
  constructor(form, signal) {
    this.form = form;
    this.panel = new MxHistoryPanel({
      onRestore: (line) => this.restore(line),
      onClose: () => this.toggle(false),
      signal,
    });
  }

  /** What is taken back shows at once, and is said; the form goes to the expression it is of. */
  step(kind) {
    const { form } = this;
    const { session, events } = form;
    form.flush();
    const names = new Map(events.found.map((each) => [each.expression, mxEventName(each)]));
    const here = session.expression;
    const act = session.step(kind);
    if (act && act.length === 1 && act[0].expression !== here) {
      const { expression } = act[0];
      const now = events.found.find((each) => each.expression === expression);
      if (now && !mxIsEvent(now)) session.expression = expression;
    }
    // A commit that made another expression the first one is undone: the form follows it back.
    if (act && act.length > 1 && !mxSaysSomething(session.coding())) {
      const back = act.find(({ expression }) =>
        mxSaysSomething(session.coding(session.clip, expression)),
      );
      if (back) session.expression = back.expression;
    }
    mxEmit("notice", { text: mxStepText(kind, act, here, names) });
    if (session.expression !== here) form.shown();
    form.draw();
  }

  toggle(shown) {
    if (shown === this.panel.shown) return;
    const leaves = this.panel.root.contains(document.activeElement);
    this.panel.toggle(shown);
    this.form.fields.hidden = shown;
    if (shown) this.ask();
    else if (leaves) mxEmit("action", { name: "focus-player", phase: "down" });
  }

  ask() {
    this.form.send({ kind: "history", clip: this.form.state.clip });
  }

  draw(lines) {
    this.panel.draw(lines, (line) => this.nameOf(line));
  }

  /** The values of then; a commit is an act of its own, of the whole clip, and is not restored. */
  restore({ expression, after }) {
    const { status, ...values } = after;
    this.form.session.edit(status === "committed" ? values : after, { expression });
    this.form.draw();
    mxEmit("notice", { text: "restored; undo takes it back" });
  }

  /** Which of the clip's expressions or events a line is of; "" where there is only one. */
  nameOf({ expression, whole }) {
    if (whole) return "the whole clip";
    const { found } = this.form.events;
    if (found.length < 2 && expression === 1) return "";
    const one = found.find((each) => each.expression === expression);
    return one ? mxEventName(one) : "taken away";
  }
}
