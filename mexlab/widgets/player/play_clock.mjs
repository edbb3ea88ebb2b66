// Play position as a function of time, so that speed is true whatever the screen does: at 200 fps
// on a 60 Hz screen frames are dropped, evenly, and the player says so.

const MX_SPEEDS = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2];

export function mxSpeedText(speed) {
  return speed < 1 ? `1/${Math.round(1 / speed)}×` : `${speed}×`;
}

export function mxNextSpeed(speed, change) {
  const at = MX_SPEEDS.indexOf(speed);
  return MX_SPEEDS[Math.max(0, Math.min(MX_SPEEDS.length - 1, (at < 0 ? 5 : at) + change))];
}

/** Frames from one that is shown to the next, where the screen cannot show them all. */
export function mxStride(fps, speed, refresh = 60) {
  return Math.max(1, Math.floor((fps * speed) / refresh));
}

export class MxPlayClock {
  /** @type {any} */ rate;
  /** @type {any} */ phase;
  /** @type {any} */ stride;
  /** @type {any} */ waited;

  /**
   * Start at `index` at time `now` (ms), within [from, to] (indices), looping or stopping. Of
   * `stride` frames one is shown, always the same ones, so that no others need be decoded.
   */
  start(index, now, { from, to, fps, speed, loop, stride = 1 }) {
    this.from = from;
    this.to = to;
    this.loop = loop;
    this.stride = stride;
    this.rate = (fps * speed) / 1000;
    this.origin = index < from || index > to || (index === to && !loop) ? from : index;
    this.phase = (this.origin - from) % stride;
    this.begun = now;
    this.waited = 0; // ms
    this.last = now;
  }

  /** The frame due at `now`, and whether the end was reached. */
  at(now) {
    this.last = now;
    const length = this.to - this.from + 1;
    const passed = Math.floor((now - this.begun) * this.rate + 1e-6);
    const offset = this.origin - this.from + passed;
    const ended = offset >= length && !this.loop;
    if (ended) return { index: this.to, ended };
    const place = offset % length;
    const beyond = (place - this.phase + this.stride) % this.stride;
    return { index: this.from + Math.max(0, place - beyond), ended };
  }

  /** The frame due is late: time stands still until it is there, so that loading skips none. */
  wait(now) {
    const before = this.last;
    this.last = now;
    this.waited += now - before;
    this.begun += now - before;
  }
}

/** How many frames were shown of those that passed, told for the last second or so. */
export class MxPlayTally {
  /** @type {any} */ shown;
  /** @type {any} */ waited;

  start(now, rate) {
    this.rate = rate; // frames a second at which the clip should pass
    this.shown = 0;
    this.from = now;
    this.waited = 0;
    this.text = null;
  }

  /** A frame was painted. */
  painted() {
    this.shown += 1;
  }

  /** What to say at `now`, null before there is anything to count; `waited` is the clock's: ms that it stood still since its start. */
  tell(now, waited) {
    const seconds = (now - this.from) / 1000;
    if (seconds < 0.5) return this.text;
    const late = (waited - this.waited) / 1000;
    const passed = (seconds - late) * this.rate;
    const shown = Math.min(passed, this.shown);
    const parts = [];
    if (shown < 0.98 * passed - 1) {
      parts.push(
        `shows ${Math.round(shown / seconds)} of ${Math.round(passed / seconds)} frames a second`,
      );
    }
    if (late > 0.02 * seconds)
      parts.push(`${Math.round((100 * late) / seconds)} % slower: frames are loading`);
    Object.assign(this, { shown: 0, from: now, waited, text: parts.join(" · ") });
    return this.text;
  }
}

/** What the screen can show of it, in one honest sentence; empty when every frame is shown. */
export function mxDropText(fps, speed, refresh = 60) {
  const rate = fps * speed;
  if (rate <= refresh * 1.02) return "";
  const every = rate / refresh;
  return `shows about 1 frame in ${every.toFixed(1)}: ${Math.round(rate)} a second on a ${Math.round(
    refresh,
  )} Hz screen`;
}
