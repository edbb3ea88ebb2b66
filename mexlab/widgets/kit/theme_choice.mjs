// Dark or light: what is chosen, and what is drawn.

import { mxEmit } from "./bus.mjs";

export const mxTheme = {
  choices: ["system", "dark", "light"],
  choice() {
    /** @type {string | null} */
    let stored = null;
    try {
      stored = window.localStorage.getItem("mexlab-theme");
    } catch {
      /* storage may be forbidden: the theme is then the system's, and no other is remembered */
    }
    return stored !== null && mxTheme.choices.includes(stored) ? stored : "system";
  },
  apply() {
    const choice = mxTheme.choice();
    const light =
      choice === "light" ||
      (choice === "system" && window.matchMedia("(prefers-color-scheme: light)").matches);
    const resolved = light ? "light" : "dark";
    if (document.documentElement.dataset.mxTheme !== resolved) {
      document.documentElement.dataset.mxTheme = resolved;
      mxEmit("theme", { theme: resolved });
    }
    return resolved;
  },
  /** @param {string} choice */
  choose(choice) {
    try {
      window.localStorage.setItem("mexlab-theme", choice);
    } catch {
      /* as above */
    }
    return mxTheme.apply();
  },
  /** "dark" or "light", as drawn now; the bus tells of changes by the event `theme`. */
  current() {
    return document.documentElement.dataset.mxTheme === "light" ? "light" : "dark";
  },
  /**
   * A variable of theme.css as a colour, for canvases: mxTheme.colour("onset").
   * @param {string} name
   */
  colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--mx-${name}`).trim();
  },
};
