// How a clip comes on show: from the kernel, or at once where its first frames are here already.

import { mxFact, mxPublish, mxSubscribe } from "../kit/bus.mjs";
import { mxNearestIndex } from "../kit/clip_numbers.mjs";
import { MxFramesAhead } from "./frames_ahead.mjs";

// Keys pressed after a clip was chosen are for that clip, though the one before is on show still.
const MX_CHOSEN_MS = 1500;
// So long after one came back to a clip the kernel may still open what was passed by.
const MX_CAME_BACK_MS = 10000;
const MX_FOR_THE_CHOSEN =
  /^((frame|ten|second|ten-seconds)-(back|forward)|(first|last)-frame|toggle-play|go-(onset|apex|offset))$/;
const MX_OF_ITS_CODING = /^go-/;

export class MxClipOpening {
  /** @param {import("./clip_player.mjs").MxPlayer} player */
  constructor(player, model, signal) {
    this.player = player;
    this.model = model;
    this.pending = false; // the picture is on show, the coding is not known yet
    this.awaited = null; // key of the clip that was chosen last
    this.chosenAt = 0;
    this.kept = []; // acts for a clip that is not on show, or not known, yet
    this.place = 0; // index at which the clip on show was opened
    this.ahead = new MxFramesAhead({
      ask: (message) => model.send(message),
      idle: () => Boolean(player.clip) && !player.playing && player.feed.settled,
      tell: (held) => player.controls.showAhead(held),
    });
    const onClip = () => this.load();
    /**
     * @param {MxPlayerHears} content
     * @param {DataView[]} buffers
     */
    const onMessage = (content, buffers) => {
      if (content.kind === "ahead") this.ahead.received(content, buffers);
      else if (content.kind === "not-yet" && content.of === "want") player.feed.refused(content);
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
    else if (
      shown &&
      this.cameBack === shown.key &&
      performance.now() - this.chosenAt < MX_CAME_BACK_MS
    ) {
      // The one passed by on the way is not shown in between; this one again is no new picture.
      if (clip.key === shown.key) {
        this.cameBack = null;
        this.adopt(clip);
      }
      return;
    }
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
    this.chosenAt = performance.now();
    this.kept = [];
    this.cameBack = null;
    if (this.player.clip && key === this.player.clip.key) return;
    const here = this.ahead.take(key);
    const opened = this.model.get("clip");
    if (here) this.show(here.record, here, true);
    else if (this.pending && opened && opened.key === key) {
      // There and back before the kernel knew of it: it may never tell of this clip again.
      this.cameBack = key;
      this.show(
        { ...opened, marks: this.marksNow(key) || opened.marks },
        { frames: [], failures: [] },
      );
    } else this.player.stage.wait.expect(`opening ${key.split("/").pop()}…`);
  }

  /** Marks of a clip that the form still has, or undefined: newer than what it was opened with. */
  marksNow(key) {
    const { clip, coding } = mxFact("coding") || {};
    return clip === key
      ? { onset: coding.onset, apex: coding.apex, offset: coding.offset }
      : undefined;
  }

  /** Whether an act is for the clip that was chosen and is still on its way: it is kept for it. */
  keeps(name) {
    if (!MX_FOR_THE_CHOSEN.test(name) || this.awaited === null) return false;
    if (performance.now() - this.chosenAt >= MX_CHOSEN_MS) return false;
    const here = this.player.clip && this.player.clip.key === this.awaited;
    if (here && !(this.pending && MX_OF_ITS_CODING.test(name))) return false;
    this.kept.push(name);
    return true;
  }

  /** Make good what was pressed for the clip that is on show now. */
  catchUp() {
    const due = this.kept;
    this.kept = [];
    for (const name of due) this.player.act({ name, phase: "down" });
  }

  /** The kernel could not open what was chosen: back to what it has. */
  goBack() {
    this.pending = false;
    this.awaited = null;
    this.kept = [];
    this.player.stage.wait.done();
    this.player.clip = null;
    this.load();
  }

  show(clip, here, pending = false) {
    const { player } = this;
    player.pause();
    player.clip = clip;
    this.pending = pending;
    player.painted = null;
    player.stage.wait.done();
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
    player.feed.open(clip.token, clip.numbers.length, player.wanted, here, pending);
    player.look();
    player.controls.show();
    if (clip.key === this.awaited) this.catchUp();
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
    this.catchUp();
  }

  take({ marks }) {
    this.player.marks = { onset: null, apex: null, offset: null, ...(marks || {}) };
  }

  tell() {
    const { clip, marks } = this.player;
    mxPublish("clip", { key: clip.key, numbers: clip.numbers, fps: clip.fps, marks });
  }
}
