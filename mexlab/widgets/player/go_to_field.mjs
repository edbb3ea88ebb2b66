// The field that leads to a frame or a time, for videos of minutes.

import { mxEmit, mxKeyOf } from "../kit/bus.mjs";
import { mxMsBetween, mxMsText, mxNearestIndex } from "../kit/clip_numbers.mjs";
import { mxElement } from "../kit/dom.mjs";

/** Milliseconds of "1:30.250", "1:02:03", "90.5 s", "1500 ms" or "90.25"; null for anything else. */
export function mxParseTime(text) {
  const plain = text.normalize("NFKC").trim().toLowerCase().replace(",", ".");
  const clock = /^(?:(\d+):)?(\d+):(\d{1,2}(?:\.\d*)?)$/.exec(plain);
  if (clock) {
    const [, hours = "0", minutes, seconds] = clock;
    if (Number(seconds) >= 60 || (clock[1] && Number(minutes) >= 60)) return null;
    return 1000 * (3600 * Number(hours) + 60 * Number(minutes) + Number(seconds));
  }
  const span = /^(\d+(?:\.\d*)?)\s*(ms|s|sec|min|)$/.exec(plain);
  if (!span) return null;
  return Number(span[1]) * { ms: 1, s: 1000, sec: 1000, min: 60000, "": 1000 }[span[2]];
}

/**
 * Where a text leads in a clip: {number, text} with the frame and what to say of it (or ""), or
 * {problem}. Whole numbers are frames, by the database's own numbering; times count from the
 * clip's start, as the line below the picture tells them.
 */
export function mxParsePlace(text, numbers, fps) {
  const first = numbers[0];
  const last = numbers[numbers.length - 1];
  // A Japanese or Chinese keyboard writes full-width digits and signs.
  const plain = text.normalize("NFKC").trim();
  if (/^\d+$/.test(plain)) {
    const asked = Number(plain);
    if (asked < first || asked > last)
      return { problem: `frame ${asked} is not in this clip: ${first} to ${last}` };
    const number = numbers[mxNearestIndex(numbers, asked)];
    return {
      number,
      text: number === asked ? "" : `there is no frame ${asked}: this is ${number}`,
    };
  }
  const ms = mxParseTime(plain);
  if (ms === null) return { problem: "write a frame (18000) or a time (1:30.250)" };
  if (!fps) return { problem: "the frame rate of this clip is not known: write a frame number" };
  const asked = first + (ms * fps) / 1000;
  // Half a frame past the last is still the last.
  if (asked > last + 0.5)
    return { problem: `the clip ends at ${mxMsText(mxMsBetween(first, last, fps))}` };
  const number = numbers[mxNearestIndex(numbers, asked)];
  const missing = Math.abs(number - asked) > 0.5 + 1e-6;
  return { number, text: missing ? `there is no frame at ${mxMsText(ms)}: this is ${number}` : "" };
}

/** The frame `seconds` from a number on, by time: at least one frame away, and within the clip. */
export function mxSecondsOn(numbers, number, seconds, fps) {
  const at = mxNearestIndex(numbers, number);
  const next = mxNearestIndex(numbers, number + Math.round(seconds * fps));
  // Across a hole in the numbers the nearest frame may be the one that one comes from.
  return next === at ? Math.max(0, Math.min(numbers.length - 1, at + Math.sign(seconds))) : next;
}

export class MxGoToField {
  /** @param {import("./clip_player.mjs").MxPlayer} player */
  constructor(player, signal) {
    this.player = player;
    this.input = mxElement("input", {
      class: "mx-input mx-go-to",
      type: "text",
      placeholder: "go to",
      "aria-label": "Go to a frame or time",
      title: "18000: a frame; 1:30.250: a time after the clip's start",
      "data-testid": "go-to",
      spellcheck: "false",
      autocomplete: "off",
    });
    this.root = mxElement(
      "label",
      { class: "mx-go-to-box" },
      this.input,
      mxKeyOf("go-to", "Ctrl G"),
    );
    this.input.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.input.addEventListener("input", () => this.input.removeAttribute("aria-invalid"), {
      signal,
    });
    this.input.addEventListener("blur", () => this.clear(), { signal });
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  clear() {
    this.input.value = "";
    this.input.removeAttribute("aria-invalid");
  }

  onKey(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (!this.input.value.trim()) {
      this.player.stage.focus();
      return;
    }
    if (!this.player.count) return;
    const { number, text, problem } = mxParsePlace(
      this.input.value,
      this.player.numbers,
      this.player.clip.fps,
    );
    if (problem) {
      this.input.setAttribute("aria-invalid", "true");
      mxEmit("notice", { text: problem, tone: "warn" });
      return;
    }
    this.player.seekNumber(number);
    // What was refused before is no longer so.
    mxEmit("notice", { text });
    this.player.stage.focus();
  }
}
