/** A WASI command from its start to its end. */

import type { Instantiate } from "./real_program.ts";
import { WasiHost, type WasiInput } from "./wasi_host.ts";

/** Runs a command; gives what it wrote, and its exit code and errors where there are any. */
export async function runCommand(
  instantiate: Instantiate,
  bytes: Uint8Array<ArrayBuffer>,
  input: WasiInput,
): Promise<string> {
  const host = new WasiHost(input);
  const instance = await instantiate(bytes, host.imports);
  const code = host.start(instance);
  const stderr = host.text("stderr");
  return host.text("stdout") + (code === 0 ? "" : `[exit ${code}]\n`) +
    (stderr === "" ? "" : `[stderr]\n${stderr}`);
}
