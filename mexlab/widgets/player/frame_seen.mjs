// Which frame a key means that marks one: the frame that is on show, and no other. While the one
// that was asked for is still on its way, the picture shows another; a mark then is refused with a
// word. The coder has not seen the frame yet, and the one that is seen is not the one meant.

import { mxFact } from "../kit/bus.mjs";

/** Native number of the frame of `clip` that is both on show and wanted, or null. */
export function mxSeenFrame(clip) {
  const frame = mxFact("frame");
  if (!frame || frame.clip !== clip || frame.number === null) return null;
  const wanted = mxFact("wanted");
  return wanted && wanted.clip === clip && wanted.number !== frame.number ? null : frame.number;
}

/** Why nothing of `clip` can be marked now, for the one who pressed a key. */
export function mxUnseenText(clip) {
  const wanted = mxFact("wanted");
  if (!wanted || wanted.clip !== clip) return "no frame is on show yet";
  return `not taken: frame ${wanted.number} is not on show yet. Press again when it is`;
}
