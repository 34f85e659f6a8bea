/** What `skerry serve` is made of, on a free port, with one program that reads its request and says `ok`. */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { Edge, type LogEvent, pathRouter } from "@skerry/edge";
import {
  listen,
  type Listener,
  type ListenOptions,
  systemClock,
  systemRandom,
} from "@skerry/platform";
import { compile, Pool, Tenant } from "@skerry/sandbox";
import { wasiPreview1 } from "@skerry/wasi";

const program = String.raw`(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\1d\00\00\00")
  (data (i32.const 16) "content-type: text/plain\n\nok\n")
  (data (i32.const 64) "\00\10\00\00\00\10\00\00")
  (func (export "_start")
    ;; the whole body, before the first byte of the answer
    (loop $more
      (if (call $read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 80)) (then unreachable))
      (br_if $more (i32.load (i32.const 80))))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 80)))))`;

/** A server, and what is written down of it. */
export interface Stack {
  readonly listener: Listener;
  readonly events: LogEvent[];
  /** Those that the listener refuses. */
  readonly refused: number[];
}

/** Starts it. */
export async function startStack(limits: ListenOptions["limits"] = {}): Promise<Stack> {
  const compiled = await compile(new Uint8Array(await parse(program)), {
    interfaces: [wasiPreview1 as never],
    memoryBytesMax: 2 ** 20,
    tableElementsMax: 10,
    engineHeap: "refused",
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const service = {
    name: "hostile",
    program: compiled.value,
    env: new Map<string, string>(),
    preopens: () => [],
    wallMsMax: 5_000,
    cpuMsMax: 5_000,
    tenant: new Tenant({ name: "hostile" }),
  };
  const events: LogEvent[] = [];
  const edge = new Edge({
    router: pathRouter([{ prefix: "", target: service }]),
    pool: new Pool({}),
    clock: systemClock,
    random: systemRandom,
    log: (event) => events.push(event),
    software: "Skerry/test",
  });
  const refused: number[] = [];
  const listener = await listen(
    { hostname: "127.0.0.1", port: 0 },
    (request) => edge.handle(request),
    { limits, onRefused: ({ status }) => refused.push(status) },
  );
  return { listener, events, refused };
}
