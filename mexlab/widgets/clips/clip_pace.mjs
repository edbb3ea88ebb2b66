// How long a clip takes this coder: from its opening to its commit. Kept with the browser tab, so
// that a reload forgets neither the pace so far nor when the open clip was opened.

const MX_PACES = 50;

export class MxPace {
  /** @param {{storage: Storage | null, key: string, now: () => number}} io  now in ms */
  constructor({ storage, key, now }) {
    this.storage = storage;
    this.key = key;
    this.now = now;
    this.paces = []; // seconds, the last ones
    this.clip = null;
    this.since = now();
    this.read();
  }

  opened(clip) {
    if (!clip || clip === this.clip) return;
    this.clip = clip;
    this.since = this.now();
    this.keep();
  }

  committed(clip) {
    if (clip !== this.clip) return;
    this.paces = [...this.paces, (this.now() - this.since) / 1000].slice(-MX_PACES);
    this.keep();
  }

  read() {
    try {
      const { paces, clip, since } = JSON.parse(this.storage?.getItem(this.key) ?? "null") || {};
      if (Array.isArray(paces))
        this.paces = paces.filter((pace) => Number.isFinite(pace) && pace >= 0);
      if (typeof clip === "string" && Number.isFinite(since) && since <= this.now())
        Object.assign(this, { clip, since });
    } catch {
      // Nothing kept, or nothing that can be read: it begins anew.
    }
  }

  keep() {
    try {
      const { paces, clip, since } = this;
      this.storage?.setItem(this.key, JSON.stringify({ paces, clip, since }));
    } catch {
      // Storage may be full or forbidden: the pace is then this page's alone.
    }
  }
}
