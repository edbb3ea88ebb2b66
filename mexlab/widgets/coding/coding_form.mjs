// The coding form. It owns the edits of the page: keys, drags and clicks all become edits here,
// shown at once, and called saved only when the kernel has answered that they are stored.
// Past 400 lines as prettier breaks them; to be split where it is next worked on.

import { mxBrowserStorage, mxTabName } from "../kit/browser_storage.mjs";
import { mxEmit, mxFact, mxPublish, mxSubscribe } from "../kit/bus.mjs";
import { mxAppend, mxElement } from "../kit/dom.mjs";
import { mxFormat } from "../kit/words.mjs";
import { mxSeenFrame, mxUnseenText } from "../player/frame_seen.mjs";
import { MX_BLANK } from "./clip_codings.mjs";
import { MxClipEvents } from "./clip_events.mjs";
import {
  MxConfidenceField,
  MxEmotionField,
  mxIsOlder,
  mxRevealText,
  MxTextField,
  MxWhenField,
} from "./coding_fields.mjs";
import { mxCodingId, MxCodingSession } from "./coding_session.mjs";
import { MxFormFoot } from "./form_foot.mjs";
import { MxFormHistory } from "./form_history.mjs";
import { MxFormMarks } from "./form_marks.mjs";
import { MxFormOpening } from "./form_opening.mjs";
import { MX_GONE, MxSaveAlert, mxSavedWords } from "./save_alert.mjs";
import { MxUnitsField } from "./units_field.mjs";

const MX_NO_UNITS = { units: [], problems: [] };

export class MxCodingForm {
  /** @type {MxFormMarks} */ marks;
  /** @type {MxFormHistory} */ past;
  /** @type {any} */ history;
  /** @type {MxClipEvents} */ events;
  /** @type {MxUnitsField} */ units;
  /** @type {MxWhenField} */ when;
  /** @type {MxEmotionField} */ emotion;
  /** @type {MxConfidenceField} */ confidence;
  /** @type {MxTextField} */ note;
  /** @type {MxSaveAlert} */ alert;
  /** @type {MxFormFoot} */ foot;

  constructor(model, el, signal) {
    this.model = model;
    this.el = el;
    this.signal = signal;
    this.state = null;
    this.opening = new MxFormOpening(this, signal);
    this.session = new MxCodingSession({
      send: (message) => this.send(message),
      storage: mxBrowserStorage("localStorage"),
      now: () => Date.now(),
      prefix: `mexlab:unsaved:${model.get("owner")}`,
      tab: mxTabName(),
    });
    if (this.session.adopted) {
      mxEmit("notice", {
        text: `sending ${mxFormat.plural(this.session.adopted, "change")} that could not be saved before`,
      });
    }
    this.build();
    this.listen();
    this.load();
  }

  send(message) {
    try {
      this.model.send(message);
    } catch {
      // No connection: the session sends again until it is answered.
    }
  }

