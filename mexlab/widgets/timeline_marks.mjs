// What else the timeline shows beside one's own marks: ghosts of others, events of the clip.

/**
 * Marks of others (the database, the machines) as dotted lines, named at the apex. `mine` is
 * one's own apex: names stand on the side that it leaves free, one below the other.
 */
function mxGhostShapes(ghosts, mine, scale, top, base) {
  let named = 0;
  return ghosts.flatMap((ghost) =>
    ["onset", "apex", "offset"]
      .filter((name) => ghost[name] !== null && ghost[name] !== undefined && scale.holds(ghost[name]))
      .map((name) => {
        const x = scale.x(ghost[name]);
        const tone = ghost.machine ? "mx-ghost-machine" : `mx-ghost-${name}`;
        const line = mxElement("line", { class: `mx-ghost ${tone}`, x1: x, x2: x, y1: top, y2: base, "data-testid": `ghost-${name}`, "data-coder": ghost.coder, "data-frame": ghost[name] });
        line.append(mxElement("title", { svg: true }, `${ghost.coder}: ${name} ${ghost[name]}`));
        if (name !== "apex") return [line];
        const y = top + 7 + 12 * named;
        named += 1;
        const left = mine !== null && mine >= ghost.apex;
        return [line, mxElement("text", {
          class: "mx-ghost-label", y, ...(left ? { x: x - 4, "text-anchor": "end" } : { x: x + 4 }),
        }, ghost.coder)];
      }));
}

/** One expression or event that is not on the form: a bar along the axis with its name. */
function mxOtherShapes(each, scale, base) {
  const { onset, offset, kind, emotion, expression } = each;
  const from = scale.x(onset === null ? offset : onset);
  const to = scale.x(offset === null ? onset : offset);
  const event = kind === "blink" || kind === "head";
  const name = event ? kind : emotion || `expression ${expression}`;
  const y = base - 7;
  return [
    mxElement("rect", {
      class: `mx-other ${event ? "mx-other-event" : ""}`, x: Math.min(from, to) - 1, y, width: Math.max(4, Math.abs(to - from) + 2), height: 7, rx: 2,
      "data-testid": `other-${expression}`,
    }, mxElement("title", { svg: true }, `${name} ${onset === null ? "…" : onset}–${offset === null ? "…" : offset}`)),
    mxElement("text", { class: "mx-ghost-label", x: Math.min(from, to), y: y - 3 }, name),
  ];
}
