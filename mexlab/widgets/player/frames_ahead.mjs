// The first frames of the clips that may come next, fetched while nothing else is: opening one
// shows its picture without a trip to the kernel. Pictures only: nothing of a coding is kept here.

import { mxNearestIndex } from "../kit/clip_numbers.mjs";
import { mxReceivedFrames } from "./frame_feed.mjs";
import { MxFrameFetch } from "./frame_fetch.mjs";

const MX_AHEAD_BYTES = 64 * 2 ** 20;
const MX_AHEAD_LATE_MS = 10000;

export class MxFramesAhead {
  /**
   * @param {{ask: (message: MxPlayerAsks) => void, idle: () => boolean,
   *   tell?: (held: {keys: string[], bytes: number}) => void, now?: () => number}} io
   *   ask(message): to the kernel; idle(): whether the clip on show wants nothing now; tell({keys,
   *   bytes}): which clips have all that is fetched ahead of them, and what is held altogether.
   * @param {{budget?: number, frames?: number, bite?: number}} options
   *   budget: encoded bytes of all clips together; frames: the most of one clip; bite: frames of
   *   one question, few, so that a step in the clip on show never waits long for its turn.
   */
  constructor(
    { ask, idle, tell = () => {}, now = () => performance.now() },
    { budget = MX_AHEAD_BYTES, frames = 16, bite = 4 } = {},
  ) {
    this.ask = ask;
    this.idle = idle;
    this.tell = tell;
    this.now = now;
    this.budget = budget;
    this.frames = frames;
    this.bite = bite;
    this.keys = [];
    this.clips = new Map(); // key -> {record, fetch, at, full}
    this.asked = null; // {key, id, at}
    this.sequence = 0;
  }

  /** Encoded bytes that are held, of all clips. */
  get bytes() {
    return [...this.clips.values()].reduce((sum, { fetch }) => sum + (fetch ? fetch.bytes : 0), 0);
  }

  /** The clips that may come next, the likeliest first; what is held of others is dropped. */
  want(keys) {
    this.keys = keys;
    for (const key of [...this.clips.keys()]) if (!keys.includes(key)) this.clips.delete(key);
    if (this.asked && !keys.includes(this.asked.key)) this.asked = null;
    this.pump();
  }

  /** Ask for the next few frames, if nothing else is going on. */
  pump() {
    if (this.asked && this.now() - this.asked.at < MX_AHEAD_LATE_MS) return;
    this.asked = null;
    if (!this.idle()) return;
    for (const key of this.keys) {
      const indices = this.due(this.clips.get(key));
      if (!indices) continue;
      this.sequence += 1;
      this.asked = { key, id: this.sequence, at: this.now() };
      this.ask({ kind: "ahead", clip: key, request: this.sequence, indices });
      break;
    }
    const keys = this.keys.filter((key) => this.clips.has(key) && !this.due(this.clips.get(key)));
    this.tell({ keys, bytes: this.bytes });
  }

  /** The indices to ask for: none yet known for a new clip, null where no more is due. */
  due(clip) {
    if (!clip) return [];
    const { fetch, full, at } = clip;
    if (full || !fetch || fetch.encoded.size + fetch.failed.size >= this.frames) return null;
    const request = fetch.next(at);
    if (!request) return null;
    fetch.forgetRequests();
    return request.indices.slice(0, this.frames - fetch.encoded.size - fetch.failed.size);
  }

  /**
   * @param {MxAheadFrames} content
   * @param {DataView[]} buffers
   */
  received(content, buffers) {
    if (!this.asked || content.request !== this.asked.id) return;
    const { key } = this.asked;
    this.asked = null;
    let clip = this.clips.get(key);
    if (content.record) {
      const { numbers, frame } = content.record;
      const count = numbers ? numbers.length : 0;
      const fetch = count ? new MxFrameFetch(count, { chunk: this.bite, inFlight: 1 }) : null;
      clip = { record: content.record, fetch, at: count ? mxNearestIndex(numbers, frame) : 0 };
      this.clips.set(key, clip);
    }
    // Refused: opening the clip in earnest will say why.
    if (!clip) this.clips.set(key, (clip = { record: null, fetch: null }));
    const { frames, failures } = content;
    if (!frames.length && !failures.length) clip.full = true;
    else if (clip.fetch) {
      clip.fetch.received(content.request, mxReceivedFrames(content, buffers), failures);
      const share = this.budget / Math.max(1, this.keys.length);
      const mean = clip.fetch.bytes / Math.max(1, clip.fetch.encoded.size);
      clip.full = clip.fetch.bytes + this.bite * mean > share;
    }
    this.pump();
  }

  /** What is held of a clip that is opened now, {record, frames, failures}, or null. */
  take(key) {
    const clip = this.clips.get(key);
    if (!clip || !clip.record || (clip.fetch && !clip.fetch.encoded.has(clip.at))) return null;
    this.clips.delete(key);
    const { record, fetch } = clip;
    const list = (map, name) => [...map].map(([index, value]) => ({ index, [name]: value }));
    return {
      record,
      frames: fetch ? list(fetch.encoded, "blob") : [],
      failures: fetch ? list(fetch.failed, "reason") : [],
    };
  }
}
