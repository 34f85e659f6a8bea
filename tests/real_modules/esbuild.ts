/**
 * esbuild, a Go program compiled for JavaScript hosts, with Go's own JavaScript around it: goroutines, a
 * garbage collector, and a stack that the program unwinds and winds again by itself.
 */

import { decodeUtf8, encodeUtf8 } from "@skerry/base";
import { instanceFrom } from "./engine_hook.ts";
import { packageFile, readPackageFile, type RealProgram } from "./real_program.ts";

const source = `
enum Level { Low = 1, High = Low << 4 }
abstract class Shape<Side extends number> {
  constructor(protected readonly sides: Side, private names?: string[]) {}
  get label(): string { return \`\${this.names?.at(-1) ?? "none"}: \${this.sides}\`; }
}
namespace Inner { export const value: number = Level.High; }
export default class Square extends Shape<4> { static #count = 0; static { Square.#count ||= 1; } }
export const total = [1, 2, 3].map(<T,>(value: T) => value as unknown as number).concat(Inner.value);
`;

interface Go {
  argv: string[];
  env: Record<string, string>;
  exit: (code: number) => void;
  readonly importObject: WebAssembly.Imports;
  run(instance: WebAssembly.Instance): Promise<void>;
}

type Done = (error: unknown, value?: number) => void;

/** Turns TypeScript into small JavaScript, and refuses what is wrong. */
export const esbuild: RealProgram = {
  name: "esbuild (Go) transforms TypeScript",
  output:
    `var o=(t=>(t[t.Low=1]="Low",t[t.High=16]="High",t))(o||{});class r{constructor(a,t){this.sides=a;this.names=t}sides;names;get label(){return\`\${this.names?.at(-1)??"none"}: \${this.sides}\`}}var n;(a=>a.value=16)(n||={});export default class e extends r{static#t=0;static{e.#t||=1}}export const total=[1,2,3].map(s=>s).concat(n.value);
[exit 0]
✘ [ERROR] Unexpected ";"

    <stdin>:1:16:
      1 │ let x: number = ;
        ╵                 ^

[exit 1]
`,
  async run(instantiate) {
    const bytes = await readPackageFile("esbuild-wasm/esbuild.wasm");
    const transform = async (input: string) => {
      const streams = { 0: encodeUtf8(input), 1: "", 2: "" };
      const code = await withFileSystem(streamFiles(streams), async () => {
        await import(packageFile("esbuild-wasm/wasm_exec.js").href);
        const go = new (globalThis as unknown as { Go: new () => Go }).Go();
        go.argv = ["esbuild", "--loader=ts", "--target=es2022", "--minify", "--log-level=error"];
        let exitCode = 0;
        go.exit = (code) => exitCode = code;
        await go.run(instanceFrom(await instantiate(bytes, go.importObject)));
        return exitCode;
      });
      return `${streams[1]}${streams[2]}[exit ${code}]\n`;
    };
    return await transform(source) + await transform("let x: number = ;\n");
  },
};

interface Streams {
  /** What is left of the input. */
  0: Uint8Array;
  1: string;
  2: string;
}

/** The functions of `node:fs` that a Go program calls for its standard streams; others fail. */
function streamFiles(streams: Streams): object {
  const write = (fd: number, bytes: Uint8Array): number => {
    if (fd !== 1 && fd !== 2) throw notThere();
    streams[fd] += decodeUtf8(bytes);
    return bytes.length;
  };
  const known = {
    constants: { O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_TRUNC: 512, O_APPEND: 1024, O_EXCL: 128 },
    writeSync: write,
    write(
      fd: number,
      buffer: Uint8Array,
      offset: number,
      length: number,
      _at: unknown,
      done: Done,
    ) {
      done(null, write(fd, buffer.subarray(offset, offset + length)));
    },
    read(
      _fd: number,
      buffer: Uint8Array,
      offset: number,
      length: number,
      _at: unknown,
      done: Done,
    ) {
      const piece = streams[0].subarray(0, length);
      buffer.set(piece, offset);
      streams[0] = streams[0].subarray(piece.length);
      done(null, piece.length);
    },
  };
  return new Proxy(known, {
    get: (target, name) =>
      Reflect.get(target, name) ?? ((...args: unknown[]) => (args.at(-1) as Done)(notThere())),
  });
}

function notThere(): Error {
  return Object.assign(new Error("no such file"), { code: "ENOENT" });
}

/** Go's JavaScript takes its file system from the global object. */
async function withFileSystem<Value>(files: object, act: () => Promise<Value>): Promise<Value> {
  const before = Reflect.get(globalThis, "fs");
  Reflect.set(globalThis, "fs", files);
  try {
    return await act();
  } finally {
    Reflect.set(globalThis, "fs", before);
  }
}
