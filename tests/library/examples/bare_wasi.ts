import { webClock } from "@skerry/sandbox";
import { bareWasi, createWasiContext, memoryFileSystem } from "@skerry/wasi";
import { wasiGreeter } from "./guests.ts";

let printed = "";
const files = memoryFileSystem({ bytesMax: 1 << 20, filesMax: 100, clock: webClock });
const input = [new TextEncoder().encode("world")];
/** Comes late; what is empty is the end. */
const read = () =>
  new Promise<Uint8Array>((resolve) =>
    setTimeout(() => resolve(input.shift() ?? new Uint8Array(0)), 5)
  );
const context = createWasiContext({
  args: ["greeter"],
  stdin: { read },
  stdout: { write: (bytes) => void (printed += new TextDecoder().decode(bytes)) },
  clock: webClock,
  random: { fill: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>) },
  preopens: [{ guestPath: "/", fileSystem: files }],
});
const wasi = bareWasi(context);
const { instance } = await WebAssembly.instantiate(wasiGreeter, wasi.imports);
const outcome = await wasi.start(instance);
context.close();

export const answer = { outcome, printed };
