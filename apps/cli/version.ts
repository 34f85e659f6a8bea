/** Versions, from package.json, their one place. */

import manifest from "../../package.json" with { type: "json" };

/** Such as `0.1.0`. */
export const version: string = manifest.version;

/** The version of Deno that it is made for. */
export const pinnedDeno: string = manifest.dependencies.deno;
