// Which frames to ask the kernel for next: chunks of sixteen, at most two in flight, nearest to
// the playhead first. Measured: the first frame is there 33 ms after render, and the server does
// not grow, where one big trait took six seconds and 285 MB.

// Far from the playhead a chunk runs in one direction: a video is decoded in order, and frames
// from both sides by turns would cost it a seek each.

// A clip of more frames is not held whole, however small they are: of a video, each is decoded.
const MX_MOST_WHOLE = 12000;
// Of a clip that is not held whole, this many frames either side are fetched.
const MX_REACH = 2048;
// What the eye waits for does not queue behind what is fetched ahead: one question more, a short one.
const MX_URGENT = 4;

export class MxFrameFetch {
  /**
   * @param {number} count frames of the clip
   * @param {{chunk?: number, inFlight?: number, budget?: number, window?: number}} options
   *   budget: bytes of encoded frames up to which a clip is held whole; window: bytes that are
   *   held round the playhead of one that is longer, so that it does not fill the memory.
   */
  constructor(
    count,
    { chunk = 16, inFlight = 2, budget = 384 * 2 ** 20, window = 128 * 2 ** 20 } = {},
  ) {
    this.count = count;
    this.chunk = chunk;
    this.inFlight = inFlight;
    this.budget = budget;
    this.window = Math.min(window, budget);
    this.encoded = new Map(); // index -> Blob
    this.failed = new Map(); // index -> reason
    this.asked = new Map(); // request id -> Set of indices
    this.bytes = 0;
    this.sequence = 0;
  }

  /** Whether the whole clip fits, by the mean size so far. */
  get whole() {
    if (this.count > MX_MOST_WHOLE) return false;
    return !this.encoded.size || (this.count * this.bytes) / this.encoded.size <= this.budget;
  }

  /** How far from the playhead frames are fetched; the whole clip if it fits. */
  reach() {
    if (this.whole) return this.count;
    const mean = this.bytes / Math.max(1, this.encoded.size);
    // Less than is held: what was fetched last must not be dropped at once.
    return Math.min(
      MX_REACH,
      Math.max(this.chunk, Math.floor((0.4 * this.window) / Math.max(1, mean))),
    );
  }

  wanted(index) {
    if (index < 0 || index >= this.count) return false;
    if (this.encoded.has(index) || this.failed.has(index)) return false;
    for (const indices of this.asked.values()) if (indices.has(index)) return false;
    return true;
  }

  /** The next request {id, indices} for a playhead, or null where none is due. */
  next(playhead, urgent = false, few = false) {
    const full = this.asked.size >= this.inFlight;
    if (full && !(urgent && this.asked.size === this.inFlight)) return null;
    const indices = this.due(playhead).slice(0, full || few ? MX_URGENT : this.chunk);
    if (!indices.length) return null;
    this.sequence += 1;
    this.asked.set(this.sequence, new Set(indices));
    return { id: this.sequence, indices };
  }

  due(playhead) {
    const indices = [];
    const reach = this.reach();
    for (let step = 0; step <= reach && indices.length < this.chunk; step += 1) {
      // Forward before backward at equal distance: clips are mostly read forward.
      const forward = this.wanted(playhead + step);
      const back = step > 0 && this.wanted(playhead - step);
      if (!indices.length && step >= this.chunk && (forward || back)) {
        return this.run(playhead + (forward ? step : -step), forward ? 1 : -1);
      }
      if (forward) indices.push(playhead + step);
      if (back && indices.length < this.chunk) indices.push(playhead - step);
      if (playhead + step >= this.count && playhead - step < 0) break;
    }
    return indices;
  }

  /** Neighbouring frames from one on, away from the playhead. */
  run(from, direction) {
    const indices = [];
    for (let at = from; indices.length < this.chunk && this.wanted(at); at += direction)
      indices.push(at);
    return indices;
  }

  /** Whether nothing is on its way and nothing is due for this playhead. */
  settled(playhead) {
    return !this.asked.size && !this.due(playhead).length;
  }

  received(id, frames, failures = []) {
    this.asked.delete(id);
    for (const { index, blob } of frames) {
      if (this.encoded.has(index)) continue;
      this.encoded.set(index, blob);
      this.bytes += blob.size;
    }
    for (const { index, reason } of failures) this.failed.set(index, reason);
  }

  /** A request that the kernel could not answer yet: its frames are wanted again. */
  refused(id) {
    return this.asked.delete(id);
  }

  /** Requests that were never answered are asked again, as after a lost message. */
  forgetRequests() {
    this.asked.clear();
  }

  /** Drop what lies farthest from the playhead while over budget; returns the dropped indices. */
  trim(playhead) {
    const most = this.whole ? this.budget : this.window;
    if (this.bytes <= most) return [];
    const far = [...this.encoded.keys()].sort(
      (a, b) => Math.abs(b - playhead) - Math.abs(a - playhead),
    );
    const dropped = [];
    for (const index of far) {
      // Somewhat below, so that not every answer sorts thousands of frames.
      if (this.bytes <= 0.9 * most || this.encoded.size <= 2 * this.chunk) break;
      this.bytes -= this.encoded.get(index).size;
      this.encoded.delete(index);
      dropped.push(index);
    }
    return dropped;
  }

  get complete() {
    return this.encoded.size + this.failed.size >= this.count;
  }
}
