/** The process that prepares versions, one after another. */

import { limits, SkerryError, sourceOf } from "@skerry/base";
import type { ArtifactStore, PreparationResult } from "@skerry/control";
import { onEndSignal, openArtifactFiles, parentProcess } from "@skerry/platform";
import { prepare } from "./prepare.ts";
import type { PrepareNews, PrepareOrder } from "./preparer_messages.ts";

const parent = parentProcess<PrepareNews, PrepareOrder>();
let last: Promise<void> = Promise.resolve();
let opened: ArtifactStore | undefined;

parent.onMessage((order) => {
  last = last.then(() => obey(order));
});
// A terminal, and many a service manager, sends signals to all: the supervisor says when it is time.
onEndSignal(() => {});
parent.onGone(() => Deno.exit(0));

async function obey({ job, preparation, artifactsFolder }: PrepareOrder): Promise<void> {
  try {
    const result = await resultOf(preparation, artifactsFolder);
    parent.send({ kind: "prepared", job, result });
  } catch (error) {
    parent.send({
      kind: "failed",
      job,
      why: error instanceof Error ? error.message : String(error),
    });
  }
}

async function resultOf(
  { module, settings }: PrepareOrder["preparation"],
  artifactsFolder: string,
): Promise<PreparationResult> {
  const files = opened ??= await openArtifactFiles(artifactsFolder, limits.artifactBytesMax);
  const bytes = await files.read(module);
  if (bytes === undefined) {
    throw new SkerryError("SKERRY_FILE_UNREADABLE", "the module that was uploaded is gone", {
      where: module,
    });
  }
  const prepared = await prepare(bytes, settings);
  if (!prepared.ok) return { kind: "failed", diagnostics: prepared.error };
  const { program, facts } = prepared.value;
  const put = await files.put(sourceOf(program.bytes), limits.artifactBytesMax);
  if (typeof put === "string") throw new Error(`the artifact cannot be kept: ${put}`);
  return { kind: "ready", artifact: put.digest, facts };
}
