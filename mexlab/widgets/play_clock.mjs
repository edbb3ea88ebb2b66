// Play position as a function of time, so that speed is true whatever the screen does: at 200 fps
// on a 60 Hz screen frames are dropped, evenly, and the player says so.

const MX_SPEEDS = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2];

function mxSpeedText(speed) {
  return speed < 1 ? `1/${Math.round(1 / speed)}×` : `${speed}×`;
}

function mxNextSpeed(speed, change) {
  const at = MX_SPEEDS.indexOf(speed);
  return MX_SPEEDS[Math.max(0, Math.min(MX_SPEEDS.length - 1, (at < 0 ? 5 : at) + change))];
}

class MxPlayClock {
  /** Start at `index` at time `now` (ms), within [from, to] (indices), looping or stopping. */
  start(index, now, { from, to, fps, speed, loop }) {
    this.from = from;
    this.to = to;
    this.rate = (fps * speed) / 1000;
    this.loop = loop;
    this.origin = index < from || index > to || (index === to && !loop) ? from : index;
    this.begun = now;
  }

  /** The frame due at `now`, and whether the end was reached. */
  at(now) {
    const length = this.to - this.from + 1;
    const steps = Math.floor((now - this.begun) * this.rate + 1e-6);
    const offset = this.origin - this.from + steps;
    if (offset < length) return { index: this.from + offset, ended: false };
    if (this.loop) return { index: this.from + (offset % length), ended: false };
    return { index: this.to, ended: true };
  }

  /** A frame was late: the clock waits for it, so that loading never skips frames. */
  wait(index, now) {
    this.origin = index;
    this.begun = now;
  }
}

/** What the screen can show of it, in one honest sentence; empty when every frame is shown. */
function mxDropText(fps, speed, refresh = 60) {
  const rate = fps * speed;
  if (rate <= refresh * 1.02) return "";
  const every = rate / refresh;
  return `shows about 1 frame in ${every.toFixed(1)}: ${Math.round(rate)} a second on a ${Math.round(
    refresh,
  )} Hz screen`;
}
