/** What the processes of a node may do: as little as they can do with. */

import { fileURLToPath } from "node:url";
import type { ChildOptions, Enclosure } from "@skerry/platform";

/** How a process of a node is started. */
export type ProcessOptions = Pick<ChildOptions, "runtimeOptions" | "enclosed">;

/** Where a node keeps what its processes need: absolute paths. */
export interface NodeFolders {
  readonly artifacts: string;
  readonly keyValues: string;
  readonly cache: string;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Where the sources are, without what may lie beside them. */
const sources = ["apps", "packages", "node_modules", "deno.json", "package.json"]
  .map((name) => `${root}${name}`);

/** Of a cell's runtime. The rest is given up once its threads listen. */
export function cellOptions(folders: NodeFolders, enclosure?: Enclosure): ProcessOptions {
  const readable = [...sources, folders.artifacts];
  return {
    runtimeOptions: [
      `--config=${root}deno.json`,
      `--allow-read=${list(...readable, folders.keyValues, folders.cache)}`,
      // A database that is shared has files beside it.
      `--allow-write=${list(...writtenAtFirst(folders), objectsIn(folders))}`,
      "--allow-net",
      "--allow-ffi",
      // What undici looks for, in vain.
      "--allow-env=UNDICI_NO_WASM_SIMD,UNDICI_USE_MILO,JEST_WORKER_ID",
    ],
    ...(enclosure !== undefined && {
      enclosed: {
        by: enclosure,
        view: { readable, writable: [folders.keyValues, folders.cache], network: "shared" },
      },
    }),
  };
}

/** What a cell writes to while it starts. Objects are below the last of these, and written as long as it serves. */
export function writtenAtFirst({ keyValues, cache }: NodeFolders): readonly string[] {
  return [keyValues, cache];
}

/** Where responses are kept that outlive a node. */
export function objectsIn({ cache }: NodeFolders): string {
  return `${cache}/objects`;
}

/** Of a process that prepares versions: it talks to nobody, and writes artifacts. */
export function preparerOptions(folders: NodeFolders, enclosure?: Enclosure): ProcessOptions {
  return {
    runtimeOptions: [
      `--config=${root}deno.json`,
      `--allow-read=${list(...sources, folders.artifacts)}`,
      `--allow-write=${list(folders.artifacts)}`,
    ],
    ...(enclosure !== undefined && {
      enclosed: {
        by: enclosure,
        view: { readable: sources, writable: [folders.artifacts], network: "none" },
      },
    }),
  };
}

/** A list of paths; the runtime takes a comma that is written twice for one. */
function list(...paths: readonly string[]): string {
  return paths.map((path) => path.replaceAll(",", ",,")).join(",");
}
