// The player. It paints only what is wanted now, and everything else (label, marks, address)
// follows the frame that was painted, never the one that was asked for.

import { mxEmit, mxPublish, mxSubscribe } from "../kit/bus.mjs";
import { mxNearestIndex } from "../kit/clip_numbers.mjs";
import { mxKeepAddress } from "../kit/page_address.mjs";
import { MxClipOpening } from "./clip_opening.mjs";
import { MxFrameFeed } from "./frame_feed.mjs";
import { mxUnseenText } from "./frame_seen.mjs";
import { mxSecondsOn } from "./go_to_field.mjs";
import { mxDropText, MxPlayClock, MxPlayTally, mxSpeedText, mxStride } from "./play_clock.mjs";
import { mxPlayerActs } from "./player_acts.mjs";
import { MxPlayerControls } from "./player_controls.mjs";
import { MxPlayerStage } from "./player_stage.mjs";

export class MxPlayer {
  constructor(model, el, signal) {
    this.model = model;
    this.el = el;
    this.signal = signal;
    this.clip = null;
    this.wanted = 0;
    this.painted = null;
    this.direction = 1;
    this.marks = { onset: null, apex: null, offset: null };
    this.speed = 1 / 8;
    this.loop = true;
    this.selection = { from: null, to: null }; // native numbers, to loop over
    this.clock = new MxPlayClock();
    this.tally = new MxPlayTally();
    this.playing = false;
    this.feed = new MxFrameFeed({
      // After whatever is being done now: the list tells of the choice first, and the coding of a
      // clip does not wait behind its frames, of which the first are here.
      ask: (message) => queueMicrotask(() => model.send(message)),
      onFrame: (index) => this.frameReady(index),
      onFailure: (index) => this.frameFailed(index),
      onProgress: (have, all) => this.showProgress(have, all),
    });
    this.acts = mxPlayerActs(this);
    this.stage = new MxPlayerStage(this, el, signal);
    this.controls = new MxPlayerControls(this, el, signal);
    this.opening = new MxClipOpening(this, model, signal);
    this.listen();
    this.opening.load();
  }

