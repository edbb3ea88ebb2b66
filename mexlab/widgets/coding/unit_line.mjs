// The text of an action-unit line: what it could go on with, and changes to one unit in it.

/** Where the unit under the caret begins and ends: between separators. */
export function mxUnitAt(text, caret) {
  const isBreak = (sign) => /[+,;&@\s]/.test(sign);
  let from = caret;
  while (from > 0 && !isBreak(text[from - 1])) from -= 1;
  let to = caret;
  while (to < text.length && !isBreak(text[to])) to += 1;
  return { from, to, word: text.slice(from, to) };
}

/**
 * What may follow: earlier lines that begin like this one, then units by number or by word. Only a
 * word or a digit that may go on is completed: after a unit that is whole nothing is in the way.
 * @returns {{text: string, caret: number, label: string, hint: string}[]} the line as it would be
 */
export function mxCompleteUnits(text, caret, names, used, most = 6) {
  const { from, to, word } = mxUnitAt(text, caret);
  if (text && !mxUnfinished(word)) return [];
  const found = [];
  const typed = text.replace(/\s+/g, "").toLowerCase();
  for (const line of used) {
    const plain = line.replace(/\s+/g, "").toLowerCase();
    if (plain !== typed && plain.startsWith(typed))
      found.push({ text: line, caret: line.length, label: line, hint: "used before" });
    if (found.length >= (typed ? 2 : most)) break;
  }
  const wanted = word.toLowerCase();
  if (!wanted) return found.slice(0, most);
  const [, side, digits, letters] = /^([lrtb]?)(\d*)(.*)$/.exec(wanted) ?? ["", "", "", ""];
  const byNumber = digits && !letters;
  const units = names.filter(([number, name]) =>
    byNumber
      ? String(number).startsWith(digits) && String(number) !== digits
      : wanted.length > 1 &&
        !digits &&
        name.split(/[\s-]+/).some((part) => part.startsWith(wanted)),
  );
  for (const [number, name] of units) {
    const unit = `${byNumber ? side.toUpperCase() : ""}${number}`;
    found.push({
      text: text.slice(0, from) + unit + text.slice(to),
      caret: from + unit.length,
      label: unit,
      hint: name,
    });
  }
  return found.slice(0, most);
}

/** Whether what stands at the caret is a word, or one digit that may be the first of two. */
function mxUnfinished(word) {
  return /^([a-z]{0,2}\d|[a-z]{2,})$/i.test(word);
}

export const MX_UNIT_WORD = /^([lrtbuavwxyzghijk]?)(\d{1,3})([a-e]?)$/i;
const MX_SIDES = ["", "L", "R"];
const MX_INTENSITIES = ["", "A", "B", "C", "D", "E"];

/** One step of side or intensity of the unit under the caret; null where there is no plain unit. */
export function mxStepUnit(text, caret, what, step) {
  const { from, to, word } = mxUnitAt(text, caret);
  const match = MX_UNIT_WORD.exec(word);
  if (!match) return null;
  const [, side, number, intensity] = match;
  const turn = (all, now) =>
    all[(Math.max(0, all.indexOf(now.toUpperCase())) + step + all.length) % all.length];
  const degree = Math.max(0, Math.min(5, MX_INTENSITIES.indexOf(intensity.toUpperCase()) + step));
  const unit =
    what === "side"
      ? `${turn(MX_SIDES, side)}${number}${intensity}`
      : `${side}${number}${MX_INTENSITIES[degree]}`;
  return { text: text.slice(0, from) + unit + text.slice(to), caret: from + unit.length };
}

/** Where in the line the n-th plain unit of this number stands, or -1. */
export function mxFindUnit(text, number, nth = 0) {
  let seen = 0;
  for (const match of text.matchAll(/[^+,;&@\s]+/g)) {
    const unit = MX_UNIT_WORD.exec(match[0]);
    if (!unit || Number(unit[2]) !== number) continue;
    if (seen === nth) return match.index;
    seen += 1;
  }
  return -1;
}
