// Numbers, times and classes in words.

export const mxFormat = {
  /**
   * 12345 -> "12 345" (thin space), null -> "–".
   * @param {number | null | undefined} value
   */
  count(value) {
    if (value === null || value === undefined) return "–";
    return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
  },
  /**
   * 0.79187 -> "0.7919"; null -> "–".
   * @param {any} value
   */
  score(value, digits = 4) {
    return Number.isFinite(value) ? value.toFixed(digits) : "–";
  },
  /**
   * 0.896 -> "89.6".
   * @param {any} value
   */
  percent(value, digits = 1) {
    return Number.isFinite(value) ? (100 * value).toFixed(digits) : "–";
  },
  /**
   * 75 -> "1 min 15 s".
   * @param {any} seconds
   */
  duration(seconds) {
    if (!Number.isFinite(seconds)) return "–";
    const whole = Math.round(seconds);
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
    return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  },
  /**
   * An ISO time -> "14:02" today, "12 Mar 14:02" before.
   * @param {string} iso
   */
  moment(iso) {
    const date = new Date(iso);
    if (!iso || Number.isNaN(date.valueOf())) return "–";
    const clock = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    if (date.toDateString() === new Date().toDateString()) return clock;
    return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${clock}`;
  },
  /**
   * 1 -> "1 clip", 2 -> "2 clips".
   * @param {number} n
   * @param {string} noun
   */
  plural(n, noun, nouns = `${noun}s`) {
    return `${mxFormat.count(n)} ${n === 1 ? noun : nouns}`;
  },
};

/**
 * The three classes have one colour each; other emotions are neutral. Returns a tag's tone.
 * @param {string} label
 */
export function mxTone(label) {
  /** @type {Record<string, string>} */
  const tones = { negative: "neg", positive: "pos", surprise: "sur" };
  return tones[label] ?? "plain";
}
