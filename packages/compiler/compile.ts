/**
 * The compiler: from a module to an artifact, in one visible line.
 *
 * decode → hold to the policy → survey the code → plan what is added → rewrite each body, callees first →
 * assemble → seal. The same bytes and options give the same artifact, on every runtime.
 */

import { type Diagnostic, err, formatSize, ok, type Result, sha256 } from "@skerry/base";
import {
  ByteWriter,
  type Code,
  type CustomSection,
  decodeModule,
  functionNames,
  moduleLimits,
  rangeOf,
  sectionId,
  type WasmModule,
} from "@skerry/wasm";
import {
  assembleArtifact,
  describeArtifact,
  seal,
  TypeTable,
  type WrittenCode,
} from "./artifact.ts";
import { calleesFirst } from "./call_order.ts";
import { artifactSection, offsetsSection, reservedPrefix } from "./constants.ts";
import { Entities } from "./entities.ts";
import {
  allPasses,
  type Compiled,
  type CompileFailure,
  type CompileOptions,
  type CompileReport,
  defaultPolicy,
  type Passes,
} from "./options.ts";
import { type Plan, plan } from "./plan.ts";
import { describeFunction, exceededLimits, forbiddenFeatures } from "./policy.ts";
import { Rewriter } from "./rewrite.ts";
import type { InjectedFunction } from "./function_text.ts";
import { growType, injectedFunction, tickType } from "./runtime_functions.ts";
import { survey } from "./survey.ts";

/**
 * Compiles a module.
 *
 * @param bytes a core module in binary form; it need not be valid, but then its artifact is not either
 * @returns the artifact and a report, or all that stands in its way
 */
export async function compileModule(
  bytes: Uint8Array,
  options: CompileOptions = {},
): Promise<Result<Compiled, CompileFailure>> {
  const policy = options.policy ?? defaultPolicy;
  if (bytes.length > policy.moduleBytesMax) {
    const message = `the module is larger than ${formatSize(policy.moduleBytesMax)}`;
    return err({ reason: "limits", diagnostics: [{ message }] });
  }
  const decoded = decodeModule(bytes);
  if (!decoded.ok) return err({ reason: "malformed", diagnostics: decoded.error });
  const module = decoded.value;
  const refusal = refuse(module, options) ?? invalid(bytes);
  if (refusal !== undefined) return err(refusal);
  // At work beside what follows, on the engine's own thread for it.
  const digest = sha256(bytes);
  const found = survey(module);
  const planned = plan(module, found, passesOf(options), options.memoryPagesMax);
  const types = new TypeTable(module);
  const entities = new Entities(planned, module.data.length, {
    tick: planned.hooksTable === undefined ? 0 : types.indexOf(tickType),
    grow: planned.hooksTable === undefined ? 0 : types.indexOf(growType),
  });
  const injected = planned.functions.map((each) => injectedFunction(module, entities, each));
  const { order, circular } = calleesFirst(found, planned.spaces.importedFunctions);
  const rewriter = new Rewriter(module, planned, entities, policy, found, circular);
  const written = rewriteAll(module, planned, rewriter, order, injected);
  const problems = [
    ...named(module, rewriter.problems),
    ...engineProblems(module, planned, injected),
  ];
  if (problems.length > 0) return err({ reason: "limits", diagnostics: problems });
  const whole = { ...module, customs: [...module.customs, ...addedSections(options)] };
  const artifact = assembleArtifact(whole, planned, entities, types, injected, written);
  const sealed = await seal(artifact, describeArtifact(module, planned, entities, await digest));
  return ok({
    artifact: sealed,
    report: report(module, planned, found.instructions, rewriter, written, sealed.length),
  });
}

function addedSections({ sections = [] }: CompileOptions): CustomSection[] {
  return sections.map(({ name, content }) => ({
    name,
    content: rangeOf(content),
    after: sectionId.data,
  }));
}

/** A reset needs the host's consent to growth, for it takes grown pages back. */
function passesOf({ passes }: CompileOptions): Passes {
  const wanted = { ...allPasses, ...passes };
  return { ...wanted, grow: wanted.grow || wanted.reset };
}

function refuse(module: WasmModule, { policy = defaultPolicy }: CompileOptions) {
  const { customs, exports } = module;
  if (customs.some(({ name }) => name === artifactSection || name === offsetsSection)) {
    return failure("artifact", [{
      message: "it is an artifact: compile the module it was made of",
    }]);
  }
  const limits = exceededLimits(module, policy);
  if (limits.length > 0) return failure("limits", limits);
  const features = forbiddenFeatures(module, policy);
  if (features.length > 0) return failure("features", features);
  if (exports.some(({ name }) => name.startsWith(reservedPrefix))) {
    const message = `exports whose names begin with "${reservedPrefix}" are Skerry's own`;
    return failure("reserved", [{ message }]);
  }
  return undefined;
}

/**
 * The engine's word on whether the module is valid. It must be had before anything is added: an index that
 * means nothing in the module would mean something of ours in the artifact.
 */
