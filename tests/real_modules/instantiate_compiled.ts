/** The seam between the real programs and the compiler: how a compiled module is instantiated. */

import { compileModule, openPolicy } from "@skerry/compiler";
import { verify } from "@skerry/verifier";
import { wire } from "../../packages/compiler/testing/instance.ts";
import type { Instantiate } from "./real_program.ts";

/** Compiles with all passes, verifies, and runs what comes of it with ticks every few microseconds. */
export const instantiateCompiled: Instantiate = async (bytes, imports) => {
  const instance = new WebAssembly.Instance(await artifactOf(bytes), imports);
  wire(instance, { tick: () => quantumUnits });
  const start = instance.exports["skerry:start"];
  if (typeof start === "function") start();
  return instance;
};

const quantumUnits = 10_000;

/** Clang instantiates itself many times over; once is enough to compile it. */
const artifacts = new WeakMap<ArrayBufferLike, Promise<WebAssembly.Module>>();

function artifactOf(bytes: Uint8Array): Promise<WebAssembly.Module> {
  const known = bytes.length === bytes.buffer.byteLength ? artifacts.get(bytes.buffer) : undefined;
  const artifact = known ?? compile(bytes);
  artifacts.set(bytes.buffer, artifact);
  return artifact;
}

async function compile(bytes: Uint8Array): Promise<WebAssembly.Module> {
  const compiled = await compileModule(bytes, {
    passes: { dirty: "always" },
    policy: openPolicy,
  });
  if (!compiled.ok) {
    throw new Error(compiled.error.diagnostics.map(({ message }) => message).join("; "));
  }
  const { artifact } = compiled.value;
  const verified = await verify(artifact, { input: bytes });
  if (!verified.ok) throw new Error(`not verified: ${JSON.stringify(verified.error)}`);
  return new WebAssembly.Module(artifact);
}
