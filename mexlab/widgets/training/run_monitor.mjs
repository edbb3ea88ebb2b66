// The state of one run. Parts are made once and changed in place, so that the button keeps its focus.

import { mxElement } from "../kit/dom.mjs";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-monitor");
  const headline = mxElement("b", { "data-testid": "run-headline" });
  const status = mxElement("span", { class: "mx-status", "data-testid": "run-status" });
  const protocol = mxElement("span", { class: "mx-protocol" });
  const fill = mxElement("i", {});
  const bar = mxElement(
    "div",
    { class: "mx-progress", role: "progressbar", "aria-label": "progress of the run" },
    fill,
  );
  const stage = mxElement("span", { "data-testid": "run-stage" });
  const done = mxElement("span", { class: "mx-done", "data-testid": "run-done" });
  const left = mxElement("span", { "data-testid": "run-left" });
  const cancel = mxElement(
    "button",
    { type: "button", class: "mx-btn-plain", "data-testid": "cancel-run" },
    "Cancel run",
  );
  const results = mxElement(
    "a",
    { class: "mx-btn", "data-testid": "open-results" },
    "Open the results",
  );
  const note = mxElement("p", { class: "mx-message", "data-testid": "run-message" });
  // Not disabled while it cancels: the keyboard's focus would be lost.
  let cancelling = false;
  cancel.addEventListener("click", () => {
    if (cancelling) return;
    cancelling = true;
    cancel.textContent = "Cancelling…";
    model.send({ type: "cancel" });
  });
  // Made anew only where they change, so that one keeps its focus.
  const actions = mxElement("span", { class: "mx-actions" });
  let offered = "";
  function offer(wanted) {
    if (JSON.stringify(wanted) === offered) return;
    offered = JSON.stringify(wanted);
    const focused = actions.contains(document.activeElement);
    actions.replaceChildren(
      ...wanted.map((action) => {
        const button = mxElement(
          "button",
          { type: "button", class: "mx-btn-plain", "data-testid": `act-${action.name}` },
          action.title,
        );
        button.addEventListener("click", () => model.send({ type: action.name }));
        return button;
      }),
    );
    // The button that was pressed may be gone: whoever uses the keyboard stays where it was.
    if (focused) (actions.querySelector("button") || cancel).focus();
  }
  const facts = mxElement("dl", {});
  const details = mxElement(
    "details",
    { "data-testid": "went-in" },
    mxElement("summary", {}, "What went in"),
    facts,
  );
  let told = "";
  function detail(wanted) {
    if (JSON.stringify(wanted) === told) return;
    told = JSON.stringify(wanted);
    facts.replaceChildren(
      ...wanted.flatMap(([term, text]) => [mxElement("dt", {}, term), mxElement("dd", {}, text)]),
    );
    details.hidden = !wanted.length;
  }
  const body = mxElement(
    "div",
    {},
    mxElement("header", {}, headline, status, protocol),
    bar,
    mxElement(
      "div",
      { class: "mx-line" },
      stage,
      done,
      left,
      mxElement("span", { class: "mx-gap" }),
      actions,
      cancel,
      results,
    ),
    note,
    details,
  );
  el.append(body);

  function draw() {
    const run = model.get("run");
    body.hidden = !run.id;
    if (!run.id) return;
    el.dataset.run = run.id;
    el.dataset.status = run.status;
    headline.textContent = run.headline;
    status.textContent = run.status;
    status.className = `mx-status mx-status-${run.tone}`;
    protocol.textContent = run.protocol || "";
    const share = run.share === null || run.share === undefined ? 0 : run.share;
    fill.style.width = `${(100 * share).toFixed(1)}%`;
    bar.classList.toggle("mx-over", !run.cancellable);
    bar.setAttribute("aria-valuenow", String(Math.round(100 * share)));
    bar.setAttribute("aria-valuemin", "0");
    bar.setAttribute("aria-valuemax", "100");
    stage.textContent = run.stage || "";
    done.textContent = run.done || "";
    left.textContent = run.left || "";
    detail(run.details || []);
    const focused = document.activeElement === cancel;
    cancel.hidden = !run.cancellable;
    cancelling = !!run.cancelling;
    cancel.setAttribute("aria-disabled", String(cancelling));
    cancel.textContent = run.cancelling ? "Cancelling…" : "Cancel run";
    offer(run.actions || []);
    if (focused && cancel.hidden) actions.querySelector("button")?.focus();
    bar.hidden = run.status === "queued";
    results.hidden = !run.results;
    if (run.results) results.href = run.results;
    note.hidden = !run.message;
    note.replaceChildren(
      run.message || "",
      run.remedy ? mxElement("span", {}, ` ${run.remedy}`) : "",
    );
    note.classList.toggle("mx-fault", run.tone === "bad");
  }

  draw();
  model.on("change:run", draw);
  return () => model.off("change:run", draw);
}

export default { render };
