/** The WebAssembly text format, by wasm-tools, which itself runs as Wasm in this process. */

import { decodeUtf8, type Diagnostic, err, ok, type Result } from "@skerry/base";
import type { BuildPlan } from "./build_plan.ts";
import { type BuildResult, built, error, failed } from "./outcome.ts";

/**
 * Assembles one module or component.
 *
 * @returns its bytes, or the first mistake in the text (wasm-tools stops there)
 */
export async function assemble(text: string): Promise<Result<Uint8Array, Diagnostic[]>> {
  try {
    return ok(await (await wasmTools()).parse(text));
  } catch (cause) {
    return err([parseFault(cause)]);
  }
}

/**
 * Prints a module or component as text.
 *
 * @throws where the bytes are not well-formed
 */
export async function printText(wasm: Uint8Array): Promise<string> {
  return await (await wasmTools()).print(wasm);
}

/** Two megabytes of Wasm, loaded when they are first wanted. */
function wasmTools() {
  return import("@bytecodealliance/jco-transpile/wasm-tools");
}

/** Assembles the entry; the text format has no includes, so the other sources play no part. */
export async function buildWat(plan: BuildPlan): Promise<BuildResult> {
  if (plan.flags.length > 0) return failed([error("WAT is assembled without flags")], "");
  const source = plan.sources.get(plan.entry) ?? new Uint8Array();
  const result = await assemble(decodeUtf8(source));
  if (result.ok) return built(result.value);
  const diagnostics = result.error.map((diagnostic) => ({
    ...diagnostic,
    severity: "error" as const,
    file: plan.entry,
  }));
  return failed(diagnostics, diagnostics.map(({ message }) => message).join("\n"));
}

/**
 * wasm-tools reports its parser's error as Rust's debug text: line and column count from 0 there, and
 * the last `kind` says what is wrong.
 */
function parseFault(cause: unknown): Diagnostic {
  const text = cause instanceof Error ? cause.message : String(cause);
  const at = /line: (\d+), col: (\d+)/.exec(text);
  const kind = /kind: (?:Custom\("((?:[^"\\]|\\.)*)"\)|Lex\((.*?)\))(?=[ ,}])/.exec(text);
  const message = kind?.[1] ?? kind?.[2] ?? text;
  if (at === null) return { message };
  return { message, at: { kind: "text", line: Number(at[1]) + 1, column: Number(at[2]) + 1 } };
}
