/** What an artifact proves of itself: what `skerry verify` does. */

import { limits, SkerryError } from "@skerry/base";
import { type Verified, verify, type Violation } from "@skerry/verifier";
import { decodeModule } from "@skerry/wasm";
import { readModule } from "./load.ts";

/** What was proved, as plain data: the digest in hexadecimal. */
export interface Proved extends Omit<Verified, "inputDigest"> {
  readonly inputDigest: string;
}

/** The verifier's word on an artifact. Times are milliseconds. */
export type VerifyReport =
  & { readonly artifact: string; readonly bytes: number; readonly verifyMs: number }
  & (
    | { readonly verified: true; readonly proved: Proved }
    | { readonly verified: false; readonly violations: readonly Violation[] }
  );

/**
 * Verifies an artifact.
 *
 * @param inputPath the module that it was made from, where that is to be checked too
 */
export async function verifyArtifact(
  path: string,
  inputPath: string | undefined,
): Promise<VerifyReport> {
  if (path === "-" && inputPath === "-") {
    throw new SkerryError("SKERRY_USAGE", "standard input is one file, not two", {
      remedy: "give the path of the artifact or of the module",
    });
  }
  const artifact = await readModule(path, limits.artifactBytesMax);
  refuseOrdinary(path, artifact);
  const input = inputPath === undefined ? undefined : await readModule(inputPath);
  const startedMs = performance.now();
  const result = await verify(artifact, input === undefined ? {} : { input });
  const verifyMs = performance.now() - startedMs;
  const report = { artifact: path, bytes: artifact.length, verifyMs };
  if (!result.ok) return { ...report, verified: false, violations: result.error };
  const proved = { ...result.value, inputDigest: result.value.inputDigest.toHex() };
  return { ...report, verified: true, proved };
}

/** A module that claims nothing has nothing to prove; what cannot be decoded is the verifier's to tell. */
function refuseOrdinary(path: string, bytes: Uint8Array): void {
  const decoded = decodeModule(bytes);
  if (!decoded.ok || decoded.value.customs.some(({ name }) => name === "skerry")) return;
  throw new SkerryError(
    "SKERRY_MODULE_REFUSED",
    "it is an ordinary module and no artifact: it has no section `skerry`",
    { where: path, remedy: "`skerry compile` makes an artifact of it" },
  );
}
