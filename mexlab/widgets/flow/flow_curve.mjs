// Motion over the clip as a line, with onset, apex and offset; a click moves the apex there.

import { mxElement, mxFill } from "../kit/dom.mjs";

/** Draw the curve into `root`; returns nothing. `marks`: onset, apex, offset, coded. */
export function mxFlowCurve(root, curve, marks, onFrame) {
  // On a low window the numbers below it must stay in sight.
  const height = window.innerHeight < 800 ? 64 : 84;
  const [width, top, base] = [284, 14, height - 16];
  const numbers = curve.numbers;
  const [first, last] = [numbers[0], numbers[numbers.length - 1]];
  // All that is drawn: brows and mouth move more than the face as a whole.
  const { face, brows, mouth } = curve.motion;
  const most = Math.max(
    0.3,
    ...[face, brows, mouth].map((values) =>
      values.reduce((high, value) => Math.max(high, value), 0),
    ),
  );
  const x = (number) => (last > first ? ((number - first) / (last - first)) * (width - 2) + 1 : 1);
  const y = (value) => base - (value / most) * (base - top);
  const line = (values) =>
    numbers
      .map((number, i) => `${i ? "L" : "M"}${x(number).toFixed(1)} ${y(values[i]).toFixed(1)}`)
      .join("");
  const mark = (kind, number, dashed) =>
    number === null || number === undefined || number < first || number > last
      ? null
      : mxElement("line", {
          x1: x(number),
          x2: x(number),
          y1: 2,
          y2: base,
          stroke: `var(--mx-${kind})`,
          "stroke-dasharray": dashed ? "2 3" : null,
          "stroke-width": 1.2,
        });
  const words = (text, px, py, anchor, tone = "faint") =>
    mxElement(
      "text",
      {
        x: px,
        y: py,
        "text-anchor": anchor,
        "font-size": 11,
        fill: `var(--mx-${tone})`,
        class: "mx-curve-word",
      },
      text,
    );
  const svg = mxElement(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      class: "mx-curve",
      role: "img",
      "aria-label": "motion against the onset, every frame",
      "data-testid": "flow-curve",
    },
    mxElement("path", { d: `M0 ${base}H${width}`, stroke: "var(--mx-line)", fill: "none" }),
    mxElement("path", {
      d: line(brows),
      stroke: "var(--mx-sur)",
      fill: "none",
      "stroke-width": 1.2,
    }),
    mxElement("path", {
      d: line(mouth),
      stroke: "var(--mx-neg)",
      fill: "none",
      "stroke-width": 1.2,
    }),
    mxElement("path", {
      d: line(face),
      stroke: "var(--mx-text)",
      fill: "none",
      "stroke-width": 1.6,
    }),
    mark("onset", marks.onset),
    mark("offset", marks.offset),
    marks.coded === marks.apex ? null : mark("apex", marks.coded, true),
    mark("apex", marks.apex),
    words(String(first), 0, height - 3, "start"),
    words(String(last), width, height - 3, "end"),
    words(`${most.toFixed(1)} px`, 0, 10, "start"),
  );
  const frame = (event) => {
    const box = svg.getBoundingClientRect();
    const wanted = first + ((event.clientX - box.left) / box.width) * (last - first);
    return numbers.reduce((best, number) =>
      Math.abs(number - wanted) < Math.abs(best - wanted) ? number : best,
    );
  };
  svg.addEventListener("click", (event) => onFrame(frame(event)));
  mxFill(
    root,
    svg,
    mxElement(
      "div",
      { class: "mx-curve-key" },
      mxElement("span", { style: { color: "var(--mx-text)" } }, "— face"),
      mxElement("span", { style: { color: "var(--mx-sur)" } }, "— brows"),
      mxElement("span", { style: { color: "var(--mx-neg)" } }, "— mouth"),
    ),
  );
}
