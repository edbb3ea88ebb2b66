// Functions that stand before every widget's own module (see base.py). No exports, no imports:
// anywidget loads one blob a widget. Names begin with `mx` so that no widget's own can clash.

/** Build an element: mxElement("button", {class: "mx-btn", onclick: f}, "Commit", kbd). */
function mxElement(tag, attributes, ...children) {
  const svg = ["svg", "g", "path", "line", "rect", "circle", "text", "polyline", "polygon", "title"];
  const element =
    svg.includes(tag) && !(tag === "title" && !attributes?.svg)
      ? document.createElementNS("http://www.w3.org/2000/svg", tag)
      : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "svg" || value === null || value === undefined || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (name === "style" && typeof value === "object") {
      for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
    } else if (name === "dataset") {
      for (const [key, one] of Object.entries(value)) element.dataset[key] = one;
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  mxAppend(element, children);
  return element;
}

function mxAppend(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

/** Replace the children of an element. */
function mxFill(element, ...children) {
  element.replaceChildren();
  return mxAppend(element, children);
}

/** A key as it stands on the keyboard: mxKey("Ctrl S"). */
function mxKey(text) {
  return mxElement("kbd", { class: "mx-kbd" }, text);
}

/** The channel on which the widgets of one page talk to each other without a trip to Python. */
function mxBus(name = "mexlab") {
  const key = `${name}/${MX_PAGE}`;
  const buses = (window.__mexlabBuses ??= new Map());
  if (!buses.has(key)) buses.set(key, new EventTarget());
  return buses.get(key);
}

/** Send an event on the page's bus: mxEmit("seek", {number: 70}). */
function mxEmit(type, detail = {}, name = "mexlab") {
  mxBus(name).dispatchEvent(new CustomEvent(type, { detail }));
}

/** Listen on the page's bus; returns the function that stops listening. */
function mxListen(type, handler, name = "mexlab") {
  const listener = (event) => handler(event.detail, event);
  mxBus(name).addEventListener(type, listener);
  return () => mxBus(name).removeEventListener(type, listener);
}

const mxFormat = {
  /** 12345 -> "12 345" (thin space), null -> "–". */
  count(value) {
    if (value === null || value === undefined) return "–";
    return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
  },
  /** 0.79187 -> "0.7919"; null -> "–". */
  score(value, digits = 4) {
    return Number.isFinite(value) ? value.toFixed(digits) : "–";
  },
  /** 0.896 -> "89.6". */
  percent(value, digits = 1) {
    return Number.isFinite(value) ? (100 * value).toFixed(digits) : "–";
  },
  /** Frames at fps -> "180 ms"; without fps -> "36 frames". */
  milliseconds(frames, fps) {
    if (frames === null || frames === undefined) return "–";
    return fps ? `${Math.round((1000 * frames) / fps)} ms` : mxFormat.plural(frames, "frame");
  },
  /** 75 -> "1 min 15 s". */
  duration(seconds) {
    if (!Number.isFinite(seconds)) return "–";
    const whole = Math.round(seconds);
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
    return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  },
  /** An ISO time -> "14:02" today, "12 Mar 14:02" before. */
  moment(iso) {
    const date = new Date(iso);
    if (!iso || Number.isNaN(date.valueOf())) return "–";
    const clock = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    if (date.toDateString() === new Date().toDateString()) return clock;
    return `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${clock}`;
  },
  plural(n, noun, nouns = `${noun}s`) {
    return `${mxFormat.count(n)} ${n === 1 ? noun : nouns}`;
  },
};

/** Onset, apex and offset have one shape and one colour each, everywhere. */
const mxMarkPaths = {
  onset: "M1 1 L9 5 L1 9z",
  apex: "M5 0 L10 5 L5 10 L0 5z",
  offset: "M9 1 L1 5 L9 9z",
};

function mxMark(kind) {
  return mxElement(
    "svg",
    { class: "mx-mark", viewBox: "0 0 10 10", width: 10, height: 10, "aria-hidden": "true" },
    mxElement("path", { d: mxMarkPaths[kind], fill: `var(--mx-${kind})` }),
  );
}

/** The three classes have one colour each; other emotions are neutral. Returns a tag's tone. */
function mxTone(label) {
  return { negative: "neg", positive: "pos", surprise: "sur" }[label] ?? "plain";
}

/** True while the user is typing, when single keys must not act on the page. */
function mxTyping(event) {
  const target = event.composedPath?.()[0] ?? event.target;
  if (!(target instanceof Element)) return false;
  return Boolean(target.closest("textarea, select, [contenteditable=true], input:not([type=checkbox]):not([type=radio]):not([type=button])"));
}

const mxTheme = {
  choices: ["system", "dark", "light"],
  choice() {
    let stored = null;
    try {
      stored = window.localStorage.getItem("mexlab-theme");
    } catch {
      /* storage may be forbidden: the theme is then the system's, and no other is remembered */
    }
    return mxTheme.choices.includes(stored) ? stored : "system";
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
  /** A variable of theme.css as a colour, for canvases: mxTheme.colour("onset"). */
  colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--mx-${name}`).trim();
  },
};
mxTheme.apply();

/**
 * Watch whether Python still answers: Voila itself says nothing when a kernel dies.
 *
 * A ping goes out every two seconds and base.py echoes it. One that stays unanswered may mean a
 * busy kernel, so the server is asked what it knows before anybody is alarmed.
 * `onchange` gets "alive", "busy", "stopped" (a reload helps), "lost" (no server) or "renewed" (the
 * server was started again and wants its new token).
 * Returns the function that ends the watch.
 */
function mxLiveness(model, onchange) {
  const every = 2000;
  const patience = 1500; // ms without an echo before the server is asked
  const busyAfter = 5000; // ms before a busy kernel is worth a word
  let state = "alive";
  let sent = 0;
  let answered = 0;
  let waitingSince = null;
  let idleSeen = 0;
  let over = false;
  let timer = null;

  const config = (() => {
    try {
      return JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
    } catch {
      return {};
    }
  })();

  const tell = (next) => {
    if (next === state) return;
    state = next;
    onchange(next);
    mxEmit("liveness", { state: next });
  };

  const received = (content) => {
    if (content?.type !== "mx-pong") return;
    answered = Math.max(answered, content.n);
    waitingSince = answered >= sent ? null : performance.now();
    idleSeen = 0;
    tell("alive");
  };
  model.on("msg:custom", received);

  async function askServer() {
    if (!config.kernelId) return "unknown";
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), 2000);
    try {
      const answer = await fetch(`${config.baseUrl ?? "/"}api/kernels/${config.kernelId}`, {
        signal: stop.signal,
        cache: "no-store",
        redirect: "manual",
      });
      if (answer.type === "opaqueredirect" || answer.status === 403) return "renewed";
      if (answer.status === 404) return "gone";
      if (!answer.ok) return "unknown";
      return (await answer.json()).execution_state;
    } catch {
      return "unreachable";
    } finally {
      clearTimeout(limit);
    }
  }

  async function beat() {
    if (over) return;
    const now = performance.now();
    const waiting = waitingSince !== null;
    if (waiting && now - waitingSince > patience) {
      const kernel = await askServer();
      if (over || waitingSince === null) {
        /* answered meanwhile */
      } else if (kernel === "gone" || kernel === "dead") {
        tell("stopped");
      } else if (kernel === "unreachable") {
        tell("lost");
      } else if (kernel === "renewed") {
        tell("renewed");
      } else if (kernel === "busy") {
        idleSeen = 0;
        if (now - waitingSince > busyAfter) tell("busy");
      } else if (kernel === "unknown") {
        if (now - waitingSince > busyAfter) tell(now - waitingSince > 15000 ? "stopped" : "busy");
      } else {
        // Idle (or just restarted) and yet no answer: it is another kernel than drew this page.
        idleSeen += 1;
        // Asked three times, since a thread that holds Python for a moment looks the same.
        if (idleSeen >= 3) tell("stopped");
      }
    }
    try {
      model.send({ type: "mx-ping", n: sent + 1 });
      sent += 1;
      if (waitingSince === null) waitingSince = performance.now();
    } catch {
      if (waitingSince === null) waitingSince = performance.now();
    }
    timer = setTimeout(beat, waiting ? 700 : every);
  }

  // A hidden tab's timers sleep; what was waited for then says nothing about the kernel.
  const woken = () => {
    if (document.visibilityState === "visible") {
      waitingSince = null;
      answered = sent;
    }
  };
  document.addEventListener("visibilitychange", woken);
  timer = setTimeout(beat, every);
  return () => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", woken);
    model.off("msg:custom", received);
  };
}

/** A command to type, with a button that copies it. */
function mxCommand(command) {
  const button = mxElement(
    "button",
    {
      class: "mx-btn-plain mx-copy",
      type: "button",
      "aria-label": `Copy: ${command}`,
      onclick: async () => {
        try {
          await navigator.clipboard.writeText(command);
          button.textContent = "Copied";
        } catch {
          // No clipboard without a secure context: select the text, so that Ctrl C copies it.
          const range = document.createRange();
          range.selectNodeContents(code);
          window.getSelection().removeAllRanges();
          window.getSelection().addRange(range);
          button.textContent = "Press Ctrl C";
        }
        setTimeout(() => (button.textContent = "Copy"), 2000);
      },
    },
    "Copy",
  );
  const code = mxElement("code", { class: "mx-code" }, command);
  return mxElement("div", { class: "mx-command" }, code, button);
}
