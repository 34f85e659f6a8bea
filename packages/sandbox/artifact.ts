/**
 * Artifacts in the sandbox (docs/artifact.md): nothing of one is run before the verifier has passed it, and its
 * hooks are the lease's own.
 */

import { type Diagnostic, printable } from "@skerry/base";
import { artifactSection, reservedPrefix } from "@skerry/compiler";
import { type Metadata, type Passes, readMetadata, verify, type Violation } from "@skerry/verifier";
import type { WasmModule } from "@skerry/wasm";

/** What an artifact may be required to have. */
export type Pass = keyof Passes;

/** Whether a module says that it is an artifact. */
export function isArtifact({ customs }: WasmModule): boolean {
  return customs.some(({ name }) => name === artifactSection);
}

/** Whether an export is one that the compiler has added. */
export function isReserved(exportName: string): boolean {
  return exportName.startsWith(reservedPrefix);
}

/**
 * What stands against running bytes that may be an artifact: what the verifier says of one, or, where a module is
 * none, the names of ours that it exports. Those decide what counts as the guest's own.
 *
 * @param requires passes that an artifact must have
 */
export async function unproved(
  bytes: Uint8Array,
  module: WasmModule,
  requires: readonly Pass[],
): Promise<Diagnostic[]> {
  if (isArtifact(module)) {
    const verified = await verify(bytes, { requires });
    return verified.ok ? [] : verified.error.map(diagnosticOf);
  }
  const borrowed = module.exports.find(({ name }) => isReserved(name));
  if (borrowed === undefined) return [];
  return [{ message: `it exports "${printable(borrowed.name)}", but is no artifact` }];
}

function diagnosticOf({ property, message, functionIndex, offset }: Violation): Diagnostic {
  const where = functionIndex === undefined ? "" : `function ${functionIndex}: `;
  const text = `${property}: ${where}${printable(message)}`;
  return offset === undefined
    ? { message: text }
    : { message: text, at: { kind: "binary", offset } };
}

/** Memories of an artifact that are not the guest's: the one with the dirty maps, which is the last. */
export function ownMemories({ exports }: WasmModule): number {
  return exports.some(({ name }) => name === `${reservedPrefix}side`) ? 1 : 0;
}

/** Tables of an artifact that are not the guest's: the hooks and what comes after them. */
export function ownTables({ exports, tables, imports }: WasmModule): number {
  const hooks = exports.find(({ name }) => name === `${reservedPrefix}hooks`);
  if (hooks === undefined) return 0;
  const imported = imports.filter(({ type }) => type.kind === "table").length;
  return imported + tables.length - hooks.index;
}

/** What an artifact says of how its instances are reset. */
export interface ResetShape {
  /** Why they are not; empty where they are. */
  readonly notRecycled: readonly string[];
  /** Where the map of the exported `memory` begins in the side memory. */
  readonly dirtyMap: number | undefined;
  /** Whether a memory is restored whole. */
  readonly restoresWhole: boolean;
}

/** Reads how a module's instances are reset. An artifact has been verified before. */
export function shapeOf(module: WasmModule): ResetShape {
  const section = module.customs.findLast(({ name }) => name === artifactSection);
  const neither = { dirtyMap: undefined, restoresWhole: false };
  if (section === undefined) {
    return { notRecycled: ["it was not compiled with a reset routine"], ...neither };
  }
  const metadata: Metadata = readMetadata(section.content);
  if (!metadata.passes.reset) {
    const { reasons } = metadata;
    const notRecycled = reasons.length > 0 ? reasons : ["it was compiled without a reset routine"];
    return { notRecycled, ...neither };
  }
  const memory = module.exports.find(({ name, kind }) => name === "memory" && kind === "memory");
  const plan = memory === undefined ? undefined : metadata.memories[memory.index];
  return {
    notRecycled: [],
    dirtyMap: plan?.mode === "barrier" ? plan.map : undefined,
    restoresWhole: metadata.memories.some(({ mode }) => mode === "whole"),
  };
}
