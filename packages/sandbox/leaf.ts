/**
 * Functions that call nothing: from those neither a host function is reached, nor a tick, nor a policy, so they never
 * wait, and nobody runs on what they leave of a stack. They need none of their own.
 */

import { indexSpaces, InstructionCursor, opcodesNamed, type WasmModule } from "@skerry/wasm";

/** Who is larger runs so long that a stack makes no difference. */
const bytesMax = 16 * 1024;

const calls: ReadonlySet<number> = new Set(
  [
    ...["call", "call_indirect", "call_ref"],
    ...["return_call", "return_call_indirect", "return_call_ref"],
  ].flatMap(opcodesNamed),
);

/** Whether a function of a module's own is one. What the compiler has added to it, such as a tick in a loop, counts. */
export function isLeaf(module: WasmModule, functionIndex: number): boolean {
  const { code } = module;
  const body = functionIndex - indexSpaces(module).importedFunctions;
  const start = code.starts[body];
  if (start === undefined || (code.ends[body] ?? 0) - start > bytesMax) return false;
  const cursor = new InstructionCursor(code.bytes);
  cursor.enterBody(code, body);
  while (cursor.next()) if (calls.has(cursor.opcode)) return false;
  return true;
}
