// The foot of the coding form: commit, flag, undo and redo, and whether all is saved.

import { mxKeyOf } from "../kit/bus.mjs";
import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { mxFormat } from "../kit/words.mjs";

export class MxFormFoot {
  /**
   * @param {{onCommit: () => void, onFlag: () => void, onStep: (kind: "undo" | "redo") => void,
   *   onHistory: () => void, signal: AbortSignal}} hands
   */
  constructor({ onCommit, onFlag, onStep, onHistory, signal }) {
    this.signal = signal;
    this.commit = this.button({ class: "mx-btn mx-commit", "data-testid": "commit" }, onCommit);
    this.flag = this.button(
      {
        class: "mx-btn-plain",
        "data-testid": "flag",
        title: "come back to this clip later (G)",
      },
      onFlag,
    );
    this.undo = this.step("undo", "undo (Ctrl Z)", "undo", () => onStep("undo"));
    this.redo = this.step("redo", "redo (Ctrl Y)", "redo", () => onStep("redo"));
    this.history = this.step(
      "history-open",
      "what was done in this clip (W)",
      "history",
      onHistory,
    );
    this.saved = mxElement("span", { class: "mx-saved", "data-testid": "saved" });
    this.reference = mxElement("div", { class: "mx-reference", "data-testid": "reference" });
    this.reveal = mxElement("div", { class: "mx-reveal", "data-testid": "reveal" });
    this.root = mxElement(
      "footer",
      { class: "mx-form-foot" },
      this.reference,
      this.reveal,
      mxElement("div", { class: "mx-commit-row" }, this.commit, this.flag),
      mxElement("div", { class: "mx-saved-row" }, this.saved, this.history, this.undo, this.redo),
    );
  }

  /**
   * @param {Record<string, string>} attributes
   * @param {() => void} onClick
   * @param {string} text
   */
  button(attributes, onClick, text = "") {
    const button = mxElement("button", { type: "button", ...attributes }, text);
    button.addEventListener("click", onClick, { signal: this.signal });
    mxKeepFocus(button, this.signal);
    return button;
  }

  /**
   * @param {string} name
   * @param {string} title
   * @param {string} text
   * @param {() => void} onClick
   */
  step(name, title, text, onClick) {
    return this.button({ class: "mx-step", "data-testid": name, title }, onClick, text);
  }

  /**
   * @param {{undoDepth: number, redoDepth: number}} view
   * @param {{status: string, done: boolean, reference: string, reveal: string}} words status: of the
   *   clip; done: all of it is committed; reveal: what was changed after the first commit
   */
  draw({ undoDepth, redoDepth }, { status, done, reference, reveal }) {
    const next = done ? "Committed · next " : "Commit and next ";
    mxFill(this.commit, next, mxKeyOf("commit", "Ctrl S"));
    this.commit.classList.toggle("mx-done", done);
    mxFill(this.flag, status === "flagged" ? "Unflag " : "Flag ", mxKeyOf("flag", "G"));
    mxFill(this.undo, undoDepth ? `undo ${undoDepth}` : "undo");
    const steps = mxFormat.plural(undoDepth, "step");
    this.undo.title = `undo (Ctrl Z): ${steps} in this clip, of earlier sessions too`;
    this.undo.disabled = !undoDepth;
    this.redo.disabled = !redoDepth;
    mxFill(this.reference, reference);
    this.reference.hidden = !reference;
    mxFill(this.reveal, reveal);
    this.reveal.hidden = !reveal;
  }

  /** @param {{text: string, tone?: string, detail?: string}} say */
  drawSaved({ text, tone, detail }) {
    this.saved.className = `mx-saved ${tone ? `mx-${tone}` : ""}`;
    const more = tone === "ok" || !detail ? null : mxElement("i", {}, ` · ${detail}`);
    mxFill(this.saved, text, more);
  }
}