  build() {
    const { signal } = this;
    const edit = (changes) => this.edit(changes);
    this.when = new MxWhenField({
      onGo: (name) => mxEmit("seek", { number: this.session.coding()[name] }),
      onMark: (name) => this.marks.set(name),
      onClear: (name) => edit({ [name]: null }),
      signal,
    });
    this.events = new MxClipEvents(this, signal);
    this.marks = new MxFormMarks(this);
    this.when.tell(this.events);
    this.emotion = new MxEmotionField({ onChoose: (name) => this.chooseEmotion(name), signal });
    this.units = new MxUnitsField({
      onText: (text, began) => this.typed("action_units", text, began),
      onTyping: (text) => this.parse(text),
      names: () => this.model.get("unit_names"),
      used: () => this.model.get("used_units"),
      signal,
    });
    this.confidence = new MxConfidenceField({
      onChoose: (name) => edit({ confidence: name }),
      signal,
    });
    this.note = new MxTextField({
      title: "Note",
      key: "N",
      action: "focus-note",
      tag: "textarea",
      name: "note",
      placeholder: "anything worth remembering",
      onText: (text, began) => this.typed("note", text, began),
      onTyping: () => this.drawSaved(),
      signal,
    });
    this.past = new MxFormHistory(this, signal);
    this.history = this.past.panel;
    this.alert = new MxSaveAlert({
      onSettle: (mine) => this.settle(mine),
      onDiscard: () => {
        this.session.discard();
        this.draw();
      },
      signal,
    });
    this.foot = new MxFormFoot({
      onCommit: () => this.doCommit(),
      onFlag: () => this.toggleFlag(),
      onStep: (kind) => this.past.step(kind),
      onHistory: () => this.past.toggle(!this.history.shown),
      signal,
    });
    this.fields = mxElement(
      "div",
      { class: "mx-fields mx-scroll" },
      this.when.root,
      this.emotion.root,
      this.units.root,
      this.confidence.root,
      this.note.root,
    );
    mxAppend(this.el, [
      this.alert.root,
      this.opening.wait,
      this.history.root,
      this.fields,
      this.foot.root,
    ]);
  }

  listen() {
    const { model, signal } = this;
    const onState = () => this.load();
    const onMessage = (content) => this.heard(content);
    model.on("change:state", onState);
    model.on("msg:custom", onMessage);
    const timer = setInterval(() => {
      this.session.tick();
      this.drawSaved();
    }, 250);
    signal.addEventListener("abort", () => {
      model.off("change:state", onState);
      model.off("msg:custom", onMessage);
      clearInterval(timer);
    });
    mxSubscribe("action", (action) => this.act(action), signal);
    mxSubscribe("edit", ({ changes }) => this.edit(changes), signal);
    mxSubscribe(
      "liveness",
      ({ state }) => {
        this.liveness = state;
        if (state === "alive") this.session.sendAgain();
        this.drawSaved();
      },
      signal,
    );
    // Another tab may have changed the coding meanwhile: look when this one is looked at again.
    window.addEventListener("focus", () => this.refresh(), { signal });
    window.addEventListener("pagehide", () => this.flush(), { signal });
  }

  // ---- state ------------------------------------------------------------------------------

  load() {
    const state = this.model.get("state");
    if (!state || !state.clip) return;
    const other = !this.state || this.state.clip !== state.clip;
    if (other) this.flush();
    this.state = state;
    this.session.load(state);
    if (other) {
      this.events.from = 1;
      this.past.toggle(false);
      this.drawUnits();
    } else {
      if (this.history.shown) this.past.ask();
      // Parsed by the kernel; what is being typed here is newer.
      if (mxCodingId(state) === mxCodingId(this.session) && !this.units.touched)
        this.units.drawParsed(state.units || MX_NO_UNITS);
    }
    this.draw();
    this.opening.came();
  }

  /** What the kernel told last of the coding on the form; of one just begun there is nothing yet. */
  get known() {
    const { fps, vocabulary, clip, reference, reference_note, first_commit } = this.state;
    return (
      this.session.record() || {
        clip,
        fps,
        vocabulary,
        reference,
        reference_note,
        first_commit,
        findings: [],
        units: MX_NO_UNITS,
      }
    );
  }

  /** Another expression is on the form: shown at once, the kernel tells the rest. */
  shown() {
    this.drawUnits();
    this.send({ kind: "open", clip: this.state.clip, expression: this.session.expression });
    if (this.history.shown) this.past.ask();
    this.draw();
  }

  drawUnits() {
    this.parsed = 0;
    this.units.drawParsed(this.known.units || MX_NO_UNITS);
  }

  refresh() {
    if (this.state && !this.session.pending)
      this.send({ kind: "refresh", clip: this.state.clip, expression: this.session.expression });
  }

  /** @param {MxFormHears} content */
  heard(content) {
    if (content.kind === "parsed") {
      if (content.sequence === this.parsed) this.units.drawParsed(content);
    } else if (content.kind === "history") {
      if (content.clip === this.session.clip) this.past.draw(content.lines);
    } else if (content.kind === "answer") {
      this.answered(content);
    }
  }

