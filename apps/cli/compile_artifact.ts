/** From a module to an artifact that was verified: what `skerry compile` does. */

import { bug, formatSize, limits, SkerryError } from "@skerry/base";
import {
  type CompileFailure,
  compileModule,
  type CompileReport,
  defaultPolicy,
  type Passes,
} from "@skerry/compiler";
import { isSameFile, writeFile } from "@skerry/platform";
import { verify } from "@skerry/verifier";
import { decodeModule, type Feature } from "@skerry/wasm";
import { type GrownFunction, grownFunctions } from "./grown_functions.ts";
import { type BundleOption, bundleSections, readBundles } from "./bundles.ts";
import { initialiseModule } from "./initialise_module.ts";
import { readModule } from "./load.ts";
import { withDiagnostics } from "./module_refusal.ts";
import { formatViolation } from "./violation.ts";

/** A run of the module's initialisation, before it is compiled. */
export interface SnapshotOrder {
  /** The export to run; `_initialize`, or the start function alone, where none is named. */
  readonly export: string | undefined;
  /** Where the module goes that begins behind it, and that the artifact is made of; nowhere where undefined. */
  readonly output: string | undefined;
  readonly memoryBytesMax: number | undefined;
  readonly cpuMsMax: number | undefined;
}

/** What is compiled, and how. */
export interface CompileOrder {
  /** A path, or `-` for standard input. */
  readonly module: string;
  /** Where the artifact goes; beside the module where this is undefined. */
  readonly output: string | undefined;
  readonly passes: Passes;
  /** Features that are let through although the default policy forbids them. */
  readonly allow: readonly Feature[];
  readonly snapshot?: SnapshotOrder;
  /** Files that the artifact brings along. */
  readonly bundles?: readonly BundleOption[];
}

/** What came of it. */
export interface ArtifactReport extends CompileReport {
  readonly module: string;
  readonly artifact: string;
  /** How long the initialisation took that is behind it; undefined where none was run. */
  readonly initialiseMs: number | undefined;
  readonly compileMs: number;
  readonly verifyMs: number;
  readonly grownMost: readonly GrownFunction[];
}

/** Functions that the report names. */
const grownMax = 10;

/** Compiles, verifies, and writes the artifact whole or not at all. */
export async function compileArtifact(order: CompileOrder): Promise<ArtifactReport> {
  const output = await outputPath(order);
  const bundles = await readBundles(order.bundles ?? []);
  const given = await readModule(order.module);
  const policy = { ...defaultPolicy, forbidden: forbiddenStill(order.allow) };
  const beganMs = performance.now();
  const input = order.snapshot === undefined
    ? given
    : await initialiseModule(order.module, given, { ...order.snapshot, policy, bundles });
  const startedMs = performance.now();
  // What is initialised has them in it already, as the initialisation left them.
  const sections = order.snapshot === undefined ? bundleSections(bundles) : [];
  const compiled = await compileModule(input, { passes: order.passes, policy, sections });
  const compiledMs = performance.now();
  if (!compiled.ok) throw refusal(order.module, compiled.error);
  const { artifact, report } = compiled.value;
  if (artifact.length > limits.artifactBytesMax) throw tooLarge(output, artifact.length);
  await prove(artifact, input);
  const verifiedMs = performance.now();
  if (order.snapshot?.output !== undefined) await writeFile(order.snapshot.output, input);
  await writeFile(output, artifact);
  return {
    module: order.module,
    artifact: output,
    initialiseMs: order.snapshot === undefined ? undefined : startedMs - beganMs,
    compileMs: compiledMs - startedMs,
    verifyMs: verifiedMs - compiledMs,
    ...report,
    grownMost: grownMost(input, artifact),
  };
}

/** Where the artifact goes. Nothing is written over the module that it comes from. */
async function outputPath({ module, output, snapshot }: CompileOrder): Promise<string> {
  if (output === "-" || (output === undefined && module === "-")) {
    throw new SkerryError("SKERRY_USAGE", "the artifact needs a file of its own", {
      remedy: "say which with -o ARTIFACT",
    });
  }
  const path = output ?? `${module.replace(/\.wasm$/, "")}.skerry.wasm`;
  if (module !== "-" && await isSameFile(module, path)) {
    throw new SkerryError("SKERRY_USAGE", "the artifact would be written over its module", {
      where: path,
      remedy: "choose another file with -o ARTIFACT",
    });
  }
  const between = snapshot?.output;
  if (between !== undefined && (between === path || await isSameFile(module, between))) {
    throw new SkerryError("SKERRY_USAGE", "two files would be written to one place", {
      where: between,
      remedy: "choose another file with --initialised",
    });
  }
  return path;
}

function forbiddenStill(allow: readonly Feature[]): ReadonlyMap<Feature, string> {
  return new Map([...defaultPolicy.forbidden].filter(([feature]) => !allow.includes(feature)));
}

/** What was compiled here and does not verify is our mistake, and is not written. */
async function prove(artifact: Uint8Array, input: Uint8Array): Promise<void> {
  const verified = await verify(artifact, { input });
  if (verified.ok) return;
  const lines = verified.error.map((violation) => formatViolation("the artifact", violation));
  bug(`what was compiled does not verify\n${lines.join("\n")}`);
}

function grownMost(input: Uint8Array, artifact: Uint8Array): GrownFunction[] {
  const module = decodeModule(input);
  const made = decodeModule(artifact);
  return module.ok && made.ok ? grownFunctions(module.value, made.value, grownMax) : [];
}

function tooLarge(output: string, bytes: number): SkerryError {
  const message = `the artifact would have ${formatSize(bytes)}, and at most ${
    formatSize(limits.artifactBytesMax)
  } are loaded`;
  return new SkerryError("SKERRY_MODULE_REFUSED", message, {
    where: output,
    remedy: "leave files out of its bundles, or hand them over with --dir",
  });
}

function refusal(path: string, { reason, diagnostics }: CompileFailure): SkerryError {
  const refused = (remedy?: string) =>
    withDiagnostics("SKERRY_MODULE_REFUSED", "not compiled:", path, diagnostics, remedy);
  switch (reason) {
    case "malformed": {
      const message = "no valid WebAssembly module:";
      return withDiagnostics("SKERRY_MODULE_MALFORMED", message, path, diagnostics);
    }
    case "limits":
      return refused();
    case "features":
      return refused("build it without the feature, or let it through with --allow FEATURE");
    case "reserved":
    case "artifact":
      return refused();
  }
}
