// The line below the panes: frame number, times, transport; and the light of the panes.

import { mxWhereText } from "../kit/clip_numbers.mjs";
import { mxElement } from "../kit/dom.mjs";
import { mxKeepFocus } from "../kit/segment.mjs";
import { mxFormat } from "../kit/words.mjs";
import { MxGoToField } from "./go_to_field.mjs";
import { mxHoldButton } from "./hold_button.mjs";
import { mxDropText, mxSpeedText } from "./play_clock.mjs";

function mxPlayerIcon(name) {
  const paths = {
    play: "M3 1.5 L10.5 6 L3 10.5z",
    pause: "M2.5 1.5h2.6v9H2.5z M6.9 1.5h2.6v9H6.9z",
  };
  return `<svg class="mx-icon" viewBox="0 0 12 12" aria-hidden="true"><path d="${paths[name]}"/></svg>`;
}

/** Brightness and contrast of the panes, for dark clips; never of the data. */
export class MxLightPanel {
  constructor(apply, signal) {
    this.values = { brightness: 1, contrast: 1 };
    const open = mxElement(
      "button",
      { type: "button", class: "mx-quiet", "aria-expanded": "false" },
      "light",
    );
    open.title = "brightness and contrast of the picture on screen";
    mxKeepFocus(open, signal);
    const panel = mxElement("div", { class: "mx-light", hidden: true });
    const inputs = [];
    for (const name of ["brightness", "contrast"]) {
      const input = mxElement("input", {
        type: "range",
        min: "0.4",
        max: "2.5",
        step: "0.05",
        value: "1",
        "aria-label": name,
      });
      input.addEventListener(
        "input",
        () => {
          this.values[name] = Number(input.value);
          apply(`brightness(${this.values.brightness}) contrast(${this.values.contrast})`);
        },
        { signal },
      );
      inputs.push(input);
      panel.append(mxElement("label", {}, name, input));
    }
    const reset = mxElement("button", { type: "button" }, "as filmed");
    reset.addEventListener(
      "click",
      () => {
        for (const input of inputs) input.value = "1";
        this.values = { brightness: 1, contrast: 1 };
        apply("none");
      },
      { signal },
    );
    panel.append(reset);
    open.addEventListener(
      "click",
      () => {
        panel.hidden = !panel.hidden;
        open.setAttribute("aria-expanded", String(!panel.hidden));
      },
      { signal },
    );
    this.root = mxElement("span", { class: "mx-light-holder" }, open, panel);
  }
}

const MX_REST_MS = 600;

export class MxPlayerControls {
  constructor(player, el, signal) {
    this.player = player;
    this.refresh = 60;
    this.intervals = [];
    this.played = null; // what is said while playing
    this.big = mxElement("span", { class: "mx-big", "data-testid": "frame-number" });
    this.where = mxElement("span", { class: "mx-where", "data-testid": "frame-where" });
    // For screen readers: where the playhead came to rest, not every frame on the way.
    this.spoken = mxElement("span", {
      class: "mx-spoken",
      "aria-live": "polite",
      "data-testid": "spoken",
    });
    signal.addEventListener("abort", () => clearTimeout(this.speaking));
    this.loading = mxElement("span", { class: "mx-loading", role: "status" });
    this.goTo = new MxGoToField(player, signal);
    this.button = this.makeButton("play", () => player.toggle(), signal);
    const step = (action, text, title) =>
      mxHoldButton({ action, text, title, repeats: true, signal });
    this.back = step("frame-back", "‹", "one frame back (←); held: on and on");
    this.forward = step("frame-forward", "›", "one frame forward (→); held: on and on");
    this.flicker = mxHoldButton({
      action: "flicker",
      text: "flicker",
      title: "held: flicker with the onset (Z)",
      signal,
    });
    this.slower = this.makeButton("slower", () => player.act({ name: "slower" }), signal, "−");
    this.speed = mxElement("span", { class: "mx-speed", "data-testid": "speed" });
    this.faster = this.makeButton("faster", () => player.act({ name: "faster" }), signal, "+");
    this.slower.title = "slower ([)";
    this.faster.title = "faster (])";
    this.loop = this.makeButton("loop", () => player.setLoop(!player.loop), signal);
    this.rate = mxElement("span", { class: "mx-rate" });
    this.root = mxElement(
      "div",
      { class: "mx-hud", "data-testid": "hud" },
      this.big,
      this.where,
      this.spoken,
      mxElement("span", { class: "mx-grow" }),
      this.loading,
      this.goTo.root,
      this.flicker,
      this.back,
      this.button,
      this.forward,
      this.slower,
      this.speed,
      this.faster,
      this.loop,
      this.rate,
    );
    el.append(this.root);
  }

  makeButton(name, onClick, signal, text = "") {
    const button = mxElement("button", { type: "button", class: `mx-transport mx-${name}` }, text);
    button.dataset.testid = name;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", onClick, { signal });
    mxKeepFocus(button, signal);
    return button;
  }

  showFrame() {
    const { player } = this;
    this.big.textContent = player.number === null ? "" : String(player.number);
    this.where.textContent =
      player.number === null
        ? ""
        : mxWhereText(player.numbers, player.painted, player.clip.fps, player.marks.onset);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      this.spoken.textContent =
        player.number === null ? "" : `frame ${player.number}, ${this.where.textContent}`;
    }, MX_REST_MS);
  }

  show() {
    const { player } = this;
    const has = player.count > 0;
    this.root.classList.toggle("mx-off", !has);
    this.showFrame();
    this.button.innerHTML = mxPlayerIcon(player.playing ? "pause" : "play");
    this.button.setAttribute("aria-label", player.playing ? "Pause" : "Play");
    this.button.title = `${player.playing ? "pause" : "play"} (Space)`;
    this.speed.textContent = mxSpeedText(player.speed);
    this.loop.textContent = player.loop ? `loop ${has ? player.range().what : ""}` : "no loop";
    this.loop.classList.toggle("on", player.loop);
    this.loop.title = "loop on or off (L)";
    this.loop.setAttribute("aria-pressed", String(player.loop));
    const fps = player.clip && player.clip.fps;
    const drops = fps ? mxDropText(fps, player.speed, this.refresh) : "";
    this.rate.textContent = fps ? `${Math.round(fps * 100) / 100} fps` : "fps not known";
    this.rate.title = drops;
    if (!player.playing && this.played !== null) this.showPlayed("");
    else if (player.playing && this.played === null) this.showPlayed(drops);
    if (!player.playing) this.played = null;
  }

  /** How many frames are shown while playing: what is to be expected, then what was counted. */
  showPlayed(text) {
    if (text === null || text === this.played) return;
    this.played = text;
    this.note(text);
  }

  /** Which clips would open at once, and what their first frames cost: for whoever looks closer. */
  showAhead({ keys, bytes }) {
    this.root.dataset.ahead = keys.join(" ");
    this.root.dataset.aheadBytes = String(bytes);
    this.big.title = keys.length
      ? `first frames of ${mxFormat.plural(keys.length, "next clip")} are here: ${(bytes / 2 ** 20).toFixed(1)} MB`
      : "";
  }

  note(text) {
    this.loading.textContent = text;
    this.loading.title = text; // where the page is narrow, the line is cut
  }

  /** The screen's true rate, from the frames of the browser while playing. */
  measureRefresh(now, before) {
    if (before === null) return;
    this.intervals.push(now - before);
    if (this.intervals.length < 30) return;
    const middle = this.intervals.sort((a, b) => a - b)[15];
    this.intervals = [];
    if (middle > 2) this.refresh = 1000 / middle;
  }
}
