/**
 * From untrusted bytes to a program: compile isolation in, verify it, link, bound, hand to the engine.
 *
 * Everything that can be known before a request is refused here, all of it at once, with its place.
 */

import { type Diagnostic, err, formatSize, limits, ok, type Result } from "@skerry/base";
import { compileModule, type Passes, type Policy } from "@skerry/compiler";
import { type CustomSection, decodeModule, encodeModule, type WasmModule } from "@skerry/wasm";
import { recordDeepBacktraces } from "./backtrace.ts";
import { boundMemories, boundTables, heapProblems } from "./bounds.ts";
import { isArtifact, ownMemories, ownTables, type Pass, unproved } from "./artifact.ts";
import type { HostInterface } from "./host.ts";
import { linkProblems } from "./link.ts";
import { Program, type SharedProgram } from "./program.ts";

/** What a module is held to. */
export interface CompileOptions {
  /** What it may import; nothing unless told. */
  readonly interfaces?: readonly HostInterface<never>[];
  /**
   * What is compiled into a module, all passes unless told; an artifact is taken as it is. With `none` it can
   * neither be interrupted while it computes nor recycled: that is for code that is trusted.
   */
  readonly isolation?: Partial<Passes> | "none";
  /** What a module may be, for the compiler. */
  readonly policy?: Policy;
  /** Bytes of all its memories together, from the start and after growth; 256 MiB unless told. */
  readonly memoryBytesMax?: number;
  /** Elements of all its tables together; a million unless told. */
  readonly tableElementsMax?: number;
  /**
   * Whether it may make objects on the engine's own heap (garbage collection, exceptions that carry
   * references); refused unless told. They are bounded for the process alone: one guest can exhaust it for all.
   */
  readonly engineHeap?: "refused" | "allowed";
  /** Passes that an artifact must have been made with. */
  readonly requires?: readonly Pass[];
}

