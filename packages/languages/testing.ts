/** For tests: the few calls of WASI preview 1 that a CGI program makes, over values. */

import { concatBytes, decodeUtf8, encodeUtf8 } from "@skerry/base";

/** What a program is run with. */
export interface ProgramInput {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
}

/** What came of it. */
export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
  /** The engine's words where the program trapped. */
  readonly trap: string | undefined;
}

class ProcessExit extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

/** Runs a command once, in a new instance. */
export async function runProgram(
  wasm: Uint8Array<ArrayBuffer>,
  input: ProgramInput = {},
): Promise<ProgramOutput> {
  const written: Record<number, Uint8Array[]> = { 1: [], 2: [] };
  const imports = { wasi_snapshot_preview1: wasiOf(input, written, () => memory) };
  const { instance } = await WebAssembly.instantiate(wasm, imports);
  const memory = instance.exports["memory"] as WebAssembly.Memory;
  const start = instance.exports["_start"] as () => void;
  const end = outcomeOf(start);
  const text = (fd: number) => decodeUtf8(concatBytes(written[fd] ?? []));
  return { stdout: text(1), stderr: text(2), ...end };
}

/** Runs a command as a CGI program. */
export function request(
  wasm: Uint8Array<ArrayBuffer>,
  method: string,
  path: string,
  input: ProgramInput = {},
): Promise<ProgramOutput> {
  const [pathInfo = "", query = ""] = path.split("?");
  const stdin = input.stdin ?? "";
  const env = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: "",
    PATH_INFO: pathInfo.replace(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent),
    QUERY_STRING: query,
    REQUEST_URI: path,
    HTTP_HOST: "skerry.example",
    ...(stdin.length === 0 ? {} : { CONTENT_LENGTH: String(encoded(stdin).length) }),
    ...input.env,
  };
  return runProgram(wasm, { env, stdin });
}

function outcomeOf(start: () => void): Pick<ProgramOutput, "exitCode" | "trap"> {
  try {
    start();
    return { exitCode: 0, trap: undefined };
  } catch (cause) {
    if (cause instanceof ProcessExit) return { exitCode: cause.code, trap: undefined };
    if (cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError) {
      return { exitCode: -1, trap: cause.message };
    }
    throw cause;
  }
}

function encoded(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encodeUtf8(content) : content;
}

const errnoBadDescriptor = 8;
const errnoSeek = 70;

function wasiOf(
  input: ProgramInput,
  written: Record<number, Uint8Array[]>,
  memoryOf: () => WebAssembly.Memory,
): WebAssembly.ModuleImports {
  const view = () => new DataView(memoryOf().buffer);
  const bytes = (at: number, length: number) => new Uint8Array(memoryOf().buffer, at, length);
  const vectors = (at: number, count: number) =>
    Array.from(
      { length: count },
      (_, index) =>
        bytes(view().getUint32(at + index * 8, true), view().getUint32(at + index * 8 + 4, true)),
    );
  let rest = encoded(input.stdin ?? "");
  let randomState = 1;
  const strings = {
    environ: Object.entries(input.env ?? {}).map(([name, value]) => `${name}=${value}`),
    args: ["program"],
  };
  const sizes = (name: keyof typeof strings) => (count: number, size: number) => {
    view().setUint32(count, strings[name].length, true);
    view().setUint32(size, encodeUtf8(strings[name].join("\0") + "\0").length, true);
    return 0;
  };
  const get = (name: keyof typeof strings) => (pointers: number, buffer: number) => {
    let at = buffer;
    for (const [index, text] of strings[name].entries()) {
      const content = encodeUtf8(`${text}\0`);
      view().setUint32(pointers + index * 4, at, true);
      bytes(at, content.length).set(content);
      at += content.length;
    }
    return 0;
  };
  return {
    environ_sizes_get: sizes("environ"),
    environ_get: get("environ"),
    args_sizes_get: sizes("args"),
    args_get: get("args"),
    fd_write(fd: number, at: number, count: number, result: number) {
      const sink = written[fd];
      if (sink === undefined) return errnoBadDescriptor;
      const parts = vectors(at, count).map((part) => part.slice());
      sink.push(...parts);
      view().setUint32(result, concatBytes(parts).length, true);
      return 0;
    },
    fd_read(fd: number, at: number, count: number, result: number) {
      if (fd !== 0) return errnoBadDescriptor;
      const [target] = vectors(at, count).filter((part) => part.length > 0);
      // At most 1,000 bytes at once, so that programs must read on.
      const part = rest.subarray(0, Math.min(target?.length ?? 0, 1000));
      target?.set(part);
      rest = rest.subarray(part.length);
      view().setUint32(result, part.length, true);
      return 0;
    },
    fd_fdstat_get(fd: number, result: number) {
      if (fd > 2) return errnoBadDescriptor;
      bytes(result, 24).fill(0);
      // Every right, so that a C library need not guess.
      view().setBigUint64(result + 8, 0x1fff_ffffn, true);
      return 0;
    },
    fd_seek: () => errnoSeek,
    fd_close: () => 0,
    fd_prestat_get: () => errnoBadDescriptor,
    fd_prestat_dir_name: () => errnoBadDescriptor,
    fd_fdstat_set_flags: () => errnoBadDescriptor,
    path_open: () => errnoBadDescriptor,
    clock_time_get(_clock: number, _precision: bigint, result: number) {
      view().setBigUint64(result, 1_700_000_000_000_000_000n, true);
      return 0;
    },
    poll_oneoff(_subscriptions: number, events: number, count: number, result: number) {
      bytes(events, count * 32).fill(0);
      view().setUint32(result, count, true);
      return 0;
    },
    random_get(at: number, length: number) {
      for (let index = 0; index < length; index += 1) {
        randomState = Math.imul(randomState, 1_103_515_245) + 12_345 >>> 0;
        view().setUint8(at + index, randomState >>> 16);
      }
      return 0;
    },
    proc_exit(code: number) {
      throw new ProcessExit(code);
    },
  };
}
