// As much of a page as the scripts need under Node: a name, a bus, and plain elements. Imported by a
// test before the page is used; importing a script asks nothing of it.
import { mxListen, mxPublish } from "../../mexlab/widgets/kit/bus.mjs";

globalThis.window = globalThis;
globalThis.MX_PAGE = "test";
// Node 18 has none.
globalThis.CustomEvent ??= class extends Event {
  constructor(type, { detail }) {
    super(type);
    this.detail = detail;
  }
};
globalThis.Node ??= class {};

class FakeElement extends globalThis.Node {
  hidden = false;
  textContent = "";
  children = [];
  dataset = {};
  classes = new Set();
  classList = {
    add: (name) => this.classes.add(name),
    remove: (name) => this.classes.delete(name),
  };
  append(...children) {
    this.children.push(...children);
  }
  setAttribute(name, value) {
    if (name === "hidden") this.hidden = true;
    else this[name] = value;
  }
  addEventListener() {}
}

export const element = () => new FakeElement();

globalThis.document = {
  documentElement: { dataset: {} },
  addEventListener() {},
  createElement: element,
  createElementNS: element,
  createTextNode: (text) => ({ text }),
};

/** The lasting facts of the page's bus. */
export const facts = {
  set: mxPublish,
  /** A new page: nobody listens, nothing is known. */
  clear() {
    globalThis.__mexlabBuses = new Map();
  },
};

/** What the page says to its user from now on, as a list that grows. */
export function hear() {
  const notices = [];
  mxListen("notice", ({ text }) => notices.push(text));
  return notices;
}