  /** @param {MxAnswer} content */
  answered(content) {
    const { state, outcome, message } = content;
    this.session.answer(content);
    // Of the clip before, too, which is no longer on the form.
    if (state) mxEmit("stored", { clip: state.clip, warnings: state.warnings || [] });
    if (outcome === "stale")
      mxEmit("notice", { text: "changed in another tab: reloaded", tone: "warn" });
    if (outcome === "declined") mxEmit("notice", { text: message, tone: "warn" });
    if (state && mxCodingId(state) === mxCodingId(this.session)) {
      if (!this.units.touched) this.units.drawParsed(state.units || MX_NO_UNITS);
    }
    if (state && state.clip === this.session.clip && this.history.shown) this.past.ask();
    this.draw();
  }

  draw() {
    if (!this.state) return;
    this.events.settle();
    const view = this.session.view();
    const coding = { ...MX_BLANK, ...this.session.coding() };
    const { known } = this;
    const vocabulary = known.vocabulary || this.state.vocabulary;
    this.when.draw(coding, this.state.fps);
    this.emotion.draw(coding, vocabulary);
    this.units.draw(coding.action_units, this.session.disputes({ action_units: "" }));
    const tone = (name) =>
      (vocabulary.find((each) => each.name === name) || { tone: "plain" }).tone;
    const expressions = this.events
      .draw(coding)
      .map((each) => ({ ...each, tone: tone(each.emotion) }));
    this.confidence.draw(coding.confidence);
    this.note.draw(coding.note, this.session.disputes({ note: "" }));
    // A status is the clip's: that of its first expression, as the list has it.
    const status = this.clipStatus(view);
    const done = status === "committed" && expressions.every((each) => each.status === "committed");
    const reveal = mxRevealText(known.first_commit, this.session.expression, coding);
    this.foot.draw(view, { status, done, reference: known.reference_note || "", reveal });
    this.units.drawTheirs(known.reference_units || "");
    this.drawFindings(coding);
    this.drawSaved();
    mxPublish("coding", {
      clip: this.state.clip,
      coding,
      expression: this.session.expression,
      expressions,
      tone: tone(coding.emotion),
      saved_at: known.saved_at,
      reference: known.reference || [],
    });
  }

  /** The kernel checks and reads: what it said of an earlier coding is not said of this one. */
  drawFindings(coding) {
    const { known } = this;
    const older = mxIsOlder(this.session.record(), coding);
    this.waited = this.session.late;
    this.when.drawFindings(
      known.findings || [],
      older,
      older && this.waited ? "checked once it is saved" : "",
    );
    const units = (known.coding || MX_BLANK).action_units;
    if (MX_GONE.includes(this.liveness) && units !== coding.action_units)
      this.units.drawParsed(MX_NO_UNITS);
  }

  // ---- saved or not -----------------------------------------------------------------------

  drawSaved() {
    if (!this.state) return;
    const say = mxSavedWords(
      this.session,
      this.session.view().undoDepth,
      Date.now(),
      this.note.touched || this.units.touched,
    );
    const text = `${say.text}${say.detail ? ` · ${say.detail}` : ""}`;
    if (text !== this.said) {
      this.said = text;
      this.foot.drawSaved(say);
      mxEmit("status", say);
    }
    if (this.waited !== this.session.late)
      this.drawFindings({ ...MX_BLANK, ...this.session.coding() });
    this.alert.draw(this.session, this.liveness);
    const unsaved = this.session.unsaved();
    if (unsaved.join("\n") !== (mxFact("unsaved") || []).join("\n")) mxPublish("unsaved", unsaved);
  }

  settle(mine) {
    this.session.settle(mine);
    this.draw();
    mxEmit("action", { name: "focus-player", phase: "down" });
  }

