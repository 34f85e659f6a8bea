/** `npm run check`'s view of the layer rules: prints what breaks them; exit code 1 where anything does. */

import { fileURLToPath } from "node:url";
import { violations } from "./check.ts";
import { importGraph } from "./graph.ts";
import { allowTable } from "./table.ts";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
const found = violations(await importGraph(root, ["packages", "apps"]), allowTable);
for (const violation of found) console.error(violation);
console.error(found.length === 0 ? "Layers hold" : `${found.length} layer violations`);
Deno.exit(found.length === 0 ? 0 : 1);
