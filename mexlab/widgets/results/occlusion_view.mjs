// A face with the map of what covering each place takes from the class: amber loses, blue gains.

import { mxElement, mxPen } from "../kit/dom.mjs";

/** @param {MxRender} page */
function render({ model, el }) {
  el.classList.add("mx", "mx-occlusion");

  function heat(loss) {
    const side = loss.length;
    const canvas = mxElement("canvas", { width: side, height: side, class: "mx-heat" });
    const pixels = mxPen(canvas).createImageData(side, side);
    const most = Math.max(0.02, ...loss.flat().map(Math.abs));
    loss.flat().forEach((value, index) => {
      const colour = value > 0 ? [240, 179, 47] : [122, 167, 255];
      pixels.data.set([...colour, Math.round((215 * Math.abs(value)) / most)], 4 * index);
    });
    mxPen(canvas).putImageData(pixels, 0, 0);
    return canvas;
  }

  let address = "";
  function draw() {
    URL.revokeObjectURL(address);
    address = "";
    if (!model.get("clip")) {
      el.replaceChildren();
      return;
    }
    const loss = model.get("loss");
    const picture = model.get("picture");
    const stage = mxElement("div", { class: `mx-stage ${picture?.byteLength ? "mx-face" : ""}` });
    if (loss.length) {
      if (picture?.byteLength) {
        address = URL.createObjectURL(new Blob([picture], { type: "image/jpeg" }));
        stage.append(mxElement("img", { src: address, alt: "the face at its apex" }));
      }
      stage.append(heat(loss));
    }
    el.replaceChildren(
      mxElement("h3", { class: "mx-h3" }, "Where it looked"),
      mxElement(
        "div",
        { class: "mx-both" },
        stage,
        mxElement(
          "div",
          {},
          mxElement(
            "p",
            { "data-testid": "looked", "data-done": String(loss.length > 0) },
            model.get("sentence"),
          ),
          mxElement("small", {}, model.get("clip")),
        ),
      ),
    );
  }

  draw();
  model.on("change:clip change:loss change:sentence change:picture", draw);
  return () => {
    URL.revokeObjectURL(address);
    model.off("change:clip change:loss change:sentence change:picture", draw);
  };
}

export default { render };
