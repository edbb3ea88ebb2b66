// The fields of the coding form: each draws itself from a coding and reports what was changed.

import { mxEmit, mxKeyOf } from "../kit/bus.mjs";
import { mxMsBetween, mxMsText } from "../kit/clip_numbers.mjs";
import { mxElement, mxFill, mxKey, mxMark } from "../kit/dom.mjs";
import { mxKeepFocus, mxSegment } from "../kit/segment.mjs";
import { MX_BLANK } from "./clip_codings.mjs";

/** @type {{name: import("../kit/dom.mjs").MxMarkName, key: string, hint: string}[]} */
const MX_WHEN = [
  { name: "onset", key: "O", hint: "press at first change" },
  { name: "apex", key: "A", hint: "press at the peak" },
  { name: "offset", key: "F", hint: "press at the end" },
];
const MX_CONFIDENCES = ["unsure", "fairly", "sure"];
export const MX_TYPING_MS = 700;

/** When: three rows of frame and time; a click goes there, or marks the frame on show. */
export class MxWhenField {
  constructor({ onGo, onMark, onClear, signal }) {
    this.head = mxElement("h3", { class: "mx-h3" }, "When");
    this.root = mxElement("section", {}, this.head);
    this.rows = {};
    for (const { name, key, hint } of MX_WHEN) {
      const time = mxElement("em", {});
      const frame = mxElement("b", { "data-testid": `value-${name}` });
      const main = mxElement(
        "button",
        { type: "button", class: "mx-when", "data-testid": `when-${name}` },
        mxMark(name),
        mxElement(
          "span",
          {},
          name[0].toUpperCase() + name.slice(1),
          " ",
          mxKeyOf(`mark-${name}`, key),
        ),
        time,
        frame,
      );
      const clear = mxElement(
        "button",
        {
          type: "button",
          class: "mx-clear",
          "aria-label": `clear ${name}`,
          title: `clear ${name}`,
          "data-testid": `clear-${name}`,
        },
        "×",
      );
      mxKeepFocus(main, signal);
      mxKeepFocus(clear, signal);
      main.addEventListener(
        "click",
        () => {
          if (this.value(name) === null) onMark(name);
          else onGo(name);
        },
        { signal },
      );
      clear.addEventListener("click", () => onClear(name), { signal });
      this.root.append(mxElement("div", { class: "mx-when-row" }, main, clear));
      this.rows[name] = { time, frame, clear, main, hint, key };
    }
    this.findings = mxElement("div", {
      class: "mx-findings",
      "aria-live": "polite",
      "data-testid": "findings",
    });
    this.root.append(this.findings);
  }

  /** Beside the heading: which of the clip's expressions this is, and what else is in the clip. */
  tell(events) {
    this.head.append(events.tools);
    this.head.after(events.chips);
  }

  value(name) {
    const value = this.coding ? this.coding[name] : null;
    return value === undefined ? null : value;
  }

  draw(coding, fps) {
    this.coding = coding;
    for (const { name } of MX_WHEN) {
      const { time, frame, clear, main, hint, key } = this.rows[name];
      const value = this.value(name);
      frame.textContent = value === null ? "–" : String(value);
      const ms = mxMsBetween(this.value("onset"), value, fps);
      time.textContent = value === null ? hint : mxMsText(ms);
      main.classList.toggle("mx-unset", value === null);
      main.title =
        value === null ? `mark the frame on show as ${name} (${key})` : `go to frame ${value}`;
      clear.hidden = value === null;
    }
  }

  /** `older`: of a coding that is no longer on the form; they fade, and a `word` stands for them. */
  drawFindings(findings, older, word = "") {
    this.findings.classList.toggle("mx-older", older && !word);
    mxFill(
      this.findings,
      word
        ? mxElement("div", { class: "mx-note mx-unchecked" }, word)
        : findings.map(({ level, message }) =>
            mxElement(
              "div",
              { class: `mx-note ${level === "ok" ? "ok" : ""}` },
              mxElement("b", {}, level === "ok" ? "✓" : "!"),
              mxElement("span", {}, message),
            ),
          ),
    );
  }
}

/** Emotions by digit, in the database's own words or the workspace's. */
export class MxEmotionField {
  constructor({ onChoose, signal }) {
    this.onChoose = onChoose;
    this.signal = signal;
    this.grid = mxElement("div", { class: "mx-emotions", role: "group", "aria-label": "Emotion" });
    this.three = mxElement("span", { class: "mx-three" });
    this.root = mxElement(
      "section",
      {},
      mxElement("h3", { class: "mx-h3" }, "Emotion", this.three),
      this.grid,
    );
  }

  draw(coding, vocabulary) {
    const text = JSON.stringify(vocabulary);
    if (text !== this.drawn) {
      this.drawn = text;
      this.buttons = vocabulary.map(({ name, key, tone }) => {
        const button = mxElement(
          "button",
          { type: "button", class: `mx-emotion ${tone}`, "data-testid": `emotion-${name}` },
          mxElement("span", {}, name),
          key === "" ? null : mxKey(key),
        );
        mxKeepFocus(button, this.signal);
        button.addEventListener("click", () => this.onChoose(name), { signal: this.signal });
        return { name, tone, button };
      });
      mxFill(
        this.grid,
        this.buttons.map(({ button }) => button),
      );
    }
    for (const { name, button } of this.buttons) {
      button.setAttribute("aria-pressed", String(name === coding.emotion));
    }
    // Only a word that is not among the buttons. The class that a word counts as in training is no
    // coder's business: said beside her choice it would lead the next one.
    const known = !coding.emotion || vocabulary.some(({ name }) => name === coding.emotion);
    mxFill(this.three, known ? null : mxElement("span", { class: "mx-tag plain" }, coding.emotion));
  }
}

