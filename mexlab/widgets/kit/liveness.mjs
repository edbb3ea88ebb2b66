// Whether Python still answers.

import { mxEmit } from "./bus.mjs";

/** @typedef {"alive" | "busy" | "stopped" | "lost" | "renewed"} MxLife */

/**
 * Watch whether Python still answers: Voila itself says nothing when a kernel dies.
 *
 * A ping goes out every two seconds and base.py echoes it. One that stays unanswered may mean a
 * busy kernel, so the server is asked what it knows before anybody is alarmed.
 * `onchange` gets "alive", "busy", "stopped" (a reload helps), "lost" (no server) or "renewed" (the
 * server was started again and wants its new token).
 * Returns the function that ends the watch.
 *
 * @param {MxModel} model
 * @param {(state: MxLife) => void} onchange
 */
export function mxLiveness(model, onchange) {
  const every = 2000;
  const patience = 1500; // ms without an echo before the server is asked
  const busyAfter = 5000; // ms before a busy kernel is worth a word
  /** @type {MxLife} */
  let state = "alive";
  let sent = 0;
  let answered = 0;
  /** @type {number | null} */
  let waitingSince = null;
  let idleSeen = 0;
  let over = false;
  /** @type {number | undefined} */
  let timer;

  const config = (() => {
    try {
      return JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
    } catch {
      return {};
    }
  })();

  /** @param {MxLife} next */
  const tell = (next) => {
    if (next === state) return;
    state = next;
    onchange(next);
    mxEmit("liveness", { state: next });
  };

  /** @param {{type: string, n: number}} content */
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
    if (waitingSince !== null && now - waitingSince > patience) {
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
