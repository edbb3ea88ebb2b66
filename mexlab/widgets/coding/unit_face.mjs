// A face of our own drawing on which the action units of the line light up where they move the
// skin. Drawn as one looks at a person: their left is on the right.

import { mxElement, mxFill } from "../kit/dom.mjs";

// Half a face, the viewer's right; the other half is its mirror. In units of a 100 x 120 box.
const MX_FACE_PARTS = {
  browInner: "M55 40 Q59 36.5 65 36.5",
  browOuter: "M65 36.5 Q74 36 79 42",
  upperLid: "M57 50 Q66 44.5 76 50",
  lowerLid: "M57 50 Q66 54.5 76 50",
  cheek: "M59 60 Q68 65 79 58",
  noseSide: "M53 47 Q54 55 57 62",
  nostril: "M55 70 Q58.5 71 59 67",
  fold: "M60 69 Q65 75 66 83",
  upperLip: "M50 82 Q55 79.5 64 84.5",
  corner: "M62 82 Q66 84.5 64.5 88",
  dimple: "M70 82 Q72 85 70 88",
  lowerLip: "M50 92 Q58 92 64 85",
  puff: "M74 70 Q80 78 74 86",
  jaw: "M80 82 Q74 101 60 108",
};
// Once, in the middle.
const MX_FACE_MIDDLE = {
  glabella: "M47 41 L47 36 M53 41 L53 36",
  lips: "M37 85 Q50 88 63 85",
  chin: "M43 101 Q50 97.5 57 101",
  outline: "M50 8 C76 8 87 30 86 56 C85 84 68 113 50 113 C32 113 15 84 14 56 C13 30 24 8 50 8Z",
  neck: "M36 110 L34 119 M64 110 L66 119",
};
// Unit -> the parts it lights, and where an arrow shows the direction: [x, y, dx, dy].
const MX_UNIT_PARTS = {
  1: { parts: ["browInner"], arrow: [58, 33, 0, -6] },
  2: { parts: ["browOuter"], arrow: [73, 32, 0, -6] },
  4: { parts: ["browInner", "glabella"], arrow: [60, 30, -3, 5] },
  5: { parts: ["upperLid"], arrow: [66, 45, 0, -4] },
  6: { parts: ["cheek"], arrow: [70, 69, 0, -5] },
  7: { parts: ["upperLid", "lowerLid"] },
  9: { parts: ["noseSide"], arrow: [59, 63, 0, -6] },
  10: { parts: ["upperLip"], arrow: [57, 79, 0, -6] },
  11: { parts: ["fold"] },
  12: { parts: ["corner", "lips"], arrow: [68, 82, 5, -5] },
  13: { parts: ["corner"], arrow: [68, 81, 1, -7] },
  14: { parts: ["dimple", "corner"] },
  15: { parts: ["corner"], arrow: [66, 89, 3, 6] },
  16: { parts: ["lowerLip"], arrow: [56, 94, 0, 5] },
  17: { parts: ["chin"], arrow: [50, 107, 0, -5], middle: true },
  18: { parts: ["upperLip", "lowerLip"], arrow: [70, 86, -5, 0] },
  20: { parts: ["corner", "lips"], arrow: [68, 86, 6, 0] },
  21: { parts: ["neck"] },
  22: { parts: ["upperLip", "lowerLip"] },
  23: { parts: ["upperLip", "lowerLip"] },
  24: { parts: ["lips"] },
  25: { parts: ["lips", "lowerLip"] },
  26: { parts: ["jaw"], arrow: [50, 105, 0, 6], middle: true },
  27: { parts: ["jaw", "lowerLip"], arrow: [50, 105, 0, 9], middle: true },
  28: { parts: ["lips"] },
  38: { parts: ["nostril"], arrow: [61, 69, 5, 0] },
  39: { parts: ["nostril"], arrow: [66, 69, -5, 0] },
  41: { parts: ["upperLid"], arrow: [66, 44, 0, 4] },
};
const MX_UNIT_RANGES = [
  [8, 8, ["lips"]],
  [19, 19, ["lips"]],
  [29, 32, ["jaw"]],
  [33, 36, ["puff"]],
  [37, 37, ["lips"]],
  [40, 40, ["nostril"]],
  [42, 46, ["upperLid", "lowerLid"]],
  [50, 50, ["lips"]],
  [51, 58, ["outline"]],
  [61, 69, ["upperLid", "lowerLid"]],
  [80, 80, ["neck"]],
  [81, 81, ["jaw"]],
  [84, 85, ["outline"]],
];
const MX_INTENSITY = { A: 0.35, B: 0.5, C: 0.68, D: 0.85, E: 1 };

