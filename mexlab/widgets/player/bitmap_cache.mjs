// Decoded frames, kept by bytes and evicted least recently used first; a bitmap is closed when it
// goes, since the browser frees its memory late otherwise.

export class MxBitmapCache {
  constructor(budget = 256 * 2 ** 20) {
    this.budget = budget;
    this.bytes = 0;
    this.bitmaps = new Map(); // insertion order is order of use
  }

  has(index) {
    return this.bitmaps.has(index);
  }

  get(index) {
    const bitmap = this.bitmaps.get(index);
    if (bitmap) {
      this.bitmaps.delete(index);
      this.bitmaps.set(index, bitmap);
    }
    return bitmap;
  }

  set(index, bitmap, keep = new Set()) {
    const old = this.bitmaps.get(index);
    if (old) this.drop(index);
    this.bitmaps.set(index, bitmap);
    this.bytes += MxBitmapCache.bytesOf(bitmap);
    for (const candidate of [...this.bitmaps.keys()]) {
      if (this.bytes <= this.budget) break;
      if (candidate !== index && !keep.has(candidate)) this.drop(candidate);
    }
  }

  drop(index) {
    const bitmap = this.bitmaps.get(index);
    if (!bitmap) return;
    this.bitmaps.delete(index);
    this.bytes -= MxBitmapCache.bytesOf(bitmap);
    if (bitmap.close) bitmap.close();
  }

  clear() {
    for (const index of [...this.bitmaps.keys()]) this.drop(index);
  }

  /** How many bitmaps of the present size fit; nobody knows before the first. */
  get holds() {
    if (!this.bitmaps.size) return Infinity;
    return Math.floor((this.budget * this.bitmaps.size) / this.bytes);
  }

  static bytesOf(bitmap) {
    return bitmap.width * bitmap.height * 4;
  }
}

const MX_AHEAD = 48;
const MX_BEHIND = 8;

/**
 * Which frames to decode ahead: the direction of travel first, and some behind; no more than the
 * cache `holds`, or each would push out another that is decoded anew for ever. While frames are
 * dropped on purpose, only every `stride`-th from the playhead on is wanted.
 */
export function mxDecodeOrder(playhead, direction, count, holds = Infinity, stride = 1) {
  const ahead = Math.min(MX_AHEAD, Math.max(1, Math.floor(0.7 * holds)));
  const behind = Math.min(MX_BEHIND, Math.floor(0.15 * holds));
  const order = [];
  for (let step = 0; step <= ahead; step += 1) {
    const forward = playhead + direction * step * stride;
    if (forward >= 0 && forward < count) order.push(forward);
    if (step && step <= behind && stride === 1) {
      const back = playhead - direction * step;
      if (back >= 0 && back < count) order.push(back);
    }
  }
  return order;
}
