// The top bar; also watches whether Python still answers, since Voila gives no notice.

const LIVENESS = {
  busy: {
    tone: "warn",
    text: "Python is busy: what you change now is saved when it answers.",
    reload: false,
  },
  stopped: {
    tone: "bad",
    text: "The Python kernel of this page has stopped: changes are no longer saved. Everything saved before is kept.",
    reload: true,
  },
  lost: {
    tone: "bad",
    text: "No connection to mexlab: is “mexlab serve” still running? Changes are not saved until it is back.",
    reload: true,
  },
  renewed: {
    tone: "bad",
    text: "mexlab was started again. Reload and give the token of the address that it printed, or open that address: what was not saved is kept in this browser and sent then.",
    reload: true,
  },
};

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
    ["dark", "Dark"],
    ["light", "Light"],
    ["system", "As system"],
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
    mxElement("b", { class: "mx-top-name" }, "mexlab"),
    links,
    mxElement("span", { class: "mx-sp" }),
    right,
    status,
    theme,
    banner,
  );

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
      parts.push(mxElement("span", { title: "workspace" }, model.get("workspace")));
    }
    if (model.get("coder")) {
      parts.push(mxElement("span", {}, "coder ", mxElement("b", {}, model.get("coder"))));
    }
    mxFill(right, parts.map((part, i) => (i ? [" · ", part] : part)));
  }

  function drawStatus(value) {
    const { text = "", tone = "", detail = "" } = value ?? {};
    status.className = `mx-top-status ${tone ? `mx-${tone}` : ""}`;
    mxFill(status, text, detail ? mxElement("i", {}, ` · ${detail}`) : null);
  }

  function drawLiveness(state) {
    const say = LIVENESS[state];
    banner.hidden = !say;
    document.documentElement.dataset.mxKernel = state;
    if (!say) return;
    banner.className = `mx-banner ${say.tone}`;
    mxFill(
      banner,
      mxElement("span", {}, say.text),
      say.reload
        ? mxElement(
            "button",
            { class: "mx-btn-plain", onclick: () => window.location.reload(), "data-testid": "reload" },
            "Reload the page",
          )
        : null,
    );
  }

  const onStatus = () => drawStatus(model.get("status"));
  const onSystem = () => mxTheme.apply();
  const media = window.matchMedia("(prefers-color-scheme: light)");
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
