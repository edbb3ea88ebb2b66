// Frames of one clip, from the kernel's bytes to bitmaps: asks for chunks, decodes about four at a
// time (what is needed now first, then ahead in the direction of travel), and tells when one is in.

import { MxBitmapCache, mxDecodeOrder } from "./bitmap_cache.mjs";
import { MxFrameFetch } from "./frame_fetch.mjs";

const MX_DECODERS = 4;
// For messages that are lost on the way: what the kernel hears it answers.
const MX_STALL_MS = 5000;
// "Not yet" is asked again at the latest so long after, then after twice as long, up to the last.
const MX_AGAIN_MS = [100, 1000];

export class MxFrameFeed {
  /**
   * @param {{ask: (message: MxPlayerAsks) => void, onFrame: (index: number) => void,
   *   onFailure: (index: number, reason: string) => void,
   *   onProgress: (have: number, all: number) => void,
   *   later?: (then: () => void, ms: number) => void}} io
   */
  constructor({ ask, onFrame, onFailure, onProgress, later = (then, ms) => setTimeout(then, ms) }) {
    this.ask = ask;
    this.onFrame = onFrame;
    this.onFailure = onFailure;
    this.onProgress = onProgress;
    this.later = later;
    this.cache = new MxBitmapCache();
    /** @type {MxFrameFetch | null} */
    this.fetch = null;
    this.token = null;
    this.needed = [];
    this.playhead = 0;
    this.direction = 1;
    this.decoding = new Set();
    this.generation = 0;
    this.lastHeard = 0;
    this.waitsForOpening = false; // only what the eye waits for is asked for
    this.again = null; // ms that the last "not yet" is waited for; null while nothing is refused
    this.stride = 1; // frames from one that is shown to the next, while playing fast
    this.reduction = 1; // bitmaps are this many times smaller than the files' pictures
  }

  /**
   * Decode large pictures no larger than they are shown: the whole clip then fits into memory.
   * Returns whether what was decoded has been dropped and is on its way again.
   */
  reduceTo(reduction) {
    if (reduction === this.reduction) return false;
    this.reduction = reduction;
    this.generation += 1;
    this.cache.clear();
    this.decoding.clear();
    if (this.fetch) this.decodeDue();
    return true;
  }

  /**
   * @param {{frames: object[], failures: object[]}} here what is in the browser already
   * @param {boolean} early the kernel does not know of the choice yet: until `rename` says that it
   *   does, nothing is fetched ahead, so that a jump does not queue behind that
   */
  open(token, count, first, here = { frames: [], failures: [] }, early = false) {
    this.waitsForOpening = early;
    this.generation += 1;
    this.token = token;
    this.cache.clear();
    this.decoding.clear();
    this.fetch = new MxFrameFetch(count);
    this.playhead = first;
    this.direction = 1;
    this.needed = [first];
    this.lastHeard = performance.now();
    this.again = null;
    this.fetch.received(0, here.frames, here.failures);
  }

  /** The clip is open now, maybe under another name: what was asked under the old is lost. */
  rename(token) {
    if (token !== this.token && this.fetch) this.fetch.forgetRequests();
    this.token = token;
    this.again = null;
    this.waitsForOpening = false;
    this.pump();
  }

  /**
   * The kernel does not have this clip open (yet): asked again soon, and at once by `rename`.
   * @param {{token: string, request?: number}} refusal
   */
  refused({ token, request }) {
    if (token !== this.token || !this.fetch || !this.fetch.refused(request)) return;
    this.lastHeard = performance.now();
    if (this.again !== null && this.waitsToAsk) return;
    const [first, last] = MX_AGAIN_MS;
    this.again = this.again === null ? first : Math.min(last, 2 * this.again);
    this.waitsToAsk = true;
    this.later(() => {
      this.waitsToAsk = false;
      if (this.again !== null) this.pump();
    }, this.again);
  }

  /** Whether the clip is short enough to be held whole. */
  get whole() {
    return !this.fetch || this.fetch.whole;
  }

  /** Whether all frames, or those round the playhead, are here. */
  get settled() {
    return !this.fetch || this.fetch.settled(this.playhead);
  }