  listen() {
    const { model, signal } = this;
    /**
     * @param {MxPlayerHears} content
     * @param {DataView[]} buffers
     */
    const onMessage = (content, buffers) => {
      if (content.kind === "frames") this.feed.received(content, buffers);
      else if (content.kind === "face") this.stage.setFace(content);
      else if (content.kind === "landmarks") this.stage.landmarks.received(content);
      else if (content.kind === "not-yet" && content.of === "landmarks")
        this.stage.landmarks.refused(content);
    };
    model.on("msg:custom", onMessage);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", onMessage);
      this.playing = false;
      this.feed.close();
    });
    mxSubscribe("action", (action) => this.act(action), signal);
    mxSubscribe("seek", ({ number }) => this.seekNumber(number), signal);
    mxSubscribe("marks", (marks) => this.setMarks(marks), signal);
    mxSubscribe(
      "coding",
      ({ clip, coding }) => {
        if (this.clip && clip === this.clip.key) this.setMarks(coding);
      },
      signal,
    );
    mxSubscribe("face", (face) => this.stage.setFace(face), signal);
    mxSubscribe("notice", (notice) => this.stage.toast(notice), signal);
    const watch = setInterval(() => {
      if (this.feed.watch()) this.controls.note("waiting for the kernel…");
      this.opening.ahead.pump();
    }, 1000);
    signal.addEventListener("abort", () => clearInterval(watch));
  }

  // ---- clip -------------------------------------------------------------------------------

  get numbers() {
    return this.clip ? this.clip.numbers : [];
  }

  get count() {
    return this.numbers.length;
  }

  /** Native number of the painted frame, or null before the first. */
  get number() {
    return this.painted === null ? null : this.numbers[this.painted];
  }

  indexOf(number) {
    return number === null || number === undefined ? null : mxNearestIndex(this.numbers, number);
  }

  /** The onset if it is marked, else the first frame: what the comparing modes compare with. */
  get reference() {
    return this.marks.onset === null ? 0 : this.indexOf(this.marks.onset);
  }

  setMarks(marks) {
    const { onset = null, apex = null, offset = null } = marks;
    const next = { onset, apex, offset };
    if (["onset", "apex", "offset"].every((name) => next[name] === this.marks[name])) return;
    this.marks = next;
    if (!this.count) return;
    this.look();
    this.stage.paintSides();
    this.stage.paintCurrent();
    this.controls.show();
  }

  // ---- moving -----------------------------------------------------------------------------

  look() {
    const sides = this.stage.sideIndices();
    const stride = this.playing ? this.clock.stride : 1;
    this.feed.look(this.wanted, this.direction, [this.wanted, ...sides], stride);
    if (this.painted !== this.wanted && this.feed.bitmap(this.wanted)) this.paint();
    else if (this.feed.failure(this.wanted)) this.paintFailure();
    else if (this.painted !== this.wanted) {
      this.tellWanted();
      this.stage.wait.expect(`frame ${this.numbers[this.wanted]} is on its way…`);
    }
  }

  /** A frame that is wanted and not on show yet: until it is, nothing is marked. */
  tellWanted() {
    mxPublish("wanted", { clip: this.clip.key, number: this.numbers[this.wanted] });
  }

  seek(index) {
    if (!this.count) return;
    const next = Math.max(0, Math.min(this.count - 1, index));
    if (next !== this.wanted) this.direction = next > this.wanted ? 1 : -1;
    this.wanted = next;
    this.look();
  }

  seekNumber(number) {
    if (number === null || number === undefined || !this.count) return;
    this.pause();
    this.seek(this.indexOf(number));
  }

  step(change) {
    this.pause();
    this.seek(this.wanted + change);
  }

  stepSeconds(seconds) {
    this.pause();
    if (!this.count) return;
    if (this.clip.fps)
      this.seek(mxSecondsOn(this.numbers, this.numbers[this.wanted], seconds, this.clip.fps));
    else
      mxEmit("notice", {
        text: "the frame rate of this clip is not known: there are no seconds to step",
        tone: "warn",
      });
  }

  frameReady(index) {
    if (index === this.wanted && (this.painted !== index || this.stale)) this.paint();
    this.stage.paintSides(index);
  }

  frameFailed(index) {
    if (index === this.wanted) this.paintFailure();
  }

  paint() {
    if (this.playing) this.tally.painted();
    this.painted = this.wanted;
    this.stale = false;
    this.stage.paintCurrent();
    this.tellFrame();
  }

  /** A frame that cannot be shown is still a place in the clip: say so there, step on. */
  paintFailure() {
    this.painted = this.wanted;
    this.stage.fail(this.number, this.feed.failure(this.wanted));
    this.tellFrame();
  }

  tellFrame() {
    this.stage.wait.done();
    this.tellWanted();
    this.controls.showFrame();
    this.stage.landmarks.follow();
    mxPublish("frame", {
      clip: this.clip.key,
      number: this.number,
      source: "player",
      playing: this.playing,
    });
    this.rememberFrame();
  }

  /** The kernel and the address follow at leisure (at once, then every 250 ms at most). */
  rememberFrame() {
    if (this.remembering) {
      this.moved = true;
      return;
    }
    this.moved = false;
    if (!this.playing) this.tellKernel();
    this.remembering = setTimeout(() => {
      this.remembering = null;
      if (this.signal.aborted) return;
      if (this.moved || this.playing) this.tellKernel();
    }, 250);
  }

  tellKernel() {
    if (this.number === null) return;
    if (this.model.get("keep_address")) mxKeepAddress(this.clip.key, this.number);
    this.model.set("frame", this.number);
    this.model.save_changes();
  }

  // ---- playing ----------------------------------------------------------------------------

  range() {
    const from = this.indexOf(this.selection.from);
    const to = this.indexOf(this.selection.to);
    if (this.loop && from !== null && to !== null && from < to)
      return { from, to, what: "selection" };
    const onset = this.indexOf(this.marks.onset);
    const offset = this.indexOf(this.marks.offset);
    if (this.loop && onset !== null && offset !== null && onset < offset) {
      return { from: onset, to: offset, what: "onset–offset" };
    }
    return { from: 0, to: this.count - 1, what: "clip" };
  }

  select(from, to) {
    this.selection = { from, to };
    mxPublish("selection", { clip: this.clip.key, from, to: to === null ? from : to });
    if (this.playing) this.restartClock(performance.now());
    this.controls.show();
  }

  /** From here … to here … no more, at a press each. */
  turnSelection() {
    const { from, to } = this.selection;
    if (this.painted !== this.wanted) {
      mxEmit("notice", { text: mxUnseenText(this.clip.key), tone: "warn" });
    } else if (from === null) {
      this.select(this.number, null);
      mxEmit("notice", { text: `loop from ${this.number}: S again where it ends` });
    } else if (to === null && from !== this.number) {
      this.select(Math.min(from, this.number), Math.max(from, this.number));
      if (!this.loop) this.setLoop(true);
    } else {
      this.select(null, null);
    }
  }

  /** True speed, and back to the slow motion from which one came. */
  turnTrueSpeed() {
    const back = this.speed === 1;
    if (!back) this.slow = this.speed;
    this.setSpeed(back ? this.slow || 1 / 8 : 1);
    const drops = this.clip.fps ? mxDropText(this.clip.fps, 1, this.controls.refresh) : "";
    mxEmit("notice", {
      text: back
        ? `slow again: ${mxSpeedText(this.speed)}`
        : `true speed${drops ? `: ${drops}` : ""}`,
    });
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.count < 2) return;
    if (!this.clip.fps) {
      mxEmit("notice", { text: "the frame rate of this clip is not known: playing as if 100 fps" });
    }
    this.playing = true;
    this.direction = 1;
    this.restartClock(performance.now());
    this.controls.show();
    this.lastTick = null;
    requestAnimationFrame((now) => this.tick(now));
  }

  restartClock(now) {
    const { from, to } = this.range();
    const fps = this.clip.fps || 100;
    const stride = mxStride(fps, this.speed, this.controls.refresh);
    this.clock.start(this.wanted, now, {
      from,
      to,
      fps,
      speed: this.speed,
      loop: this.loop,
      stride,
    });
    this.tally.start(now, fps * this.speed);
    this.controls.played = null;
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.controls.show();
  }

  tick(now) {
    if (!this.playing) return;
    this.controls.measureRefresh(now, this.lastTick);
    this.lastTick = now;
    // A frame that is late is waited for: loading never skips any.
    if (this.painted !== this.wanted) this.clock.wait(now);
    const { index, ended } = this.clock.at(now);
    if (index !== this.wanted || this.painted !== this.wanted) {
      this.wanted = index;
      this.look();
    }
    this.controls.showPlayed(this.tally.tell(now, this.clock.waited));
    if (ended && this.painted === index) this.pause();
    else requestAnimationFrame((then) => this.tick(then));
  }

  setSpeed(speed) {
    this.speed = speed;
    if (this.playing) this.restartClock(performance.now());
    this.controls.show();
  }

  setLoop(loop) {
    this.loop = loop;
    if (this.playing) this.restartClock(performance.now());
    this.controls.show();
  }

  // ---- keys -------------------------------------------------------------------------------

  act({ name, phase }) {
    if (!this.clip || (phase !== "up" && this.opening.keeps(name))) return;
    if (name === "flicker" || name === "difference" || name === "amplify") {
      this.stage.hold(name, phase === "down");
    } else if (phase !== "up" && this.acts[name]) this.acts[name]();
  }

  showProgress(have, all) {
    if (!this.playing)
      this.controls.note(
        this.feed.settled
          ? ""
          : `loading ${this.feed.whole ? `${have} of ${all} frames` : "the frames round this one"}`,
      );
    this.opening.ahead.pump();
  }
}

/** @param {MxRender} page */
function render({ model, el }) {
  const life = new AbortController();
  el.classList.add("mx", "mx-player");
  const player = new MxPlayer(model, el, life.signal);
  if (model.get("autofocus")) requestAnimationFrame(() => player.stage.focus());
  return () => life.abort();
}

export default { render };
