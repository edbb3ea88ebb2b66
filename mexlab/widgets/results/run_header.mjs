// Title, protocol, synthetic marker; what stands beside the run; export.

import { mxElement, mxPen, mxTyping } from "../kit/dom.mjs";
import { mxKeepQuery } from "../kit/page_address.mjs";

const RUN_HEADER_CHANGES = "change:run change:exports change:choices";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-run-header");

  function drawSelect() {
    const select = mxElement(
      "select",
      { class: "mx-select", "data-testid": "beside", id: `mx-beside-${MX_PAGE}` },
      mxElement("option", { value: "" }, "nothing"),
    );
    const groups = new Map();
    for (const choice of model.get("choices")) {
      if (!groups.has(choice.group)) {
        groups.set(choice.group, mxElement("optgroup", { label: choice.group }));
        select.append(groups.get(choice.group));
      }
      groups.get(choice.group).append(mxElement("option", { value: choice.value }, choice.title));
    }
    select.value = model.get("beside");
    select.addEventListener("change", () => {
      model.set("beside", select.value);
      model.save_changes();
    });
    return mxElement("label", { class: "mx-beside", for: select.id }, "Beside it", select);
  }

  function draw() {
    const run = model.get("run");
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.testid;
    const inside = el.contains(document.activeElement);
    const first = mxElement(
      "div",
      { class: "mx-line" },
      mxElement("b", { "data-testid": "results-run" }, run.title || ""),
      run.synthetic
        ? mxElement("span", { class: "mx-tag quiet", "data-testid": "synthetic" }, "synthetic data")
        : "",
      mxElement("span", { class: "mx-dim", "data-testid": "results-protocol" }, run.line || ""),
    );
    const lines = [first];
    if (run.exportable) {
      const saving = mxElement(
        "span",
        { class: "mx-save", role: "group", "aria-label": "save as" },
        "Save as",
      );
      for (const [kind, title] of model.get("exports")) {
        saving.append(
          mxElement(
            "button",
            {
              type: "button",
              class: "mx-btn-plain",
              "data-testid": `export-${kind}`,
              onclick: () => model.send({ type: "export", kind }),
            },
            title,
          ),
        );
      }
      lines.push(
        mxElement(
          "div",
          { class: "mx-line mx-tools" },
          model.get("choices").length ? drawSelect() : "",
          saving,
        ),
      );
    }
    el.replaceChildren(...lines);
    el.dataset.run = run.title || "";
    if (inside && focused) el.querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
  }

  function chosen() {
    const select = el.querySelector("select");
    if (select) select.value = model.get("beside");
    if (model.get("deep_link")) mxKeepQuery("beside", model.get("beside"));
  }

  function save(name, blob) {
    const address = URL.createObjectURL(blob);
    const link = mxElement("a", { href: address, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  async function savePicture(name, text) {
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await picture.decode();
    // Twice the size on screen: sharp in print.
    const canvas = mxElement("canvas", { width: 2 * picture.width, height: 2 * picture.height });
    mxPen(canvas).drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(name, blob), "image/png");
  }

  function receive(content) {
    if (content?.type !== "file") return;
    if (content.picture) {
      savePicture(content.name, content.text);
      return;
    }
    save(content.name, new Blob([content.text], { type: content.mime }));
  }

  function key(event) {
    if (event.key.toLowerCase() !== "v" || event.ctrlKey || event.metaKey || event.altKey) return;
    const select = el.querySelector("select");
    if (!select || mxTyping(event)) return;
    event.preventDefault();
    select.focus();
  }

  draw();
  document.addEventListener("keydown", key);
  model.on(RUN_HEADER_CHANGES, draw);
  model.on("change:beside", chosen);
  model.on("msg:custom", receive);
  return () => {
    document.removeEventListener("keydown", key);
    model.off(RUN_HEADER_CHANGES, draw);
    model.off("change:beside", chosen);
    model.off("msg:custom", receive);
  };
}

export default { render };
