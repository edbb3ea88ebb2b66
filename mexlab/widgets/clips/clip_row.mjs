// One row of the list of clips.

import { mxElement, mxKey } from "../kit/dom.mjs";
import { mxFormat } from "../kit/words.mjs";

export const MX_ROW = 51; // pixels

/** What is said against a committed clip; Python says it (workspace/coding_warnings.py). */
export function mxWarnings({ status, warnings = [] }) {
  return status === "committed" ? warnings : [];
}

/**
 * @param {any} row as mexlab/widgets/clips/clip_list.py describes it, with what was changed since
 * @param {{at: number, count: number, selected: boolean, unsaved: boolean, queued: boolean, wanted:
 *   boolean}} how its place among those listed; wanted: Enter opens it
 */
export function mxClipRow(row, { at, count, selected, unsaved, queued, wanted }) {
  const warnings = mxWarnings(row);
  const sign = unsaved
    ? mxElement(
        "b",
        {
          class: "mx-bad",
          "data-testid": "row-unsaved",
          title: "not on the disk yet: kept in this browser",
        },
        "NOT SAVED · ",
      )
    : warnings.length
      ? mxElement(
          "b",
          { class: "mx-warn", "data-testid": "row-warned" },
          `! ${mxFormat.plural(warnings.length, "warning")} · `,
        )
      : null;
  return mxElement(
    "div",
    {
      class: "mx-row",
      role: "option",
      "aria-selected": String(selected),
      "data-key": row.key,
      "data-status": row.status || null,
      "data-testid": "clip-row",
      style: { top: `${at * MX_ROW}px` },
      title: [row.key, ...warnings.map((warning) => `! ${warning}`)].join("\n"),
      "aria-posinset": at + 1,
      "aria-setsize": count,
    },
    row.status
      ? mxElement("span", {
          class: `mx-dot ${unsaved ? "unsaved" : row.status}`,
          role: "img",
          "aria-label": unsaved ? "not saved" : row.status,
        })
      : mxElement("span", {}),
    mxElement(
      "div",
      { class: "mx-row-text" },
      mxElement(
        "div",
        { class: "mx-row-line" },
        mxElement("span", {}, row.title),
        wanted ? mxKey("↵") : null,
      ),
      mxElement(
        "div",
        { class: "mx-row-line" },
        mxElement("small", {}, sign, queued ? "in your queue · " : null, row.detail),
        row.emotion
          ? mxElement("span", { class: `mx-tag ${row.tone || "plain"}` }, row.emotion)
          : null,
      ),
    ),
  );
}
