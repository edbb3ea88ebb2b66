// The keys of the page, in one line.
function render({ model, el }) {
  el.classList.add("mx", "mx-foot-bar");
  function draw() {
    mxFill(
      el,
      model.get("entries").map(([keys, what]) =>
        mxElement(
          "span",
          {},
          keys
            .split(" ")
            .filter(Boolean)
            .map((key) => [mxKey(key), " "]),
          what,
        ),
      ),
    );
  }
  model.on("change:entries", draw);
  draw();
  return () => model.off("change:entries", draw);
}
export default { render };
