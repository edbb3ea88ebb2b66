// Title, protocol, synthetic marker, export.

function render({ model, el }) {
  el.classList.add("mx", "mx-run-header");

  function draw() {
    const run = model.get("run");
    const parts = [
      mxElement("b", { "data-testid": "results-run" }, run.title || ""),
      run.synthetic ? mxElement("span", { class: "mx-tag quiet", "data-testid": "synthetic" }, "synthetic data") : "",
      mxElement("span", { class: "mx-dim", "data-testid": "results-protocol" }, run.line || ""),
    ];
    if (run.exportable) {
      parts.push(mxElement("button", {
        type: "button", class: "mx-btn-plain", "data-testid": "export-csv",
        onclick: () => model.send({ type: "export" }),
      }, "Export CSV"));
    }
    el.replaceChildren(...parts);
    el.dataset.run = run.title || "";
  }

  function receive(content) {
    if (content?.type !== "file") return;
    // The mark tells a spreadsheet that names are UTF-8.
    const address = URL.createObjectURL(new Blob(["\ufeff", content.text], { type: "text/csv" }));
    const link = mxElement("a", { href: address, download: content.name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  draw();
  model.on("change:run", draw);
  model.on("msg:custom", receive);
  return () => {
    model.off("change:run", draw);
    model.off("msg:custom", receive);
  };
}

export default { render };