function invalid(bytes: Uint8Array): CompileFailure | undefined {
  const module = bytes as Uint8Array<ArrayBuffer>;
  if (WebAssembly.validate(module)) return undefined;
  let text = "the engine refuses it";
  try {
    new WebAssembly.Module(module);
  } catch (error) {
    if (error instanceof Error) text = error.message;
  }
  // V8 says `WebAssembly.Module(): what is wrong @+offset`.
  const match = /^(?:WebAssembly\.\w+\(\): )?(.*?)(?: @\+(\d+))?$/s.exec(text);
  const message = match?.[1] ?? text;
  if (match?.[2] === undefined) return failure("malformed", [{ message }]);
  const at = { kind: "binary", offset: Number(match[2]) } as const;
  return failure("malformed", [{ message, at }]);
}

/** Sections that an artifact may have and its module not: hints, offsets, ours, data count and all of a kind. */
const ourSections = 12;

/** What our own functions would exceed of the engine's limits. */
function engineProblems(
  module: WasmModule,
  planned: Plan,
  injected: readonly InjectedFunction[],
): Diagnostic[] {
  const { functionsMax, functionBytesMax } = moduleLimits;
  const problems: Diagnostic[] = [];
  const { images, droppedData, droppedElements } = planned;
  const counts = [
    [
      "data segments",
      module.data.length + images.length + Math.min(droppedData.length, 1),
      moduleLimits.dataSegmentsMax,
    ],
    [
      "element segments",
      module.elements.length + droppedElements.length,
      moduleLimits.elementSegmentsMax,
    ],
    ["sections", module.sections.length + ourSections, moduleLimits.sectionsMax],
  ] as const;
  for (const [what, count, most] of counts) {
    if (count <= most) continue;
    problems.push({ message: `${what}, with those that are added, exceed the limit of ${most}` });
  }
  if (planned.spaces.functions.length + injected.length > functionsMax) {
    const message =
      `functions, with those that are added, exceed the engine's limit of ${functionsMax}`;
    problems.push({ message });
  }
  if (injected.some(({ body }) => body.length > functionBytesMax)) {
    const message = "the reset would exceed the engine's limit for a function: the module's " +
      `${module.globals.length} globals have long initial values`;
    problems.push({ message });
  }
  return problems;
}

function failure(
  reason: CompileFailure["reason"],
  diagnostics: readonly Diagnostic[],
): CompileFailure {
  return { reason, diagnostics };
}

function rewriteAll(
  module: WasmModule,
  { spaces }: Plan,
  rewriter: Rewriter,
  order: Uint32Array,
  injected: readonly InjectedFunction[],
): WrittenCode {
  const bodies = module.functions.length;
  const starts = new Uint32Array(bodies + injected.length);
  const ends = new Uint32Array(bodies + injected.length);
  const runs = new ByteWriter(module.code.bytes.length / 8);
  const runStarts = new Uint32Array(bodies);
  const runEnds = new Uint32Array(bodies);
  for (const body of order) {
    runStarts[body] = runs.length;
    starts[body] = rewriter.rewrite(body, runs);
    ends[body] = rewriter.output.position;
    runEnds[body] = runs.length;
  }
  injected.forEach(({ body }, index) => {
    rewriter.output.reserve(body.length);
    starts[bodies + index] = rewriter.output.position;
    rewriter.output.raw(body);
    ends[bodies + index] = rewriter.output.position;
  });
  return {
    code: { bytes: rewriter.output.bytes, starts, ends },
    hints: rewriter.hints.content(spaces.importedFunctions),
    offsets: inBodyOrder(module, runs.toBytes(), runStarts, runEnds),
  };
}

/** The offset map's parts were written callees first; the map has them in the order of the functions. */
function inBodyOrder(
  module: WasmModule,
  runs: Uint8Array,
  starts: Uint32Array,
  ends: Uint32Array,
): Uint8Array {
  const writer = new ByteWriter(runs.length + starts.length * 3);
  let previous = 0;
  for (let body = 0; body < starts.length; body += 1) {
    const start = module.code.starts[body] ?? 0;
    writer.s33(start - previous).raw(runs, starts[body] ?? 0, ends[body] ?? 0);
    previous = start;
  }
  return writer.toBytes();
}

function named(
  module: WasmModule,
  problems: readonly { body: number; message: string }[],
): Diagnostic[] {
  if (problems.length === 0) return [];
  const names = functionNames(module);
  const imported = module.imports.filter(({ type }) => type.kind === "function").length;
  return problems.map(({ body, message }) => ({
    message: `function ${describeFunction(names.get(imported + body), imported + body)} ${message}`,
    at: { kind: "binary", offset: module.code.starts[body] ?? 0 },
  }));
}

function report(
  module: WasmModule,
  { passes, memories, notResettable }: Plan,
  instructions: number,
  { counts }: Rewriter,
  { code }: WrittenCode,
  artifactBytes: number,
): CompileReport {
  const modes = ["not reset", "barrier", "whole"] as const;
  return {
    passes,
    functions: module.functions.length,
    instructions,
    moduleBytes: module.bytes.length,
    artifactBytes,
    codeBytes: totalBytes(module.code),
    artifactCodeBytes: totalBytes(code),
    ...counts,
    memories: memories.map(({ mode }) => modes[mode]),
    notResettable,
  };
}

function totalBytes({ starts, ends }: Code): number {
  return ends.reduce((sum, end, body) => sum + end - (starts[body] ?? 0), 0);
}
