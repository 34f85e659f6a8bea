/** Ours: a recycled sandbox, and an instance that is bound to WASI without one. */

import { limits } from "@skerry/base";
import { hostDirectory, systemClock, systemRandom } from "@skerry/platform";
import { bind, compile, Pool } from "@skerry/sandbox";
import {
  bareWasi,
  createWasiContext,
  type FileSystem,
  memoryFileSystem,
  type WasiContext,
  wasiPreview1,
} from "@skerry/wasi";
import { type Case, inputBytes, inputName } from "./cases.ts";
import type { Subject } from "./subject.ts";

/** A sandbox from a warm pool for each use, with a context and files of its own. */
export async function sandboxed(bytes: Uint8Array<ArrayBuffer>): Promise<Subject> {
  const compiled = await compile(bytes, {
    interfaces: [wasiPreview1],
    tableElementsMax: limits.tableElementsMax,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const program = compiled.value;
  const pool = new Pool({ clock: systemClock });
  pool.warm(program, 2);
  return {
    async use(surroundings, entry, args) {
      const { context, written } = contextOf(surroundings);
      const lease = pool.leaseNow(program, { bindings: [bind(wasiPreview1, context)] });
      if (typeof lease === "string") throw new Error(lease);
      const outcome = await lease.run(entry, args);
      lease.release();
      context.close();
      if (outcome.kind !== "returned") throw new Error(JSON.stringify(outcome));
      return { answer: Number(outcome.values[0] ?? 0), written: written() };
    },
  };
}

/** A bare instance for each use. */
export function bare(bytes: Uint8Array<ArrayBuffer>): Subject {
  const module = new WebAssembly.Module(bytes);
  return {
    async use(surroundings, entry, args) {
      const { context, written } = contextOf(surroundings);
      const wasi = bareWasi(context);
      const instance = new WebAssembly.Instance(module, wasi.imports);
      const outcome = await wasi.call(instance, entry, args);
      context.close();
      if (outcome.kind !== "returned") throw new Error(JSON.stringify(outcome));
      return { answer: Number(outcome.values[0] ?? 0), written: written() };
    },
  };
}

/** The files that a case's guest finds: those in memory, made once, are each guest's in turn. */
export function ourFiles({ files }: Pick<Case, "files">, folder: string): FileSystem {
  if (files === "directory") return hostDirectory(folder);
  const memory = memoryFileSystem({ bytesMax: 4 * inputBytes, filesMax: 10, clock: systemClock });
  const root = memory.root();
  const file = root.createFile(inputName, "write");
  file.write(new Uint8Array(inputBytes).fill(7), 0);
  file.close();
  root.release();
  return memory;
}

function contextOf(
  { args, fileSystem }: Parameters<Subject["use"]>[0],
): { context: WasiContext; written: () => number } {
  let written = 0;
  const sink = { write: (bytes: Uint8Array) => void (written += bytes.length) };
  const context = createWasiContext({
    args,
    stdout: sink,
    stderr: sink,
    clock: systemClock,
    random: systemRandom,
    preopens: fileSystem === undefined ? [] : [{ guestPath: "/", fileSystem }],
  });
  return { context, written: () => written };
}
