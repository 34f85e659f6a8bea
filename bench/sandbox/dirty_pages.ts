/** How many pages of 4 KiB one use of a subject writes, by the marks of an artifact that has them for all memories. */

import { compileModule } from "@skerry/compiler";
import { instantiateArtifact } from "../../packages/compiler/testing/instance.ts";
import { freshUse, type Subject } from "./subject.ts";

/** Uses the artifact once, as a bare instance is used. */
export async function dirtyPages(subject: Subject): Promise<number> {
  const compiled = await compileModule(subject.bytes, { passes: { dirty: "always" } });
  if (!compiled.ok) throw new Error(`${subject.name} does not compile`);
  let side: unknown;
  const use = freshUse({ ...subject, bytes: compiled.value.artifact }, (module, imports) => {
    const { exports } = instantiateArtifact(module, imports);
    side = exports["skerry:side"];
    return exports;
  });
  if (use() !== subject.right) throw new Error(`${subject.name}: a wrong answer`);
  if (!(side instanceof WebAssembly.Memory)) throw new Error(`${subject.name} has no marks`);
  return new Uint8Array(side.buffer).filter((mark) => mark !== 0).length;
}
