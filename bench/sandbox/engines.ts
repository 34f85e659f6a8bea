/**
 * Large engines that answer a small request: each is started once, here, and its snapshot is what is leased and
 * what is instantiated. So a bare instance, too, is spared the engine's own start.
 */

import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { applySnapshot, exposeState, takeSnapshot } from "@skerry/compiler";
import { decodeModule, encodeModule } from "@skerry/wasm";
import { memoryFileSystem, type Preopen } from "@skerry/wasi";
import { readModule } from "../instrument/applications/files.ts";
import { stillClock, stillWasi } from "../instrument/still_wasi.ts";
import { type Hear, importsOf, type Subject } from "./subject.ts";

type Exports = Record<string, (...args: number[]) => number>;

/** QuickJS calls a function of a script; `getTimezoneOffset` asks the host with the seconds in `low`. */
export function quickJs(): Subject {
  const script = `let calls = 0;
    () => { calls += 1; new Date(calls * 1000).getTimezoneOffset(); return { calls }; }`;
  const hear: Hear = (name, [, low]) =>
    name === "host_get_timezone_offset" ? Number(low) : undefined;
  return startEngine("quickjs-wasi/quickjs.wasm", (engine, memory) => {
    engine["qjs_init"]?.();
    const [code, length] = putText(engine["wasm_malloc"], memory, script);
    const [fileName] = putText(engine["wasm_malloc"], memory, "request.js");
    const request = engine["qjs_eval"]?.(code, length, fileName, 0) ?? 0;
    if (engine["qjs_is_exception"]?.(request) !== 0) throw new Error("the script does not run");
    const self = engine["qjs_get_undefined"]?.() ?? 0;
    const uses = { leased: 300, fresh: 20 };
    return { name: "QuickJS", entry: "qjs_call", args: [request, self, 0, 0], hear, uses };
  });
}

/** Perl 5 evaluates a line that calls a function and prints what it gives. */
export function perl(): Subject {
  const script = `$| = 1; my $calls = 0; sub request { $calls += 1; return "$calls\\n"; }`;
  return startEngine("@6over3/zeroperl-ts/dist/esm/zeroperl.wasm", (engine, memory) => {
    if (engine["zeroperl_init"]?.() !== 0) throw new Error("Perl does not start");
    const [code] = putText(engine["malloc"], memory, script);
    if (engine["zeroperl_eval"]?.(code, 0, 0, 0) !== 0) throw new Error("the script does not run");
    const [request] = putText(engine["malloc"], memory, "print request();");
    const uses = { leased: 200, fresh: 5 };
    const args = [request, 0, 0, 0];
    return { name: "Perl 5", entry: "zeroperl_eval", args, hear: hearPrinted, uses };
  });
}

/** A number that is printed (WASI preview 1, `fd_write`: descriptor, vectors, their count). */
const hearPrinted: Hear = (name, [, vectors], memory) => {
  if (name !== "fd_write") return undefined;
  const at = memory().readU32(Number(vectors));
  return Number(decodeUtf8(memory().view(at, memory().readU32(Number(vectors) + 4))));
};

/** Starts an engine and gives the module that begins there. */
function startEngine(
  path: string,
  prepare: (engine: Exports, memory: WebAssembly.Memory) => Omit<Subject, "bytes" | "right">,
): Subject {
  const decoded = decodeModule(readModule(path));
  if (!decoded.ok) throw new Error(`${path} does not decode`);
  const exposed = exposeState(decoded.value);
  if (!exposed.ok) throw new Error(`${path} has no snapshot: ${exposed.error.join()}`);
  const bytes = new Uint8Array(encodeModule(exposed.value));
  const wasi = stillWasi({ preopens: [deviceFolder()] });
  const others = [...importsOf(bytes)].filter(([module]) => !(module in wasi.imports))
    .map(([module, functions]) =>
      [module, Object.fromEntries([...functions.keys()].map((name) => [name, () => 0]))] as const
    );
  const imports = { ...Object.fromEntries(others), ...wasi.imports };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  wasi.attach(instance);
  const engine = instance.exports as unknown as Exports;
  engine["_initialize"]?.();
  const parts = prepare(engine, instance.exports["memory"] as WebAssembly.Memory);
  const snapshot = takeSnapshot(decoded.value, instance.exports);
  if (!snapshot.ok) throw new Error(`${path} has no snapshot: ${snapshot.error.join()}`);
  const started = applySnapshot(decoded.value, snapshot.value, ["_initialize"]);
  return { ...parts, bytes: new Uint8Array(encodeModule(started)), right: 1 };
}

/** Perl reads its first program from /dev/null. */
function deviceFolder(): Preopen {
  const fileSystem = memoryFileSystem({ bytesMax: 1 << 10, filesMax: 10, clock: stillClock });
  const root = fileSystem.root();
  root.createFile("null", "write").close();
  root.release();
  return { guestPath: "/dev", fileSystem };
}

/** A text on the engine's heap, with a NUL after it: its address and length. */
function putText(
  malloc: Exports[string] | undefined,
  memory: WebAssembly.Memory,
  text: string,
): [address: number, length: number] {
  const bytes = encodeUtf8(`${text}\0`);
  const address = malloc?.(bytes.length) ?? 0;
  new Uint8Array(memory.buffer).set(bytes, address);
  return [address, bytes.length - 1];
}
