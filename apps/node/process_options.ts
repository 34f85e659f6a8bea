/** What the processes of a node may do: as little as they can do with. */

import { fileURLToPath } from "node:url";

/** Where the sources are. */
const root = fileURLToPath(new URL("../../", import.meta.url));

/** Options of a cell's runtime. The rest is given up once its threads listen. */
export function cellOptions(stateFolder: string): string[] {
  return [
    `--config=${root}deno.json`,
    `--allow-read=${list(root, stateFolder)}`,
    // A database that is shared has files beside it.
    `--allow-write=${list(stateFolder)}`,
    "--allow-net",
    "--allow-ffi",
    // What undici looks for, in vain.
    "--allow-env=UNDICI_NO_WASM_SIMD,UNDICI_USE_MILO,JEST_WORKER_ID",
  ];
}

/** Options of the runtime of a process that prepares versions: it talks to nobody, and writes artifacts. */
export function preparerOptions(stateFolder: string, artifactsFolder: string): string[] {
  return [
    `--config=${root}deno.json`,
    `--allow-read=${list(root, stateFolder)}`,
    `--allow-write=${list(artifactsFolder)}`,
  ];
}

/** A list of paths; the runtime takes a comma that is written twice for one. */
function list(...paths: readonly string[]): string {
  return paths.map((path) => path.replaceAll(",", ",,")).join(",");
}
