// Frames are named by the database's own numbers, ascending and possibly with gaps. Everything
// that is shown or stored uses these; the index into them is used for stepping only.

/**
 * Index of the frame whose native number is nearest; ties go to the earlier frame.
 * @param {number[]} numbers
 * @param {number} number
 */
export function mxNearestIndex(numbers, number) {
  let low = 0;
  let high = numbers.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && number - numbers[low - 1] <= numbers[low] - number) return low - 1;
  return low;
}

/**
 * Milliseconds from one native number to another, or null where fps is not known.
 * @param {number | null | undefined} from
 * @param {number | null | undefined} to
 * @param {number | null | undefined} fps
 */
export function mxMsBetween(from, to, fps) {
  if (!fps || from === null || from === undefined || to === null || to === undefined) return null;
  return ((to - from) * 1000) / fps;
}

// From ten seconds on nobody reads milliseconds (data/time_text.py has the same rule).
export const MX_LONG_MS = 10000;

/**
 * "1:30.395", "0:12", "1:02:03.500": minutes and seconds, the fraction where there is one.
 * @param {number} ms
 */
export function mxClockText(ms) {
  const whole = Math.round(Math.abs(ms));
  const [hours, minutes, seconds] = [
    Math.floor(whole / 3600000),
    Math.floor(whole / 60000) % 60,
    Math.floor(whole / 1000) % 60,
  ];
  const two = (/** @type {number} */ value) => String(value).padStart(2, "0");
  const head = hours ? `${hours}:${two(minutes)}` : String(minutes);
  const tail = whole % 1000 ? `.${String(whole % 1000).padStart(3, "0")}` : "";
  return `${ms < 0 && whole ? "−" : ""}${head}:${two(seconds)}${tail}`;
}

/**
 * "120 ms", "−5 ms", "2.5 ms": whole where whole, else one decimal; a true minus sign. From ten
 * seconds on "1:30.395".
 * @param {number | null | undefined} ms
 */
export function mxMsText(ms) {
  if (ms === null || ms === undefined) return "";
  if (Math.abs(ms) >= MX_LONG_MS) return mxClockText(ms);
  const rounded = Math.round(ms * 10) / 10;
  const text = Number.isInteger(rounded) ? String(Math.abs(rounded)) : Math.abs(rounded).toFixed(1);
  return `${rounded < 0 ? "−" : ""}${text} ms`;
}

/**
 * "of 46–111 · 120 ms after clip start · 80 ms after onset": the line beside the big number.
 * @param {number[]} numbers
 * @param {number} index
 * @param {number | null} fps
 * @param {number | null} [onset]
 */
export function mxWhereText(numbers, index, fps, onset) {
  const first = numbers[0];
  const last = numbers[numbers.length - 1];
  const parts = [`of ${first}–${last}`];
  const start = mxMsBetween(first, numbers[index], fps);
  if (start !== null) parts.push(`${mxMsText(start)} after clip start`);
  else parts.push("frame rate not known");
  const since = mxMsBetween(onset, numbers[index], fps);
  if (since !== null) {
    if (since === 0) parts.push("at onset");
    else parts.push(`${mxMsText(Math.abs(since))} ${since > 0 ? "after" : "before"} onset`);
  }
  return parts.join(" · ");
}
