/**
 * The programs on which the cost of instrumentation is measured.
 *
 * Kernels are small and each is one-sided, so that they show where a cost comes from. Applications are large and
 * real: they show what it comes to.
 */

import { loadClang } from "./applications/clang.ts";
import { loadPython } from "./applications/python.ts";
import { loadQuickJs } from "./applications/quickjs.ts";
import { buildKernel } from "./build_kernel.ts";
import type { BenchProgram, LoadedProgram } from "./program.ts";

const applications: Readonly<Record<string, () => LoadedProgram>> = {
  quickjs: loadQuickJs,
  python: loadPython,
  clang: loadClang,
};

/** Every program, kernels first. */
export const programs: readonly BenchProgram[] = [
  kernel("base64", "table look-ups, byte stores"),
  kernel("binary_trees", "search trees on an allocator with free lists"),
  kernel("brainfuck", "interpreter of tiny unpredictable steps"),
  kernel("bytecode", "interpreter with a stack and a switch"),
  kernel("chacha20", "straight-line 32-bit arithmetic"),
  kernel("checksums", "CRC-32 and Adler-32, a load for each byte"),
  kernel("curve25519", "field arithmetic in 64-bit limbs, 128-bit products"),
  kernel("edit_distance", "dynamic programming, row by row"),
  kernel("fft", "Fourier transform in doubles, strides that double"),
  kernel("fib", "nothing but calls"),
  kernel("hash_table", "open addressing, scattered stores"),
  kernel("heapsort", "data-dependent addresses, structure copies"),
  kernel("huffman", "a heap, bits out, a walk down a tree"),
  kernel("json", "recursive descent, many small branches"),
  kernel("keccak", "64-bit rotations on an array of 25"),
  kernel("life", "nine loads for each store"),
  kernel("linked_list", "loads that wait for loads, relinking"),
  kernel("lz", "LZ77, overlapping byte copies"),
  kernel("mandelbrot", "doubles in locals, no memory"),
  kernel("markup", "a state machine that copies text"),
  kernel("matrix_double", "counted nested loops of doubles"),
  kernel("matrix_modular", "64-bit multiplication and remainder"),
  kernel("n_body", "square roots and divisions on few structures"),
  kernel("n_queens", "recursion around short loops"),
  kernel("quicksort", "recursion, unpredictable branches"),
  kernel("regex", "sets of states of an automaton"),
  kernel("resample", "four pixels read for each one written"),
  kernel("sha256", "32-bit rotations, a schedule in memory"),
  kernel("sieve", "nothing but strided byte stores"),
  kernel("string_builder", "block copies of many sizes"),
  kernel("string_search", "short loops over bytes"),
  kernel("tak", "deep recursion with several arguments"),
  kernel("utf8", "branches by a byte's value"),
  kernel("virtual_calls", "calls through function pointers"),
  { name: "quickjs", kind: "application", about: "QuickJS running a script" },
  { name: "python", kind: "application", about: "CPython, its start and a script" },
  { name: "clang", kind: "application", about: "Clang compiling a C file" },
];

/** Loads a program; a kernel is compiled where it has not been yet. */
export async function loadProgram({ name, kind }: BenchProgram): Promise<LoadedProgram> {
  switch (kind) {
    case "kernel":
      return loadKernel(await buildKernel(name));
    case "application": {
      const load = applications[name];
      if (load === undefined) throw new Error(`there is no application ${name}`);
      return load();
    }
  }
}

function kernel(name: string, about: string): BenchProgram {
  return { name, kind: "kernel", about };
}

function loadKernel(bytes: Uint8Array<ArrayBuffer>): LoadedProgram {
  return {
    bytes,
    prepare(makeInstance) {
      const run = makeInstance({}).exports["run"] as () => number;
      return { round: () => run() >>> 0 };
    },
  };
}
