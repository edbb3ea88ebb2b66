// The top bar; also watches whether Python still answers, since Voila gives no notice.

import { mxListen } from "../kit/bus.mjs";
import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxLiveness } from "../kit/liveness.mjs";
import { mxTheme } from "../kit/theme_choice.mjs";

const LIVENESS = {
  busy: {
    tone: "warn",
    text: "Python is busy: what you change now is saved when it answers.",
    reload: false,
  },
  stopped: {
    tone: "bad",
    text: "Python has stopped for this page. What was saved is kept; nothing more is saved until a reload.",
    reload: true,
  },
  lost: {
    tone: "bad",
    text: "No connection to mexlab: is “mexlab serve” still running? Nothing is saved until it is back.",
    reload: true,
  },
  renewed: {
    tone: "bad",
    text: "mexlab was started again. Reload and give the token of the address that it printed, or open that address.",
    reload: true,
  },
};

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-top-bar");

  const links = mxElement("nav", { class: "mx-top-links", "aria-label": "Pages" });
  const right = mxElement("div", { class: "mx-top-right" });
  const status = mxElement("span", {
    class: "mx-top-status",
    role: "status",
    "data-testid": "status",
  });
  const theme = mxElement("select", {
    class: "mx-top-theme",
    "aria-label": "Theme",
    "data-testid": "theme",
    onchange: () => mxTheme.choose(theme.value),
  });
  for (const [value, text] of [
    ["system", "As system"],
    ["dark", "Dark"],
    ["light", "Light"],
  ]) {
    theme.append(mxElement("option", { value }, text));
  }
  theme.value = mxTheme.choice();

  const banner = mxElement("div", {
    class: "mx-banner",
    role: "alert",
    hidden: true,
    "data-testid": "liveness",
  });
  mxFill(
    el,
    mxElement(
      "div",
      { class: "mx-top-row" },
      mxElement("b", { class: "mx-top-name" }, "mexlab"),
      links,
      mxElement("span", { class: "mx-sp" }),
      right,
      status,
      theme,
    ),
    banner,
  );
  let state = "alive";
  let unsaved = "";

  function drawLinks() {
    const active = model.get("active");
    mxFill(
      links,
      model.get("pages").map((page) =>
        mxElement(
          "a",
          {
            href: page.url,
            class: page.name === active ? "on" : "",
            "aria-current": page.name === active ? "page" : null,
            "data-testid": `page-${page.name}`,
          },
          page.title,
        ),
      ),
    );
  }

  function drawRight() {
    const parts = [];
    if (model.get("context")) {
      parts.push(mxElement("span", { class: "mx-top-context" }, model.get("context")));
    }
    if (model.get("workspace")) {
      parts.push(
        mxElement("span", { title: "workspace", class: "mx-top-place" }, model.get("workspace")),
      );
    }
    if (model.get("coder")) {
      parts.push(mxElement("span", {}, "coder ", mxElement("b", {}, model.get("coder"))));
    }
    // The dot belongs to what stands before it: where that is left out, so is the dot.
    mxFill(
      right,
      parts.map((part, i) => {
        if (i < parts.length - 1) part.append(" · ");
        return part;
      }),
    );
  }

  function drawStatus(value) {
    const { text = "", tone = "", detail = "", kept = "" } = value ?? {};
    if (kept !== unsaved) {
      unsaved = kept;
      drawLiveness(state);
    }
    status.className = `mx-top-status ${tone ? `mx-${tone}` : ""}`;
    mxFill(status, text, detail ? mxElement("i", {}, ` · ${detail}`) : null);
  }

  function drawLiveness(now) {
    state = now;
    const say = LIVENESS[state];
    banner.hidden = !say;
    document.documentElement.dataset.mxKernel = state;
    if (!say) return;
    banner.className = `mx-banner ${say.tone}`;
    mxFill(
      banner,
      mxElement("span", {}, say.text, unsaved && say.tone === "bad" ? ` ${unsaved}` : null),
      say.reload
        ? mxElement(
            "button",
            {
              class: "mx-btn-plain",
              onclick: () => window.location.reload(),
              "data-testid": "reload",
            },
            "Reload the page",
          )
        : null,
    );
  }

  const onStatus = () => drawStatus(model.get("status"));
  const onSystem = () => mxTheme.apply();
  const media = window.matchMedia("(prefers-color-scheme: light)");
  /** @type {[string, () => void][]} */
  const handlers = [
    ["change:pages", drawLinks],
    ["change:active", drawLinks],
    ["change:workspace", drawRight],
    ["change:coder", drawRight],
    ["change:context", drawRight],
    ["change:status", onStatus],
  ];
  for (const [name, handler] of handlers) model.on(name, handler);
  media.addEventListener("change", onSystem);
  const stopListening = mxListen("status", drawStatus);
  const stopWatching = mxLiveness(model, drawLiveness);

  drawLinks();
  drawRight();
  onStatus();
  return () => {
    stopWatching();
    stopListening();
    media.removeEventListener("change", onSystem);
    for (const [name, handler] of handlers) model.off(name, handler);
  };
}
export default { render };
