// Whether everything is stored: one line that says so, and a panel where it is not.

import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxFormat } from "../kit/words.mjs";
import { MX_BLANK } from "./clip_codings.mjs";
import { mxChangesText } from "./coding_fields.mjs";
import { mxAgeText } from "./coding_session.mjs";

/** What the line says: {text, tone, detail}; `typing` while a field holds what was not yet sent. */
export function mxSavedWords(session, undo, now, typing = false) {
  if (session.late) {
    const changes = mxFormat.plural(session.pending, "change");
    return {
      text: "NOT SAVED",
      tone: "bad",
      detail: `${changes} kept in this browser`,
      // For the bar at the top, which speaks where Python is gone.
      kept: `${changes} ${session.pending === 1 ? "is" : "are"} kept in this browser and sent then.`,
    };
  }
  if (session.pending || typing) return { text: "saving…", tone: "dim", detail: "" };
  const at = session.lastSaved;
  if (!at) return { text: "nothing to save yet", tone: "dim", detail: "" };
  return {
    text: `saved ${mxAgeText(now - at)}`,
    tone: "ok",
    detail: undo ? mxFormat.plural(undo, "undo step") : "",
  };
}

/** States of the watch (kit/liveness.mjs) in which Python is gone, not busy. */
export const MX_GONE = ["stopped", "lost", "renewed"];

export class MxSaveAlert {
  /** @param {{onSettle: Function, onDiscard: Function, signal: AbortSignal}} options */
  constructor({ onSettle, onDiscard, signal }) {
    this.onSettle = onSettle;
    this.onDiscard = onDiscard;
    this.signal = signal;
    this.root = mxElement("div", {
      class: "mx-unsaved",
      role: "alert",
      hidden: true,
      "data-testid": "unsaved",
    });
  }

  draw(session, liveness) {
    const { conflict } = session;
    const key = JSON.stringify([
      session.late,
      session.pending,
      session.problem,
      liveness,
      conflict,
    ]);
    if (key === this.drawn) return;
    this.drawn = key;
    // Where Python is gone the top bar says so, and what is kept: one bar is enough.
    const told = MX_GONE.includes(liveness) && !session.problem;
    this.root.hidden = (!session.late || told) && !conflict;
    if (conflict) this.drawConflict(session, conflict);
    else if (!this.root.hidden) this.drawLate(session);
  }

  drawConflict(session, conflict) {
    const { clip, expression } = conflict;
    const theirs = { ...MX_BLANK, ...session.coding(clip, expression) };
    const mine = mxChangesText(theirs, { ...theirs, ...conflict.changes });
    mxFill(
      this.root,
      mxElement("b", {}, "Changed in another tab"),
      clip === session.clip
        ? null
        : mxElement(
            "p",
            { "data-testid": "conflict-clip" },
            `In ${clip}${expression > 1 ? `, event ${expression}` : ""}:`,
          ),
      mxElement(
        "p",
        {},
        "The form now shows what is stored. Your change was not stored",
        mine ? `: ${mine}.` : ".",
      ),
      mxElement(
        "div",
        { class: "mx-alert-buttons" },
        this.button("Apply mine", "apply-mine", () => this.onSettle(true)),
        this.button("Keep theirs", "keep-theirs", () => this.onSettle(false)),
      ),
    );
  }

  drawLate(session) {
    const why = session.problem || "the kernel does not answer";
    mxFill(
      this.root,
      mxElement("b", {}, "NOT SAVED"),
      mxElement(
        "p",
        {},
        `${why[0].toUpperCase()}${why.slice(1)}. ${mxFormat.plural(session.pending, "change")} kept in this browser: sent again as soon as it answers.`,
      ),
      mxElement(
        "div",
        { class: "mx-alert-buttons" },
        session.problem ? this.button("Discard", "discard", () => this.onDiscard()) : null,
      ),
    );
  }

  button(text, testid, onClick) {
    const button = mxElement(
      "button",
      { type: "button", class: "mx-btn-plain", "data-testid": testid },
      text,
    );
    button.addEventListener("click", onClick, { signal: this.signal });
    return button;
  }
}
