// In which order clips are worked through, and what is left of them.

import { mxFormat } from "../kit/words.mjs";

/** A number from a text, always the same for the same text (FNV-1a, mixed). */
function mxHash(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Rows in random order against order effects: another order for each seed, the same at every
 * visit, and a clip keeps its place when others are added.
 */
export function mxShuffled(rows, seed) {
  const places = new Map(rows.map((row) => [row.key, mxHash(`${seed}\n${row.key}`)]));
  return [...rows].sort(
    (a, b) => places.get(a.key) - places.get(b.key) || (a.key < b.key ? -1 : 1),
  );
}

/** "12 of 112 committed · 41 s a clip · about 1 h 8 min left"; pauses do not count as pace. */
export function mxProgressText(done, all, paces) {
  const parts = [`${done} of ${all} committed`];
  const usual = mxMedian(paces);
  if (usual !== null) {
    parts.push(`${Math.round(usual)} s a clip`);
    if (done < all) parts.push(`about ${mxFormat.duration(mxRounded((all - done) * usual))} left`);
  }
  return parts.join(" · ");
}

/** Seconds as exact as an estimate is: to the minute from ten minutes on. */
function mxRounded(seconds) {
  return seconds < 600 ? seconds : 60 * Math.round(seconds / 60);
}

function mxMedian(values) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Whether a clip is still to be committed; a flagged one waits, one without frames has no status. */
export function mxToDo({ status }) {
  return status === "untouched" || status === "draft";
}

/** The row after the selected one, and then from the top, that meets a condition. */
export function mxFollowing(rows, selected, condition) {
  const at = rows.findIndex(({ key }) => key === selected);
  return [...rows.slice(at + 1), ...rows.slice(0, Math.max(0, at))].find(condition);
}

/** Keys of the clips that may be opened next, the likeliest first: to do, next, previous. */
export function mxNeighbours(rows, selected) {
  const at = rows.findIndex(({ key }) => key === selected);
  if (at < 0) return rows.length ? [rows[0].key] : [];
  const next = [mxFollowing(rows, selected, mxToDo), rows[at + 1], rows[at - 1]];
  return [...new Set(next.filter(Boolean).map(({ key }) => key))];
}
