import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { bytesEqual } from "@skerry/base";
import { decodeModule, encodeModule, type WasmModule } from "@skerry/wasm";

const folder = fileURLToPath(new URL("../../node_modules", import.meta.url));
/** Magic number and the version of modules; components have another. */
const moduleHeader = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
/** V8 needs seconds for what is larger, and takes the same bytes as before in the same way. */
const validatedBytesMax = 32 * 2 ** 20;

// Compilers and interpreters written in C, C++ and Rust, which npm has installed for other reasons.
Deno.test("every module in node_modules is the same after decoding and encoding, or means the same", async () => {
  const seen: string[] = [];
  for await (const path of wasmFiles(folder)) {
    const bytes = await Deno.readFile(path);
    if (!bytesEqual(bytes.subarray(0, moduleHeader.length), moduleHeader)) continue;
    const encoded = encodeModule(decode(bytes));
    if (!bytesEqual(encoded, bytes)) checkShortened(path, bytes, encoded);
    if (encoded.length <= validatedBytesMax) assert.ok(WebAssembly.validate(encoded), path);
    seen.push(path);
  }
  for (const name of ["python.wasm", "quickjs.wasm", "wasm-tools.core.wasm", "llvm.core.wasm"]) {
    assert.ok(seen.some((path) => path.endsWith(`/${name}`)), `${name} was not found`);
  }
});

Deno.test("V8 takes a real module whose memory's maximum was changed, and keeps to it", async () => {
  const bytes = await Deno.readFile(`${folder}/quickjs-wasi/quickjs.wasm`);
  const module = decode(bytes);
  const [memory] = module.memories;
  assert.ok(memory);
  const limits = { ...memory.limits, max: memory.limits.min + 1n };
  const changed = encodeModule({ ...module, memories: [{ ...memory, limits }] });
  assert.ok(WebAssembly.validate(changed));
  assert.deepEqual(decode(changed).memories, [{ ...memory, limits }]);
});

/** Go's linker leaves room in the sizes of sections; what is shorter without must stay as it is then. */
function checkShortened(path: string, bytes: Uint8Array, encoded: Uint8Array): void {
  const saved = bytes.length - encoded.length;
  assert.ok(saved > 0 && saved < 64, `${path} is not the same`);
  assert.ok(bytesEqual(encodeModule(decode(encoded)), encoded), `${path} is not stable`);
}

function decode(bytes: Uint8Array): WasmModule {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) assert.fail(JSON.stringify(decoded.error));
  return decoded.value;
}

async function* wasmFiles(path: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(path)) {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory) yield* wasmFiles(inner);
    else if (entry.isFile && entry.name.endsWith(".wasm")) yield inner;
  }
}
