// Native frame numbers to pixels and back, and where to put the ticks.

import { mxNearestIndex } from "../kit/clip_numbers.mjs";

export const MX_TOP = 58; // above the curve: the legend, the grips of the marks, two lanes of names
export const MX_NAMES = [44, 54]; // baselines of those lanes
export const MX_BOTTOM = 50; // below it: two lanes of labels, then the axis
export const MX_LABELS = [17, 29]; // their baselines below the axis' line
export const MX_SIDE = 20;

export class MxTimelineScale {
  /**
   * @param {number[]} numbers native, ascending
   * @param {number} left
   * @param {number} right
   * @param {{from: number, to: number} | null} [window] the native numbers between which one looks;
   *   the whole clip without
   */
  constructor(numbers, left, right, window = null) {
    this.numbers = numbers;
    this.left = left;
    this.right = Math.max(left + 1, right);
    this.first = window ? window.from : numbers[0];
    this.last = window ? window.to : numbers[numbers.length - 1];
    this.span = Math.max(1, this.last - this.first);
  }

  /** Whether a frame lies in what one looks at. */
  holds(number) {
    return number >= this.first && number <= this.last;
  }

  x(number) {
    const share = (number - this.first) / this.span;
    return this.left + Math.max(0, Math.min(1, share)) * (this.right - this.left);
  }

  /** The nearest existing frame number at a pixel. */
  number(x) {
    const share = (x - this.left) / (this.right - this.left);
    const exact = this.first + Math.max(0, Math.min(1, share)) * this.span;
    return this.numbers[mxNearestIndex(this.numbers, exact)];
  }

  /** Round frame numbers about `spacing` pixels apart, within the clip. */
  ticks(spacing = 90) {
    const most = Math.max(1, (this.right - this.left) / spacing);
    const rough = this.span / most;
    const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
    const step = Math.max(1, [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) || 1);
    const ticks = [];
    for (let n = Math.ceil(this.first / step) * step; n <= this.first + this.span; n += step) {
      ticks.push(n);
    }
    return ticks;
  }
}

/** The part of a clip to look at: `share` of it round a frame; null for the whole. */
export function mxTimelineWindow(numbers, share, centre, least = 60) {
  const first = numbers[0];
  const whole = numbers[numbers.length - 1] - first;
  const span = Math.max(Math.min(least, whole), Math.round(whole * share));
  if (span >= whole) return null;
  const from = Math.max(first, Math.min(first + whole - span, Math.round(centre - span / 2)));
  return { from, to: from + span };
}

/**
 * An SVG path through (number, value) pairs, numbers ascending; gaps (NaN, null) break the line.
 * Where several fall on one column of pixels it goes through the least and the largest of them.
 * Across `gaps` {after, before}, ascending, where the clip has no frames, it is not drawn.
 */
export function mxCurvePath(scale, numbers, values, top, bottom, largest, gaps = []) {
  const y = (value) =>
    (bottom - Math.max(0, Math.min(1, value / (largest || 1))) * (bottom - top)).toFixed(1);
  let path = "";
  let pen = "M";
  /** @type {{x: number, place: number, low: number, high: number} | null} */
  let column = null; // {x, place, low, high} of the samples that share it
  const flush = () => {
    if (!column) return;
    const { x, low, high } = column;
    path += `${pen}${x.toFixed(1)},${y(low)}`;
    if (high > low) path += `L${x.toFixed(1)},${y(high)}`;
    pen = "L";
    column = null;
  };
  let gap = 0; // the next one that has not been passed
  for (let i = 0; i < numbers.length; i += 1) {
    while (gap < gaps.length && gaps[gap].before <= numbers[i]) {
      if (i > 0 && gaps[gap].after >= numbers[i - 1]) {
        flush();
        pen = "M";
      }
      gap += 1;
    }
    // One sample on each side of the window, so that the line runs to its edge.
    if (i + 1 < numbers.length && numbers[i + 1] < scale.first) continue;
    if (i > 0 && numbers[i - 1] > scale.last) break;
    const value = values[i];
    if (value === null || value === undefined || Number.isNaN(value)) {
      flush();
      pen = "M";
      continue;
    }
    const x = scale.x(numbers[i]);
    const place = Math.floor(x);
    if (column && column.place === place) {
      column.low = Math.min(column.low, value);
      column.high = Math.max(column.high, value);
    } else {
      flush();
      column = { x, place, low: value, high: value };
    }
  }
  flush();
  return path;
}
