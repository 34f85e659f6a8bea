/**
 * Joins QuickJS and our glue into one module, as text.
 *
 * The engine is printed with numbered functions, and removing its `env` imports would move every number.
 * So each number becomes an identifier, which the assembler resolves again; the glue is then more
 * functions of the same module. Working on text leaves every instruction's encoding to wasm-tools, takes
 * a third of a second, and names the engine's functions for backtraces. Binaryen's wasm-merge does the
 * same on binaries, but only as a process with files of its own.
 */

import { bug } from "@skerry/base";

/** Constants of one build that the glue refers to as `$$NAME`. */
export type GlueConstants = Readonly<Record<string, number>>;

/**
 * Links the engine with the glue.
 *
 * The engine's memory is left without content: the caller appends the data of a snapshot. Of its exports
 * only the memory remains.
 *
 * @param engine the engine as wasm-tools prints it
 * @param glue   module fields that define every `env` import of the engine, and call its exports by name
 * @param pages  initial size of the memory in pages of 64 KiB
 */
export function link(
  engine: string,
  glue: string,
  constants: GlueConstants,
  pages: number,
): string {
  const names = functionNames(engine);
  const exported = exportedFunctions(engine);
  const idOf = (index: string) => `$${names.get(Number(index)) ?? `f${index}`}`;
  const [imports, fields] = splitImports(resolveGlue(glue, exported, names, constants));
  const body = engine
    .replace(/^ {2}\((?:data|export|@custom|import "env") .*\n/gm, "")
    .replace(/^( {2}\(memory \(;0;\)) \d+\)/m, `$1 (export "memory") ${pages})`)
    .replace(/\bcall (\d+)$/gm, (_, index) => `call ${idOf(index)}`)
    .replace(/\bref\.func (\d+)$/gm, (_, index) => `ref.func ${idOf(index)}`)
    .replace(/\(func \(;(\d+);\)/g, (_, index) => `(func ${idOf(index)}`)
    .replace(
      /^( {2}\(elem .* func )([\d ]+)\)$/gm,
      (_, head, indices: string) => `${head}${indices.split(" ").map(idOf).join(" ")})`,
    );
  // Imports come before everything that is defined, hence before the engine's own table and functions.
  const start = body.indexOf("  (import ");
  const end = body.lastIndexOf(")");
  return `${body.slice(0, start)}${imports}${body.slice(start, end)}${fields}${body.slice(end)}`;
}

/** Identifiers for imported and exported functions; all others are named by their number. */
function functionNames(engine: string): Map<number, string> {
  const names = new Map<number, string>();
  for (const [name, index] of exportedFunctions(engine)) {
    if (!names.has(index)) names.set(index, name);
  }
  for (const match of engine.matchAll(/^ {2}\(import "(\w+)" "(\w+)" \(func \(;(\d+);\)/gm)) {
    names.set(Number(match[3]), match[1] === "env" ? `${match[2]}` : `wasi_${match[2]}`);
  }
  return names;
}

function exportedFunctions(engine: string): Map<string, number> {
  const matches = engine.matchAll(/^ {2}\(export "([^"]+)" \(func (\d+)\)\)$/gm);
  return new Map([...matches].map(([, name = "", index]) => [name, Number(index)]));
}

/** Puts in constants, and lets calls of exports reach the identifier that the function has. */
function resolveGlue(
  glue: string,
  exported: ReadonlyMap<string, number>,
  names: ReadonlyMap<number, string>,
  constants: GlueConstants,
): string {
  return glue
    .replace(/\$\$(\w+)/g, (_, name) => `${constants[name] ?? bug(`no constant ${name}`)}`)
    .replace(/\(call \$(\w+)/g, (call, name) => {
      const index = exported.get(name);
      return index === undefined ? call : `(call $${names.get(index)}`;
    });
}

/** The glue's imports and the rest of its fields. */
function splitImports(glue: string): [imports: string, fields: string] {
  const isImport = (line: string) => line.startsWith("(import ");
  const lines = glue.split("\n");
  return [
    lines.filter(isImport).map((line) => `${line}\n`).join(""),
    lines.filter((line) => !isImport(line)).join("\n"),
  ];
}
