/** A program from npm in a sandbox, with files that are in memory alone. */

import { concatBytes, decodeUtf8, limits, sourceOf } from "@skerry/base";
import { systemClock, systemRandom } from "@skerry/platform";
import {
  bind,
  compile,
  type HostInterface,
  immediate,
  type NumberType,
  type Outcome,
  Pool,
  type Program,
  type Usage,
} from "@skerry/sandbox";
import { createWasiContext, type FileSystem, memoryFileSystem, wasiPreview1 } from "@skerry/wasi";
import { importsOf } from "../../bench/sandbox/subject.ts";
import { putFile } from "./file_tree.ts";

/** A program that is ready to be run. */
export interface Loaded {
  readonly program: Program;
  /** What it imports beside WASI. */
  readonly others: readonly HostInterface<Handles>[];
}

/** Values of the guest's that the host holds for it, by their handles. */
export type Handles = unknown[];

/** What a program finds when it starts. */
export interface SandboxInput {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Handed over as `/`. */
  readonly files?: FileSystem;
}

/** What came of it. */
export interface Ended {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
  readonly usage: Usage;
}

/** A file system for a program, of so many bytes at most, with what programs rely on: `/tmp` and `/dev/null`. */
export function filesInMemory(bytesMax = 1 << 26): FileSystem {
  const files = memoryFileSystem({ bytesMax, filesMax: 10_000, clock: systemClock });
  putFile(files, "dev/null", new Uint8Array(0));
  const root = files.root();
  root.makeDirectory("tmp");
  root.release();
  return files;
}

/** Compiles a program as `skerry run` would. */
export async function load(bytes: Uint8Array<ArrayBuffer>): Promise<Loaded> {
  const others = otherInterfaces(bytes);
  const compiled = await compile(bytes, {
    interfaces: [wasiPreview1, ...others] as readonly HostInterface<never>[],
    memoryBytesMax: 4 * limits.memoryBytesMax,
    tableElementsMax: limits.tableElementsMax,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return { program: compiled.value, others };
}

/** Runs a program once, in a sandbox of its own; of a pool where one is given. */
export async function run(
  { program, others }: Loaded,
  input: SandboxInput = {},
  pool: Pool = new Pool({ sandboxesMax: 1, queueMax: 0, clock: systemClock }),
): Promise<Ended> {
  const written = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  const { args = [], env = {}, stdin = "", files } = input;
  const context = createWasiContext({
    args,
    env,
    stdin: sourceOf(stdin),
    stdout: { write: (bytes) => void written.stdout.push(bytes) },
    stderr: { write: (bytes) => void written.stderr.push(bytes) },
    clock: systemClock,
    random: systemRandom,
    preopens: files === undefined ? [] : [{ guestPath: "/", fileSystem: files }],
  });
  const handles: Handles = [];
  const lease = pool.leaseNow(program, {
    bindings: [bind(wasiPreview1, context), ...others.map((other) => bind(other, handles))],
  });
  if (typeof lease === "string") throw new Error(lease);
  const outcome = await lease.run("_start");
  const { usage } = lease;
  lease.release();
  context.close();
  const text = (pieces: readonly Uint8Array[]) => decodeUtf8(concatBytes(pieces));
  return { outcome, stdout: text(written.stdout), stderr: text(written.stderr), usage };
}

/**
 * What a program imports beside WASI: Ruby's interface to JavaScript, QuickJS's to functions of its host. Ruby's
 * handles are real; whatever else is called is a fault of the host, so that a program that needs it does not pass.
 */
export function otherInterfaces(bytes: Uint8Array): HostInterface<Handles>[] {
  return [...importsOf(bytes)].filter(([module]) => module !== wasiPreview1.module)
    .map(([module, functions]) => ({
      module,
      functions: Object.fromEntries([...functions].map(([name, { params, results }]) => [
        name,
        immediate<Handles, NumberType[], NumberType[]>(
          params as NumberType[],
          results as NumberType[],
          ({ state }, value) => otherFunctions[name]?.(state, value) ?? notOffered(module, name),
        ),
      ])),
    }));
}

const otherFunctions: Readonly<Record<string, (handles: Handles, value: unknown) => number>> = {
  "resource_new_rb-abi-value": (handles, value) => handles.push(value) - 1,
  "resource_get_rb-abi-value": (handles, handle) => Number(handles[Number(handle)]),
  // QuickJS asks now and then whether it is to stop.
  host_interrupt: () => 0,
  host_get_timezone_offset: () => 0,
};

function notOffered(module: string, name: string): never {
  throw new Error(`the program called ${module}.${name}, which nobody offers`);
}
