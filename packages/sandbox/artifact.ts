/**
 * Artifacts in the sandbox (docs/artifact.md): nothing of one is run before the verifier has passed it, and its
 * hooks are the lease's own.
 */

import { type Diagnostic, printable } from "@skerry/base";
import { artifactSection, reservedPrefix } from "@skerry/compiler";
import { verify, type Violation } from "@skerry/verifier";
import type { WasmModule } from "@skerry/wasm";

/** Whether a module says that it is an artifact. */
export function isArtifact({ customs }: WasmModule): boolean {
  return customs.some(({ name }) => name === artifactSection);
}

/** Whether an export is one that the compiler has added. */
export function isReserved(exportName: string): boolean {
  return exportName.startsWith(reservedPrefix);
}

/** What the verifier has against an artifact; empty where it proves what it claims. */
export async function violations(artifact: Uint8Array): Promise<Diagnostic[]> {
  const verified = await verify(artifact);
  return verified.ok ? [] : verified.error.map(diagnosticOf);
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
