// One step of what to do next: why, and a link to follow or commands to copy.
function mxStepCard(step) {
  return mxElement(
    "div",
    { class: "mx-step" },
    mxElement("b", {}, step.title),
    mxElement("p", {}, step.text),
    step.commands.map(mxCommand),
    step.link ? mxElement("a", { class: "mx-link", href: step.link.url }, step.link.title) : null,
  );
}