  // ---- edits ------------------------------------------------------------------------------

  edit(changes) {
    if (!this.state) return;
    this.session.edit(changes);
    this.draw();
  }

  /** A text that grew out of another: if that is no longer what is stored, the person decides. */
  typed(name, text, began) {
    const now = this.session.coding()[name] || "";
    const theirs = now !== began && now !== text;
    // Until it is settled, what goes on being typed is mine, and theirs is not overwritten by it.
    if (theirs || this.session.disputes({ [name]: text })) this.session.clash({ [name]: text });
    else this.session.edit({ [name]: text });
    this.draw();
  }

  /** Hand on what is typed in a text field, before the clip changes or the page goes. */
  flush() {
    this.units.flush();
    this.note.flush();
  }

  /** The frame that is on show and wanted, or null (see frame_seen.mjs). */
  painted() {
    if (this.opening.number !== null) return this.opening.number;
    return this.state && !this.opening.key ? mxSeenFrame(this.state.clip) : null;
  }

  /** A key that marks a frame, and none that it could mean: why, in place of the mark. */
  unseen() {
    mxEmit("notice", { text: mxUnseenText(this.opening.key || this.state.clip), tone: "warn" });
  }

  chooseEmotion(name) {
    this.edit({ emotion: this.session.coding().emotion === name ? "" : name });
  }

  clipStatus(view = this.session.view()) {
    return (view.codings.get(1) || MX_BLANK).status;
  }

  doCommit() {
    this.flush();
    const flagged = this.clipStatus() === "flagged";
    if (!this.session.commit()) {
      mxEmit("notice", {
        text: "nothing is coded in this clip: mark or name what you see, or write 0 as action units (U) where nothing moves",
        tone: "warn",
      });
      return;
    }
    if (flagged) mxEmit("notice", { text: "committed: its flag is off" });
    this.draw();
    // From a field too: what is typed next is for the next clip, and must not go into its note.
    mxEmit("action", { name: "focus-player", phase: "down" });
    mxEmit("action", { name: "committed", phase: "down" });
  }

  toggleFlag() {
    const status = this.clipStatus();
    this.session.edit({ status: status === "flagged" ? "draft" : "flagged" }, { expression: 1 });
    this.draw();
    const before = status === "committed" ? "; it is to be committed again" : "";
    mxEmit("notice", {
      text: status === "flagged" ? "the flag is off" : `flagged, to come back to${before}`,
    });
  }

  focusOn(input) {
    this.past.toggle(false);
    input.focus();
  }

  parse(text) {
    this.parsed = (this.parsed || 0) + 1;
    this.send({ kind: "parse", sequence: this.parsed, text });
    this.drawSaved();
  }

  act({ name, phase }) {
    if (phase === "up" || !this.state) return;
    if (!this.opening.holds(name)) this.perform(name);
  }

  perform(name) {
    const acts = {
      undo: () => this.past.step("undo"),
      redo: () => this.past.step("redo"),
      commit: () => this.doCommit(),
      flag: () => this.toggleFlag(),
      history: () => this.past.toggle(!this.history.shown),
      escape: () => this.past.toggle(false),
      confidence: () => this.edit({ confidence: this.confidence.next() }),
      "focus-note": () => this.focusOn(this.note.input),
      "next-clip": () => this.flush(),
      "focus-action-units": () => this.focusOn(this.units.input),
      "previous-clip": () => this.flush(),
    };
    if (acts[name]) acts[name]();
    else if (this.events.act(name) || this.marks.act(name)) return;
    else if (name.startsWith("emotion-")) {
      const key = name.slice("emotion-".length);
      const found = this.state.vocabulary.find((each) => each.key === key);
      if (found) this.chooseEmotion(found.name);
      else mxEmit("notice", { text: `no emotion has the key ${key}` });
    }
  }
}

/** @param {MxRender} page */
function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-coding-form");
  new MxCodingForm(model, el, life.signal);
  return () => life.abort();
}

export default { render };
