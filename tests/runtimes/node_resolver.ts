/** Teaches Node the names that deno.json gives the rooms. Node is started with `--import` of this file. */

import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

const configuration = new URL("../../deno.json", import.meta.url);
const { imports }: { imports: Record<string, string> } = JSON.parse(
  readFileSync(configuration, "utf8"),
);

registerHooks({
  resolve(specifier, context, next) {
    const path = Object.hasOwn(imports, specifier) ? imports[specifier] : undefined;
    return next(path === undefined ? specifier : new URL(path, configuration).href, context);
  },
});
