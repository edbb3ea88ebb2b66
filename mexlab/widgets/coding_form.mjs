// The coding form. It owns the edits of the page: keys, drags and clicks all become edits here,
// shown at once, and called saved only when the kernel has answered that they are stored.

const MX_EMPTY = { onset: null, apex: null, offset: null, emotion: "", action_units: "", confidence: "", note: "", status: "untouched" };

class MxCodingForm {
  constructor(model, el, signal) {
    this.model = model;
    this.el = el;
    this.signal = signal;
    this.state = null;
    this.session = new MxCodingSession({
      send: (message) => this.send(message),
      storage: mxBrowserStorage("localStorage"),
      now: () => Date.now(),
      prefix: `mexlab:unsaved:${model.get("owner")}`,
      tab: mxTabName(),
    });
    if (this.session.adopted) {
      mxEmit("notice", { text: `sending ${mxFormat.plural(this.session.adopted, "change")} that could not be saved before` });
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
      onMark: (name) => this.mark(name),
      onClear: (name) => edit({ [name]: null }),
      signal,
    });
    this.emotion = new MxEmotionField({ onChoose: (name) => this.chooseEmotion(name), signal });
    this.units = new MxUnitsField({
      onText: (text) => edit({ action_units: text }),
      onTyping: (text) => this.parse(text),
      signal,
    });
    this.confidence = new MxConfidenceField({ onChoose: (name) => edit({ confidence: name }), signal });
    this.note = new MxTextField({
      title: "Note", key: "N", tag: "textarea", name: "note", placeholder: "anything worth remembering",
      onText: (text) => edit({ note: text }), signal,
    });
    this.alert = mxElement("div", { class: "mx-unsaved", role: "alert", hidden: true, "data-testid": "unsaved" });
    this.commit = mxElement("button", { type: "button", class: "mx-btn mx-commit", "data-testid": "commit" });
    this.commit.addEventListener("click", () => this.doCommit(), { signal });
    this.flag = mxElement("button", { type: "button", class: "mx-btn-plain", "data-testid": "flag", title: "come back to this clip later (G)" });
    this.flag.addEventListener("click", () => this.toggleFlag(), { signal });
    this.undoButton = this.stepButton("undo", "Ctrl Z");
    this.redoButton = this.stepButton("redo", "Ctrl Y");
    for (const button of [this.commit, this.flag]) mxKeepFocus(button, signal);
    this.saved = mxElement("span", { class: "mx-saved", "data-testid": "saved" });
    this.reference = mxElement("div", { class: "mx-reference", "data-testid": "reference" });
    mxAppend(this.el, [
      this.alert,
      mxElement(
        "div",
        { class: "mx-fields mx-scroll" },
        this.when.root, this.emotion.root, this.units.root, this.confidence.root, this.note.root,
      ),
      mxElement(
        "footer",
        { class: "mx-form-foot" },
        this.reference,
        mxElement("div", { class: "mx-commit-row" }, this.commit, this.flag),
        mxElement("div", { class: "mx-saved-row" }, this.saved, mxElement("span", { class: "mx-sp" }), this.undoButton, this.redoButton),
      ),
    ]);
  }

  stepButton(kind, key) {
    const button = mxElement("button", { type: "button", class: "mx-step", "data-testid": kind, title: `${kind} (${key})` }, kind);
    mxKeepFocus(button, this.signal);
    button.addEventListener("click", () => this.stepHistory(kind), { signal: this.signal });
    return button;
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
    mxSubscribe("liveness", ({ state }) => {
      this.liveness = state;
      if (state === "alive") this.session.sendAgain();
      this.drawSaved();
    }, signal);
    // Another tab may have changed the coding meanwhile: look when this one is looked at again.
    window.addEventListener("focus", () => this.refresh(), { signal });
    window.addEventListener("pagehide", () => this.flush(), { signal });
  }

  // ---- state ------------------------------------------------------------------------------

  load() {
    const state = this.model.get("state");
    if (!state || !state.clip) return;
    const changed = !this.state || this.state.clip !== state.clip;
    if (changed) this.flush();
    this.state = state;
    this.session.load(state);
    if (changed) {
      this.units.drawParsed(state.units || { units: [], problems: [] });
      this.parsed = 0;
    }
    this.draw();
  }

  refresh() {
    if (this.state && !this.session.pending) this.send({ kind: "refresh", clip: this.state.clip });
  }

  heard(content) {
    if (content.kind === "parsed") {
      if (content.sequence === this.parsed) this.units.drawParsed(content);
    } else if (content.kind === "answer") {
      const before = this.session.coding();
      const mine = this.session.answer(content);
      if (content.state && this.state && content.state.clip === this.state.clip) this.state = content.state;
      if (mine && content.outcome === "stored" && ["undo", "redo"].includes(content.step)) {
        const what = mxChangesText(before, this.session.coding());
        mxEmit("notice", { text: what ? `${content.step}: ${what}` : `nothing to ${content.step}` });
      }
      if (content.outcome === "stale") mxEmit("notice", { text: "changed in another tab: reloaded", tone: "warn" });
      if (this.state && content.state && content.state.clip === this.state.clip) {
        this.units.drawParsed(this.state.units || { units: [], problems: [] });
      }
      this.draw();
    }
  }

  get toneOf() {
    return new Map((this.state ? this.state.vocabulary : []).map(({ name, tone }) => [name, tone]));
  }

  draw() {
    if (!this.state) return;
    const coding = { ...MX_EMPTY, ...this.session.coding() };
    const known = this.session.state() || this.state;
    this.when.draw(coding, this.state.fps, known.findings || []);
    this.emotion.draw(coding, this.state.vocabulary);
    this.units.draw(coding.action_units);
    this.confidence.draw(coding.confidence);
    this.note.draw(coding.note);
    mxFill(this.commit, coding.status === "committed" ? "Committed · next " : "Commit and next ", mxKey("Ctrl S"));
    this.commit.classList.toggle("mx-done", coding.status === "committed");
    mxFill(this.flag, coding.status === "flagged" ? "Unflag " : "Flag ", mxKey("G"));
    this.undoButton.disabled = !known.undo && !this.session.pending;
    this.redoButton.disabled = !known.redo;
    mxFill(this.reference, known.reference_note || "");
    this.reference.hidden = !known.reference_note;
    this.drawSaved();
    mxPublish("coding", {
      clip: this.state.clip,
      coding,
      tone: this.toneOf.get(coding.emotion) || "plain",
      undo: known.undo,
      redo: known.redo,
      saved_at: known.saved_at,
      findings: known.findings,
      reference: known.reference || [],
    });
  }

  // ---- saved or not -----------------------------------------------------------------------

  drawSaved() {
    if (!this.state) return;
    const { session } = this;
    const known = session.state() || this.state;
    const steps = known.undo ? mxFormat.plural(known.undo, "undo step") : "";
    const at = session.savedAt.get(this.state.clip);
    let say = at ? { text: `saved ${mxAgeText(Date.now() - at)}`, tone: "ok", detail: steps } : { text: "nothing to save yet", tone: "dim", detail: "" };
    if (session.late) {
      say = { text: "NOT SAVED", tone: "bad", detail: `${mxFormat.plural(session.pending, "change")} kept in this browser` };
    } else if (session.pending) {
      say = { text: "saving…", tone: "dim", detail: "" };
    }
    const text = `${say.text}${say.detail ? ` · ${say.detail}` : ""}`;
    if (text !== this.said) {
      this.said = text;
      this.saved.className = `mx-saved ${say.tone ? `mx-${say.tone}` : ""}`;
      mxFill(this.saved, say.text, say.detail ? mxElement("i", {}, ` · ${say.detail}`) : null);
      mxEmit("status", say);
    }
    this.drawAlert();
  }

  drawAlert() {
    const { session } = this;
    const conflict = session.conflict;
    const key = JSON.stringify([session.late, session.pending, session.problem, this.liveness, conflict]);
    if (key === this.alerted) return;
    this.alerted = key;
    this.alert.hidden = !session.late && !conflict;
    if (conflict) {
      const mine = mxChangesText({ ...MX_EMPTY, ...this.session.coding(conflict.clip) }, { ...MX_EMPTY, ...this.session.coding(conflict.clip), ...conflict.changes });
      mxFill(
        this.alert,
        mxElement("b", {}, "Changed in another tab"),
        mxElement("p", {}, "The form now shows what is stored. Your change was not stored", mine ? `: ${mine}.` : "."),
        mxElement("div", { class: "mx-alert-buttons" },
          this.alertButton("Apply mine", "apply-mine", () => this.settle(true)),
          this.alertButton("Keep theirs", "keep-theirs", () => this.settle(false))),
      );
    } else if (session.late) {
      const why = session.problem || (this.liveness === "stopped" ? "the kernel has stopped" : this.liveness === "lost" ? "no connection to mexlab" : "the kernel does not answer");
      const dead = this.liveness === "stopped" || this.liveness === "lost";
      mxFill(
        this.alert,
        mxElement("b", {}, "NOT SAVED"),
        mxElement("p", {}, `${why[0].toUpperCase()}${why.slice(1)}. ${mxFormat.plural(session.pending, "change")} kept in this browser: sent again ${dead ? "when the page is reloaded" : "as soon as it answers"}.`),
        mxElement("div", { class: "mx-alert-buttons" },
          dead ? this.alertButton("Reload and send", "reload-and-send", () => window.location.reload()) : null,
          session.problem ? this.alertButton("Discard", "discard", () => {
            session.discard();
            this.draw();
          }) : null),
      );
    }
  }

  alertButton(text, testid, onClick) {
    const button = mxElement("button", { type: "button", class: "mx-btn-plain", "data-testid": testid }, text);
    button.addEventListener("click", onClick, { signal: this.signal });
    return button;
  }

  settle(mine) {
    this.session.settle(mine);
    this.draw();
    mxEmit("action", { name: "focus-player", phase: "down" });
  }

  // ---- edits ------------------------------------------------------------------------------

  edit(changes) {
    if (!this.state) return;
    this.session.edit(changes, this.state.clip);
    this.draw();
  }

  /** Hand on what is typed in a text field, before the clip changes or the page goes. */
  flush() {
    this.units.flush();
    this.note.flush();
  }

  /** The frame that is painted now, or null while a clip is still opening. */
  painted() {
    const frame = mxFact("frame");
    if (!frame || !this.state || frame.clip !== this.state.clip) return null;
    return frame.number;
  }

  mark(name) {
    const number = this.painted();
    if (number === null) mxEmit("notice", { text: "no frame is on show yet", tone: "warn" });
    else this.edit({ [name]: number });
  }

  clearMark() {
    const chosen = (mxFact("chosen-mark") || {}).name;
    const coding = this.session.coding();
    const clip = mxFact("clip");
    const span = clip && clip.numbers.length ? clip.numbers[clip.numbers.length - 1] - clip.numbers[0] : 0;
    const number = this.painted();
    const name = chosen && coding[chosen] !== null ? chosen : number === null ? null : mxMarkNear(coding, number, Math.max(2, Math.round(span / 50)));
    if (name) this.edit({ [name]: null });
    else mxEmit("notice", { text: number === null ? "no frame is on show yet" : `no mark at frame ${number}` });
  }

  chooseEmotion(name) {
    this.edit({ emotion: this.session.coding().emotion === name ? "" : name });
  }

  stepHistory(kind) {
    this.flush();
    this.session.step(kind);
    this.drawSaved();
  }

  doCommit() {
    this.flush();
    this.edit({ status: "committed" });
    mxEmit("action", { name: "committed", phase: "down" });
  }

  toggleFlag() {
    const { status } = this.session.coding();
    this.edit({ status: status === "flagged" ? "draft" : "flagged" });
  }

  parse(text) {
    this.parsed = (this.parsed || 0) + 1;
    this.send({ kind: "parse", sequence: this.parsed, text });
  }

  act({ name, phase }) {
    if (phase === "up" || !this.state) return;
    const acts = {
      "mark-onset": () => this.mark("onset"),
      "mark-apex": () => this.mark("apex"),
      "mark-offset": () => this.mark("offset"),
      "clear-mark": () => this.clearMark(),
      undo: () => this.stepHistory("undo"),
      redo: () => this.stepHistory("redo"),
      commit: () => this.doCommit(),
      flag: () => this.toggleFlag(),
      confidence: () => this.edit({ confidence: this.confidence.next() }),
      "focus-action-units": () => this.units.input.focus(),
      "focus-note": () => this.note.input.focus(),
      "next-clip": () => this.flush(),
      "previous-clip": () => this.flush(),
    };
    if (acts[name]) acts[name]();
    else if (name.startsWith("emotion-")) {
      const key = name.slice("emotion-".length);
      const found = this.state.vocabulary.find((each) => each.key === key);
      if (found) this.chooseEmotion(found.name);
      else mxEmit("notice", { text: `no emotion has the key ${key}` });
    }
  }
}

function mxBrowserStorage(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/** A name of this browser tab that a reload keeps. */
function mxTabName() {
  const storage = mxBrowserStorage("sessionStorage");
  let name = storage && storage.getItem("mexlab:tab");
  if (!name) {
    name = Math.random().toString(36).slice(2, 10);
    if (storage) storage.setItem("mexlab:tab", name);
  }
  return name;
}

function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-coding-form");
  new MxCodingForm(model, el, life.signal);
  return () => life.abort();
}

export default { render };
