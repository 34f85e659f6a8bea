/** @bjorn3/browser_wasi_shim, in the same engine as ours. */

import {
  ConsoleStdout,
  Fd,
  File,
  OpenFile,
  PreopenDirectory,
  WASI,
} from "@bjorn3/browser_wasi_shim";
import { inputBytes, inputName } from "./cases.ts";
import type { Subject } from "./subject.ts";

/** A bare instance for each use, with files in memory. */
export function shim(bytes: Uint8Array<ArrayBuffer>, hasFiles: boolean): Subject {
  const module = new WebAssembly.Module(bytes);
  const files = new Map([[inputName, new File(new Uint8Array(hasFiles ? inputBytes : 0).fill(7))]]);
  return {
    use({ args }, entry, numbers) {
      let written = 0;
      const sink = () => new ConsoleStdout((piece: Uint8Array) => void (written += piece.length));
      const fds: Fd[] = [new OpenFile(new File([])), sink(), sink()];
      if (hasFiles) fds.push(new PreopenDirectory("/", files));
      const wasi = new WASI([...args], [], fds, { debug: false });
      const instance = new WebAssembly.Instance(module, {
        wasi_snapshot_preview1: wasi.wasiImport,
      });
      const { exports } = instance;
      if (entry === "_start") {
        const code = wasi.start(
          instance as { exports: { memory: WebAssembly.Memory; _start: () => unknown } },
        );
        if (code !== 0) throw new Error(`exit ${code}`);
        return { answer: 0, written };
      }
      wasi.initialize(instance as { exports: { memory: WebAssembly.Memory } });
      const run = exports[entry] as (...args: readonly number[]) => number;
      return { answer: run(...numbers), written };
    },
  };
}