  /** Say what is on show (`needed`, most urgent first), where the playhead is and how it moves. */
  look(playhead, direction, needed, stride = 1) {
    this.playhead = playhead;
    this.stride = stride;
    this.direction = direction;
    this.needed = needed.filter((index) => index !== null && index >= 0);
    this.pump();
  }

  bitmap(index) {
    return this.cache.get(index);
  }

  failure(index) {
    return this.fetch ? this.fetch.failed.get(index) : undefined;
  }

  /**
   * @param {MxFrames} content
   * @param {DataView[]} buffers
   */
  received(content, buffers) {
    if (content.token !== this.token || !this.fetch) return;
    this.lastHeard = performance.now();
    this.again = null;
    this.fetch.received(content.request, mxReceivedFrames(content, buffers), content.failures);
    this.fetch.trim(this.playhead);
    for (const { index, reason } of content.failures) this.onFailure(index, reason);
    this.pump();
    this.onProgress(this.fetch.encoded.size, this.fetch.count);
  }

  pump() {
    if (!this.fetch) return;
    for (;;) {
      const target = this.needed.find((index) => this.fetch?.wanted(index));
      const urgent = target !== undefined;
      if (this.waitsForOpening && !urgent) break;
      const request = this.fetch.next(
        urgent ? target : this.playhead,
        urgent,
        this.waitsForOpening,
      );
      if (!request) break;
      this.ask({ kind: "want", token: this.token, request: request.id, indices: request.indices });
    }
    this.decodeDue();
  }

  /** Ask again for what was never answered; called once a second. */
  watch() {
    if (!this.fetch || !this.fetch.asked.size) return false;
    const silent = performance.now() - this.lastHeard > MX_STALL_MS;
    if (silent) {
      this.lastHeard = performance.now();
      this.fetch.forgetRequests();
      this.pump();
    }
    return silent;
  }

  decodeDue() {
    const { fetch } = this;
    if (!fetch) return;
    // What is on show beside the playhead stays in the cache too.
    const holds = this.cache.holds - this.needed.length - MX_DECODERS;
    const ahead = mxDecodeOrder(this.playhead, this.direction, fetch.count, holds, this.stride);
    for (const index of [...this.needed, ...ahead]) {
      if (this.decoding.size >= MX_DECODERS) return;
      if (this.cache.has(index) || this.decoding.has(index)) continue;
      const blob = fetch.encoded.get(index);
      if (blob) this.decode(index, blob);
    }
  }

  async decode(index, blob) {
    const generation = this.generation;
    this.decoding.add(index);
    /** @type {ImageBitmap | null} */
    let bitmap = null;
    try {
      bitmap = await createImageBitmap(blob);
      if (this.reduction > 1 && generation === this.generation) bitmap = await this.reduced(bitmap);
    } catch {
      bitmap = null;
    }
    if (generation !== this.generation) {
      if (bitmap) bitmap.close();
      return;
    }
    this.decoding.delete(index);
    if (bitmap) {
      this.cache.set(index, bitmap, new Set([index, ...this.needed]));
      this.onFrame(index);
    } else {
      const reason = "the browser cannot read this picture";
      this.fetch?.failed.set(index, reason);
      this.onFailure(index, reason);
    }
    this.decodeDue();
  }

  async reduced(bitmap) {
    /** @type {ImageBitmapOptions} */
    const size = {
      resizeWidth: Math.max(1, Math.round(bitmap.width / this.reduction)),
      resizeHeight: Math.max(1, Math.round(bitmap.height / this.reduction)),
      resizeQuality: "medium",
    };
    const small = await createImageBitmap(bitmap, size);
    bitmap.close();
    return small;
  }

  close() {
    this.generation += 1;
    this.cache.clear();
    /** @type {MxFrameFetch | null} */
    this.fetch = null;
  }
}

/** The frames of an answer; a Blob copies the bytes out of it and keeps them off the page's heap. */
export function mxReceivedFrames(content, buffers) {
  return content.frames.map(({ index, mime }, i) => ({
    index,
    blob: new Blob([buffers[i]], { type: mime }),
  }));
}
