// How a clip comes on show: from the kernel, or at once where its first frames are here already.

class MxClipOpening {
  /** @param {MxPlayer} player */
  constructor(player, model, signal) {
    this.player = player;
    this.model = model;
    this.pending = false; // the picture is on show, the coding is not known yet
    this.awaited = null; // key of the clip that was chosen last
    this.place = 0; // index at which the clip on show was opened
    this.ahead = new MxFramesAhead({
      ask: (message) => model.send(message),
      idle: () => Boolean(player.clip) && !player.playing && player.feed.settled,
      tell: (held) => player.controls.showAhead(held),
    });
    const onClip = () => this.load();
    const onMessage = (content, buffers) => {
      if (content.kind === "ahead") this.ahead.received(content, buffers);
      else if (content.kind === "not-opened") this.goBack();
    };
    model.on("change:clip", onClip);
    model.on("msg:custom", onMessage);
    signal.addEventListener("abort", () => {
      model.off("change:clip", onClip);
      model.off("msg:custom", onMessage);
    });
    mxSubscribe("neighbours", ({ keys }) => this.ahead.want(keys), signal);
    mxSubscribe("opening", ({ key }) => this.choose(key), signal);
  }

  /** What the kernel opened: the clip that is on show already, or another. */
  load() {
    const clip = this.model.get("clip");
    if (!clip || !clip.key) return;
    const shown = this.player.clip;
    if (this.pending) {
      if (clip.key === shown.key && clip.numbers.length === shown.numbers.length) {
        this.adopt(clip);
        return;
      }
      // One that the coder has passed by since.
      if (clip.key !== shown.key && clip.key !== this.awaited) return;
    } else if (shown && clip.token === shown.token) return;
    const poster = this.model.get("poster");
    const frames = [];
    if (poster && poster.byteLength) {
      const index = mxNearestIndex(clip.numbers, clip.frame);
      frames.push({ index, blob: new Blob([poster], { type: clip.poster_mime }) });
    }
    this.show(clip, { frames, failures: [] });
  }

  /** A clip was chosen: if its first frames are here, they are shown before the kernel knows. */
  choose(key) {
    this.awaited = key;
    if (this.player.clip && key === this.player.clip.key) return;
    const here = this.ahead.take(key);
    if (here) this.show(here.record, here, true);
  }

  /** The kernel could not open what was chosen: back to what it has. */
  goBack() {
    this.pending = false;
    this.awaited = null;
    this.player.clip = null;
    this.load();
  }

  show(clip, here, pending = false) {
    const { player } = this;
    player.pause();
    player.clip = clip;
    this.pending = pending;
    player.painted = null;
    this.take(clip);
    player.select(null, null);
    this.tell();
    if (!clip.numbers.length) {
      player.feed.close();
      player.stage.explain(clip.message || "This clip has no frames.");
      player.controls.show();
      return;
    }
    player.wanted = mxNearestIndex(clip.numbers, clip.frame);
    this.place = player.wanted;
    player.stage.open(clip);
    player.feed.open(clip.token, clip.numbers.length, player.wanted, here);
    player.look();
    player.controls.show();
  }

  /** The coding of the clip on show has come. */
  adopt(clip) {
    const { player } = this;
    const place = mxNearestIndex(clip.numbers, clip.frame);
    const stayed = player.wanted === this.place;
    player.clip = clip;
    this.pending = false;
    this.take(clip);
    this.tell();
    if (!clip.numbers.length) return;
    player.feed.rename(clip.token);
    // It was coded elsewhere since its frames were fetched: it opens at its onset of now.
    if (place !== this.place && stayed) player.seek(place);
    else player.look();
    player.stage.paintSides();
    player.stage.paintCurrent();
    player.controls.show();
    if (player.painted !== null) player.tellFrame();
  }

  take({ marks }) {
    this.player.marks = { onset: null, apex: null, offset: null, ...(marks || {}) };
  }

  tell() {
    const { clip, marks } = this.player;
    mxPublish("clip", { key: clip.key, numbers: clip.numbers, fps: clip.fps, marks });
  }
}