/** Why a module is not run. */
export interface CompileFailure {
  /**
   * Its bytes are no valid module; it imports what is not offered; it exceeds a bound; or it is an artifact
   * that the verifier refuses, or pretends to be one.
   */
  readonly reason: "malformed" | "imports" | "limits" | "unverified";
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Compiles a module, or takes an artifact that was made of one.
 *
 * @param given a core module in binary form
 * @returns a program to lease sandboxes of, or every reason against it
 *
 * @example
 * ```ts
 * import { compile } from "@skerry/sandbox";
 * const compiled = await compile(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
 * if (!compiled.ok) throw new Error(compiled.error.diagnostics.map(({ message }) => message).join());
 * ```
 */
export async function compile(
  given: Uint8Array<ArrayBuffer>,
  options: CompileOptions = {},
): Promise<Result<Program, CompileFailure>> {
  recordDeepBacktraces();
  const { interfaces = [], isolation = {} } = options;
  const isolated = isolation === "none" ? ok(given) : await isolate(given, isolation, options);
  if (!isolated.ok) return isolated;
  const bytes = isolated.value;
  if (bytes.length > limits.artifactBytesMax) return err(largerThan(limits.artifactBytesMax));
  const decoded = decodeModule(bytes);
  if (!decoded.ok) return err({ reason: "malformed", diagnostics: decoded.error });
  const tooLarge = !isArtifact(decoded.value) && bytes.length > limits.moduleBytesMax;
  if (tooLarge) return err(largerThan(limits.moduleBytesMax));
  const doubts = await unproved(bytes, decoded.value, options.requires ?? []);
  if (doubts.length > 0) return err({ reason: "unverified", diagnostics: doubts });
  const unlinked = linkProblems(decoded.value, interfaces);
  if (unlinked.length > 0) return err({ reason: "imports", diagnostics: unlinked });
  const bounded = bound(decoded.value, options);
  if (!bounded.ok) return err({ reason: "limits", diagnostics: bounded.error });
  const { module, startExport } = exportStart(bounded.value);
  const encoded = encodeModule({ ...module, customs: module.customs.filter(isForEngine) });
  const engineBytes = new Uint8Array(encoded);
  const made = await toEngine(bytes, engineBytes);
  if (!made.ok) return made;
  const growthMax = {
    memory: module.memories.map(({ limits: { max } }) => max === undefined ? max : Number(max)),
    table: module.tables.map(({ type: { limits: { max } } }) =>
      max === undefined ? max : Number(max)
    ),
  };
  const parts = { bytes, input: decoded.value, engineBytes, startExport, interfaces, growthMax };
  return ok(new Program({ ...parts, engineModule: made.value }));
}

/**
 * Opens a program that another thread of this process has compiled and shared (`Program.share`). Nothing is
 * compiled or verified again.
 *
 * @param interfaces what it may import, as on the thread that compiled it
 */
export function openProgram(
  shared: SharedProgram,
  interfaces: readonly HostInterface<never>[] = [],
): Result<Program, CompileFailure> {
  recordDeepBacktraces();
  // It is opened where requests are answered, which a large program is not to hold up.
  const decoded = decodeModule(shared.bytes, "known");
  if (!decoded.ok) return err({ reason: "malformed", diagnostics: decoded.error });
  const unlinked = linkProblems(decoded.value, interfaces);
  if (unlinked.length > 0) return err({ reason: "imports", diagnostics: unlinked });
  return ok(new Program({ ...shared, input: decoded.value, interfaces }));
}

/**
 * The artifact of a module. What is one already comes back as it is, and so does what is too large to be
 * anything else.
 */
async function isolate(
  bytes: Uint8Array<ArrayBuffer>,
  passes: Partial<Passes>,
  { policy, memoryBytesMax = limits.memoryBytesMax }: CompileOptions,
): Promise<Result<Uint8Array<ArrayBuffer>, CompileFailure>> {
  if (bytes.length > limits.moduleBytesMax) return ok(bytes);
  const compiled = await compileModule(bytes, {
    passes,
    memoryPagesMax: memoryMaximums(bytes, memoryBytesMax),
    ...(policy !== undefined && { policy }),
  });
  if (compiled.ok) return ok(compiled.value.artifact);
  const { reason, diagnostics } = compiled.error;
  switch (reason) {
    case "artifact":
      return ok(bytes);
    case "reserved":
      return err({ reason: "unverified", diagnostics });
    case "malformed":
    case "limits":
      return err({ reason, diagnostics });
    case "features":
      return err({ reason: "limits", diagnostics });
  }
}

/** How far the module's memories will be let grow, as {@link bound} says of the artifact; what is wrong with them is told there. */
function memoryMaximums(bytes: Uint8Array, memoryBytesMax: number): bigint[] {
  const decoded = decodeModule(bytes);
  const bounded = decoded.ok && boundMemories(decoded.value.memories, memoryBytesMax);
  return bounded && bounded.ok ? bounded.value.map(({ limits: { min, max } }) => max ?? min) : [];
}

function largerThan(bytes: number): CompileFailure {
  const message = `the module is larger than ${formatSize(bytes)}`;
  return { reason: "limits", diagnostics: [{ message }] };
}

/** Of custom sections the engine needs branch hints alone; names would put a guest's text into stack traces. */
function isForEngine({ name }: CustomSection): boolean {
  return name === "metadata.code.branch_hint";
}

function bound(module: WasmModule, options: CompileOptions): Result<WasmModule, Diagnostic[]> {
  // What the compiler has added is bounded by the verifier.
  const memoryCount = module.memories.length - ownMemories(module);
  const tableCount = module.tables.length - ownTables(module);
  const { memoryBytesMax = limits.memoryBytesMax, tableElementsMax = limits.tableElementsMax } =
    options;
  const memories = boundMemories(module.memories.slice(0, memoryCount), memoryBytesMax);
  const tables = boundTables(module.tables.slice(0, tableCount), tableElementsMax);
  const problems = [memories, tables].flatMap((part) => part.ok ? [] : part.error);
  if (options.engineHeap !== "allowed") problems.push(...heapProblems(module));
  if (!memories.ok || !tables.ok || problems.length > 0) return err(problems);
  return ok({
    ...module,
    memories: [...memories.value, ...module.memories.slice(memoryCount)],
    tables: [...tables.value, ...module.tables.slice(tableCount)],
  });
}

/**
 * A start function runs while the instance is being made, when no memory can be wired and no stack
 * suspended. It becomes an export that a lease calls first.
 */
function exportStart(module: WasmModule): { module: WasmModule; startExport: string | undefined } {
  if (module.start === undefined) return { module, startExport: undefined };
  // No module of its own has such a name (artifact.ts).
  const startExport = "skerry:start";
  const added = { name: startExport, kind: "function", index: module.start } as const;
  return {
    module: { ...module, start: undefined, exports: [...module.exports, added] },
    startExport,
  };
}

async function toEngine(
  bytes: Uint8Array<ArrayBuffer>,
  engineBytes: Uint8Array<ArrayBuffer>,
): Promise<Result<WebAssembly.Module, CompileFailure>> {
  try {
    return ok(await WebAssembly.compile(engineBytes));
  } catch (error) {
    // The engine's offset is into what we encoded; asking again with the input gives the true one.
    const thrown = await WebAssembly.compile(bytes).then(() => error, (original) => original);
    return err({ reason: "malformed", diagnostics: [engineDiagnostic(thrown)] });
  }
}

/** V8 says `WebAssembly.compile(): what is wrong @+offset`. */
function engineDiagnostic(error: unknown): Diagnostic {
  const text = error instanceof Error ? error.message : String(error);
  const match = /^(?:WebAssembly\.\w+\(\): )?(.*?)(?: @\+(\d+))?$/s.exec(text);
  const message = `the engine refuses it: ${match?.[1] ?? text}`;
  if (match?.[2] === undefined) return { message };
  return { message, at: { kind: "binary", offset: Number(match[2]) } };
}
