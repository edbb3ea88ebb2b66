// The training form. Inputs are made once for a set of options and then only set to values, so
// that nothing is torn from under the cursor.
// Past 400 lines as prettier breaks them; to be split where it is next worked on.

import { mxElement, mxFill } from "../kit/dom.mjs";
import { mxFormat } from "../kit/words.mjs";

const SETTLE_MS = 250;
const HERE_MS = 20000;

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-train-form");
  let inputs = {};
  let lights = [];
  /** @type {number | undefined} */
  let timer;

  function send() {
    clearTimeout(timer);
    timer = undefined;
    model.save_changes();
  }

  function change(name, value, later = false) {
    model.set("choice", { ...model.get("choice"), [name]: value });
    for (const light of lights) light();
    clearTimeout(timer);
    if (later) timer = setTimeout(send, SETTLE_MS);
    else send();
  }

  function section(title, ...children) {
    return mxElement(
      "fieldset",
      {},
      mxElement("legend", { class: "mx-h3" }, title),
      mxElement("div", { class: "mx-section" }, ...children),
    );
  }

  // A choice of few is a row of buttons that works as radio buttons do.
  function choices(name, label, options) {
    const row = mxElement("div", { class: "mx-options", role: "radiogroup", "aria-label": label });
    for (const option of options) {
      const radio = mxElement("input", {
        type: "radio",
        name: `mx-${name}-${MX_PAGE}`,
        value: option.name,
        "data-testid": `${name}-${option.name}`,
      });
      radio.addEventListener("change", () => change(name, option.name));
      row.append(
        mxElement(
          "label",
          { class: "mx-option", title: option.detail || "" },
          radio,
          mxElement("span", {}, option.title),
        ),
      );
    }
    const hint = mxElement("p", {
      class: "mx-hint mx-why",
      id: `mx-${name}-hint-${MX_PAGE}`,
      "data-testid": `${name}-hint`,
    });
    row.setAttribute("aria-describedby", hint.id);
    row.append(hint);
    inputs[name] = (value) => {
      for (const radio of row.querySelectorAll("input")) radio.checked = radio.value === value;
      hint.textContent = options.find((one) => one.name === value)?.detail || "";
    };
    row.addEventListener("change", (event) =>
      inputs[name](/** @type {HTMLInputElement} */ (event.target).value),
    );
    return row;
  }

  function databases() {
    const list = mxElement("div", { class: "mx-databases" });
    for (const database of model.get("databases")) {
      const box = mxElement("input", {
        type: "checkbox",
        value: database.name,
        "data-testid": `database-${database.name}`,
      });
      box.addEventListener("change", () => {
        change(
          "databases",
          [...list.querySelectorAll("input")].filter((one) => one.checked).map((one) => one.value),
        );
      });
      list.append(
        mxElement(
          "label",
          { class: "mx-option" },
          box,
          mxElement(
            "span",
            {},
            database.title,
            database.synthetic && !/synthetic/i.test(database.title)
              ? mxElement("span", { class: "mx-tag quiet" }, "synthetic")
              : "",
          ),
          mxElement("small", {}, database.detail),
        ),
      );
    }
    if (!list.childElementCount) {
      list.append(
        mxElement(
          "p",
          { class: "mx-hint" },
          "No database yet. Import one: mexlab import casme2 PATH.",
        ),
      );
    }
    inputs.databases = (value) => {
      for (const box of list.querySelectorAll("input"))
        box.checked = (value || []).includes(box.value);
    };
    return list;
  }

  function select(name, label, options) {
    const box = mxElement("select", {
      class: "mx-select",
      "aria-label": label,
      "data-testid": name,
    });
    inputs[`${name} options`] = (fresh) => {
      mxFill(
        box,
        fresh.map((option) =>
          mxElement(
            "option",
            { value: option.name },
            option.detail ? `${option.title}, ${option.detail}` : option.title,
          ),
        ),
      );
      box.value = model.get("choice")[name];
    };
    inputs[`${name} options`](options);
    box.addEventListener("change", () => change(name, box.value));
    inputs[name] = (value) => {
      box.value = value;
    };
    return box;
  }

  function field(name, label, hint) {
    const input = mxElement("input", {
      type: "text",
      class: "mx-input",
      inputmode: ["seeds", "margins", "face_size", "landmarks"].includes(name) ? "text" : "decimal",
      autocomplete: "off",
      spellcheck: "false",
      title: hint,
      "data-testid": name,
    });
    const fault = mxElement("small", { class: "mx-bad", "data-testid": `fault-${name}` });
    input.addEventListener("input", () => change(name, input.value, true));
    input.addEventListener("change", () => change(name, input.value));
    inputs[name] = (value) => {
      if (document.activeElement !== input) input.value = value ?? "";
    };
    inputs[`${name} fault`] = (text) => {
      fault.textContent = text || "";
      input.setAttribute("aria-invalid", String(!!text));
    };
    return mxElement("label", { class: "mx-field" }, mxElement("span", {}, label), input, fault);
  }

  // Settings by name: the one that is lit is the one whose every value stands in the form.
  function presets(label, trait, testid) {
    const row = mxElement("div", { class: "mx-seg", role: "group", "aria-label": label });
    const buttons = model.get(trait).map((preset) => {
      const button = mxElement(
        "button",
        { type: "button", title: preset.detail || "", "data-testid": `${testid}-${preset.name}` },
        preset.title,
      );
      button.addEventListener("click", () => {
        model.set("choice", { ...model.get("choice"), ...preset.values });
        fill();
        send();
      });
      row.append(button);
      return [preset, button];
    });
    const own = mxElement(
      "button",
      { type: "button", disabled: true, title: "as set below" },
      "own",
    );
    row.append(own);
    lights.push(() => {
      const choice = model.get("choice");
      const same = (values) =>
        Object.entries(values).every(
          ([name, value]) => String(choice[name]).trim() === String(value),
        );
      let any = false;
      for (const [preset, button] of buttons) {
        const lit = same(preset.values);
        any = any || lit;
        button.classList.toggle("on", lit);
        button.setAttribute("aria-pressed", String(lit));
      }
      own.classList.toggle("on", !any);
    });
    return row;
  }

  // How folds are cut, with what that answers; parts are asked for where people are dealt into parts.
  function protocol() {
    const options = model.get("protocols");
    const box = select(
      "protocol",
      "protocol",
      options.map(({ name, title }) => ({ name, title })),
    );
    const hint = mxElement("p", {
      class: "mx-hint mx-why",
      "data-testid": "protocol-hint",
      id: `mx-protocol-hint-${MX_PAGE}`,
    });
    box.setAttribute("aria-describedby", hint.id);
    const parts = mxElement(
      "div",
      { class: "mx-fields" },
      field("k", "parts", "k: people are dealt into so many parts"),
      field("fold_seed", "dealt by seed", "shuffles the people before they are dealt out"),
    );
    const put = inputs.protocol;
    inputs.protocol = (value) => {
      put(value);
      hint.textContent = options.find((one) => one.name === value)?.detail || "";
      parts.hidden = value !== "k-fold";
    };
    box.addEventListener("change", () => inputs.protocol(box.value));
    return [box, hint, parts];
  }

  function wide(label, box) {
    return mxElement("label", { class: "mx-field mx-wide" }, mxElement("span", {}, label), box);
  }

  function mask() {
    const box = mxElement("input", { type: "checkbox", "data-testid": "eye-mask" });
    box.addEventListener("change", () => change("eye_mask", box.checked));
    const label = mxElement(
      "label",
      { class: "mx-option" },
      box,
      mxElement("span", {}, "eye mask"),
      mxElement("small", {}, "blinks set to zero motion"),
    );
    inputs.eye_mask = (value) => {
      box.checked = !!value;
    };
    inputs["source of mask"] = (release) => {
      box.disabled = release;
      label.classList.toggle("mx-off", release);
      /** @type {Element} */ (label.lastElementChild).textContent = release
        ? "the release is used as it came"
        : "blinks set to zero motion";
    };
    return label;
  }

  // How motion is computed; of a release nothing is.
  function flow() {
    const own = model.get("flow_fields");
    const typed = own.filter((one) => !one.options.length);
    const chosen = own.filter((one) => one.options.length);
    const box = mxElement(
      "details",
      { class: "mx-more", "data-testid": "more-flow" },
      mxElement("summary", {}, "more: margins, head, flow, preset, …"),
      presets("flow settings", "flow_presets", "flow-preset"),
      ...chosen.map((one) => wide(one.title, select(one.name, one.hint, one.options))),
      mxElement(
        "div",
        { class: "mx-fields" },
        ...typed.map((one) => field(one.name, one.title, one.hint)),
      ),
    );
    inputs["source of flow"] = (release) => {
      box.hidden = release;
    };
    lights.push(() => {
      // There is no margin around a mask that is off.
      const margin = box.querySelector('[data-testid="eye_mask_margin"]');
      /** @type {HTMLInputElement} */ (margin).disabled = !model.get("choice").eye_mask;
    });
    return box;
  }

  function press(beside) {
    if (model.get("starting")) return;
    clearTimeout(timer);
    model.set("starting", true);
    model.save_changes();
    model.send({ type: "start", choice: model.get("choice"), beside });
  }

  const start = mxElement(
    "button",
    { type: "button", class: "mx-btn", "data-testid": "start-run" },
    "Start training",
  );
  start.addEventListener("click", () => press(false));
  const beside = mxElement(
    "button",
    {
      type: "button",
      class: "mx-btn-plain",
      "data-testid": "start-beside",
      title: "Both then share the machine, and each takes longer",
    },
    "Start now beside",
  );
  beside.addEventListener("click", () => press(true));
  const said = mxElement("p", { class: "mx-said", role: "status", "data-testid": "queue-said" });
  // What will run, how long, or why nothing can, stays in sight; which clips it comes to ends the form.
  const plan = mxElement("div", { class: "mx-plan mx-scroll", "aria-live": "polite" });
  const comes = mxElement("div", {
    class: "mx-comes",
    "aria-live": "polite",
    "data-testid": "plan-notes",
  });
  const parts = mxElement("div", { class: "mx-parts mx-scroll" });
  el.replaceChildren(
    parts,
    mxElement(
      "div",
      { class: "mx-bottom" },
      plan,
      mxElement("div", { class: "mx-starts" }, start, beside),
      said,
    ),
  );

  function build() {
    inputs = {};
    lights = [];
    const sources = model.get("sources");
    parts.replaceChildren(
      section("Databases", databases()),
      section(
        "Labels",
        choices("labels", "classes", model.get("schemes")),
        wide("coded by", select("coder", "coded by", model.get("coders"))),
        wide("kind", select("kind", "kind of expression", model.get("kinds"))),
      ),
      section(
        "Features",
        sources.length > 1
          ? choices("source", "features", sources)
          : mxElement("p", { class: "mx-hint" }, sources.length ? sources[0].title : ""),
        mask(),
        flow(),
      ),
      section("Network", choices("model", "network", model.get("networks"))),
      section("Protocol", ...protocol()),
      section(
        "Recipe",
        presets("recipe", "presets", "preset"),
        mxElement(
          "div",
          { class: "mx-fields mx-named" },
          field("epochs", "epochs", "passes over the training clips; the last one is kept"),
          field("seeds", "seeds", "1, or 1,2,3, or 1-5: one whole cross-validation each"),
        ),
        mxElement(
          "details",
          { class: "mx-more", "data-testid": "more-recipe" },
          mxElement("summary", {}, "more: pre-training, rate, weights, device, …"),
          wide("pre-train on", select("pretrain", "pre-train on", model.get("pretrainings"))),
          mxElement(
            "div",
            { class: "mx-fields" },
            field("learning_rate", "learning rate", "Adam's"),
            field("batch_size", "batch size", "clips a step"),
            field(
              "class_weighting",
              "class weights",
              "power of the inverse class frequency: 0 weighs every clip alike, 1 every class alike",
            ),
            field(
              "label_smoothing",
              "label smoothing",
              "share of each target spread over all classes",
            ),
          ),
          wide(
            "rate",
            select("schedule", "learning rate over the training", model.get("schedules")),
          ),
          wide("normalise", select("normalise", "normalise", model.get("normalisations"))),
          wide("faces", select("mirror", "mirror images", model.get("mirrors"))),
          wide("runs on", select("device", "device", model.get("devices"))),
        ),
      ),
      comes,
    );
    fill();
    tell();
    complain();
  }

  function fill() {
    const choice = model.get("choice");
    for (const [name, put] of Object.entries(inputs)) {
      if (name in choice) put(choice[name]);
    }
    for (const name of ["mask", "flow"]) inputs[`source of ${name}`]?.(choice.source === "release");
    for (const light of lights) light();
  }

  function complain() {
    const faults = model.get("faults");
    for (const [name, put] of Object.entries(inputs)) {
      if (name.endsWith(" fault")) put(faults[name.slice(0, -6)]);
    }
  }

  function tell() {
    const told = model.get("plan");
    const busy = model.get("busy");
    // Not disabled while it starts: the keyboard's focus would be lost.
    start.disabled = !told.ready;
    start.setAttribute("aria-disabled", String(start.disabled || model.get("starting")));
    start.textContent = model.get("starting")
      ? "Starting…"
      : busy
        ? "Add to the queue"
        : "Start training";
    beside.disabled = start.disabled;
    beside.hidden = !busy;
    start.title = told.ready ? "" : told.sentence || "";
    said.textContent = model.get("said");
    said.hidden = !model.get("said");
    const left = told.left_out || [];
    const open = comes.querySelector("details")?.open;
    const [time, ...notes] = told.notes || [];
    const quiet = (note) => mxElement("p", { class: "mx-quiet" }, note);
    plan.replaceChildren(
      mxElement(
        "p",
        { class: told.ready ? "" : "mx-problem", "data-testid": "plan-sentence" },
        told.sentence || "",
      ),
      time ? quiet(time) : "",
    );
    comes.replaceChildren(
      ...notes.map(quiet),
      left.length
        ? mxElement(
            "details",
            { "data-testid": "left-out", open: open || false },
            mxElement(
              "summary",
              {},
              mxFormat.plural(
                left.reduce((sum, [, , count]) => sum + count, 0),
                "clip",
              ) + " left out",
            ),
            mxElement(
              "div",
              { class: "mx-left-out mx-scroll" },
              ...left.map(([reason, clips, count]) =>
                mxElement(
                  "p",
                  {},
                  mxElement("b", {}, `${count} `),
                  clips.length ? `${reason}: ` : reason,
                  mxElement(
                    "span",
                    {},
                    clips.slice(0, 12).join(", ") +
                      (clips.length > 12 ? ` and ${clips.length - 12} more` : ""),
                  ),
                ),
              ),
            ),
          )
        : "",
    );
  }

  // Somebody is here: a process may get ready for the next training.
  let heard = Date.now();
  function here() {
    if (document.hidden || Date.now() - heard < HERE_MS) return;
    heard = Date.now();
    model.send({ type: "here" });
  }
  const signs = ["pointerdown", "keydown", "focus"];
  for (const sign of signs) window.addEventListener(sign, here, true);

  build();
  // The coders' counts follow the other choices: only their list is made anew, not the form.
  const recount = () => inputs["coder options"](model.get("coders"));
  model.on("change:coders", recount);
  const options = [
    "databases",
    "schemes",
    "sources",
    "kinds",
    "networks",
    "normalisations",
    "mirrors",
    "schedules",
    "pretrainings",
    "protocols",
    "devices",
    "presets",
    "flow_fields",
    "flow_presets",
  ]
    .map((name) => `change:${name}`)
    .join(" ");
  model.on(options, build);
  model.on("change:choice", fill);
  model.on("change:faults", complain);
  model.on("change:plan change:starting change:busy change:said", tell);
  return () => {
    clearTimeout(timer);
    model.off("change:coders", recount);
    model.off(options, build);
    model.off("change:choice", fill);
    model.off("change:faults", complain);
    model.off("change:plan change:starting change:busy change:said", tell);
    for (const sign of signs) window.removeEventListener(sign, here, true);
  };
}

export default { render };
