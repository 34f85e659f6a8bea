/**
 * Runs QuickJS when a program is built, and keeps its memory.
 *
 * The engine starts, the prelude runs, and the program is parsed, but none of it is evaluated: that
 * happens anew in every request, which starts from the memory as it is here. So a request pays neither for
 * the engine's start nor for parsing, and a syntax error is found when the program is built.
 */

import { EvalFlags, JSException, type JSValueHandle, QuickJS } from "quickjs-wasi";
import { err, ok, type Result } from "@skerry/base";
import { error, place, type SourceDiagnostic, type Sources } from "../outcome.ts";
import { hostFunctionName, hostFunctions } from "./glue.ts";
import { hostcallFunctions } from "./hostcalls_glue.ts";
import type { GlueConstants } from "./link.ts";
import { moduleLoader, startModule } from "./module_loader.ts";
import { preludeScheme } from "./prelude.ts";

/** The engine's memory, ready for the program's evaluation. */
export interface Snapshot {
  readonly memory: Uint8Array;
  /** Boxes that the glue calls. */
  readonly constants: GlueConstants;
  /** Whether the program calls Skerry beyond WASI. */
  readonly usesHostcalls: boolean;
}

/** Half of the engine's own stack: deep recursion becomes a RangeError before it becomes a trap. */
const stackBytesMax = 512 * 1024;

/** Parses a program. */
export async function takeSnapshot(
  engine: WebAssembly.Module,
  sources: Sources,
  entry: string,
): Promise<Result<Snapshot, SourceDiagnostic[]>> {
  const loader = moduleLoader(sources);
  const vm = await QuickJS.create({
    wasm: engine,
    maxStackSize: stackBytesMax,
    timezoneOffset: 0,
    // Same sources, same bytes: neither the time nor chance of the build may show in the memory.
    wasi: (memory) => ({
      clock_time_get(_clock: number, _precision: bigint, pointer: number): number {
        new DataView(memory.buffer).setBigUint64(pointer, 0n, true);
        return 0;
      },
      random_get(pointer: number, length: number): number {
        new Uint8Array(memory.buffer, pointer, length).fill(0);
        return 0;
      },
    }),
    moduleLoader: loader,
    // Only says that rejections are to be tracked; the glue answers in the guest.
    onUnhandledRejection: () => {},
  });
  const constants = runPrelude(vm);
  const start = `import * as program from ${JSON.stringify(entry)};
import { start } from "${preludeScheme}main.js";
await start(program);`;
  try {
    const flags = EvalFlags.TYPE_MODULE | EvalFlags.COMPILE_ONLY;
    const program = vm.exportHandle(vm.evalCode(start, startModule, flags));
    const { memory, stackPointer } = vm.snapshot();
    // What is below the stack pointer is dead.
    memory.fill(0, 0, stackPointer);
    return ok({
      memory,
      constants: { ...constants, PROGRAM: program },
      usesHostcalls: loader.usesHostcalls(),
    });
  } catch (cause) {
    if (!(cause instanceof JSException)) throw cause;
    return err(loader.faults.length > 0 ? loader.faults : [diagnosticOf(cause)]);
  }
}

/** Sets up the globals; gives the boxes of the prelude's hooks. */
function runPrelude(vm: QuickJS): GlueConstants {
  const host = vm.newObject();
  for (const [index, name] of [...hostFunctions, ...hostcallFunctions].entries()) {
    vm.setProp(host, name, vm.newFunction(hostFunctionName(index), () => vm.undefined));
  }
  vm.setProp(vm.global, "skerryHost", host);
  vm.evalCode(`import "${preludeScheme}main.js";`, startModule, EvalFlags.TYPE_MODULE);
  vm.executePendingJobs();
  const hooks: JSValueHandle = vm.evalCode("globalThis.skerryHooks");
  vm.evalCode("delete globalThis.skerryHooks");
  const box = (name: string) => vm.exportHandle(hooks.getProp(name));
  return { MAIN: box("main"), REJECTED: box("onRejection"), NO_IMPORT: box("noImport") };
}

/** The first place in a stack such as `    at src/main.js:3:5` is where the parser stopped. */
function diagnosticOf(exception: JSException): SourceDiagnostic {
  const at = /at (?:.*\()?(?<file>[^\s()]+?):(?<line>\d+):(?<column>\d+)/.exec(
    exception.stack ?? "",
  );
  const message = `${exception.name}: ${exception.message}`;
  const { file, line, column } = at?.groups ?? {};
  if (file === undefined || file.startsWith(preludeScheme)) return error(message);
  return { ...error(message, file), ...place(Number(line), Number(column)) };
}
