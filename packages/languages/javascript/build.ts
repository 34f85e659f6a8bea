/**
 * JavaScript by QuickJS: the script, the engine and a prelude become one WASI command.
 *
 * Three steps: the engine runs here until the program is parsed (snapshot.ts), it is joined with our glue
 * (link.ts), and the memory that it had becomes the module's data.
 */

import { parse, print } from "@bytecodealliance/jco-transpile/wasm-tools";
import type { BuildPlan } from "../build_plan.ts";
import { type BuildResult, built, error, failed, type SourceDiagnostic } from "../outcome.ts";
import { appendData } from "./data_section.ts";
import { glue } from "./glue.ts";
import { hostcallsGlue, noHostcallsGlue } from "./hostcalls_glue.ts";
import { type GlueConstants, link } from "./link.ts";
import { takeSnapshot } from "./snapshot.ts";

const pageBytes = 65536;

/** Builds the entry and every module that it imports. */
export async function buildJavaScript(plan: BuildPlan): Promise<BuildResult> {
  if (plan.flags.length > 0) return failed([error("JavaScript is built without flags")], "");
  const { module, text } = await engine();
  const snapshot = await takeSnapshot(module, plan.sources, plan.entry);
  if (!snapshot.ok) return failed(snapshot.error, snapshot.error.map(rawText).join("\n"));
  const { memory, constants, usesHostcalls } = snapshot.value;
  // What it imports a host must have: a program that does not ask for more has WASI alone.
  const fields = glue + (usesHostcalls ? hostcallsGlue : noHostcallsGlue);
  const pages = memory.length / pageBytes;
  return built(appendData(await linked(text, fields, constants, pages), memory));
}

/** The engine, as the other compilers' packages keep theirs: loaded when it is first wanted. */
interface Engine {
  readonly module: WebAssembly.Module;
  /** As wasm-tools prints it. */
  readonly text: string;
}

let loadedEngine: Promise<Engine> | undefined;

function engine(): Promise<Engine> {
  return loadedEngine ??= loadEngine().catch((error) => {
    loadedEngine = undefined;
    throw error;
  });
}

async function loadEngine(): Promise<Engine> {
  // deno-lint-ignore skerry/host-access -- a file of the package, as the other compilers load theirs
  const response = await fetch(import.meta.resolve("quickjs-wasi/quickjs.wasm"));
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { module: await WebAssembly.compile(bytes), text: await print(bytes) };
}

/** The engine with our glue as it was linked last: a program that was edited mostly needs the same one again. */
let lastLinked: { readonly key: string; readonly module: Uint8Array } | undefined;

/** The module without its data. */
async function linked(
  text: string,
  fields: string,
  constants: GlueConstants,
  pages: number,
): Promise<Uint8Array> {
  const key = JSON.stringify([fields, constants, pages]);
  if (lastLinked?.key !== key) {
    lastLinked = { key, module: await parse(link(text, fields, constants, pages)) };
  }
  return lastLinked.module;
}

function rawText({ message, file, at }: SourceDiagnostic): string {
  const where = at?.kind === "text" ? `:${at.line}:${at.column}` : "";
  return `${file ?? "?"}${where}: ${message}`;
}
