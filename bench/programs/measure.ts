/** How long a program takes to start, answer and end in a sandbox, and what it writes meanwhile. */

import { compileModule } from "@skerry/compiler";
import { systemClock } from "@skerry/platform";
import { type Guest, Pool } from "@skerry/sandbox";
import { bareWasiNow, createWasiContext } from "@skerry/wasi";
import { instantiateArtifact } from "../../packages/compiler/testing/instance.ts";
import { type Handles, load, otherInterfaces, run } from "../../tests/programs/run_in_sandbox.ts";
import { packageFile } from "../../tests/real_modules/real_program.ts";
import { elapsedMs, median, rounded } from "../bench.ts";
import { stillClock, zeroRandom } from "../instrument/still_wasi.ts";
import type { ProgramStart } from "./programs.ts";

/** Uses before those that count, and uses that count. */
const [warm, counted] = [10, 9];

/** A row of the table. */
export interface ProgramRow extends Record<string, string | number> {
  readonly name: string;
  readonly version: string;
  readonly moduleMb: number;
  /** To make an artifact of the module, prove it and hand it to the engine; done once. */
  readonly loadMs: number;
  /** The first use, before the engine has made good code. */
  readonly firstMs: number;
  /** From the lease to the end of the guest, in a sandbox that has been used before. */
  readonly startMs: number;
  /** Pages of 4 KiB that a request writes, of all its memories. */
  readonly dirtyPages: number;
  readonly memoryMb: number;
}

/** Measures one program. */
export async function measureProgram(each: ProgramStart): Promise<ProgramRow> {
  const bytes = await each.bytes();
  let loaded: Awaited<ReturnType<typeof load>> | undefined;
  const loadMs = await elapsedMs(async () => loaded = await load(bytes));
  if (loaded === undefined) throw new Error(`${each.name} is not loaded`);
  const pool = new Pool({ clock: systemClock });
  const times: number[] = [];
  let memoryBytes = 0;
  for (let use = 0; use < warm + counted; use += 1) {
    const input = { args: each.args, files: each.files() };
    const started = performance.now();
    const { outcome, stdout, stderr, usage } = await run(loaded, input, pool);
    times.push(performance.now() - started);
    if (stdout !== each.printed) throw new Error(`${each.name}: ${outcome.kind} ${stderr}`);
    ({ memoryBytes } = usage);
    // The sandbox is made as new in turns of the event loop.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return {
    name: each.name,
    version: await versionOf(each.packageName),
    moduleMb: rounded(bytes.length / 1e6),
    loadMs: rounded(loadMs),
    firstMs: rounded(times[0] ?? 0),
    startMs: rounded(median(times.slice(warm))),
    dirtyPages: await dirtyPages(each, bytes),
    memoryMb: rounded(memoryBytes / 1e6),
  };
}

/** Uses an artifact that marks all pages, as a bare instance, and counts the marks. */
async function dirtyPages(each: ProgramStart, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const compiled = await compileModule(bytes, { passes: { dirty: "always" } });
  if (!compiled.ok) throw new Error(`${each.name} does not compile`);
  const wasi = bareWasiNow(createWasiContext({
    args: each.args,
    clock: stillClock,
    random: zeroRandom,
    preopens: [{ guestPath: "/", fileSystem: each.files() }],
  }));
  const state: Handles = [];
  const others = otherInterfaces(bytes).map(({ module, functions }) => {
    const bound = Object.entries(functions).map(([name, { call }]) => {
      const act = call as (guest: Pick<Guest<Handles>, "state">, ...args: unknown[]) => unknown;
      return [name, (...args: unknown[]) => act({ state }, ...args)] as const;
    });
    return [module, Object.fromEntries(bound)] as const;
  });
  const imports = { ...Object.fromEntries(others), ...wasi.imports };
  const instance = instantiateArtifact(new WebAssembly.Module(compiled.value.artifact), imports);
  instance.start();
  const outcome = wasi.start(instance);
  if (outcome.kind !== "returned" && outcome.kind !== "exited") throw new Error(outcome.kind);
  const side = instance.exports["skerry:side"];
  if (!(side instanceof WebAssembly.Memory)) throw new Error(`${each.name} has no marks`);
  return new Uint8Array(side.buffer).reduce((count, mark) => count + (mark === 0 ? 0 : 1), 0);
}

async function versionOf(packageName: string): Promise<string> {
  const text = await Deno.readTextFile(packageFile(`${packageName}/package.json`));
  return `${packageName} ${JSON.parse(text).version}`;
}