/** A text field that is stored when typing rests, on Enter, and when the focus leaves it. */
export class MxTextField {
  /** @type {number | undefined} */ timer;

  constructor({ title, key, action, tag, name, placeholder, onText, onTyping, signal }) {
    this.onText = onText;
    this.input = mxElement(tag, {
      class: tag === "textarea" ? "mx-textarea" : "mx-input",
      placeholder,
      spellcheck: "false",
      autocomplete: "off",
      "aria-label": title,
      "data-testid": name,
    });
    this.root = mxElement(
      "section",
      {},
      mxElement("h3", { class: "mx-h3" }, `${title} `, mxKeyOf(action, key)),
      this.input,
    );
    this.input.addEventListener(
      "input",
      () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.flush(), MX_TYPING_MS);
        this.touched = true;
        if (onTyping) onTyping(this.input.value);
      },
      { signal },
    );
    this.input.addEventListener(
      "blur",
      () => {
        this.flush();
        // What waits for a decision was kept in sight while it was worked at.
        if (this.began !== undefined) this.input.value = this.began;
      },
      { signal },
    );
    this.input.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Enter" || event.shiftKey) return;
        event.preventDefault();
        this.flush();
        mxEmit("action", { name: "focus-player", phase: "down" });
      },
      { signal },
    );
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** Hand on what was typed and not yet handed on; called before the clip changes too. */
  flush() {
    clearTimeout(this.timer);
    if (!this.touched) return;
    this.touched = false;
    this.onText(this.input.value, this.began);
  }

  /** `held`: what was typed waits for a decision, and stays in sight while it is worked at. */
  draw(text, held = false) {
    // What is being typed is newer than any echo; a person's own words do not vanish under her hands.
    if (this.touched) return;
    this.began = text; // what the typing is a change of
    if (this.input.value !== text && !(held && document.activeElement === this.input))
      this.input.value = text;
  }
}

export class MxConfidenceField {
  constructor({ onChoose, signal }) {
    this.segment = mxSegment(
      "Confidence",
      MX_CONFIDENCES.map((name) => ({ name, title: name })),
      "",
      (name) => onChoose(this.chosen === name ? "" : name),
      signal,
    );
    this.root = mxElement(
      "section",
      { class: "mx-inline" },
      mxElement("h3", { class: "mx-h3" }, "Confidence ", mxKeyOf("confidence", "C")),
      this.segment.root,
    );
  }

  draw(confidence) {
    this.chosen = confidence;
    this.segment.choose(confidence);
  }

  next() {
    const cycle = ["", ...MX_CONFIDENCES];
    return cycle[(cycle.indexOf(this.chosen) + 1) % cycle.length];
  }
}

/** What differs between two codings, for a word after undo: "onset 54 → –". */
export function mxChangesText(before, after) {
  const shown = (value) =>
    value === null || value === undefined || value === "" ? "–" : String(value);
  const titles = { action_units: "action units" };
  return [
    "onset",
    "apex",
    "offset",
    "emotion",
    "action_units",
    "confidence",
    "note",
    "status",
    "kind",
  ]
    .filter((name) => before[name] !== after[name])
    .map((name) => `${titles[name] || name} ${shown(before[name])} → ${shown(after[name])}`)
    .join(", ");
}

/**
 * What undo or redo did, for a word: "undo: onset 54 → –", "undo: 2 · fear: onset 54 → –".
 * `act` is null where it lies further back than is known here, and empty where there is nothing.
 */
export function mxStepText(kind, act, here, names) {
  if (!act) return `${kind}: done in this clip`;
  if (!act.length) return `nothing to ${kind}`;
  if (act.length > 1) {
    const committed = act.some(({ after }) => after.status === "committed");
    return committed
      ? `${kind}: the commit of this clip`
      : `${kind}: ${act.length} changes in this clip`;
  }
  const [{ expression, before, after }] = act;
  const [from, to] = kind === "undo" ? [after, before] : [before, after];
  const begun =
    Object.keys(after).join() === "status" &&
    before.status === "untouched" &&
    after.status === "draft";
  const what = begun ? "the further expression" : mxChangesText(from, to);
  const where = expression === here ? "" : `${names.get(expression) || expression}: `;
  return `${kind}: ${begun ? "" : where}${what}`;
}

/** Whether what the kernel told last is of another coding than the one on the form. */
export function mxIsOlder(record, coding) {
  const told = { ...MX_BLANK, ...(record && record.coding) };
  return Object.keys(MX_BLANK).some((name) => told[name] !== coding[name]);
}

/** "Changed after the reveal: onset 54 → 56": what is no longer as it was first committed, or "". */
export function mxRevealText(first, expression, coding) {
  if (!first) return "";
  const then = first.find((each) => each.expression === expression);
  if (!then)
    return coding.status === "untouched" ? "" : "Added after the reveal: not in your first commit.";
  const names = Object.keys(then).filter((name) => name !== "expression");
  const now = Object.fromEntries(names.map((name) => [name, coding[name]]));
  const what = mxChangesText(Object.fromEntries(names.map((name) => [name, then[name]])), now);
  return what ? `Changed after the reveal: ${what}. Your first commit is kept.` : "";
}
