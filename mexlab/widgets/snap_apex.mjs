/**
 * Where the apex goes at a press of the key: to D&C-RoIs' frame, or to that of the largest strain
 * where it is there already. {number, text}; number null before there is anything to go to.
 */
function mxSnapApex(ghosts, apex, fps) {
  const machines = ghosts.filter((ghost) => ghost.machine);
  if (!machines.length) {
    return { number: null, text: "the machine's apex is shown after a commit, once it has been found" };
  }
  const at = machines.findIndex((ghost) => ghost.apex === apex);
  const { apex: number, coder } = machines[(at + 1) % machines.length];
  if (apex === null) return { number, text: `apex ${number}: ${coder}` };
  const ms = mxMsBetween(apex, number, fps);
  const time = ms === null ? "" : ` (${mxMsText(Math.abs(ms))})`;
  return { number, text: `apex ${number}: ${coder}, ${mxFormat.plural(Math.abs(number - apex), "frame")}${time} from yours` };
}
