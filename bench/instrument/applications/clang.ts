/**
 * Clang, which compiles a small C file to assembly.
 *
 * The package's module is driven as the WASI command that it is, without the package's component around it:
 * only so can a variant of the module stand in for it.
 */

import { encodeUtf8 } from "@skerry/base";
import { memoryFileSystem, type Preopen } from "@skerry/wasi";
import type { LoadedProgram } from "../program.ts";
import { stillClock } from "../still_wasi.ts";
import { commandRounds } from "../wasi_command.ts";
import { readModule, readScript } from "./files.ts";

const args = "yowasp-llvm clang -cc1 -triple wasm32-wasip1 -O2 -S -o - -x c /clang.c".split(" ");

/** The compiler with clang.c. */
export function loadClang(): LoadedProgram {
  const preopens = [folderWith("clang.c", readScript("clang.c"))];
  return {
    bytes: readModule("@yowasp/clang/gen/llvm.core.wasm"),
    prepare: (makeInstance) => commandRounds(makeInstance, { args, preopens }),
  };
}

/** A file system that holds one file. */
function folderWith(name: string, content: string): Preopen {
  const fileSystem = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 10, clock: stillClock });
  const root = fileSystem.root();
  const file = root.createFile(name, "write");
  file.write(encodeUtf8(content), 0);
  file.close();
  root.release();
  return { guestPath: "/", fileSystem };
}
