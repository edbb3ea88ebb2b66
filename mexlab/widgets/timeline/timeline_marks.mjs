// What else the timeline shows beside one's own marks: ghosts of others, events of the clip.

import { mxElement } from "../kit/dom.mjs";
import { mxLabelWidth } from "./timeline_labels.mjs";

/**
 * Marks of others (the database, the machines) as dotted lines, named at the apex, or where there
 * is none at the first mark: `place` finds room for the names, in the lanes above the curve.
 */
export function mxGhostShapes(ghosts, scale, { top, base, lanes, place }) {
  const named = [];
  const lines = ghosts.flatMap((ghost) => {
    const there = ["apex", "onset", "offset"].filter(
      (name) => ghost[name] !== null && ghost[name] !== undefined && scale.holds(ghost[name]),
    );
    if (there.length)
      named.push({ ghost, x: scale.x(ghost[there[0]]), width: mxLabelWidth(ghost.coder) });
    return there.map((name) => {
      const x = scale.x(ghost[name]);
      const tone = ghost.machine ? "mx-ghost-machine" : `mx-ghost-${name}`;
      const line = mxElement("line", {
        class: `mx-ghost ${tone}`,
        x1: x,
        x2: x,
        y1: name === there[0] ? lanes[0] - 9 : top,
        y2: base,
        "data-testid": `ghost-${name}`,
        "data-coder": ghost.coder,
        "data-frame": ghost[name],
      });
      line.append(mxElement("title", { svg: true }, `${ghost.coder}: ${name} ${ghost[name]}`));
      return line;
    });
  });
  const names = place(named).map(
    (at, i) =>
      at &&
      mxElement(
        "text",
        {
          class: "mx-ghost-label",
          x: at.x + 2,
          y: lanes[at.lane],
          "data-testid": "ghost-name",
        },
        named[i].ghost.coder,
      ),
  );
  return [...lines, ...names.filter(Boolean)];
}

/**
 * Expressions and events that are not on the form: a bar each along the axis, and its name in the
 * lanes below it.
 */
export function mxOtherShapes(others, scale, { base, lanes, place }) {
  const drawn = others.map((each) => {
    const { onset, offset, kind, emotion, expression } = each;
    const from = scale.x(onset === null ? offset : onset);
    const to = scale.x(offset === null ? onset : offset);
    const event = kind === "blink" || kind === "head";
    const name = event ? kind : emotion || `expression ${expression}`;
    const left = Math.min(from, to);
    const bar = mxElement(
      "rect",
      {
        class: `mx-other ${event ? "mx-other-event" : ""}`,
        x: left - 1,
        y: base - 7,
        width: Math.max(4, Math.abs(to - from) + 2),
        height: 7,
        rx: 2,
        "data-testid": `other-${expression}`,
      },
      mxElement(
        "title",
        { svg: true },
        `${name} ${onset === null ? "…" : onset}–${offset === null ? "…" : offset}`,
      ),
    );
    return { bar, name, x: left - 4, width: mxLabelWidth(name) };
  });
  const names = place(drawn).map(
    (at, i) =>
      at &&
      mxElement(
        "text",
        {
          class: "mx-ghost-label",
          x: at.x + 2,
          y: lanes[at.lane],
          "data-testid": "other-name",
        },
        drawn[i].name,
      ),
  );
  return [...drawn.map(({ bar }) => bar), ...names.filter(Boolean)];
}
