/**
 * Clang and LLD in a sandbox whose only file system is in memory, and then what they have compiled, in another.
 *
 * The package's module is driven as the WASI command that it is; the package's own JavaScript does the same with a
 * component around it: it asks the driver which programs it would start, and starts these itself.
 */

import assert from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import type { FileSystem } from "@skerry/wasi";
import { readPackageFile } from "../real_modules/real_program.ts";
import { fileAt, putFile } from "./file_tree.ts";
import { type Ended, filesInMemory, load, type Loaded, run } from "./run_in_sandbox.ts";
import { unpack } from "./tar.ts";

const main = String.raw`
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "words.h"

static int by_count(const void *left, const void *right) {
  const struct word *a = left, *b = right;
  return a->count != b->count ? b->count - a->count : strcmp(a->text, b->text);
}

int main(int argc, char **argv) {
  FILE *file = fopen(argv[1], "r");
  if (!file) { fprintf(stderr, "%s: %s\n", argv[1], strerror(errno)); return 2; }
  struct words words = {0};
  char text[64];
  while (fscanf(file, "%63s", text) == 1) count_word(&words, text);
  fclose(file);
  qsort(words.list, words.count, sizeof *words.list, by_count);
  for (size_t i = 0; i < words.count && i < 3; i++) printf("%s %d\n", words.list[i].text, words.list[i].count);
  printf("%.6f %s\n", sqrt(2) + sin(1), getenv("WHO"));
  FILE *out = fopen("out.txt", "w");
  fprintf(out, "%zu words\n", words.count);
  return fclose(out) == 0 ? 7 : 1;
}
`;

const header = `#include <stddef.h>
struct word { char text[64]; int count; };
struct words { struct word *list; size_t count; };
void count_word(struct words *words, const char *text);
`;

const words = `#include <stdlib.h>
#include <string.h>
#include "words.h"
void count_word(struct words *words, const char *text) {
  for (size_t i = 0; i < words->count; i++)
    if (strcmp(words->list[i].text, text) == 0) { words->list[i].count++; return; }
  words->list = realloc(words->list, (words->count + 1) * sizeof *words->list);
  struct word *added = &words->list[words->count++];
  strncpy(added->text, text, sizeof added->text);
  added->count = 1;
}
`;

/** The toolchain's headers and libraries are 29 MB. */
const filesBytesMax = 1 << 27;

Deno.test("Clang compiles a C program in a sandbox without a disk, and the program runs in another", async () => {
  const files = filesInMemory(filesBytesMax);
  unpack(await readPackageFile("@yowasp/clang/gen/llvm-resources.tar"), files, "usr");
  const sources = { "main.c": main, "words.h": header, "words.c": words, "broken.c": "int x = y;" };
  for (const [name, text] of Object.entries(sources)) putFile(files, name, encodeUtf8(text));
  const llvm = await load(await readPackageFile("@yowasp/clang/gen/llvm.core.wasm"));

  await compile(llvm, files, ["-O2", "-Wall", "main.c", "words.c", "-o", "words.wasm"]);
  const refused = await llvmRun(llvm, files, ["clang", "-fsyntax-only", "broken.c"]);
  assert.match(refused.stderr, /broken\.c:1:9: error: use of undeclared identifier 'y'/);
  assert.deepEqual(refused.outcome, { kind: "exited", code: 1 });

  const compiled = fileAt(files, "words.wasm");
  assert.ok(compiled !== undefined);
  const its = filesInMemory();
  putFile(its, "input.txt", encodeUtf8("to be or not to be that is the question to ask"));
  const program = await load(compiled);
  const env = { WHO: "guest" };
  const ended = await run(program, { args: ["words", "input.txt"], env, files: its });
  assert.equal(ended.stdout, "to 3\nbe 2\nask 1\n2.255685 guest\n");
  assert.deepEqual(ended.outcome, { kind: "exited", code: 7 });
  assert.equal(new TextDecoder().decode(fileAt(its, "out.txt")), "9 words\n");
  const missing = await run(program, { args: ["words", "/etc/passwd"], files: its });
  assert.equal(missing.stderr, "/etc/passwd: No such file or directory\n");
});

/** Runs the programs that the driver says it would start. */
async function compile(llvm: Loaded, files: FileSystem, args: readonly string[]): Promise<void> {
  const planned = await llvmRun(llvm, files, ["clang", "-###", ...args]);
  const jobs = planned.stderr.split("\n").filter((line) => line.startsWith(' "')).map(wordsOf);
  assert.equal(jobs.length, 3, planned.stderr);
  for (const job of jobs) {
    // The driver has no path of its own to start itself by.
    const ended = await llvmRun(llvm, files, job[0] === "" ? job.slice(1) : job);
    assert.equal(ended.stderr, "");
    assert.ok(ended.outcome.kind === "returned" || exitedWith(0, ended), ended.outcome.kind);
  }
}

function exitedWith(code: number, { outcome }: Ended): boolean {
  return outcome.kind === "exited" && outcome.code === code;
}

async function llvmRun(
  llvm: Loaded,
  files: FileSystem,
  args: readonly string[],
): Promise<Ended> {
  return await run(llvm, { args: ["yowasp-llvm", ...args], files });
}

/** The words of a command as Clang prints it: each in quotation marks. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = ""]) =>
    word.replaceAll(/\\(.)/g, "$1")
  );
}
