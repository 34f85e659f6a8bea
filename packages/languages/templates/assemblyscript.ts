/** A fresh project in AssemblyScript. */

import { cgiNote, type ProjectTemplate } from "./project_template.ts";

const main = String.raw`import { variable, write } from "./wasi";

// The statements at the top level are the program; it runs once for each request.
const greeting = variable("GREETING", "Hello");
const method = variable("REQUEST_METHOD", "GET");
const path = variable("PATH_INFO", "/");

write(1, "Status: 200 OK\nContent-Type: text/plain; charset=utf-8\n\n");
write(1, ${"`${greeting} from AssemblyScript!\\n${method} ${path}\\n`"});
`;

const wasi = String.raw`// What a program needs of WASI preview 1.

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, size: usize): u16;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, strings: usize): u16;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, vectors: usize, count: usize, written: usize): u16;

/** The value of an environment variable. */
export function variable(name: string, fallback: string): string {
  return environment.has(name) ? environment.get(name) : fallback;
}

/** Writes a text to stdout (1) or stderr (2). */
export function write(fd: u32, text: string): void {
  const bytes = String.UTF8.encode(text);
  const vector = memory.data(12);
  let start: i32 = 0;
  while (start < bytes.byteLength) {
    store<usize>(vector, changetype<usize>(bytes) + start, 0);
    store<usize>(vector, bytes.byteLength - start, 4);
    if (fd_write(fd, vector, 1, vector + 8) !== 0) return;
    start += load<i32>(vector, 8);
  }
}

function readEnvironment(): Map<string, string> {
  const values = new Map<string, string>();
  const sizes = memory.data(8);
  if (environ_sizes_get(sizes, sizes + 4) !== 0) return values;
  const count = load<i32>(sizes);
  const pointers = new ArrayBuffer(count * 4);
  const strings = new ArrayBuffer(load<i32>(sizes, 4));
  if (environ_get(changetype<usize>(pointers), changetype<usize>(strings)) !== 0) return values;
  for (let index = 0; index < count; index++) {
    const pointer = load<usize>(changetype<usize>(pointers) + index * 4);
    const entry = String.UTF8.decodeUnsafe(pointer, lengthOf(pointer));
    const at = entry.indexOf("=");
    values.set(entry.slice(0, at), entry.slice(at + 1));
  }
  return values;
}

/** Bytes before the zero that ends a C string. */
function lengthOf(pointer: usize): usize {
  let end = pointer;
  while (load<u8>(end) !== 0) end++;
  return end - pointer;
}

const environment = readEnvironment();
`;

export const assemblyscript: ProjectTemplate = {
  title: "AssemblyScript",
  sources: new Map([["main.ts", main], ["wasi.ts", wasi]]),
  note: cgiNote,
};
