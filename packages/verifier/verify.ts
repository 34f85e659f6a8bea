/**
 * Verifies an artifact: that it is what docs/artifact.md says, and that what it promises holds.
 *
 * Nothing is shared with the compiler but the decoder, and nothing that the artifact says is believed. It
 * is read as hostile: the answer comes in time and memory in proportion to its size, and is never thrown.
 */

import { bytesEqual, err, ok, type Result } from "@skerry/base";
import { decodeModule, functionNames, Malformed, type WasmModule } from "@skerry/wasm";
import { checkEntities } from "./entities.ts";
import { checkInjectedFunctions } from "./injected_functions.ts";
import { checkInput } from "./input_check.ts";
import { digestBytes, type Metadata, type Passes, readMetadata } from "./metadata.ts";
import { type OffsetMap, readOffsetMap } from "./offset_map.ts";
import { makePlan, type Plan } from "./plan.ts";
import { checkReferences } from "./references.ts";
import { checkResettable } from "./resettable.ts";
import { findFreeCosts } from "./unpaid_calls.ts";
import { type Violation, Violations } from "./violation.ts";
import { walk } from "./walk.ts";
import { type Counts, WalkState } from "./walk_state.ts";

/** What an artifact has to prove. */
export interface VerifyOptions {
  /** Passes that it must have gone through. */
  readonly requires?: readonly (keyof Passes)[];
  /** The module that it must have been made of. */
  readonly input?: Uint8Array;
  /** Violations to collect before giving up; 16 unless told. */
  readonly diagnosticsMax?: number;
}

/** What was proved. */
export interface Verified {
  readonly passes: Passes;
  /** Guest functions with bodies. */
  readonly functions: number;
  readonly counts: Readonly<Counts>;
  /** Of each guest memory, how it is restored. */
  readonly memories: readonly Metadata["memories"][number]["mode"][];
  readonly resettable: boolean;
  /** Why it cannot be reset, in the compiler's words. */
  readonly reasons: readonly string[];
  readonly inputDigest: Uint8Array;
}

/**
 * Verifies an artifact.
 *
 * @param artifact the whole file; it must not change meanwhile
 * @returns what was proved, or what could not be
 *
 * @example
 * ```ts
 * import { verify } from "@skerry/verifier";
 * const verified = await verify(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
 * if (verified.ok) throw new Error("an empty module is no artifact");
 * ```
 */
export async function verify(
  artifact: Uint8Array,
  options: VerifyOptions = {},
): Promise<Result<Verified, Violation[]>> {
  const violations = new Violations(options.diagnosticsMax ?? 16);
  const decoded = decodeModule(artifact);
  if (!decoded.ok) {
    for (const { message, at } of decoded.error) {
      violations.add("format", message, at?.kind === "binary" ? { offset: at.offset } : {});
    }
    return err(violations.list);
  }
  const module = decoded.value;
  const sections = readSections(module, violations);
  if (sections === undefined) return err(violations.list);
  const { plan, offsets } = sections;
  await checkDigest(artifact, plan, violations);
  for (const pass of options.requires ?? []) {
    if (!plan.metadata.passes[pass]) violations.add(pass, `the artifact lacks the pass "${pass}"`);
  }
  const counts = checkAll(plan, offsets, violations);
  if (options.input !== undefined && violations.list.length === 0) {
    await checkInput(plan, offsets, options.input, violations);
  }
  if (violations.list.length > 0 || counts === undefined) {
    return err(named(violations.list, module));
  }
  const { passes, memories, reasons, inputDigest } = plan.metadata;
  return ok({
    passes,
    functions: plan.guestBodies,
    counts,
    memories: memories.map(({ mode }) => mode),
    resettable: passes.reset,
    reasons,
    inputDigest: inputDigest.slice(),
  });
}

/** Everything but digests. Where entities are wrong, code that names them is not looked at. */
function checkAll(
  plan: Plan,
  offsets: OffsetMap,
  violations: Violations,
): Readonly<Counts> | undefined {
  checkEntities(plan, violations);
  if (violations.list.length > 0) return undefined;
  const state = new WalkState(plan, offsets, violations);
  checkReferences(plan, violations);
  checkResettable(plan, violations);
  checkInjectedFunctions(plan, violations);
  if (plan.metadata.passes.preempt) findFreeCosts(state);
  for (let body = 0; body < plan.guestBodies && !violations.full; body += 1) {
    walk(state, body, "everything");
  }
  return state.counts;
}

/** The two sections of ours, which are the last two. */
function readSections(
  module: WasmModule,
  violations: Violations,
): { readonly plan: Plan; readonly offsets: OffsetMap } | undefined {
  const last = module.sections.at(-1);
  const before = module.sections.at(-2);
  const names = module.customs.map(({ name }) => name);
  const ours = names.filter((name) => name === "skerry" || name === "skerry.offsets");
  if (
    last?.id !== 0 || last.name !== "skerry" || before?.id !== 0 ||
    before.name !== "skerry.offsets" || ours.length !== 2
  ) {
    violations.add("format", 'the last sections are not "skerry.offsets" and "skerry"');
    return undefined;
  }
  const [offsetSection, section] = module.customs.slice(-2);
  if (section === undefined || offsetSection === undefined) return undefined;
  try {
    const metadata = readMetadata(section.content);
    const plan = makePlan(module, metadata);
    const bodies = Math.min(plan.guestBodies, module.functions.length);
    if (bodies < 0) {
      throw new Malformed("fewer guest functions than imports", section.content.start);
    }
    return { plan, offsets: readOffsetMap(offsetSection.content, bodies) };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    violations.add("format", error.message, { offset: error.offset });
    return undefined;
  }
}

/** The artifact's own digest, of all bytes before it. */
async function checkDigest(
  artifact: Uint8Array,
  plan: Plan,
  violations: Violations,
): Promise<void> {
  const content = new Uint8Array(artifact.subarray(0, artifact.length - digestBytes));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  if (!bytesEqual(digest, plan.metadata.digest)) {
    violations.add("digest", "the artifact is not what its digest is of");
  }
}

function named(violations: readonly Violation[], module: WasmModule): Violation[] {
  const names = functionNames(module);
  return violations.map((violation) => {
    const name = violation.functionIndex === undefined
      ? undefined
      : names.get(violation.functionIndex);
    return name === undefined ? violation : { ...violation, functionName: name };
  });
}
