/** The import graph of a tree, as Deno itself reads it: static, type-only, dynamic and relative imports alike. */

import { pathToFileURL } from "node:url";

/** One import. */
export interface Import {
  /** File that imports, relative to the tree. */
  readonly from: string;
  /** As it is written in the source. */
  readonly specifier: string;
  /** File that is imported, relative to the tree; undefined where it is not one of the tree's. */
  readonly to: string | undefined;
  /** Counts from 1. */
  readonly line: number;
}

interface InfoModule {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly specifier: string;
    readonly code?: Resolved;
    readonly type?: Resolved;
  }[];
}

interface Resolved {
  readonly specifier?: string;
  readonly span: { readonly start: { readonly line: number } };
}

/** Every import of the TypeScript files in `folders` of the tree at `root` (an absolute path). */
export async function importGraph(root: string, folders: readonly string[]): Promise<Import[]> {
  const files: string[] = [];
  for (const folder of folders) await collect(`${root}/${folder}`, files);
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((file) => `import ${JSON.stringify(pathToFileURL(file).href)};`);
    await Deno.writeTextFile(entry, lines.join("\n"));
    const { modules } = await denoInfo(root, entry);
    return modules.flatMap((module) => importsOf(module, root));
  } finally {
    await Deno.remove(entry);
  }
}

async function collect(folder: string, files: string[]): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory && name !== "node_modules" && name !== "build") await collect(path, files);
    if (name.endsWith(".ts")) files.push(path);
  }
}

async function denoInfo(
  root: string,
  entry: string,
): Promise<{ modules: readonly InfoModule[] }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `--config=${root}/deno.json`, entry],
    cwd: root,
  }).output();
  if (code !== 0) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function importsOf(module: InfoModule, root: string): Import[] {
  const from = inTree(module.specifier, root);
  if (from === undefined) return [];
  return (module.dependencies ?? []).map(({ specifier, code, type }) => {
    const resolved = code ?? type;
    return {
      from,
      specifier,
      to: resolved?.specifier === undefined ? undefined : inTree(resolved.specifier, root),
      line: (resolved?.span.start.line ?? 0) + 1,
    };
  });
}

/** A file URL as a path in the tree; undefined outside of it and in node_modules. */
function inTree(specifier: string, root: string): string | undefined {
  const prefix = `${pathToFileURL(root).href}/`;
  if (!specifier.startsWith(prefix)) return undefined;
  const path = specifier.slice(prefix.length);
  return path.startsWith("node_modules/") ? undefined : path;
}
