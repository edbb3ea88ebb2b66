// What the eye waits for, said on the picture: a player that does not move looks like one that
// missed the key.

import { mxElement } from "../kit/dom.mjs";

const MX_WAIT_MS = 150;

export class MxWaitWord {
  /**
   * @param {HTMLElement} root the stage
   * @param {HTMLElement} figure the pane where the eye is; where it is hidden, the stage takes the word
   */
  constructor(root, figure, signal) {
    this.root = root;
    this.figure = figure;
    this.text = null; // what is waited for, null while nothing is
    this.box = mxElement("div", {
      class: "mx-wait",
      role: "status",
      hidden: true,
      "data-testid": "wait",
    });
    signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** Something is on its way; said once that has taken too long for an eye not to notice. */
  expect(text) {
    const begun = this.text === null;
    this.text = text;
    this.box.textContent = text;
    if (begun) this.timer = setTimeout(() => this.say(), MX_WAIT_MS);
  }

  say() {
    (this.figure.hidden ? this.root : this.figure).append(this.box);
    this.box.hidden = false;
    this.root.classList.add("mx-late");
  }

  /** It is there, or will not come. */
  done() {
    if (this.text === null) return;
    this.text = null;
    clearTimeout(this.timer);
    this.box.hidden = true;
    this.root.classList.remove("mx-late");
  }
}
