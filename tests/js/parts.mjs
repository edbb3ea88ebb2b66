// The scripts in mexlab/widgets are parts of one blob, without exports: load some and hand out
// the names that a test wants.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = new URL("../../mexlab/widgets/", import.meta.url);

export function load(stems, names) {
  const text = stems.map((stem) => readFileSync(fileURLToPath(new URL(`${stem}.mjs`, folder)), "utf8"));
  return new Function(`${text.join("\n")}\nreturn { ${names.join(", ")} };`)();
}
