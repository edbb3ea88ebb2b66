// The action-unit line: spelled out as it is typed, lit up on a face, completed from words,
// numbers and earlier lines; side and intensity of a unit change by key or by click.

import { mxElement, mxFill, mxKey } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { MX_TYPING_MS, MxTextField } from "./coding_fields.mjs";
import { MxUnitFace } from "./unit_face.mjs";
import { MX_UNIT_WORD, mxCompleteUnits, mxFindUnit, mxStepUnit, mxUnitAt } from "./unit_line.mjs";

const MX_UNITS_HINT = [
  ["↓ ↵", "take"],
  ["Alt ↑ ↓", "intensity"],
  ["Alt Pg↑", "side"],
];

export class MxUnitsField extends MxTextField {
  constructor(options) {
    super({
      ...options,
      title: "Action units",
      key: "U",
      action: "focus-action-units",
      tag: "input",
      name: "action-units",
      placeholder: "e.g. L12B+6, or a word: lip",
    });
    this.names = options.names;
    this.used = options.used;
    this.onTyping = options.onTyping;
    this.face = new MxUnitFace();
    this.parsed = mxElement("div", {
      class: "mx-units",
      "aria-live": "polite",
      "data-testid": "units",
    });
    this.choices = mxElement("div", {
      class: "mx-complete",
      id: "mx-complete",
      role: "listbox",
      "aria-label": "Completions",
      hidden: true,
      "data-testid": "complete",
    });
    this.body = mxElement("div", { class: "mx-units-body" }, this.parsed, this.face.svg);
    const holder = mxElement("div", { class: "mx-complete-holder" }, this.input, this.choices);
    const hint = mxElement(
      "div",
      { class: "mx-units-hint", "data-testid": "units-hint" },
      MX_UNITS_HINT.map(([keys, what]) => [keys.split(" ").map((key) => mxKey(key)), ` ${what} `]),
    );
    this.root.append(holder, hint, this.body);
    this.chosen = -1;
    const { signal } = options;
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": "mx-complete",
      "aria-expanded": "false",
    };
    for (const [name, value] of Object.entries(attributes)) this.input.setAttribute(name, value);
    this.input.title = "Alt ↑ ↓ intensity, Alt Page ↑ ↓ side of the unit at the caret";
    this.input.addEventListener("keydown", (event) => this.onKey(event), { signal, capture: true });
    this.input.addEventListener("input", () => this.offer(), { signal });
    this.input.addEventListener("blur", () => this.close(), { signal });
    this.signal = signal;
  }

  // ---- completion -------------------------------------------------------------------------

  /** While one types; in an empty line earlier lines are shown when ↓ asks for them. */
  offer(asked = false) {
    const { value } = this.input;
    this.offers =
      value || asked
        ? mxCompleteUnits(value, this.input.selectionStart, this.names(), this.used())
        : [];
    this.chosen = -1;
    this.drawChoices();
  }

  close() {
    this.offers = [];
    this.drawChoices();
    if (this.read) this.drawParsed(this.read);
  }

  drawChoices() {
    const offers = this.offers || [];
    this.choices.hidden = !offers.length;
    this.input.setAttribute("aria-expanded", String(offers.length > 0));
    if (this.chosen >= 0)
      this.input.setAttribute("aria-activedescendant", `mx-complete-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
    mxFill(
      this.choices,
      offers.map((offer, at) => {
        const row = mxElement(
          "div",
          {
            class: "mx-complete-row",
            id: `mx-complete-${at}`,
            role: "option",
            "aria-selected": String(at === this.chosen),
          },
          mxElement("b", {}, offer.label),
          mxElement("span", {}, offer.hint),
        );
        row.addEventListener(
          "mousedown",
          (event) => {
            event.preventDefault();
            this.take(offer);
          },
          { signal: this.signal },
        );
        return row;
      }),
    );
  }

  onKey(event) {
    const offers = this.offers || [];
    const steps = {
      ArrowUp: ["intensity", 1],
      ArrowDown: ["intensity", -1],
      PageUp: ["side", 1],
      PageDown: ["side", -1],
    };
    if (event.altKey && steps[event.key]) {
      const changed = mxStepUnit(this.input.value, this.input.selectionStart, ...steps[event.key]);
      if (changed) this.write(changed);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && offers.length) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.chosen = Math.max(-1, Math.min(offers.length - 1, this.chosen + step));
      this.drawChoices();
    } else if (event.key === "ArrowDown" && !this.input.value) {
      this.offer(true);
    } else if (
      event.key === "Tab" &&
      !event.shiftKey &&
      offers.length &&
      (this.chosen >= 0 || this.begun)
    ) {
      this.take(offers[Math.max(0, this.chosen)]);
    } else if (event.key === "Enter" && this.chosen >= 0) {
      this.take(offers[this.chosen]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** The word at the caret is no unit yet: Tab completes it. A unit that is whole Tab leaves alone. */
  get begun() {
    const { word } = mxUnitAt(this.input.value, this.input.selectionStart);
    const unit = MX_UNIT_WORD.exec(word);
    return Boolean(word) && !(unit && this.names().some(([number]) => number === Number(unit[2])));
  }

  take(offer) {
    this.write(offer);
    this.close();
  }

  write({ text, caret }) {
    this.input.value = text;
    this.input.setSelectionRange(caret, caret);
    this.touched = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), MX_TYPING_MS);
    if (this.onTyping) this.onTyping(text);
  }

  // ---- what it was read as ----------------------------------------------------------------

  drawParsed(read) {
    this.read = read;
    const { units } = read;
    // A word that can still become a unit is no mistake yet.
    const begun = (this.offers || []).length
      ? mxUnitAt(this.input.value, this.input.selectionStart).word
      : null;
    const problems = read.problems.filter(({ text }) => text !== begun);
    const seen = new Map();
    this.body.classList.toggle("mx-bare", !units.length);
    this.face.draw(units.flatMap((unit) => unit.parts || []));
    mxFill(
      this.parsed,
      units.map((unit) => {
        const plain = (unit.parts || []).length === 1 && unit.plain;
        const number = plain ? unit.parts[0].number : null;
        const nth = seen.get(number) || 0;
        seen.set(number, nth + 1);
        return mxElement(
          "span",
          { class: "mx-unit" },
          mxElement("b", {}, unit.text),
          unit.name ? ` ${unit.name}` : "",
          plain
            ? mxElement(
                "span",
                { class: "mx-unit-steps" },
                this.stepper("side", number, nth, "side: both, left, right"),
                this.stepper("intensity", number, nth, "intensity: none, A to E"),
              )
            : null,
        );
      }),
      problems.map(({ text, reason }) =>
        mxElement(
          "div",
          { class: "mx-note" },
          mxElement("b", {}, "!"),
          mxElement("span", {}, text ? `“${text}”: ${reason}` : reason),
        ),
      ),
      (read.notes || []).map((text) =>
        mxElement(
          "div",
          { class: "mx-note ok", "data-testid": "units-note" },
          mxElement("b", {}, "i"),
          mxElement("span", {}, text),
        ),
      ),
      this.theirs
        ? mxElement(
            "div",
            { class: "mx-their-units", "data-testid": "their-units" },
            mxElement("b", {}, "Database"),
            ` ${this.theirs}`,
          )
        : null,
    );
  }

  /** What the database has, beside one's own: shown after the commit, or "". */
  drawTheirs(text) {
    if (text === this.theirs) return;
    this.theirs = text;
    if (this.read) this.drawParsed(this.read);
  }

  stepper(what, number, nth, title) {
    const button = mxElement(
      "button",
      {
        type: "button",
        class: "mx-unit-step",
        title: `${title} of ${number}`,
        "aria-label": `${what} of unit ${number}`,
        "data-testid": `${what}-${number}`,
      },
      what === "side" ? "L·R" : "A–E",
    );
    mxKeepFocus(button, this.signal);
    button.addEventListener(
      "click",
      () => {
        const at = mxFindUnit(this.input.value, number, nth);
        if (at < 0) return;
        const { value } = this.input;
        const { word } = mxUnitAt(value, at);
        const top = what === "intensity" && /E$/i.test(word);
        const changed = mxStepUnit(value, at, what, top ? -5 : 1);
        if (!changed) return;
        this.write(changed);
        this.flush();
      },
      { signal: this.signal },
    );
    return button;
  }
}
