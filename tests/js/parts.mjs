// The scripts in mexlab/widgets are parts of one blob, with at most the widget itself exported: load
// some and hand out the names that a test wants.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../mexlab/widgets/", import.meta.url);

export function load(stems, names) {
  const text = stems.map((stem) => readFileSync(fileURLToPath(new URL(`${stem}.mjs`, folder)), "utf8"));
  const blob = text.join("\n").replaceAll(/^export default /gm, "void ");
  return new Function(`${blob}\nreturn { ${names.join(", ")} };`)();
}
