// What each key of the keymap does to the player.

import { mxNextSpeed } from "./play_clock.mjs";

/** Action name -> what it does, for a player. */
export function mxPlayerActs(player) {
  return {
    "focus-player": () => player.stage.focus(),
    escape: () => mxPlayerEscape(player),
    "toggle-play": () => player.toggle(),
    "frame-back": () => player.step(-1),
    "frame-forward": () => player.step(1),
    "ten-back": () => player.step(-10),
    "ten-forward": () => player.step(10),
    "second-back": () => player.stepSeconds(-1),
    "second-forward": () => player.stepSeconds(1),
    "ten-seconds-back": () => player.stepSeconds(-10),
    "ten-seconds-forward": () => player.stepSeconds(10),
    "go-to": () => player.controls.goTo.focus(),
    "first-frame": () => player.seekNumber(player.numbers[0]),
    "last-frame": () => player.seekNumber(player.numbers[player.count - 1]),
    "go-onset": () => player.seekNumber(player.marks.onset),
    "go-apex": () => player.seekNumber(player.marks.apex),
    "go-offset": () => player.seekNumber(player.marks.offset),
    slower: () => player.setSpeed(mxNextSpeed(player.speed, -1)),
    faster: () => player.setSpeed(mxNextSpeed(player.speed, 1)),
    loop: () => player.setLoop(!player.loop),
    "zoom-in": () => player.stage.zoom.by(1.25),
    "zoom-out": () => player.stage.zoom.by(0.8),
    "zoom-reset": () => player.stage.zoom.reset(),
    views: () => player.stage.cycleView(),
    "true-speed": () => player.turnTrueSpeed(),
    select: () => player.turnSelection(),
    gain: () => player.stage.cycleGain(),
    landmarks: () => player.stage.landmarks.turn(),
    "pan-left": () => player.stage.zoom.pan(0.1, 0),
    "pan-right": () => player.stage.zoom.pan(-0.1, 0),
    "pan-up": () => player.stage.zoom.pan(0, 0.1),
    "pan-down": () => player.stage.zoom.pan(0, -0.1),
  };
}

/** Escape leaves whatever is going on: a mode, playing, then the zoom. */
function mxPlayerEscape(player) {
  player.stage.focus();
  if (player.stage.mode !== "picture") player.stage.setMode("picture");
  else if (player.playing) player.pause();
  else player.stage.zoom.reset();
}
