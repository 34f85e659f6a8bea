/** A job for every runtime: CPython without a sandbox, as a bare instance bound to @skerry/wasi. */

import { concatBytes, decodeUtf8, encodeUtf8 } from "@skerry/base";
import { type Outcome, webClock } from "@skerry/sandbox";
import {
  bareWasi,
  bareWasiNow,
  createWasiContext,
  type FileSystem,
  memoryFileSystem,
  type WasiContextOptions,
} from "@skerry/wasi";
import type { JobInput } from "./job.ts";

/** What came of a program. */
export interface Ended {
  readonly outcome: Outcome;
  readonly printed: string;
}

/** Reads what arrives late, sleeps, works on files and ends with a code of its own. */
const waitingScript = `
import os, sqlite3, sys, time
started = time.monotonic(); time.sleep(0.02); assert time.monotonic() - started >= 0.02
os.chdir("/data"); os.makedirs("deep/er", exist_ok=True)
with open("deep/er/file", "w") as file: file.write(sys.stdin.read())
with sqlite3.connect("numbers.db") as numbers:
    numbers.execute("create table n (value integer)")
    numbers.executemany("insert into n values (?)", ((n,) for n in range(1000)))
    print(numbers.execute("select sum(value) from n").fetchone(), os.path.getsize("numbers.db"))
print(sorted(os.listdir("deep")), open("deep/er/file").read(), len(os.urandom(70000)))
try: open("/etc/passwd")
except OSError as error: print(type(error).__name__)
sys.exit(7)
`;

/** Runs Python on a memory file system: waiting, and where nothing may wait. */
export async function run({ files }: JobInput): Promise<Record<string, Ended>> {
  const bytes = files["CPython"];
  if (bytes === undefined) throw new Error("the job has no CPython");
  const module = await WebAssembly.compile(bytes);
  const limits = { bytesMax: 1 << 22, filesMax: 100, clock: webClock };
  return {
    waiting: await runWaiting(module, memoryFileSystem(limits)),
    atOnce: await runAtOnce(module, memoryFileSystem(limits)),
  };
}

/** A guest that suspends: its input comes in pieces, each when there is one. */
export async function runWaiting(
  module: WebAssembly.Module,
  fileSystem: FileSystem,
): Promise<Ended> {
  const pieces = ["one ", "two"].map(encodeUtf8);
  const stdin = {
    read: () =>
      new Promise<Uint8Array>((resolve) =>
        setTimeout(() => resolve(pieces.shift() ?? new Uint8Array(0)), 5)
      ),
  };
  const { options, printed } = surroundings(waitingScript, fileSystem);
  const context = createWasiContext({ ...options, stdin });
  const wasi = bareWasi(context);
  const outcome = await wasi.start(await WebAssembly.instantiate(module, wasi.imports));
  context.close();
  return { outcome, printed: printed() };
}

/** A guest that has nothing to wait for; only the engine's making of the instance does, as browsers have it. */
async function runAtOnce(module: WebAssembly.Module, fileSystem: FileSystem): Promise<Ended> {
  const { options, printed } = surroundings(`print(sum(range(1000)))`, fileSystem);
  const context = createWasiContext(options);
  const wasi = bareWasiNow(context);
  const outcome = wasi.start(await WebAssembly.instantiate(module, wasi.imports));
  context.close();
  return { outcome, printed: printed() };
}

function surroundings(script: string, fileSystem: FileSystem) {
  const written: Uint8Array[] = [];
  const sink = { write: (bytes: Uint8Array) => void written.push(bytes) };
  const options: WasiContextOptions = {
    args: ["python", "-c", script],
    stdout: sink,
    stderr: sink,
    clock: webClock,
    random: { fill: (bytes) => void crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>) },
    preopens: [{ guestPath: "/data", fileSystem }],
  };
  return { options, printed: () => decodeUtf8(concatBytes(written)) };
}
