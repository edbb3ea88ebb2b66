// A strip of bars, one a held-out subject. One tab stop; left and right move, Enter chooses.

import { mxElement } from "../kit/dom.mjs";
import { mxFormat } from "../kit/words.mjs";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-subjects");
  let at = 0;

  function sentence(group, subject) {
    return (
      `${group.title} ${subject.subject}: ${subject.right} of ${subject.clips} ` +
      `${model.get("noun")}${subject.clips === 1 ? "" : "s"} correct`
    );
  }

  function draw() {
    const groups = model.get("groups");
    const count = groups.reduce((sum, group) => sum + group.subjects.length, 0);
    const people = model.get("people") || count;
    // Whoever is in several databases has a bar in each.
    const heading =
      people === count
        ? `${mxFormat.plural(count, "held-out subject")}, accuracy each`
        : `${mxFormat.plural(people, "held-out person", "held-out people")}, accuracy in each database`;
    const said = mxElement("span", { class: "mx-said" }, "");
    const strip = mxElement("div", {
      class: "mx-strip",
      role: "group",
      "aria-label": "accuracy of each held-out subject",
    });
    const bars = [];
    groups.forEach((group) => {
      const row = mxElement("div", { class: "mx-subject-bars" });
      for (const subject of group.subjects) {
        const share = subject.clips ? subject.right / subject.clips : 0;
        const position = bars.length;
        const bar = mxElement(
          "button",
          {
            type: "button",
            class: "mx-subject",
            style: `--share:${share.toFixed(3)}`,
            tabindex: position === Math.min(at, count - 1) ? "0" : "-1",
            "aria-label": sentence(group, subject),
            "data-testid": `subject-${group.database}-${subject.subject}`,
          },
          mxElement("i", {}),
        );
        const choose = () => {
          at = position;
          model.set("selected", { database: group.database, subject: subject.subject });
          model.save_changes();
        };
        const show = () => {
          said.textContent = sentence(group, subject);
        };
        bar.addEventListener("click", choose);
        bar.addEventListener("mouseenter", show);
        bar.addEventListener("focus", show);
        bar.addEventListener("mouseleave", () => {
          said.textContent = "";
        });
        bar.addEventListener("blur", () => {
          said.textContent = "";
        });
        bar.dataset.key = `${group.database}/${subject.subject}`;
        bars.push(bar);
        row.append(bar);
      }
      strip.append(
        mxElement(
          "div",
          {
            class: "mx-group",
          },
          row,
          mxElement("span", { class: "mx-name", title: group.title }, group.title),
        ),
      );
    });
    strip.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      bars[at].tabIndex = -1;
      at = Math.min(bars.length - 1, Math.max(0, at + step));
      bars[at].tabIndex = 0;
      bars[at].focus();
    });
    el.replaceChildren(
      ...(count
        ? [mxElement("header", {}, mxElement("h3", { class: "mx-h3" }, heading), said), strip]
        : []),
    );
    mark();
  }

  function mark() {
    const selected = model.get("selected");
    const key = selected ? `${selected.database}/${selected.subject}` : null;
    for (const bar of el.querySelectorAll(".mx-subject")) {
      bar.classList.toggle("on", bar.dataset.key === key);
      bar.setAttribute("aria-pressed", String(bar.dataset.key === key));
    }
  }

  draw();
  model.on("change:groups change:people change:noun", draw);
  model.on("change:selected", mark);
  return () => {
    model.off("change:groups change:people change:noun", draw);
    model.off("change:selected", mark);
  };
}

export default { render };