function mxUnitShape(number) {
  const range = MX_UNIT_RANGES.find(([from, to]) => number >= from && number <= to);
  return MX_UNIT_PARTS[number] || (range ? { parts: range[2] } : { parts: [] });
}

export class MxUnitFace {
  constructor() {
    this.lit = mxElement("g", { class: "mx-lit" });
    this.svg = mxElement("svg", {
      class: "mx-face",
      viewBox: "8 4 84 117",
      role: "img",
      "aria-label": "Where the action units are",
      "data-testid": "unit-face",
    });
    const base = mxElement("g", { class: "mx-face-base" });
    for (const d of Object.values(MX_FACE_MIDDLE)) base.append(mxElement("path", { d }));
    for (const mirrored of [false, true]) {
      const half = mxElement("g", mirrored ? { transform: "translate(100 0) scale(-1 1)" } : {});
      for (const d of Object.values(MX_FACE_PARTS)) half.append(mxElement("path", { d }));
      half.append(mxElement("circle", { cx: 66.5, cy: 50, r: 2 }));
      base.append(half);
    }
    this.svg.append(base, this.lit);
  }

  /** @param {{number: number, side: string, intensity: string, name: string, text: string}[]} units as parsed */
  draw(units) {
    const said = units.map(({ text }) => text).join(", ");
    if (said === this.said) return;
    this.said = said;
    this.svg.setAttribute(
      "aria-label",
      said ? `Action units ${said} on a face` : "No action units yet",
    );
    mxFill(
      this.lit,
      units.flatMap((unit) => this.shapes(unit)),
    );
  }

  shapes({ number, side, intensity, name, text }) {
    const { parts, arrow, middle } = mxUnitShape(number);
    const shapes = [];
    for (const mirrored of [false, true]) {
      // The person's left is the viewer's right, which is the half that was drawn.
      if ((side === "L" && mirrored) || (side === "R" && !mirrored)) continue;
      const own = parts.filter((part) => MX_FACE_PARTS[part]);
      const once = mirrored ? [] : parts.filter((part) => MX_FACE_MIDDLE[part]);
      const paths = [
        ...own.map((part) => MX_FACE_PARTS[part]),
        ...once.map((part) => MX_FACE_MIDDLE[part]),
        ...(arrow && !(middle && mirrored) ? [this.arrow(arrow)] : []),
      ];
      const group = mxElement(
        "g",
        {
          opacity: MX_INTENSITY[intensity] || 0.85,
          "data-unit": `${number}${mirrored ? "R" : "L"}`,
          transform: mirrored ? "translate(100 0) scale(-1 1)" : null,
        },
        paths.map((d) => mxElement("path", { d })),
        mxElement("title", { svg: true }, `${text} ${name}`),
      );
      shapes.push(group);
    }
    return shapes;
  }

  arrow([x, y, dx, dy]) {
    const length = Math.hypot(dx, dy);
    const [ux, uy] = [dx / length, dy / length];
    const [ex, ey] = [x + dx, y + dy];
    const wing = (s) =>
      `L${(ex - 2.2 * ux + s * 1.7 * uy).toFixed(1)} ${(ey - 2.2 * uy - s * 1.7 * ux).toFixed(1)}`;
    return `M${x} ${y} L${ex} ${ey} M${ex} ${ey} ${wing(1)} M${ex} ${ey} ${wing(-1)}`;
  }
}
