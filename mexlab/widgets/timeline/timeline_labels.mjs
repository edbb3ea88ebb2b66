// Where the names on the timeline stand: in lanes of their own above and below the curve, beside
// what they name, and never on each other.

import { mxElement } from "../kit/dom.mjs";

const MX_LETTER = 6.2; // pixels, of the timeline's small print

/** The width of a label, with some room about it. */
export function mxLabelWidth(text) {
  return 8 + text.length * MX_LETTER;
}

/** Whether a stretch of a lane is free; `taken` are [from, to]. */
export function mxIsFree(taken, from, to) {
  return taken.every(([a, b]) => to <= a || from >= b);
}

/**
 * Put labels into lanes.
 *
 * @param {{x: number, width: number}[]} labels each at its place, the most important first
 * @param {{lanes: number[][][], left: number, right: number, reach?: number}} room
 *   lanes: for each, what is taken, [from, to]; it grows. A label goes to the right of its place
 *   or to the left, in the first lane where it is free, else aside by `reach` pixels at most.
 * @returns for each {lane, x} with the left edge, or null where there is no room: what it names
 *   keeps its tooltip
 */
export function mxPlaceLabels(labels, { lanes, left, right, reach = 160 }) {
  return labels.map(({ x, width }) => {
    const tries = [];
    for (const from of [x + 3, x - 3 - width])
      lanes.forEach((taken, lane) => tries.push({ lane, from }));
    const aside = [];
    lanes.forEach((taken, lane) => {
      for (const [a, b] of taken) {
        for (const from of [b, a - width])
          if (Math.abs(from - x) <= reach) aside.push({ lane, from });
      }
    });
    aside.sort((p, q) => Math.abs(p.from + width / 2 - x) - Math.abs(q.from + width / 2 - x));
    const found = [...tries, ...aside].find(
      ({ lane, from }) =>
        from >= left && from + width <= right && mxIsFree(lanes[lane], from, from + width),
    );
    if (!found) return null;
    lanes[found.lane].push([found.from, found.from + width]);
    return { lane: found.lane, x: found.from };
  });
}

/**
 * Holes in a clip's numbers, {after, before}: the frames either side of what is missing. Numbers
 * that go up by two throughout have none: the usual step is no hole.
 */
export function mxGaps(numbers) {
  const steps = new Map();
  for (let i = 1; i < numbers.length; i += 1) {
    const step = numbers[i] - numbers[i - 1];
    steps.set(step, (steps.get(step) || 0) + 1);
  }
  const usual = [...steps].reduce((best, one) => (one[1] > best[1] ? one : best), [1, 0])[0];
  const gaps = [];
  for (let i = 1; i < numbers.length; i += 1) {
    if (numbers[i] - numbers[i - 1] > usual)
      gaps.push({ after: numbers[i - 1], before: numbers[i] });
  }
  return gaps;
}

/** Bands over the track where frames are missing, those that would touch drawn as one. */
export function mxGapShapes(gaps, scale, top, base) {
  const bands = [];
  for (const { after, before } of gaps) {
    if (before < scale.first || after > scale.last) continue;
    const [from, to] = [scale.x(after), scale.x(before)];
    const last = bands[bands.length - 1];
    if (last && from - last.to < 2) Object.assign(last, { to, before, more: true });
    else bands.push({ from, to, after, before, more: false });
  }
  return bands.map(({ from, to, after, before, more }) => {
    const what = more
      ? `frames are missing between ${after} and ${before}`
      : before - after === 2
        ? `frame ${after + 1} is missing`
        : `frames ${after + 1}–${before - 1} are missing`;
    return mxElement(
      "rect",
      {
        class: "mx-gap",
        x: from,
        y: top,
        width: Math.max(2, to - from),
        height: base - top,
        "data-testid": "gap",
      },
      mxElement("title", { svg: true }, what),
    );
  });
}
