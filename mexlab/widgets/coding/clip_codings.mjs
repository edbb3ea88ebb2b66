// All that one coder has of a clip, as it will be once everything that waits has been stored: the
// acts of the queue are done here at once, by the rules of the store (mexlab/store/edits.py).

export const MX_BLANK = {
  onset: null,
  apex: null,
  offset: null,
  emotion: "",
  action_units: "",
  confidence: "",
  note: "",
  status: "untouched",
  kind: "",
};

/** Whether there is a mark, a label or a note: what says nothing is no event. */
export function mxSaysSomething(coding) {
  const marks = [coding.onset, coding.apex, coding.offset];
  return (
    marks.some((mark) => mark !== null && mark !== undefined) ||
    [coding.emotion, coding.action_units, coding.note].some((text) => Boolean(text && text.trim()))
  );
}

/**
 * @param {{codings: Map<number, any>, steps: any, kept: number[]}} known  as the store last told: expression
 *   -> {coding, revision}; what can be undone and redone, as lists of acts, the last one last; and
 *   the numbers of what was first committed
 * @param {any[]} items  what waits for this clip, in order
 * @returns {{codings: Map<number, any>, undo: any[], redo: any[], kept: Set<number>, undoDepth: number, redoDepth: number}}
 */
export function mxReplayClip(known, items) {
  const steps = known.steps || {};
  const view = {
    kept: new Set(known.kept || []),
    codings: new Map([...known.codings].map(([number, { coding }]) => [number, coding])),
    undo: [...(steps.undo || [])],
    redo: [...(steps.redo || [])],
    undoDepth: steps.undo_depth || 0,
    redoDepth: steps.redo_depth || 0,
  };
  for (const item of items) {
    if (item.kind === "undo" || item.kind === "redo") mxReplayStep(view, item.kind);
    else mxReplayAct(view, item.kind === "commit" ? mxCommitParts(view, item) : [item]);
  }
  return view;
}

function mxReplayAct(view, parts) {
  const act = [];
  for (const { expression, changes } of parts) {
    const coding = view.codings.get(expression) || MX_BLANK;
    const after = Object.fromEntries(
      Object.entries(changes).filter(([name, value]) => coding[name] !== value),
    );
    if (!Object.keys(after).length) continue;
    if (coding.status === "untouched" && !("status" in after)) after.status = "draft";
    const before = Object.fromEntries(Object.keys(after).map((name) => [name, coding[name]]));
    view.codings.set(expression, { ...coding, ...after });
    act.push({ expression, before, after });
  }
  if (!act.length) return;
  view.undo.push(act);
  view.undoDepth += 1;
  view.redo = [];
  view.redoDepth = 0;
}

/**
 * Which expression a commit puts in the place of a first one that says nothing, or null: what was
 * kept of the first commit (`kept`: its numbers) keeps its number, and a blink is no expression.
 */
export function mxBecomesFirst(codings, kept) {
  if (codings.has(1) && mxSaysSomething(codings.get(1))) return null;
  const said = [...codings].filter(
    ([, coding]) => mxSaysSomething(coding) && !["blink", "head"].includes(coding.kind),
  );
  const number = Math.min(...said.map(([each]) => each));
  return said.length && !kept.has(number) ? number : null;
}

/** A commit is of the whole clip; an expression that says nothing is dropped. */
function mxCommitParts(view, { expression, changes }) {
  const numbers = new Set([...view.codings.keys(), 1, expression]);
  const parts = [];
  const found = new Map(view.codings);
  found.set(expression, { ...MX_BLANK, ...found.get(expression), ...changes });
  const moved = mxBecomesFirst(found, view.kept);
  for (const number of [...numbers].sort(
    (a, b) => Number(a === expression) - Number(b === expression) || a - b,
  )) {
    const own = number === expression ? changes : {};
    const coding = { ...MX_BLANK, ...view.codings.get(number), ...own };
    if (number === 1 && moved !== null)
      parts.push({ expression: 1, changes: { ...found.get(moved), status: "committed" } });
    else if (number === moved) parts.push({ expression: number, changes: MX_BLANK });
    else if (number === 1 || mxSaysSomething(coding))
      parts.push({ expression: number, changes: { ...own, status: "committed" } });
    else if (coding.status !== "untouched") parts.push({ expression: number, changes: MX_BLANK });
  }
  // The first commit is kept once and for all: also of an undone one.
  if (!view.kept.size) {
    for (const { expression: number, changes: after } of parts) {
      if (mxSaysSomething({ ...MX_BLANK, ...view.codings.get(number), ...after }))
        view.kept.add(number);
    }
  }
  return parts;
}

function mxReplayStep(view, kind) {
  const [from, to] = kind === "undo" ? ["undo", "redo"] : ["redo", "undo"];
  if (!view[`${from}Depth`]) return;
  view[`${from}Depth`] -= 1;
  view[`${to}Depth`] += 1;
  // Further back than was told: it shows when the answer has come.
  const act = view[from].pop();
  if (!act) return;
  for (const { expression, before, after } of [...act].reverse()) {
    view.codings.set(expression, {
      ...MX_BLANK,
      ...view.codings.get(expression),
      ...(kind === "undo" ? before : after),
    });
  }
  view[to].push([...act].reverse());
}
