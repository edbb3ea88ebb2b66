/**
 * Where the apex goes at a press of the key: to the first method's frame, or where it is there already to
 * the next method's, in the order of their measured error. Methods that agree are named together, and
 * stand for one. {number, text}; number null before there is anything to go to.
 */
function mxSnapApex(ghosts, apex, fps) {
  const machines = ghosts.filter((ghost) => ghost.machine);
  if (!machines.length) {
    return { number: null, text: "the machine's apex is shown after a commit, once it has been found" };
  }
  const frames = [...new Set(machines.map((ghost) => ghost.apex))];
  const number = frames[(frames.indexOf(apex) + 1) % frames.length];
  const coder = machines.filter((ghost) => ghost.apex === number).map((ghost) => ghost.coder).join(", ");
  if (apex === null) return { number, text: `apex ${number}: ${coder}` };
  const ms = mxMsBetween(apex, number, fps);
  const time = ms === null ? "" : ` (${mxMsText(Math.abs(ms))})`;
  return { number, text: `apex ${number}: ${coder}, ${mxFormat.plural(Math.abs(number - apex), "frame")}${time} from yours` };
}
