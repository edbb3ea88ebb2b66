// The scripts in mexlab/widgets are parts of one blob, with at most the widget itself exported: load
// some and hand out the names that a test wants.
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../mexlab/widgets/", import.meta.url));

// Every script by its stem, in whatever room it is.
const places = new Map(
  readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith(".mjs"))
    .map((path) => [basename(path, ".mjs"), join(folder, path)]),
);

export function load(stems, names) {
  const text = stems.map((stem) => readFileSync(places.get(stem), "utf8"));
  const blob = text.join("\n").replaceAll(/^export default /gm, "void ");
  return new Function(`${blob}\nreturn { ${names.join(", ")} };`)();
}
