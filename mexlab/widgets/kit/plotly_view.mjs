// One plotly for the whole page: the first figure fetches the script over its own channel.

import { mxListen } from "./bus.mjs";
import { mxElement } from "./dom.mjs";

const WAIT_MS = 30000;

/** @param {MxModel} model */
function fetchLibrary(model) {
  return new Promise((resolve, reject) => {
    /**
     * @param {{type: string}} content
     * @param {BlobPart[]} buffers
     */
    const give = (content, buffers) => {
      if (content.type !== "library") return;
      model.off("msg:custom", give);
      clearTimeout(timer);
      // Wrapped, so that a page's AMD loader does not catch the script as an anonymous module.
      const parts = ["(function(define,module,exports){", buffers[0], "\n}).call(window);"];
      const address = URL.createObjectURL(new Blob(parts, { type: "text/javascript" }));
      const script = document.createElement("script");
      script.onload = () => {
        URL.revokeObjectURL(address);
        resolve(window.Plotly);
      };
      script.onerror = () => {
        URL.revokeObjectURL(address);
        reject(new Error("the plotly script did not load"));
      };
      script.src = address;
      document.head.append(script);
    };
    const timer = setTimeout(() => {
      model.off("msg:custom", give);
      reject(new Error("the plotly script did not arrive"));
    }, WAIT_MS);
    model.on("msg:custom", give);
    model.send({ type: "library" });
  });
}

/** @param {MxModel} model */
function library(model) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  if (!window.mexlabPlotly) {
    window.mexlabPlotly = fetchLibrary(model).catch((error) => {
      window.mexlabPlotly = null;
      throw error;
    });
  }
  return window.mexlabPlotly;
}

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-plotly");
  const stage = mxElement("div", { class: "mx-stage", role: "img" });
  el.replaceChildren(stage);
  /** @type {any} */
  let plotly = null;
  let wanted = false;
  let gone = false;

  /** @param {string} name a variable of theme.css */
  function colour(name) {
    return getComputedStyle(el).getPropertyValue(name).trim();
  }

  /**
   * A value of a figure with the theme's variables as colours.
   * @param {any} value
   * @returns {any}
   */
  function resolved(value) {
    if (typeof value === "string") {
      const match = /^var\((--[\w-]+)\)$/.exec(value);
      return match ? colour(match[1]) : value;
    }
    if (Array.isArray(value))
      return value.length && typeof value[0] === "number" ? value : value.map(resolved);
    if (value && typeof value === "object") {
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, resolved(inner)]),
      );
    }
    return value;
  }

  function themed() {
    const axis = {
      gridcolor: colour("--mx-line"),
      zerolinecolor: colour("--mx-line"),
      linecolor: colour("--mx-line"),
      tickcolor: colour("--mx-line"),
      automargin: true,
      ticks: "outside",
      ticklen: 4,
    };
    const own = resolved(model.get("figure_layout"));
    return {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      hovermode: "closest",
      font: { color: colour("--mx-dim"), size: 12, family: getComputedStyle(el).fontFamily },
      margin: { l: 46, r: 12, t: 8, b: 36 },
      showlegend: false,
      hoverlabel: {
        bgcolor: colour("--mx-raise"),
        bordercolor: colour("--mx-line"),
        font: { color: colour("--mx-text") },
      },
      ...own,
      xaxis: { ...axis, ...(own.xaxis || {}) },
      yaxis: { ...axis, ...(own.yaxis || {}) },
      height: model.get("height"),
      autosize: true,
    };
  }

  async function paint() {
    wanted = false;
    if (gone || !plotly) return;
    stage.setAttribute("aria-label", model.get("description"));
    await plotly.react(stage, resolved(model.get("data")), themed(), {
      displayModeBar: false,
      displaylogo: false,
      responsive: false,
      showSendToCloud: false,
      plotlyServerURL: "",
      showLink: false,
    });
    if (!gone) el.dataset.painted = String(Number(el.dataset.painted || 0) + 1);
  }

  // Several traits change at once: one painting an animation frame is enough.
  function want() {
    if (wanted) return;
    wanted = true;
    requestAnimationFrame(paint);
  }

  const size = () => {
    stage.style.height = `${model.get("height")}px`;
  };
  size();
  const observer = new ResizeObserver(() => {
    if (plotly && stage.childElementCount) want();
  });
  const deaf = mxListen("theme", want);
  library(model).then(
    (loaded) => {
      if (gone) return;
      plotly = loaded;
      observer.observe(el);
      want();
    },
    (error) => {
      stage.replaceChildren(
        mxElement("p", { class: "mx-quiet" }, `No figure: ${error.message}. Reload the page.`),
      );
    },
  );
  model.on("change:data change:figure_layout change:description", want);
  model.on("change:height", size);
  model.on("change:height", want);
  return () => {
    gone = true;
    observer.disconnect();
    deaf();
    model.off("change:data change:figure_layout change:description", want);
    model.off("change:height", size);
    model.off("change:height", want);
    if (plotly) plotly.purge(stage);
  };
}

export default { render };
