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
import { link } from "./link.ts";
import { takeSnapshot } from "./snapshot.ts";

const pageBytes = 65536;

/** Builds the entry and every module that it imports. */
export async function buildJavaScript(plan: BuildPlan): Promise<BuildResult> {
  if (plan.flags.length > 0) return failed([error("JavaScript is built without flags")], "");
  const engine = await engineBytes();
  const snapshot = await takeSnapshot(
    await WebAssembly.compile(engine),
    plan.sources,
    plan.entry,
  );
  if (!snapshot.ok) return failed(snapshot.error, snapshot.error.map(rawText).join("\n"));
  const { memory, constants, usesHostcalls } = snapshot.value;
  // What it imports a host must have: a program that does not ask for more has WASI alone.
  const fields = glue + (usesHostcalls ? hostcallsGlue : noHostcallsGlue);
  const text = link(await print(engine), fields, constants, memory.length / pageBytes);
  return built(appendData(await parse(text), memory));
}

/** The engine as its package ships it. */
async function engineBytes(): Promise<Uint8Array<ArrayBuffer>> {
  // deno-lint-ignore skerry/host-access -- a file of the package, as the other compilers load theirs
  const response = await fetch(import.meta.resolve("quickjs-wasi/quickjs.wasm"));
  return new Uint8Array(await response.arrayBuffer());
}

function rawText({ message, file, at }: SourceDiagnostic): string {
  const where = at?.kind === "text" ? `:${at.line}:${at.column}` : "";
  return `${file ?? "?"}${where}: ${message}`;
}
